"""The panels of a project's file: nodes, money, firms that take part, time in each state, photos."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.cases.context import valid_changes
from wutong.cases.models import Assignment, Change, Evidence
from wutong.cases.procedures import Procedure, main_states
from wutong.ledgerkit.ledger import changes_reaching
from wutong.ledgers.project_push.facts.reading import ProjectFacts
from wutong.ledgers.project_push.facts.rules import ORDER_OF_LIFE
from wutong.ledgers.project_push.facts.timeline import plans_before
from wutong.ledgers.project_push.models import FundSource, NodeCode, PartnerRole
from wutong.ledgers.project_push.project_file.status_history import WorkdayCount, node_delay, status_history
from wutong.ledgers.project_push.reports.investment import Investment, MonthFigures, investment_as_of
from wutong.registers.projects.models import Project
from wutong.ui.formats import days_text, in_wan, in_yi
from wutong.ui.nodes_chart import Node
from wutong.ui.panels import Fact, ListItem, ListPanel, Panel, PanelEnd, TablePanel
from wutong.ui.tables import Cell, Column, Row, Table

MONTHS_SHOWN, MISSING_SHOWN, PHOTOS_SHOWN = 24, 3, 6
PICTURES = ("image/jpeg", "image/png")


@dataclass(frozen=True)
class Page:
    """What the panels are about; `may_write` shows the ways to change it. `started_on` and `ended_on` are days of the
    project's life as far as they have come."""

    number: str
    project: Project
    facts: ProjectFacts
    day: date
    may_write: bool
    started_on: date | None = None
    ended_on: date | None = None


def address(name: str, page: Page, *more: object) -> str:
    return reverse(name, args=[page.number, *more])


def end_for(page: Page, label: str, name: str) -> PanelEnd | None:
    """A link at the end of a panel's head that opens a form, for whoever may write."""
    return PanelEnd(label, address(name, page), drawer=True) if page.may_write else None


# ---- nodes -------------------------------------------------------------------------------------------------------


def chart_nodes(page: Page, procedure: Procedure, changes: Sequence[Change]) -> list[Node]:
    """States of the case and nodes of the project in the order of life, those that are planned or reached."""
    valid, project = valid_changes(changes), page.project
    planned = {"started": project.plan_start_on, "in_production": project.plan_production_on}
    found: dict[str, Node] = {}
    for state in main_states(procedure):
        change = changes_reaching(valid, state.code)
        plan = planned.get(state.code)
        if change is not None or plan is not None:
            found[state.code] = Node(state.label, plan, change.effective_on if change else None)
    for code, node in page.facts.nodes.items():
        href = address("project_node", page, code) if page.may_write else ""
        found[code] = Node(NodeCode(code).label, node.plan_on, node.actual_on, href)
    return [found[code] for code in ORDER_OF_LIFE if code in found]


def nodes_table(page: Page) -> TablePanel:
    """Who answers for each node, what is arranged, which document says that it was reached."""
    rows = []
    for code in ORDER_OF_LIFE:
        node = page.facts.nodes.get(code)
        if node is None:
            continue
        delay = node_delay(node.plan_on, node.actual_on, page.day)
        late = delay.days_late or 0
        words = _("晚%(days)s") % {"days": days_text(late)} if late > 0 else ""
        href = address("project_node", page, code) if page.may_write else ""
        rows.append(
            Row(
                code,
                {
                    "node": Cell(NodeCode(code).label, href=href, note=node.document_no),
                    "plan": Cell(
                        node.plan_on.isoformat() if node.plan_on else "—", note=plans_before(node.plans)
                    ),
                    "actual": Cell(
                        node.actual_on.isoformat() if delay.is_reached and node.actual_on else "—",
                        note=words,
                        alarm=late > 0 and not delay.is_reached,
                    ),
                    "who": Cell(node.person or node.unit, note=node.unit if node.person else ""),
                    "doing": Cell(node.outcome or node.arrangement),
                },
            )
        )
    columns = (
        Column("node", _("节点"), "name"),
        Column("plan", _("完成时限"), "date", phone="show"),
        Column("actual", _("完成日期"), "date", phone="show"),
        Column("who", _("责任"), phone="show"),
        Column("doing", _("安排与完成情况"), "long"),
    )
    empty = _("还没有登记节点。")
    return TablePanel(
        title=_("节点安排"),
        id="node-plans",
        end=end_for(page, _("登记节点"), "project_node_new"),
        empty=empty,
        table=Table(_("节点安排"), columns, rows, len(rows), empty=empty),
    )


# ---- money -------------------------------------------------------------------------------------------------------


