"""The months, quarters and years that figures are reported for. Pure: the day comes in from outside."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from django.utils.translation import gettext as _

PeriodKind = Literal["month", "quarter", "year"]
MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}
CODES: dict[str, str] = {
    "month": r"(\d{4})-(0[1-9]|1[0-2])",
    "quarter": r"(\d{4})-Q([1-4])",
    "year": r"(\d{4})",
}
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, order=True)
class Period:
    """`number` is that of the month or quarter within the year, 1 for a year."""

    kind: PeriodKind
    year: int
    number: int = 1

    @property
    def code(self) -> str:
        """2026-10, 2026-Q4, 2026."""
        return {
            "month": f"{self.year}-{self.number:02}",
            "quarter": f"{self.year}-Q{self.number}",
            "year": str(self.year),
        }[self.kind]

    @property
    def first_day(self) -> date:
        return date(self.year, (self.number - 1) * MONTHS[self.kind] + 1, 1)

    @property
    def last_day(self) -> date:
        month = self.number * MONTHS[self.kind]
        return date(self.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)

    @property
    def label(self) -> str:
        words = {
            "month": _("%(year)s年%(number)s月"),
            "quarter": _("%(year)s年第%(number)s季度"),
            "year": _("%(year)s年"),
        }[self.kind]
        return words % {"year": self.year, "number": self.number}


def period_of(kind: PeriodKind, code: str) -> Period:
    """The period behind its code. Raises ValueError."""
    match = re.fullmatch(CODES[kind], code)
    if match is None or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        raise ValueError(f"{code!r} is no {kind}")
    return Period(kind, int(match[1]), int(match[2]) if kind != "year" else 1)


def ended_before(kind: PeriodKind, day: date) -> Period:
    """The last period that was over before a day."""
    index = (day.year * 12 + day.month - 1) // MONTHS[kind] - 1
    year, number = divmod(index, 12 // MONTHS[kind])
    return Period(kind, year, number + 1)
