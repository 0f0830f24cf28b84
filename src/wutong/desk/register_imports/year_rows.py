"""Rows of year data: what they say, which firm they mean, and which of them say nothing new."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from wutong.base.errors import Refused
from wutong.desk.register_imports.firm_rows import FIRST_YEAR, LAST_YEAR
from wutong.desk.register_imports.firms import KnownFirms, Problem, blocks, known_firms
from wutong.desk.register_imports.printed_ratios import is_consistent
from wutong.desk.register_imports.year_sheet import MARKER
from wutong.exchange.cells import is_marker
from wutong.exchange.intake import IntakeRow
from wutong.registers.enterprises.measures import BY_CODE
from wutong.registers.enterprises.models import Enterprise, YearReport
from wutong.registers.enterprises.names import fold_name
from wutong.registers.enterprises.uscc import clean_code


@dataclass(frozen=True)
class YearRow:
    """A row, cleaned. `dated_on` and `source` are empty where the file does not say; `values` holds what is not
    missing. `marker_count` counts the cells that hold -1; `is_ratio_wrong`: the printed ratio contradicts its parts."""

    number: int
    name: str
    code: str
    year: int
    dated_on: date | None
    source: str
    values: Mapping[str, int]
    address: str
    real_address: str
    marker_count: int
    is_ratio_wrong: bool


@dataclass(frozen=True)
class PlannedYear:
    """A row with the firm it means; None: one that is registered with it."""

    row: YearRow
    firm: Enterprise | None

    @property
    def identity(self) -> tuple[str, str]:
        return ("firm", str(self.firm.pk)) if self.firm else ("new", fold_name(self.row.name))


@dataclass(frozen=True)
class YearPlan:
    years: Sequence[PlannedYear]
    problems: Sequence[Problem]

    @property
    def new_firms(self) -> dict[tuple[str, str], list[YearRow]]:
        """The rows of every firm that is not registered yet."""
        found: dict[tuple[str, str], list[YearRow]] = {}
        for item in self.years:
            if item.firm is None:
                found.setdefault(item.identity, []).append(item.row)
        return found


def plan_years(rows: Iterable[IntakeRow]) -> YearPlan:
    """A fixed number of queries for each block of rows."""
    problems: list[Problem] = []
    read = []
    for row in rows:
        if row.values.get("year") is None:
            continue
        try:
            read.append(_read(row))
        except Refused as refusal:
            problems += [(row.number, key, str(cause)) for key, cause in refusal.fields.items()]
    known = known_firms([row.name for row in read], [row.code for row in read])
    planned = []
    for item in read:
        try:
            planned.append(PlannedYear(item, _firm(item, known)))
        except Refused as refusal:
            problems.append((item.number, "code", str(refusal.message)))
    problems += _doubles(planned)
    problems += _contradictions(planned)
    return YearPlan(planned, problems)


def _read(row: IntakeRow) -> YearRow:
    values = row.values
    name, code, year = values.get("name") or "", values.get("code") or "", values["year"]
    if not name and not code:
        words = _("没有企业名称，也没有统一社会信用代码")
        raise Refused(words, fields={"name": words})
    if not FIRST_YEAR <= year <= LAST_YEAR:
        words = _("“%(year)s”不是年度") % {"year": year}
        raise Refused(words, fields={"year": words})
    if code:
        try:
            code = clean_code(code)
        except Refused as refusal:
            raise Refused(refusal.message, fields={"code": str(refusal.message).rstrip("。")}) from None
    measured = {key: values[key] for key in BY_CODE if values.get(key) is not None}
    ratio = values.get("rd_staff_ratio") or ""
    return YearRow(
        number=row.number,
        name=name,
        code=code,
        year=year,
        dated_on=values.get("dated_on"),
        source=values.get("source") or "",
        values=measured,
        address=values.get("address") or "",
        real_address=values.get("real_address") or "",
        marker_count=sum(is_marker(row.raw.get(key), MARKER) for key in BY_CODE),
        is_ratio_wrong=not is_consistent(ratio, measured.get("rd_staff"), measured.get("staff")),
    )


def _firm(row: YearRow, known: KnownFirms) -> Enterprise | None:
    firm = known.find(row.name, row.code)
    if firm is None and not row.name:
        raise Refused(_("名录里没有这个代码；请写企业名称，或先登记企业"))
    return firm


def _doubles(planned: Sequence[PlannedYear]) -> list[Problem]:
    groups: dict[tuple[object, ...], list[int]] = {}
    for item in planned:
        key = (item.identity, item.row.year, item.row.source, item.row.dated_on)
        groups.setdefault(key, []).append(item.row.number)
    problems: list[Problem] = []
    for numbers in groups.values():
        for number in numbers if len(numbers) > 1 else ():
            others = "、".join(str(other) for other in numbers if other != number)
            words = _("与第%(rows)s行是同一家企业、同一年度、同一来源和日期；请只留一行")
            problems.append((number, "year", words % {"rows": others}))
    return problems


def _contradictions(planned: Sequence[PlannedYear]) -> list[Problem]:
    """A new firm has one code, and a code has one new firm."""
    new = [item for item in planned if item.firm is None and item.row.code]
    codes: dict[tuple[str, str], set[str]] = {}
    names: dict[str, set[tuple[str, str]]] = {}
    for item in new:
        codes.setdefault(item.identity, set()).add(item.row.code)
        names.setdefault(item.row.code, set()).add(item.identity)
    words = _("同一家企业在表里有几个代码，或同一个代码有几家企业；请核对")
    return [
        (item.row.number, "code", words)
        for item in new
        if len(codes[item.identity]) > 1 or len(names[item.row.code]) > 1
    ]


# ---- what is there already -------------------------------------------------------------------------------------

New = tuple[PlannedYear, str, date]
"""A row with the source and the day that its report gets."""


@dataclass(frozen=True)
class SortedYears:
    """Rows by what they do: a new report, other values for one that is there, nothing."""

    new: Sequence[New]
    changed: Sequence[New]
    unchanged: Sequence[New]


def sort_years(plan: YearPlan, *, source: str, on: date) -> SortedYears:
    """`source` and `on` stand where a row names neither source nor day. A row without a day that repeats what its
    source said before is that report again."""
    known: dict[tuple[int, int, str], dict[date, dict[str, int]]] = {}
    for pks in blocks({item.firm.pk for item in plan.years if item.firm is not None}):
        for report in YearReport.objects.filter(enterprise__in=pks).order_by("pk"):
            key = report.enterprise_id, report.year, report.source
            known.setdefault(key, {})[report.dated_on] = report.values
    result: tuple[list[New], list[New], list[New]] = ([], [], [])
    for item in plan.years:
        words = item.row.source or source
        reports = known.get((item.firm.pk, item.row.year, words), {}) if item.firm else {}
        day = item.row.dated_on
        if day is None:
            day = next((old for old, values in reports.items() if values == item.row.values), on)
        which = 0 if day not in reports else (2 if reports[day] == item.row.values else 1)
        result[which].append((item, words, day))
    return SortedYears(*result)
