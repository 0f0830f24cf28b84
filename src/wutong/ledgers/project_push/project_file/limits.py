"""The day limits of one project: from signing to start, from start to production, and the due days of its
rectifications. The lines are those of the lamp rules; who held the project while it was past the red one is told with
the responsibility."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wutong.base.lamps.words import COLOUR_WORDS
from wutong.cases.clocks.words import basis_words
from wutong.cases.models import Assignment, Case
from wutong.cases.registry import case_type_of
from wutong.ledgers.project_push.facts.rules import late_days_within, limit_day
from wutong.ledgers.project_push.stalled.queries import Stalled
from wutong.ledgers.project_push.stalled.rules import DAYS_IN_STAGE, Life, Stage, days_counted
from wutong.registers.projects.bands import band_label, band_of
from wutong.rules.lamps import RuleSet
from wutong.ui.panels import TablePanel
from wutong.ui.tables import Cell, Column, LampColour, Row, Table, Text

LABELS: dict[Stage, Text] = {"signed": gettext_lazy("签约至开工"), "started": gettext_lazy("开工至投产")}


@dataclass(frozen=True)
class Limit:
    """One stage of a life up to a day. `days` leave out suspended time; `line` are the days of the red lamp and `last_on`
    the day on which they are used up, None where no rule draws a line."""

    stage: Stage
    since: date
    until: date
    is_over: bool
    days: int
    line: int | None
    last_on: date | None
    basis: str

    @property
    def late(self) -> tuple[date, date] | None:
        if self.last_on is None or self.last_on >= self.until:
            return None
        return self.last_on, self.until


def limits_of(life: Life, rule_set: RuleSet | None, amount_yuan: int, as_of: date) -> list[Limit]:
    """The stages that a project has entered by a day."""
    ends: tuple[tuple[Stage, date | None, date | None], ...] = (
        ("signed", life.signed_on, life.started_on or life.produced_on),
        ("started", life.started_on, life.produced_on),
    )
    found = []
    for stage, since, left_on in ends:
        if since is None:
            continue
        end = min((day for day in (left_on, life.ended_on) if day), default=None)
        until = max(end or as_of, since)
        rules = rule_set.rules_for(stage, amount_yuan) if rule_set else []
        red = next((rule for rule in rules if rule.metric == DAYS_IN_STAGE and rule.colour == "red"), None)
        line = int(red.threshold) if red else None
        basis = ""
        if rule_set and red:
            told = {
                "edition": rule_set.edition,
                "clause": red.clause,
                "band": band_label(band_of(amount_yuan)),
            }
            basis = _("内部：亮灯规则%(edition)s%(clause)s，%(band)s档") % told
        found.append(
            Limit(
                stage,
                since,
                until,
                end is not None,
                days_counted(since, until, life.suspensions),
                line,
                limit_day(since, line, life.suspensions, until) if line is not None else None,
                basis or _("没有适用的亮灯规则"),
            )
        )
    return found


def limits_panel(
    limits: Sequence[Limit], found: Stalled | None, children: Sequence[Case], day: date
) -> TablePanel:
    """The limits with what is used of them, and the open rectifications with their due days."""
    rows = [_limit_row(item, found) for item in limits]
    rows += [_child_row(child, day) for child in children if child.is_open and child.due_on]
    columns = (
        Column("label", _("时限"), "name"),
        Column("basis", _("依据"), "long", phone="show"),
        Column("used", _("已用/预算"), "number", phone="show"),
        Column("due", _("到期"), "date", phone="show"),
        Column("lamp", _("亮灯"), "lamp", phone="show"),
    )
    empty = _("签约以后开始计时。")
    return TablePanel(
        title=_("时限"),
        id="limits",
        empty=empty,
        table=Table(_("时限"), columns, rows, len(rows), empty=empty),
    )


def _limit_row(item: Limit, found: Stalled | None) -> Row:
    used = str(item.days) if item.line is None else f"{item.days}/{item.line}"
    return Row(
        item.stage,
        {
            "label": Cell(LABELS[item.stage], note=_("自%(since)s") % {"since": item.since}),
            "basis": Cell(item.basis),
            "used": Cell(_("%(used)s天") % {"used": used}, href="#timeline"),
            "due": Cell(item.last_on.isoformat() if item.last_on else "—", alarm=item.late is not None),
            "lamp": _lamp_cell(item, found),
        },
    )


def _lamp_cell(item: Limit, found: Stalled | None) -> Cell:
    if item.is_over:
        if item.late:
            days = (item.late[1] - item.late[0]).days
            return Cell(_("超期完成"), lamp="red", note=_("超%(days)s天") % {"days": days})
        return Cell(_("按期完成"), lamp="green")
    if found is None or found.stage != item.stage:
        return Cell(_("不在近24个月内"), lamp="grey")
    colour: LampColour = found.verdict.colour
    return Cell(COLOUR_WORDS[colour], lamp=colour)


def _child_row(child: Case, day: date) -> Row:
    procedure = case_type_of(child).procedure
    clock = procedure.clocks[0] if procedure.clocks else None
    due = child.due_on
    late = due is not None and due < day
    colour: LampColour = "red" if late else "green"
    days = abs((day - due).days) if due else 0
    words = _("已超%(days)s天") if late else _("余%(days)s天")
    return Row(
        child.number,
        {
            "label": Cell(
                _("整改：%(title)s") % {"title": child.title},
                href=reverse("case_detail", args=["rectifications", child.number])
                if child.case_type == "rectification"
                else "",
            ),
            "basis": Cell(f"{basis_words(clock.basis)}：{clock.article}" if clock else ""),
            "used": Cell("—"),
            "due": Cell(due.isoformat() if due else "—", alarm=late),
            "lamp": Cell(words % {"days": days}, lamp=colour),
        },
    )


def late_by_host(
    limits: Sequence[Limit], assignments: Sequence[Assignment], life: Life, as_of: date
) -> dict[int, Text]:
    """How many days past the red line each host held the project. The times of hosts that follow each other divide the
    lateness without remainder."""
    late = [item.late for item in limits if item.late is not None]
    found: dict[int, Text] = {}
    for item in assignments:
        if item.role != "host":
            continue
        days = late_days_within(item.from_on, item.to_on or as_of, late, life.suspensions)
        if days > 0:
            found[item.pk] = ngettext("%(days)s天", "%(days)s天", days) % {"days": days}
    return found
