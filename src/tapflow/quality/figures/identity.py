"""How well records of different systems are recognised as the same customer or person."""

from __future__ import annotations

from tapflow.quality.figure import Matching


def _matching(entity: str, title: str) -> Matching:
    # The ledger names every record that could stand for somebody; those that a system has are compared.
    found = f"fact.fact_identity_{entity}s"
    return Matching(
        name=f"identity_{entity}s",
        title=title,
        published=f"select system, system_id, cast({entity}_id as varchar) as entity_id from {found} "
        f"where {entity}_id is not null and system <> 'app'",
        truth=f'select distinct system, system_id, cast("{entity}" + 1 as varchar) as entity_id from truth.identity '
        f"where entity = '{entity}' and system <> 'app' "
        f"and exists (select 1 from {found} as f "
        "where f.system = identity.system and f.system_id = identity.system_id)",
    )


MATCHINGS: tuple[Matching, ...] = (
    _matching("account", "Accounts recognised across systems"),
    _matching("user", "People recognised across systems"),
)