def invested(page: Page) -> Investment:
    """The investment as of the page's day, from the reports that the page has read: the rule of all lists and rounds."""
    reported = [
        MonthFigures(month, report.done_yuan, report.planned_yuan)
        for month, report in page.facts.months.items()
    ]
    return investment_as_of(
        reported,
        page.day,
        total_yuan=page.project.total_investment_yuan,
        year_plan_yuan=page.facts.plans.get(page.day.year),
        started_on=page.started_on,
        ended_on=page.ended_on,
    )


def percent(share: Fraction) -> int:
    """Whole per cent, half up."""
    return int(share * 100 + Fraction(1, 2))


@dataclass(frozen=True)
class Bar:
    """A share as a bar: `width` of 100, at most full; the words say the true figure."""

    label: str
    words: str
    width: int
    mark: int | None = None


@dataclass(frozen=True, kw_only=True)
class MoneyPanel(Panel):
    """Investment and money arrived, as bars and facts."""

    template: ClassVar[str] = "project_push/money.html"
    bars: Sequence[Bar]
    facts: Sequence[Fact]
    links: Sequence[PanelEnd] = ()


def money_panel(page: Page) -> MoneyPanel:
    money, year = invested(page), page.day.year
    bars, facts = [], []
    rows = "#months" if page.facts.months or page.facts.arrived else ""
    if money.share_of_year_plan is not None and money.year_plan_yuan is not None:
        share = percent(money.share_of_year_plan)
        told = {"done": in_wan(money.done_in_year_yuan), "plan": in_wan(money.year_plan_yuan), "share": share}
        days_of_year = date(year, 12, 31).timetuple().tm_yday
        bars.append(
            Bar(
                _("%(year)s年投资计划，标记是时序进度") % {"year": year},
                _("%(done)s / %(plan)s万元，%(share)s%%") % told,
                min(share, 100),
                100 * page.day.timetuple().tm_yday // days_of_year,
            )
        )
    facts.append(Fact(_("%(year)s年计划") % {"year": year}, _wan(money.year_plan_yuan) or _("未定")))
    for label, yuan in ((_("本年完成"), money.done_in_year_yuan), (_("累计完成"), money.done_yuan)):
        facts.append(Fact(label, _wan(yuan) or _("未报"), href=rows if yuan is not None else ""))
    if money.share_of_total is not None:
        facts.append(Fact(_("占总投资"), f"{percent(money.share_of_total)}%"))
    if money.missing:
        told_months = [
            _("%(year)s年%(month)s月") % {"year": y, "month": m} for y, m in money.missing[-MISSING_SHOWN:]
        ]
        more = len(money.missing) - len(told_months)
        words = "、".join(told_months) + (
            _("等%(count)s个月") % {"count": len(money.missing)} if more else ""
        )
        facts.append(Fact(_("缺报月份"), words))
    sources: dict[str, int] = {}
    for (_year, _month, source), yuan in sorted(page.facts.arrived.items()):
        sources[source] = sources.get(source, 0) + yuan
    if sources:
        facts.append(Fact(_("到位资金"), _wan(sum(sources.values())), href=rows))
        facts += [Fact(FundSource(source).label, _wan(yuan), href=rows) for source, yuan in sources.items()]
    links = [
        link
        for link in (
            end_for(page, _("定年度计划"), "project_year_plan"),
            end_for(page, _("登记到位资金"), "project_funds"),
        )
        if link is not None
    ]
    return MoneyPanel(title=_("投资与资金"), id="money", bars=bars, facts=facts, links=links)


def _wan(yuan: int | None) -> str:
    return "" if yuan is None else _("%(amount)s万元") % {"amount": in_wan(yuan)}


def months_table(page: Page) -> TablePanel | None:
    """Month by month, the latest first: planned, done, done since the beginning of the year, arrived."""
    facts = page.facts
    arrived: dict[tuple[int, int], int] = {}
    for (year, month, _source), yuan in facts.arrived.items():
        arrived[year, month] = arrived.get((year, month), 0) + yuan
    keys = sorted({*facts.months, *arrived}, reverse=True)
    if not keys:
        return None
    rows = []
    for year, month in keys[:MONTHS_SHOWN]:
        report = facts.months.get((year, month))
        so_far = sum(row.done_yuan for (y, m), row in facts.months.items() if y == year and m <= month)
        rows.append(
            Row(
                f"{year}-{month}",
                {
                    "month": Cell(_("%(year)s年%(month)s月") % {"year": year, "month": month}),
                    "planned": Cell(in_wan(report.planned_yuan) if report else "—"),
                    "done": Cell(in_wan(report.done_yuan) if report else _("未报")),
                    "so_far": Cell(in_wan(so_far) if report else "—"),
                    "arrived": Cell(in_wan(arrived.get((year, month))) or "—"),
                    "progress": Cell(report.progress if report else ""),
                },
            )
        )
    columns = (
        Column("month", _("月份"), "name"),
        Column("planned", _("计划完成"), "money", unit=_("万元")),
        Column("done", _("完成投资"), "money", unit=_("万元"), phone="show"),
        Column("so_far", _("年初累计"), "money", unit=_("万元"), phone="show"),
        Column("arrived", _("到位资金"), "money", unit=_("万元"), phone="show"),
        Column("progress", _("形象进度"), "long"),
    )
    note = _("近%(count)s个月") % {"count": MONTHS_SHOWN} if len(keys) > MONTHS_SHOWN else ""
    return TablePanel(
        title=_("投资月报"), note=note, id="months", table=Table(_("投资月报"), columns, rows, len(rows))
    )


