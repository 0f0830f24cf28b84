"""The board of results by unit (单位看板): what each unit has open, what is overdue, what it brought to an end this year.

It ranks results and nothing else: who logs in, clicks or writes often is not asked. Every figure opens its rows.
A case type takes part when its list can be asked for the rows behind the figures: its filter form has `unit`, its views
are the open ones (empty key), `overdue`, `done` (ended this year) and `late` (those of them that missed a day).
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from urllib.parse import urlencode

from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.ledgerkit.ledger import CasePages
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.registry import ledgers, pages_of
from wutong.ledgerkit.viewer import as_of, today_of, viewer
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Unit
from wutong.ui.pages import Crumb, ListPage, Tab
from wutong.ui.tables import Cell, Column, Row, Table

VIEWS = {"open": "", "overdue": "overdue", "done": "done", "done_late": "late"}
"""Which view of a type's list holds the rows of a figure."""
REVOKED = "revoked"
"""The result of a case that was taken back: neither done nor overdue."""


@dataclass(frozen=True)
class Result:
    """What a unit has of one case type: open on the day, of these overdue, ended in the year of the day up to it, and how
    many of those were ended after their day."""

    open: int = 0
    overdue: int = 0
    done: int = 0
    done_late: int = 0

    def __add__(self, other: "Result") -> "Result":
        return Result(
            self.open + other.open,
            self.overdue + other.overdue,
            self.done + other.done,
            self.done_late + other.done_late,
        )

    @property
    def in_time(self) -> Fraction | None:
        """The share of what was due that was brought to an end in time: ended in time / (ended + overdue now). None where
        nothing has been due yet."""
        due = self.done + self.overdue
        return Fraction(self.done - self.done_late, due) if due else None


@dataclass(frozen=True)
class UnitLine:
    """One unit with its results by case type; `rank` is 1 for the best, shared by equals, 0 where nothing was due yet."""

    unit: Unit
    results: Mapping[str, Result] = field(default_factory=dict)
    rank: int = 0

    @property
    def total(self) -> Result:
        return sum(self.results.values(), Result())


def board_types() -> list[str]:
    """The case types that take part, in the order of the menu."""
    return [pages.case_type for ledger in ledgers() for pages in ledger.pages if _takes_part(pages)]


def _takes_part(pages: CasePages) -> bool:
    views = {view.key for view in pages.listing.views}
    return "unit" in pages.listing.filters.base_fields and set(VIEWS.values()) <= views


def unit_board(actor: Actor, on: date, case_types: Sequence[str] | None = None) -> list[UnitLine]:
    """A line for each unit that hosts such a case the actor may see, best results first. Two queries.

    Best is the larger share in time, then fewer overdue, then more done; units with nothing due yet stand last. A case
    counts for the unit that hosts it, a closed one for the unit that brought it to its end.
    """
    types = board_types() if case_types is None else list(case_types)
    overdue = Q(is_open=True, due_on__lt=on)
    done = Q(is_open=False, closed_on__year=on.year, closed_on__lte=on) & ~Q(result=REVOKED)
    late = done & Q(clocks__missed_on__isnull=False)
    rows = (
        visible_cases(actor)
        .filter(case_type__in=types, host_unit__isnull=False)
        .order_by()
        .values("case_type", unit=F("host_unit"))
        .annotate(
            open=Count("pk", filter=Q(is_open=True), distinct=True),
            overdue=Count("pk", filter=overdue, distinct=True),
            done=Count("pk", filter=done, distinct=True),
            done_late=Count("pk", filter=late, distinct=True),
        )
    )
    found: dict[int, dict[str, Result]] = defaultdict(dict)
    for row in rows:
        result = Result(row["open"], row["overdue"], row["done"], row["done_late"])
        if result != Result():
            found[row["unit"]][row["case_type"]] = result
    units = Unit.objects.in_bulk(list(found)) if found else {}
    lines = [UnitLine(units[key], results) for key, results in found.items()]
    return _ranked(sorted(lines, key=_order))


def _order(line: UnitLine) -> tuple[bool, Fraction, int, int, str]:
    total = line.total
    share = total.in_time
    return share is None, -(share or Fraction(0)), total.overdue, -total.done, line.unit.path


def _ranked(lines: Sequence[UnitLine]) -> list[UnitLine]:
    ranked: list[UnitLine] = []
    for place, line in enumerate(lines, start=1):
        is_equal = place > 1 and _order(lines[place - 2])[:4] == _order(line)[:4]
        rank = ranked[-1].rank if is_equal else place
        ranked.append(UnitLine(line.unit, line.results, 0 if line.total.in_time is None else rank))
    return ranked


