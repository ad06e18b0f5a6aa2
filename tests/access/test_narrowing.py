"""A narrowed question answers as if only the permitted rows, with masked columns, were there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.access import castle

from tapflow.access.checking import problems
from tapflow.access.decision import Forbidden
from tapflow.access.policy import SHIPPED, Scope, policy_of
from tapflow.access.roles import Classification, Department
from tapflow.core.errors import UnknownName
from tapflow.warehouse.engine import opened
from tapflow.warehouse.reader import Reader

# What mallory may have, in the words of a reader of the policy and not by the guard: rows of the north; texts of a
# person and money hidden as `operations` has it, which the test of the masks below pins.
LITTLE = """
delete from fact.fact_payments where account_id not in
  (select account_id from entity.entity_customers where region = 'north') or account_id is null;
delete from entity.entity_users where account_id is null or account_id not in
  (select account_id from entity.entity_customers where region = 'north');
delete from entity.entity_customers where region is distinct from 'north';
"""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Reader, Reader]]:
    folder = tmp_path_factory.mktemp("narrowing")
    whole, little = folder / "whole.duckdb", folder / "little.duckdb"
    castle.build(whole)
    castle.build(little)
    with castle.reader(whole) as all_rows, opened(little, castle.LIMITS) as connection:
        connection.execute(LITTLE)
        for table in castle.TABLES:
            rule = castle.decision().tables[table]
            for column in rule.masks:
                values = castle.ask(all_rows, f"select distinct {column} from {table}").rows if rule.allowed else []
                assert not values or len(values) <= 4, "a mask of the castle leaves few values"
                # Each of the castle's masked columns holds one value a mask, or none: what the mask makes of it.
                value = values[0][0] if len(values) == 1 else None
                assert len(values) <= 1, f"{table}.{column} needs a mask of its own here: {values}"
                connection.execute(f"update {table} set {column} = ?", [value])
        yield all_rows, Reader(connection)


TABLES = ("entity.entity_customers", "entity.entity_users", "fact.fact_payments")


@st.composite
def queries(draw: st.DrawFn) -> str:
    """A question over one table or two joined, with a condition, plain or grouped, in a CTE or not."""
    table = draw(st.sampled_from(TABLES))
    columns = list(castle.TABLES[table])
    column = draw(st.sampled_from(columns))
    condition = draw(
        st.sampled_from(
            ["true", f"t.{column} is null", f"t.{column} is not null", f"t.{columns[0]} > 2", "t.account_id in (1, 3)",
             "exists (select 1 from entity.entity_customers e where e.account_id = t.account_id)",
             "t.account_id not in (select account_id from entity.entity_customers where plan = 'starter')"]
        )
    )  # fmt: skip
    source = f"{table} as t"
    other = draw(st.sampled_from(["", *TABLES]))
    if other:
        kind = draw(st.sampled_from(["join", "left join", "full join"]))
        source += f" {kind} {other} as o on o.account_id = t.account_id"
    query = draw(
        st.sampled_from(
            [f"select t.{column}, count(*) as n from {source} where {condition} group by 1",
             f"select t.* from {source} where {condition}",
             f"select count(*), count(t.{column}), min(t.{column}), max(t.{column}) from {source} where {condition}",
             f"select t.{column}, row_number() over (order by t.{columns[0]}) > 1 from {source} where {condition}"]
        )
    )  # fmt: skip
    shape = draw(st.sampled_from(["{}", "with q as ({}) select * from q", "{} union all {}", "select * from ({}) s"]))
    return shape.format(query, query)


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(sql=queries())
def test_it_is_as_if_the_rest_was_not_there(both: tuple[Reader, Reader], sql: str) -> None:
    whole, little = both
    narrowed = sorted(map(repr, castle.ask(whole, sql).rows))
    assert narrowed == sorted(map(repr, little.run(sql, 10, 1000).rows))


def test_what_is_masked_in_the_castle() -> None:
    masks = {t: dict(rule.masks) for t, rule in castle.decision().tables.items() if rule.allowed and rule.masks}
    assert set(masks["entity.entity_users"]) >= {"email", "first_name", "born_on"}


def test_a_metric_is_judged_by_the_first_rule_that_fits() -> None:
    assert castle.decision("owner").metric("mrr", Department.FINANCE, Classification.RESTRICTED).allowed
    verdict = castle.decision().metric("mrr", Department.FINANCE, Classification.RESTRICTED)
    assert not verdict.allowed and "mrr" in verdict.why


def test_a_tier_is_open_to_whom_it_is_for() -> None:
    decision = castle.decision()
    assert not decision.dashboard("executive").allowed
    assert castle.decision("owner").dashboard("executive").allowed
    with pytest.raises(UnknownName):
        decision.dashboard("exectutive")
    with pytest.raises(Forbidden):
        decision.may(Scope.TRUTH).require()


def test_a_policy_that_names_what_is_not_there_is_told() -> None:
    found = problems(policy_of(SHIPPED.read_text(encoding="utf-8")), castle.catalogue())
    assert any("there is no table" in p or "no table is like" in p for p in found)
