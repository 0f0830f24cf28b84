"""Year data of firms (企业年度数据) as a workbook: one row is what one source says about one firm and year."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from wutong.base.errors import Conflict
from wutong.desk.register_imports.doubles import suspected_doubles
from wutong.desk.register_imports.firms import Problem, blocks, in_columns
from wutong.desk.register_imports.year_rows import YearPlan, YearRow, plan_years, sort_years
from wutong.desk.register_imports.year_sheet import SHEET
from wutong.exchange.intake import Intake, IntakeRow
from wutong.ledgerkit.ledger import Importing, ImportNotes
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.enterprises.services import (
    NewEnterprise,
    NewYearReport,
    record_year_reports,
    register_enterprises,
)
from wutong.registers.history.services import Fact, record_many
from wutong.registers.organisation.actors import Actor

SOURCE_LENGTH = 100


def check_rows(intake: Intake) -> Sequence[Problem]:
    """What only the register knows: contradicting codes, firms that cannot be told, one report in several rows."""
    return in_columns(plan_years(intake.rows).problems, intake)


def notes_on(intake: Intake, *, source: str, on: date) -> ImportNotes:
    """Missing values, ratios that contradict their parts, firms that are registered, reports that are replaced."""
    plan = plan_years(intake.accepted)
    known = sort_years(plan, source=source[:SOURCE_LENGTH], on=on)
    rows: dict[int, list[str]] = {item.row.number: [] for item in plan.years}
    first = {listed[0].number: (listed[0].name, listed[0].address) for listed in plan.new_firms.values()}
    doubles = suspected_doubles(first)
    for item in plan.years:
        if item.firm is None or not item.firm.is_disclosed:
            rows[item.row.number].append(_("新登记企业"))
    for number, (firm, reason) in doubles.items():
        words = _("疑似与“%(name)s”是同一家（%(reason)s）") % {"name": firm.name, "reason": reason}
        rows[number].append(words)
    for item, _source, _day in known.changed:
        rows[item.row.number].append(_("同一来源同一日期的数据有改动，入库后以这次为准"))
    for item, _source, _day in known.unchanged:
        rows[item.row.number].append(_("已有，没有变化"))
    for item in plan.years:
        if item.row.is_ratio_wrong:
            rows[item.row.number].append(_("印出的研发人员比率与人数对不上"))
    return ImportNotes(
        [words for words in _file_words(plan) if words],
        {number: "；".join(words) for number, words in rows.items() if words},
    )


def _file_words(plan: YearPlan) -> Iterable[str]:
    counts = count_oddities(plan)
    if plan.new_firms:
        yield _("名录里没有的%(count)s家企业会一并登记。") % {"count": len(plan.new_firms)}
    if counts["missing"]:
        yield _("%(count)s个单元格是-1，按缺失处理。") % {"count": counts["missing"]}
    if counts["ratios"]:
        yield _("%(count)s行印出的研发人员比率与人数对不上，超出四舍五入；比率不导入，人数照录。") % {
            "count": counts["ratios"]
        }


def count_oddities(plan: YearPlan) -> dict[str, int]:
    """Cells that hold the marker of a missing value, and printed ratios that contradict their parts."""
    return {
        "missing": sum(item.row.marker_count for item in plan.years),
        "ratios": sum(item.row.is_ratio_wrong for item in plan.years),
    }


@transaction.atomic
def import_rows(rows: Iterable[IntakeRow], *, actor: Actor, now: datetime, on: date, source: str) -> int:
    """Register the firms that are not known and record the reports; returns how many are new or changed."""
    plan = plan_years(rows)
    if plan.problems:
        raise Conflict(_("名录刚被别人改过，没有写入。请重新预检。"))
    marked: dict[str, Any] = {"actor": actor.account, "on": on, "now": now}
    sorted_years = sort_years(plan, source=source[:SOURCE_LENGTH], on=on)
    firms: dict[tuple[str, str], Enterprise] = {
        item.identity: item.firm for item in plan.years if item.firm is not None
    }
    new = plan.new_firms
    for identities in blocks(new):
        made = register_enterprises([_new_firm(new[identity]) for identity in identities], **marked)
        firms |= dict(zip(identities, made, strict=True))
    _disclose(firms, source, actor, now, on)
    written = 0
    for some in blocks([*sorted_years.new, *sorted_years.changed]):
        reports = [
            NewYearReport(firms[item.identity], item.row.year, words, day, item.row.values)
            for item, words, day in some
        ]
        written += record_year_reports(reports, **marked)
    return written


def _new_firm(rows: Sequence[YearRow]) -> NewEnterprise:
    """A firm as its latest row describes it."""
    latest = max(rows, key=lambda row: row.year)
    code = next((row.code for row in rows if row.code), "")
    return NewEnterprise(
        latest.name, code, facts={"address": latest.address, "real_address": latest.real_address}
    )


def _disclose(
    firms: dict[tuple[str, str], Enterprise], source: str, actor: Actor, now: datetime, on: date
) -> None:
    """Whom a list names in public is no secret any more."""
    secret = [firm.pk for firm in firms.values() if not firm.is_disclosed]
    for pks in blocks(secret):
        locked = Enterprise.objects.select_for_update().filter(pk__in=pks, is_disclosed=False).order_by("pk")
        changes = [Fact(firm, {"is_disclosed": True}) for firm in locked]
        record_many(changes, actor=actor.account, effective_on=on, now=now, verb="fill", reason=source)


IMPORTING = Importing(
    sheet=SHEET, right="enterprises.import", check=check_rows, write=import_rows, notes=notes_on, source=str
)
