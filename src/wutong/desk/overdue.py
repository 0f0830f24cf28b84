"""Overdue work across ledgers, by leader or by unit. Every figure opens its rows (`overdue_rows`).

A leader answers for the whole delay of the led cases; a unit for what was late in its own hands, be it as host of that
time or as the helper that was waited for. Either way the rows add up to the delay of all.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.cases.clocks.charging import Charge, Charged, charges_of
from wutong.cases.clocks.counting import counting_now
from wutong.cases.clocks.scales import Counting
from wutong.cases.clocks.words import ticks_words
from wutong.cases.models import Clock
from wutong.desk.due_clocks import clocks_on, is_late, page_moment, soon_at
from wutong.ledgerkit.viewer import today_of, viewer
from wutong.registers.organisation.models import Official, Unit
from wutong.ui.pages import Crumb, ListPage, Tab
from wutong.ui.tables import Cell, Column, Row, Table, Text

By = Literal["leader", "unit"]
Key = int | None
"""A leader or a unit; None is the row of those that have none."""

SCALES = {"working_day": "working_day", "calendar_day": "calendar_day", "month": "calendar_day"}
GROUPS = {"leader": "case__leader", "unit": "case__host_unit"}
COLUMNS = (
    Column("late", gettext_lazy("超时办件"), "number", gettext_lazy("件"), total=True, phone="show"),
    Column("soon", gettext_lazy("3个工作日内到期"), "number", gettext_lazy("件"), total=True, phone="show"),
    Column(
        "working_day", gettext_lazy("累计超时"), "number", gettext_lazy("工作日"), total=True, phone="show"
    ),
    Column("calendar_day", gettext_lazy("累计超时"), "number", gettext_lazy("天"), total=True, phone="show"),
    Column("hour", gettext_lazy("累计超时"), "number", gettext_lazy("小时"), total=True, phone="show"),
)


def scale_of(unit: str) -> str:
    """Working days, days and hours are never added together. Months are counted in days once they have begun."""
    return SCALES.get(unit, "hour")


@dataclass
class Share:
    """What falls to one leader or unit: cases that are late or due soon, and ticks of delay by scale."""

    late: set[int] = field(default_factory=set)
    soon: int = 0
    ticks: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def charges_until(counting: Counting, item: Charged, at: datetime) -> Iterator[Charge]:
    """The charges of a clock up to a moment: on the page of a past day what came later does not count."""
    point, scale = counting.point_at(item.clock.unit, at), counting.scale(item.clock.unit)
    for charge in item.charges:
        if charge.end <= point:
            yield charge
        elif charge.start < point:
            yield replace(charge, end=point, ticks=scale.elapsed(charge.start, point))


def shares_of(
    clocks: QuerySet[Clock], by: By, day: date, at: datetime, counting: Counting
) -> dict[Key, Share]:
    """The clocks of a day by leader or unit. Reads late ones block by block and soon ones as sums."""
    shares: dict[Key, Share] = defaultdict(Share)
    for item in charges_of(clocks.filter(is_late(at, day)).select_related("case"), at):
        case, charges = item.clock.case, list(charges_until(counting, item, at))
        own = case.leader_id if by == "leader" else case.host_unit_id
        shares[own].late.add(case.pk)
        for charge in charges:
            charged = own if by == "leader" else charge.key[0]
            shares[charged].ticks[scale_of(item.clock.unit)] += charge.ticks
    soon = soon_at(clocks, at, day, counting).order_by()
    for key, count in soon.values_list(GROUPS[by]).annotate(cases=Count("case", distinct=True)):
        shares[key].soon = count
    return shares


def overdue(request: HttpRequest) -> HttpResponse:
    """One row for each leader; or for each unit that hosts, or is charged with delay."""
    by: By = "unit" if request.GET.get("by") == "unit" else "leader"
    counting = counting_now()
    day, at = page_moment(request, counting)
    shares = shares_of(clocks_on(viewer(request), day), by, day, at, counting)
    page_day = "" if day == today_of(request) else day.isoformat()
    rows = [
        Row(str(key or "none"), {"name": Cell(name), **_cells(shares[key], page_day, {by: key or "none"})})
        for key, name in _names(shares, by)
    ]
    name = Column("name", _("包保领导") if by == "leader" else _("单位"), "name", phone="show")
    table = Table(
        _("超时"),
        (name, *COLUMNS),
        rows,
        len(rows),
        totals=_cells(_total(list(shares.values())), page_day, {}),
        query=urlencode({"by": by}),
        empty=_("没有超时的事，3个工作日内也没有到期的。"),
    )
    page = ListPage(
        title=_("超时"),
        table=table,
        intro=_("%(day)s，各台账没有办结的办件，只算您能查看的。") % {"day": day},
        crumbs=[Crumb(_("工作台")), Crumb(_("超时"))],
        tabs=[
            Tab(_("按包保领导"), None, link("overdue", page_day, by="leader"), by == "leader"),
            Tab(_("按单位"), None, link("overdue", page_day, by="unit"), by == "unit"),
        ],
        foot_notes=_notes(by),
    )
    return render(request, "ui/list.html", {"page": page})


def _notes(by: By) -> list[Text]:
    notes = [_("工作日、天、小时分开累计，不相加；工作小时算作小时。")]
    if by == "unit":
        notes.append(_("超时记在当时主办的单位名下，等待协办反馈的时间记在协办单位名下。"))
    return [*notes]


def _total(shares: Sequence[Share]) -> Share:
    total = Share(soon=sum(share.soon for share in shares))
    for share in shares:
        total.late |= share.late
        for scale, ticks in share.ticks.items():
            total.ticks[scale] += ticks
    return total


def _names(shares: dict[Key, Share], by: By) -> list[tuple[Key, Text]]:
    """Whoever has most late cases stands on top, the row without a name last. One query."""
    keys = [key for key in shares if key is not None]
    found: dict[int, Official] | dict[int, Unit]
    found = Official.objects.in_bulk(keys) if by == "leader" else Unit.objects.in_bulk(keys)
    named = sorted(keys, key=lambda key: (-len(shares[key].late), -shares[key].soon, str(found[key])))
    names: list[tuple[Key, Text]] = [(key, str(found[key])) for key in named]
    if None in shares:
        names.append((None, _("没有包保领导") if by == "leader" else _("没有责任单位")))
    return names


def _cells(share: Share, page_day: str, whose: dict[str, object]) -> dict[str, Cell]:
    def figure(value: int, words: str, *, alarm: bool = False, **asked: object) -> Cell:
        href = link("overdue_cases", page_day, **whose, **asked) if value else ""
        return Cell(words, value, href, alarm=alarm and value > 0)

    cells = {
        "late": figure(len(share.late), str(len(share.late)), alarm=True, kind="overdue"),
        "soon": figure(share.soon, str(share.soon), kind="soon"),
    }
    for scale in ("working_day", "calendar_day", "hour"):
        ticks = share.ticks[scale]
        words = ticks_words("hour", ticks) if scale == "hour" and ticks else str(ticks)
        cells[scale] = figure(ticks, words, kind="charged", scale=scale)
    return cells


def link(name: str, page_day: str, **asked: object) -> str:
    """The address of a page of the same day."""
    query = urlencode({**asked, "as_of": page_day} if page_day else asked)
    return f"{reverse(name)}?{query}" if query else reverse(name)
