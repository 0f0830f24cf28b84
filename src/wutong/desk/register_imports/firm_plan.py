"""What a list of firms would do to the register: which rows are new, what the others fill in, what is wrong.

An import fills what is empty and overwrites nothing. Check, preview and writing stand on the same plan.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from wutong.base.errors import Refused
from wutong.base.personal.digests import blind_candidates
from wutong.desk.register_imports.firm_rows import FirmRow, places_by_name, read_row
from wutong.desk.register_imports.firms import KnownFirms, Problem, blocks, known_firms
from wutong.exchange.intake import IntakeRow
from wutong.registers.enterprises.models import Enterprise, EnterpriseTag, FormerName, YearReport
from wutong.registers.enterprises.names import fold_name
from wutong.registers.people.models import Person


@dataclass(frozen=True)
class Additions:
    """What a row adds to a firm that is known: `facts` were empty before, the others are not there yet."""

    facts: Mapping[str, Any]
    parent: bool
    former_names: tuple[str, ...]
    tags: tuple[str, ...]
    contact: bool
    staff: bool

    def __bool__(self) -> bool:
        return bool(self.facts or self.parent or self.former_names or self.tags or self.contact or self.staff)


@dataclass(frozen=True)
class PlannedFirm:
    """A row and the firm that it means (None: a new one). `differing` are columns that say something else than the
    register; they are told and not written."""

    row: FirmRow
    firm: Enterprise | None
    adds: Additions
    differing: tuple[str, ...] = ()

    @property
    def is_new(self) -> bool:
        return self.firm is None

    @property
    def is_changed(self) -> bool:
        return self.firm is None or bool(self.adds) or not self.firm.is_disclosed


@dataclass(frozen=True)
class FirmPlan:
    known: KnownFirms
    firms: Sequence[PlannedFirm]
    problems: Sequence[Problem]


@dataclass
class _Present:
    """What known firms have besides their own columns."""

    former: set[tuple[int, str]] = field(default_factory=set)
    tags: set[tuple[int, str]] = field(default_factory=set)
    people: set[tuple[int, str]] = field(default_factory=set)
    staff: dict[tuple[int, int], set[int]] = field(default_factory=dict)


def plan_firms(rows: Iterable[IntakeRow]) -> FirmPlan:
    """A fixed number of queries for each block of rows."""
    places = places_by_name()
    read = [read_row(row, places) for row in rows if row.values.get("name")]
    names = [name for row in read for name in (row.name, row.parent, *row.former_names)]
    # A parent may be written as a name or as a code.
    known = known_firms(names, [code for row in read for code in (row.code, row.parent.upper())])
    problems = [(row.number, key, cause) for row in read for key, cause in row.problems]
    meant: dict[int, Enterprise | None] = {}
    for row in read:
        try:
            meant[row.number] = known.find(row.name, row.code)
        except Refused as refusal:
            problems.append((row.number, "code", str(refusal.message)))
    problems += _same_thing(read, meant)
    present = _present(firm for firm in meant.values() if firm is not None)
    planned = [_planned(row, meant[row.number], present) for row in read if row.number in meant]
    return FirmPlan(known, planned, problems)


def _same_thing(rows: Sequence[FirmRow], meant: Mapping[int, Enterprise | None]) -> list[Problem]:
    """Rows that name one firm or one code; the same name twice was found when the file was read."""
    problems: list[Problem] = []
    groups: dict[tuple[str, object], list[FirmRow]] = {}
    for row in rows:
        firm = meant.get(row.number)
        if firm is not None:
            groups.setdefault(("firm", firm.pk), []).append(row)
        elif row.code:
            groups.setdefault(("code", row.code), []).append(row)
    for (kind, _key), same in groups.items():
        if len({fold_name(row.name) for row in same}) < 2:
            continue
        for row in same:
            others = "、".join(str(other.number) for other in same if other is not row)
            if kind == "firm":
                words = _("与第%(rows)s行是同一家企业（曾用名或同一代码）；请只留一行")
            else:
                words = _("与第%(rows)s行的代码相同；请核对")
            problems.append((row.number, "name" if kind == "firm" else "code", words % {"rows": others}))
    return problems


def _present(firms: Iterable[Enterprise]) -> _Present:
    present = _Present()
    for pks in blocks({firm.pk for firm in firms}):
        present.former |= set(
            FormerName.objects.filter(enterprise__in=pks).values_list("enterprise_id", "folded_name")
        )
        present.tags |= set(
            EnterpriseTag.objects.filter(enterprise__in=pks, to_on__isnull=True).values_list(
                "enterprise_id", "word"
            )
        )
        people = Person.objects.filter(enterprise__in=pks, is_erased=False)
        present.people |= {
            (pk, index) for pk, index in people.values_list("enterprise_id", "name_index") if pk is not None
        }
        for report in YearReport.objects.filter(enterprise__in=pks):
            if "staff" in report.values:
                key = report.enterprise_id, report.year
                present.staff.setdefault(key, set()).add(report.values["staff"])
    return present


def _planned(row: FirmRow, firm: Enterprise | None, present: _Present) -> PlannedFirm:
    if firm is None:
        adds = Additions(
            row.facts, bool(row.parent), row.former_names, row.tags, row.contact is not None, bool(row.staff)
        )
        return PlannedFirm(row, None, adds)
    adds = Additions(
        facts=empty_facts(firm, row.facts),
        parent=bool(row.parent) and firm.parent_id is None,
        former_names=tuple(
            name
            for name in row.former_names
            if (firm.pk, fold_name(name)) not in present.former and fold_name(name) != firm.folded_name
        ),
        tags=tuple(word for word in row.tags if (firm.pk, word) not in present.tags),
        contact=row.contact is not None and not _is_known(firm, row.contact[0], present),
        staff=row.staff is not None and (firm.pk, row.staff[0]) not in present.staff,
    )
    return PlannedFirm(row, firm, adds, tuple(_differing(firm, row, adds, present)))


def empty_facts(firm: Enterprise, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the facts that the firm does not have yet."""
    return {name: value for name, value in facts.items() if _stored(firm, name) in (None, "")}


def _stored(firm: Enterprise, name: str) -> Any:
    return getattr(firm, "place_id" if name == "place" else name)


def _is_known(firm: Enterprise, name: str, present: _Present) -> bool:
    return any((firm.pk, index) in present.people for index in blind_candidates(name, purpose="name"))


def _differing(firm: Enterprise, row: FirmRow, adds: Additions, present: _Present) -> Iterable[str]:
    for name, value in row.facts.items():
        said = value.pk if name == "place" else value
        stored = _stored(firm, name)
        same = fold_name(str(stored)) == fold_name(str(said))
        if name not in adds.facts and not same:
            yield name
    if row.staff and not adds.staff and row.staff[1] not in present.staff[firm.pk, row.staff[0]]:
        yield "staff"