# ---- firms, photos, time in each state ---------------------------------------------------------------------------


def partners_panel(page: Page) -> ListPanel:
    items = []
    for item in page.facts.partners:
        is_here = item.to_on is None or item.to_on > page.day
        words = _("%(start)s 至今") if is_here else _("%(start)s 至 %(end)s")
        href = (
            address("project_participant_end", page, item.entry)
            if page.may_write and item.to_on is None
            else ""
        )
        items.append(
            ListItem(
                item.name,
                href,
                PartnerRole(item.role).label,
                note=words % {"start": item.from_on, "end": item.to_on},
            )
        )
    return ListPanel(
        title=_("参与单位"),
        id="participants",
        end=end_for(page, _("加参与单位"), "project_participant"),
        items=items,
        empty=_("还没有登记参与单位。"),
    )


@dataclass(frozen=True)
class Photo:
    href: str
    name: str
    on: date
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class PhotosPanel(Panel):
    template: ClassVar[str] = "project_push/photos.html"
    photos: Sequence[Photo]


def photos_of(page: Page, evidence: Sequence[Evidence], most: int = PHOTOS_SHOWN) -> list[Photo]:
    """Site photos by the day on which they were taken, the latest first; what is no picture or was not accepted is
    left out."""
    words = {None: _("待核验"), True: _("已核验")}
    found = [
        Photo(
            address("project_photo", page, item.pk),
            item.name,
            item.dated_on,
            words[getattr(item, "accepted", None)],
        )
        for item in evidence
        if item.kind == "site_photo"
        and item.file.content_type in PICTURES
        and getattr(item, "accepted", None) is not False
        and item.dated_on <= page.day
    ]
    return sorted(found, key=lambda item: (item.on, item.href), reverse=True)[:most]


def photos_panel(page: Page, evidence: Sequence[Evidence]) -> PhotosPanel | None:
    photos = photos_of(page, evidence)
    if not photos:
        return None
    return PhotosPanel(title=_("现场照片"), note=_("新的在前"), id="photos", photos=photos)


def states_panel(
    procedure: Procedure,
    known: Sequence[Change],
    assignments: Sequence[Assignment],
    counting: WorkdayCount,
    day: date,
) -> TablePanel:
    """How long the project was in each state, and who held it then."""
    rows = []
    for number, stay in enumerate(reversed(status_history(known, day, counting))):
        until = stay.to_on or day
        hosts = [
            str(item.person or item.unit)
            for item in reversed(assignments)
            if item.role == "host"
            and item.from_on <= until
            and (item.to_on is None or item.to_on > stay.from_on)
        ]
        words = _("%(start)s 至 %(end)s") if stay.to_on else _("%(start)s 至今")
        working = "—" if stay.working_days is None else str(stay.working_days)
        rows.append(
            Row(
                str(number),
                {
                    "state": Cell(procedure.state(stay.state).label),
                    "time": Cell(words % {"start": stay.from_on, "end": stay.to_on}),
                    "days": Cell(str(stay.days)),
                    "working": Cell(working),
                    "suspended": Cell(str(stay.suspended_days) if stay.suspended_days else "—"),
                    "who": Cell("、".join(dict.fromkeys(hosts))),
                },
            )
        )
    columns = (
        Column("state", _("状态"), "name"),
        Column("time", _("起止"), phone="show"),
        Column("days", _("日历天"), "number", phone="show"),
        Column("working", _("工作日"), "number", phone="show"),
        Column("suspended", _("另暂停天数"), "number"),
        Column("who", _("主办"), "long", phone="show"),
    )
    note = _("天数不含暂停")
    table = Table(_("状态历程"), columns, rows, len(rows))
    return TablePanel(title=_("状态历程"), note=note, id="states", table=table)


def total_words(project: Project) -> str:
    """“52.0亿元，一期21.5”."""
    total = in_yi(project.total_investment_yuan)
    if project.phase_one_yuan is None:
        return _("%(total)s亿元") % {"total": total}
    return _("%(total)s亿元，一期%(one)s") % {"total": total, "one": in_yi(project.phase_one_yuan)}
