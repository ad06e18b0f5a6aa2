"""Masks as SQL: what is selected in a column's place.

No expression here can fail on any value: an error would tell of a value that nobody may see.
"""

from __future__ import annotations

from sqlglot import exp

from tapflow.access.catalogue import Column
from tapflow.access.roles import Mask

_DIGEST_LETTERS = 16


def fits(mask: Mask, column: Column) -> bool:
    """Whether a mask can be made of a column's type."""
    if mask in (Mask.PARTIAL, Mask.HASH):
        return column.is_text
    if mask in (Mask.YEAR, Mask.MONTH):
        return column.is_temporal
    if mask is Mask.MAGNITUDE:
        return column.is_integer or column.is_float
    return True


def masked(column: Column, mask: Mask, key: str) -> exp.Expr:
    """The expression that stands for a column; `key` keeps digests from being guessed by trying."""
    value = exp.column(column.name, quoted=True)
    if mask is Mask.CLEAR:
        return value
    if not fits(mask, column) or mask is Mask.NULL:
        # Typed as the column is, so that the query means the same.
        return exp.Case(ifs=[exp.If(this=exp.false(), true=value)])
    if mask is Mask.HASH:
        return _call("substr", _call("sha256", _joined(exp.Literal.string(key), value)), _number(1), _letters())
    if mask is Mask.PARTIAL:
        return _partial(value)
    if mask is Mask.MAGNITUDE:
        return _magnitude(value, column)
    unit = exp.Literal.string(mask.value)
    return exp.cast(exp.Anonymous(this="date_trunc", expressions=[unit, value]), _temporal_type(column))


def _partial(value: exp.Expr) -> exp.Expr:
    first = _call("left", value, _number(1))
    at = exp.Literal.string("@")
    domain = _call("split_part", value.copy(), at, _number(2))
    is_address = exp.GT(this=_call("strpos", value.copy(), at.copy()), expression=_number(1))
    address = _joined(first.copy(), exp.Literal.string("***@"), domain)
    return exp.Case(ifs=[exp.If(this=is_address, true=address)], default=_joined(first, exp.Literal.string("***")))


def _magnitude(value: exp.Expr, column: Column) -> exp.Expr:
    # By way of floating point: the greatest whole number has no absolute value of its own type.
    number = exp.cast(value, "double")
    digits = _call("floor", _call("log10", _call("abs", number)))
    power = exp.Mul(this=_call("sign", number.copy()), expression=_call("power", _number(10), digits))
    rounded = exp.cast(power, "bigint") if column.is_integer else power
    is_number = exp.and_(
        exp.NEQ(this=value.copy(), expression=_number(0)), _call("isfinite", exp.cast(value.copy(), "double"))
    )
    return exp.Case(ifs=[exp.If(this=is_number, true=rounded)], default=_zero_or_nothing(value))


def _zero_or_nothing(value: exp.Expr) -> exp.Expr:
    is_zero = exp.EQ(this=value.copy(), expression=_number(0))
    return exp.Case(ifs=[exp.If(this=is_zero, true=_number(0))])


def _temporal_type(column: Column) -> str:
    kind = column.type.lower()
    if kind == "date":
        return "date"
    return "timestamptz" if kind in ("timestamptz", "timestamp with time zone") else "timestamp"


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _joined(*parts: exp.Expr) -> exp.Expr:
    whole = parts[0]
    for part in parts[1:]:
        whole = exp.DPipe(this=whole, expression=part)
    return whole


def _number(value: int) -> exp.Expr:
    return exp.Literal.number(value)


def _letters() -> exp.Expr:
    return _number(_DIGEST_LETTERS)
