"""What a ledger declares of its reports: the fields, who owes them, until when, and what a report writes.

Values are typed: money is whole yuan, a date is a date, a choice its code, a text a text, None is nothing said.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from wutong.cases.models import Case
from wutong.cases.rounds.periods import Period, PeriodKind, period_of
from wutong.cases.rounds.rights import RUN

Text = str | Promise
FieldKind = Literal["money", "text", "date", "choice"]
Values = Mapping[str, Any]


@dataclass(frozen=True)
class ReportField:
    """One thing that is reported. Money is typed in `unit`; `choices` are codes and labels."""

    code: str
    label: Text
    kind: FieldKind
    unit: str = ""
    required: bool = False
    choices: tuple[tuple[str, Text], ...] = ()
    max_length: int = 1000

    def choice_label(self, code: str) -> Text:
        return dict(self.choices).get(code, code)

    def stored(self, value: Any) -> Any:
        """A typed value as the report keeps it."""
        return value.isoformat() if isinstance(value, date) else value

    def typed(self, value: Any) -> Any:
        """A kept value with its type again."""
        return date.fromisoformat(value) if self.kind == "date" and value else value


@dataclass(frozen=True)
class Handed:
    """The values of one case as they are handed in; `before` are those that the report had."""

    case: Case
    values: Values
    before: Values = field(default_factory=dict)


def no_needs(_case_ids: Sequence[int], _period: Period) -> Mapping[int, frozenset[str]]:
    return {}


def no_faults(_values: Values) -> Mapping[str, Text]:
    return {}


@dataclass(frozen=True)
class ReportKind:
    """One kind of report of a ledger.

    `subjects(period, on)` are the cases that owe it when the round is opened on a day. `due_on(period)` is the last day
    by the zone's rule. `accept(period, handed, actor=, on=, now=, reason=)` writes what was handed in through the
    ledger's services, set by set, in the transaction of the hand-in. `needed` says which fields must be filled of a case
    beside the required ones; `faults` what does not go together within one report, by field. Holders of `roles` on the
    case hand in; `right` opens, reminds and locks, `review_right` returns.
    """

    code: str
    label: Text
    period: PeriodKind
    fields: tuple[ReportField, ...]
    subjects: Callable[[Period, date], Sequence[Case]]
    due_on: Callable[[Period], date]
    accept: Callable[..., None]
    needed: Callable[[Sequence[int], Period], Mapping[int, frozenset[str]]] = no_needs
    faults: Callable[[Values], Mapping[str, Text]] = no_faults
    roles: tuple[str, ...] = ("host",)
    right: str = RUN
    review_right: str = RUN
    remind_before: int = 2
    remind_after: int = 1

    def field(self, code: str) -> ReportField:
        return next(item for item in self.fields if item.code == code)

    def period_of(self, code: str) -> Period:
        return period_of(self.period, code)

    def title(self, period_code: str) -> str:
        """2026年10月项目投资月报."""
        return f"{self.period_of(period_code).label}{self.label}"

    def typed(self, stored: Values) -> dict[str, Any]:
        """Every field of a report with its value, None where nothing was said."""
        return {item.code: item.typed(stored.get(item.code)) for item in self.fields}

    def stored(self, values: Values) -> dict[str, Any]:
        return {item.code: item.stored(values.get(item.code)) for item in self.fields}

    def faults_of(self, values: Values, needed: frozenset[str]) -> dict[str, Text]:
        """What is wrong with the values of one report, by field. The forms read cells; here the rules are kept."""
        found: dict[str, Text] = {}
        for item in self.fields:
            value = values.get(item.code)
            if value in (None, ""):
                if item.required or item.code in needed:
                    found[item.code] = _("空；必须填写")
            elif item.kind == "money" and (not isinstance(value, int) or value < 0):
                found[item.code] = _("金额不能是负数")
            elif item.kind == "text" and len(str(value)) > item.max_length:
                found[item.code] = _("最多%(limit)d个字") % {"limit": item.max_length}
            elif item.kind == "choice" and value not in dict(item.choices):
                found[item.code] = _("没有这一项")
        return dict(self.faults(values)) | found


_kinds: dict[str, ReportKind] = {}


def declare_report_kind(kind: ReportKind) -> ReportKind:
    """Add a kind. Raises ValueError for a code declared with other content."""
    known = _kinds.setdefault(kind.code, kind)
    if known != kind:
        raise ValueError(f"report kind {kind.code} is declared twice")
    return kind


def withdraw_report_kind(code: str) -> None:
    """Take a kind out again (tests)."""
    _kinds.pop(code, None)


def report_kinds() -> list[ReportKind]:
    return [_kinds[code] for code in sorted(_kinds)]


def find_report_kind(code: str) -> ReportKind | None:
    """None when the ledger that declared it is switched off."""
    return _kinds.get(code)


def report_kind(code: str) -> ReportKind:
    """The declared kind. Raises LookupError."""
    return _kinds[code]
