"""Settings from the environment, validated once: `TAPFLOW_<NAME>` for each field below."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tapflow.core.errors import AskedWrongly, UnknownName

PREFIX = "TAPFLOW_"
DEMO_SECRET = "everybody knows this one"  # noqa: S105 (good for the demo alone, and refused elsewhere)


class Settings(BaseModel):
    """How this installation runs. What the company is like stands in the scenario instead."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    home: Path = Field(default=Path(".tapflow"), description="where the company, the lake and the warehouse lie")
    catalog: str = Field(default="", description="URL of the lake's catalog; empty: SQLite inside the home")
    workers: int = Field(default=0, ge=0, le=256, description="processes and threads to use; 0: as many as cores")
    memory_mb: int = Field(default=0, ge=0, description="memory for the warehouse's engine in MB; 0: half of the free")
    dbt_project: str = Field(default="", description="folder of another dbt project; empty: the checkout's warehouse/")
    policy: str = Field(default="", description="another policy file of who may see what; empty: the shipped one")
    token: str = Field(default="", repr=False, description="an API token: commands ask as its person, in its scopes")
    demo: bool = Field(default=True, description="people sign in by name alone; outside the demo they need passwords")
    secret: str = Field(
        default=DEMO_SECRET, min_length=16, repr=False, description="keys masks and the seal of the log of accesses"
    )
    oidc_issuer: str = Field(default="", description="https address of an issuer of OpenID Connect")
    oidc_client_id: str = Field(default="", description="what the issuer knows this installation by")
    oidc_client_secret: str = Field(default="", repr=False, description="the secret shared with the issuer")
    debug: bool = Field(default=False, description="show the traceback of an error")

    @property
    def worker_count(self) -> int:
        """`workers`, or the number of cores this process may use."""
        if self.workers:
            return self.workers
        usable = getattr(os, "sched_getaffinity", None)
        return len(usable(0)) if usable else os.cpu_count() or 1


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings of the environment.

    Raises UnknownName for a `TAPFLOW_` variable that nothing reads, AskedWrongly for a value out of range.
    """
    found = os.environ if environment is None else environment
    values = {name[len(PREFIX) :].lower(): value for name, value in found.items() if name.startswith(PREFIX)}
    for name in values:
        if name not in Settings.model_fields:
            known = [PREFIX + field.upper() for field in Settings.model_fields]
            raise UnknownName("setting", PREFIX + name.upper(), known)
    try:
        read = Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper()
        raise AskedWrongly(f"The environment's {name} is wrong: {first['msg']}.", "Change or unset it.") from error
    if not read.demo and read.secret == DEMO_SECRET:
        raise AskedWrongly(
            "TAPFLOW_SECRET is still the demo's, which everybody knows.",
            "Set it to 16 random characters or more, or TAPFLOW_DEMO=true.",
        )
    return read
