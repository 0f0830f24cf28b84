"""Values of a report in words, and what its history tells."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.money import YUAN_PER_UNIT
from wutong.cases.rounds.declared import ReportField, ReportKind, Values
from wutong.ui.tables import Text

NOTHING = "—"
VERBS: Mapping[str, Text] = {
    "open": gettext_lazy("发起"),
    "submit": gettext_lazy("报送"),
    "return": gettext_lazy("退回"),
    "correct": gettext_lazy("更正"),
    "lock": gettext_lazy("锁定"),
    "fall_due": gettext_lazy("到截止日"),
}


def money_in(yuan: int, unit: str) -> Decimal:
    """Yuan in a unit, exactly: 12 345 678 yuan are 1234.5678 万元."""
    amount = Decimal(yuan) / YUAN_PER_UNIT[unit]
    return amount.normalize() if amount != amount.to_integral_value() else amount.quantize(Decimal(1))


def cell_text(field: ReportField, value: Any) -> str:
    """A typed value as it stands in a cell whose head names the unit; empty for nothing."""
    if value is None or value == "":
        return ""
    if field.kind == "money":
        return format(money_in(value, field.unit), "f")
    if field.kind == "choice":
        return str(field.choice_label(value))
    return value.isoformat() if isinstance(value, date) else str(value)


def value_words(field: ReportField, value: Any) -> str:
    """The same for running text, with its unit."""
    text = cell_text(field, value)
    return f"{text}{field.unit}" if text else NOTHING


def changed_words(kind: ReportKind, before: Values, after: Values) -> list[str]:
    """What differs between two sets of typed values: 完成投资：100万元 → 120万元."""
    return [
        _("%(field)s：%(before)s → %(after)s")
        % {
            "field": item.label,
            "before": value_words(item, before.get(item.code)),
            "after": value_words(item, after.get(item.code)),
        }
        for item in kind.fields
        if before.get(item.code) != after.get(item.code)
    ]


def told_changes(kind: ReportKind, snapshots: Iterator[Mapping[str, Any]]) -> Iterator[list[str]]:
    """For each change of a report, in order, what it changed in the values."""
    known: dict[str, Any] = kind.typed({})
    for snapshot in snapshots:
        told = kind.typed(snapshot["values"]) if "values" in snapshot else known
        yield changed_words(kind, known, told)
        known = told
