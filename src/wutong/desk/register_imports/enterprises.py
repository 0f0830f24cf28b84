"""A list of firms (企业名录) as a workbook: new firms are registered, known ones get what they did not have yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.errors import Conflict
from wutong.desk.register_imports.doubles import suspected_doubles
from wutong.desk.register_imports.firm_parents import Parents, parent_problems
from wutong.desk.register_imports.firm_plan import FirmPlan, PlannedFirm, empty_facts, plan_firms
from wutong.desk.register_imports.firm_sheet import SHEET
from wutong.desk.register_imports.firms import Problem, blocks, in_columns
from wutong.exchange.intake import Intake, IntakeRow
from wutong.ledgerkit.ledger import Importing, ImportNotes
from wutong.registers.enterprises.duplicates import write_keys
from wutong.registers.enterprises.models import Enterprise, EnterpriseTag
from wutong.registers.enterprises.names import fold_name
from wutong.registers.enterprises.services import (
    NewEnterprise,
    NewYearReport,
    add_former_names,
    record_year_reports,
    register_enterprises,
)
from wutong.registers.history.services import Fact, record_many
from wutong.registers.organisation.actors import Actor
from wutong.registers.people.services import NewPerson, register_people

SOURCE_LENGTH = 100


def check_rows(intake: Intake) -> Sequence[Problem]:
    """What only the register knows: codes that others have, places, parents, one firm in several rows."""
    plan = plan_firms(intake.rows)
    refused = {row.number for row in intake.refused}
    return in_columns([*plan.problems, *parent_problems(plan, refused)], intake)


# ---- what the preview tells ------------------------------------------------------------------------------------


def notes_on(intake: Intake, *, source: str, on: date) -> ImportNotes:
    """What becomes of each accepted row, whatever the file is called. A firm that is not disclosed reads like a new one."""
    plan = plan_firms(intake.accepted)
    new = [item for item in plan.firms if _reads_new(item)]
    doubles = suspected_doubles(
        {item.row.number: (item.row.name, item.row.facts.get("address", "")) for item in new}
    )
    rows: dict[int, str] = {}
    for item in new:
        words = [_("新登记")]
        if item.row.number in doubles:
            double, reason = doubles[item.row.number]
            words.append(
                _("疑似与“%(name)s”是同一家（%(reason)s）") % {"name": double.name, "reason": reason}
            )
        words += [
            _("曾用名“%(name)s”已登记为另一家企业") % {"name": name}
            for name in item.row.former_names
            if (firm := plan.known.named(name)) is not None and firm.is_disclosed
        ]
        rows[item.row.number] = "；".join(words)
    for item in plan.firms:
        if not _reads_new(item):
            rows[item.row.number] = _words_on_known(item)
    counts = count_firms(plan)
    told = [
        _("新登记%(new)s家，补入%(filled)s家，没有要补的%(unchanged)s家。已有的内容一律不改写。")
        % {"new": len(new), "filled": counts["filled"], "unchanged": counts["unchanged"]}
    ]
    suspected = sum("；" in rows[item.row.number] for item in new)
    if suspected:
        told.append(_("%(count)s家疑似已用别的名称登记，请先核对再入库。") % {"count": suspected})
    return ImportNotes(told, rows)


def _reads_new(item: PlannedFirm) -> bool:
    return item.firm is None or not item.firm.is_disclosed


def _words_on_known(item: PlannedFirm) -> str:
    assert item.firm is not None
    words = [_("已登记")]
    if fold_name(item.row.name) != item.firm.folded_name:
        words = [_("已登记为“%(name)s”") % {"name": item.firm.name}]
    columns = [*item.adds.facts]
    columns += [
        name for name in ("parent", "former_names", "tags", "contact", "staff") if getattr(item.adds, name)
    ]
    words.append(_("补入%(columns)s") % {"columns": _labels(columns)} if columns else _("没有要补的"))
    if item.differing:
        words.append(_("与登记不同、不改写：%(columns)s") % {"columns": _labels(item.differing)})
    return "；".join(words)


def _labels(columns: Iterable[str]) -> str:
    named = set(columns)
    return "、".join(str(column.label) for column in SHEET.columns if column.key in named)


def count_firms(plan: FirmPlan) -> dict[str, int]:
    """Rows by what they do: new, filled, unchanged. One that is disclosed by the list counts as new."""
    counts = {"new": 0, "filled": 0, "unchanged": 0}
    for item in plan.firms:
        kind = "new" if _reads_new(item) else ("filled" if item.is_changed else "unchanged")
        counts[kind] += 1
    return counts


# ---- writing ---------------------------------------------------------------------------------------------------


@transaction.atomic
def import_rows(rows: Iterable[IntakeRow], *, actor: Actor, now: datetime, on: date, source: str) -> int:
    """Register the new firms and fill in what the known ones lack; returns how many rows changed something."""
    plan = plan_firms(rows)
    if plan.problems:
        raise Conflict(_("名录刚被别人改过，没有写入。请重新预检。"))
    writing = _Writing(actor.account, now, on, source[:SOURCE_LENGTH])
    changed = [item for item in plan.firms if item.is_changed]
    try:
        firms = writing.register([item for item in changed if item.firm is None])
        firms |= writing.fill([item for item in changed if item.firm is not None])
    except IntegrityError:
        raise Conflict(_("名录刚被别人改过，没有写入。请重新预检。")) from None
    writing.attach(changed, firms)
    writing.place_below(plan, changed, firms)
    return len(changed)


@dataclass(frozen=True)
class _Writing:
    """One import: set by set, never row by row."""

    account: Account | None
    now: datetime
    on: date
    source: str

    def register(self, items: Sequence[PlannedFirm]) -> dict[int, Enterprise]:
        """New firms by the number of their row."""
        firms: dict[int, Enterprise] = {}
        for some in blocks(items):
            new = [
                NewEnterprise(
                    item.row.name,
                    item.row.code,
                    item.row.former_names,
                    {name: value for name, value in item.row.facts.items() if name != "code"},
                )
                for item in some
            ]
            made = register_enterprises(new, actor=self.account, on=self.on, now=self.now)
            firms |= {item.row.number: firm for item, firm in zip(some, made, strict=True)}
        return firms

    def fill(self, items: Sequence[PlannedFirm]) -> dict[int, Enterprise]:
        """Known firms by the number of their row, locked; what is empty when they are locked is filled."""
        firms: dict[int, Enterprise] = {}
        for some in blocks(items):
            pks = [item.firm.pk for item in some if item.firm is not None]
            locked = {
                firm.pk: firm
                for firm in Enterprise.objects.select_for_update().filter(pk__in=pks).order_by("pk")
            }
            changes = []
            for item in some:
                assert item.firm is not None
                firm = firms[item.row.number] = locked[item.firm.pk]
                facts = empty_facts(firm, item.row.facts)
                if not firm.is_disclosed:
                    facts["is_disclosed"] = True
                if facts:
                    changes.append(Fact(firm, facts))
            self._record(changes, "fill")
            write_keys(change.entry for change in changes if "address" in change.facts)  # type: ignore[misc]
        return firms

    def attach(self, items: Sequence[PlannedFirm], firms: dict[int, Enterprise]) -> None:
        """What hangs on the firms: former names, tags, people, staff of a year."""
        marked: dict[str, Any] = {"actor": self.account, "on": self.on, "now": self.now}
        names = [
            (firms[item.row.number], name) for item in items if item.firm for name in item.adds.former_names
        ]
        for some in blocks(names):
            add_former_names(some, **marked)
        tags = [
            Fact(EnterpriseTag(), {"enterprise": firms[item.row.number], "word": word, "from_on": self.on})
            for item in items
            for word in item.adds.tags
        ]
        self._record(tags, "tag")
        people = [
            NewPerson(
                item.row.contact[0],
                item.row.contact[1],
                post=item.row.contact[2],
                enterprise=firms[item.row.number],
                is_contact=True,
            )
            for item in items
            if item.adds.contact and item.row.contact
        ]
        register_people(people, **marked)
        reports = [
            NewYearReport(
                firms[item.row.number], item.row.staff[0], self.source, self.on, {"staff": item.row.staff[1]}
            )
            for item in items
            if item.adds.staff and item.row.staff
        ]
        for block in blocks(reports):
            record_year_reports(block, **marked)

    def place_below(self, plan: FirmPlan, items: Sequence[PlannedFirm], firms: dict[int, Enterprise]) -> None:
        """Parents last: they may be new themselves."""
        parents, changes = Parents(plan), []
        for item in items:
            if item.adds.parent:
                row = parents.row_of(item.row.parent)
                above = firms.get(row.row.number) or row.firm if row else parents.firm_of(item.row.parent)
                changes.append(Fact(firms[item.row.number], {"parent": above}))
        self._record(changes, "fill")

    def _record(self, changes: Sequence[Fact], verb: str) -> None:
        record_many(
            changes, actor=self.account, effective_on=self.on, now=self.now, verb=verb, reason=self.source
        )


IMPORTING = Importing(
    sheet=SHEET, right="enterprises.import", check=check_rows, write=import_rows, notes=notes_on, source=str
)