def percent(share: Fraction | None) -> Decimal | None:
    """One decimal, rounded once, halves up."""
    if share is None:
        return None
    whole = Decimal(share.numerator * 100) / Decimal(share.denominator)
    return whole.quantize(Decimal("0.1"), ROUND_HALF_UP)


# ---- the page ----------------------------------------------------------------------------------------------------


def board(request: HttpRequest) -> HttpResponse:
    """All case types side by side, or one of them with `?type=`."""
    on, types = as_of(request), board_types()
    asked = request.GET.get("type", "")
    shown = [asked] if asked in types else types
    lines = unit_board(viewer(request), on, shown)
    day = {} if on == today_of(request) else {"as_of": on.isoformat()}
    table = Table(
        _("单位看板"),
        columns_of(shown),
        [board_row(line, shown, day) for line in lines],
        len(lines),
        totals=_totals(lines, shown),
        query=urlencode({**({"type": asked} if asked in types else {}), **day}),
        empty=_("没有您能查看的整改和督办。"),
    )
    href = reverse("unit_board")
    tabs = [Tab(_("全部"), None, _link(href, day), len(shown) == len(types))]
    tabs += [
        Tab(pages_of(code).listing.title, None, _link(href, {"type": code, **day}), shown == [code])
        for code in types
    ]
    page = ListPage(
        title=_("单位看板"),
        table=table,
        intro=_("%(day)s，各单位在办、超时和本年办结的整改和督办，只算您能查看的。") % {"day": on},
        crumbs=[Crumb(_("工作台")), Crumb(_("单位看板"))],
        tabs=tabs,
        foot_notes=[
            _(
                "名次只看结果：按时办结率＝本年按时办结÷（本年办结＋现在超时），相同的比超时件数，再比办结件数。"
            ),
            _("不统计登录、点击和填报次数。"),
        ],
    )
    return render(request, "ui/list.html", {"page": page})


def columns_of(types: Sequence[str]) -> tuple[Column, ...]:
    """The columns of a board of these case types."""
    columns = [
        Column("unit", _("单位"), "name", phone="show"),
        Column("rank", _("名次"), "number", phone="show"),
        Column("in_time", _("按时办结率"), "number", unit="%", phone="show"),
    ]
    for code in types:
        group = pages_of(code).listing.title
        columns += [
            Column(f"{code}_open", _("在办"), "number", _("件"), group, total=True, phone="show"),
            Column(f"{code}_overdue", _("超时"), "number", _("件"), group, total=True, phone="show"),
            Column(f"{code}_done", _("本年办结"), "number", _("件"), group, total=True, phone="show"),
            Column(f"{code}_done_late", _("其中超时"), "number", _("件"), group, total=True),
        ]
    return tuple(columns)


def board_row(line: UnitLine, types: Sequence[str], day: Mapping[str, str]) -> Row:
    """One line of a board; every figure that a list can open is a link to its rows. `day` goes into the links."""
    share = percent(line.total.in_time)
    cells = {
        "unit": Cell(str(line.unit)),
        "rank": Cell(str(line.rank), line.rank) if line.rank else Cell("—"),
        "in_time": Cell(str(share), share) if share is not None else Cell("—"),
    }
    for code in types:
        result = line.results.get(code, Result())
        listing = reverse("case_list", args=[pages_of(code).slug])
        for name in VIEWS:
            count = getattr(result, name)
            view = {"view": VIEWS[name]} if VIEWS[name] else {}
            href = _link(listing, {**view, "unit": str(line.unit.pk), **day}) if count else ""
            cells[f"{code}_{name}"] = Cell(str(count), count, href, alarm=name == "overdue" and count > 0)
    return Row(str(line.unit.pk), cells)


def _totals(lines: Sequence[UnitLine], types: Sequence[str]) -> dict[str, Cell]:
    added: Counter[str] = Counter()
    for line in lines:
        for code in types:
            result = line.results.get(code, Result())
            for name in VIEWS:
                added[f"{code}_{name}"] += getattr(result, name)
    cells = {key: Cell(str(count), count) for key, count in added.items()}
    return {"unit": Cell(_("合计 %(count)s个单位") % {"count": len(lines)}), **cells}


def _link(href: str, asked: Mapping[str, str]) -> str:
    return f"{href}?{urlencode(asked)}" if asked else href
