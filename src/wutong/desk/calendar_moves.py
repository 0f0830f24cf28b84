"""What a year's notice would move: figures per ledger, and the first moves with their cases. Nothing is written."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.cases.clocks.reprojection import Move
from wutong.cases.registry import find_type, latest
from wutong.ledgerkit.clock_panel import shown_point
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.registry import find_pages, ledgers
from wutong.registers.organisation.actors import Actor
from wutong.ui.panels import TablePanel
from wutong.ui.tables import Cell, Column, Row, Table, Text

LISTED = 200
"""So many moves are listed; all are counted."""
BLOCK = 500


@dataclass
class Moves:
    """`listed` are the first moves of cases that the reader may see, `hidden` counts those of the others."""

    listed: list[Move] = field(default_factory=list)
    by_type: Counter[str] = field(default_factory=Counter)
    hidden: int = 0

    @property
    def count(self) -> int:
        return self.by_type.total()

    @property
    def unlisted(self) -> int:
        return self.count - self.hidden - len(self.listed)


def counted_moves(moves: Iterable[Move], reader: Actor) -> Moves:
    """Goes through all moves block by block; memory does not grow with them."""
    counted = Moves()
    for block in _blocks(moves):
        keys = {move.clock.case_id for move in block}
        seen = set(visible_cases(reader).filter(pk__in=keys).values_list("pk", flat=True))
        for move in block:
            counted.by_type[move.clock.case.case_type] += 1
            if move.clock.case_id not in seen:
                counted.hidden += 1
            elif len(counted.listed) < LISTED:
                counted.listed.append(move)
    return counted


def _blocks(moves: Iterable[Move]) -> Iterator[list[Move]]:
    iterator = iter(moves)
    while block := list(islice(iterator, BLOCK)):
        yield block


def figures_panel(moves: Moves) -> TablePanel:
    """How many due days move, per ledger and kind of case."""
    columns = [
        Column("ledger", _("台账"), "name", phone="show"),
        Column("kind", _("办件"), phone="show"),
        Column("count", _("变动的时限"), "number", phone="show"),
    ]
    rows = [
        Row(
            case_type,
            {
                "ledger": Cell(_ledger_name(case_type)),
                "kind": Cell(latest(case_type).procedure.label),
                "count": Cell(str(count), value=count),
            },
        )
        for case_type, count in sorted(moves.by_type.items(), key=lambda item: (-item[1], item[0]))
    ]
    empty = _("没有到期日会变动。")
    return TablePanel(
        title=_("各台账变动数"),
        note=_("共%(count)d个时限") % {"count": moves.count},
        id="figures",
        empty=empty,
        table=Table(_("各台账变动数"), columns, rows, len(rows), empty=empty),
    )


def _ledger_name(case_type: str) -> Text:
    for ledger in ledgers():
        if any(item.procedure.case_type == case_type for item in ledger.case_types):
            return ledger.name
    return latest(case_type).procedure.label


def moves_panel(moves: Moves) -> TablePanel:
    """The moves of cases that the reader may see, each with both days."""
    columns = [
        Column("case", _("办件"), "name", phone="show"),
        Column("clock", _("时限"), phone="show"),
        Column("before", _("原到期日"), phone="show"),
        Column("after", _("新到期日"), phone="show"),
        Column("certainty", _("说明")),
    ]
    rows = [_row(move) for move in moves.listed]
    notes = [
        _("另有%(count)d个您看不到的") % {"count": moves.hidden} if moves.hidden else "",
        _("还有%(count)d个没有列出") % {"count": moves.unlisted} if moves.unlisted else "",
    ]
    empty = _("您看得到的办件里，没有到期日会变动。")
    return TablePanel(
        title=_("会变动的到期日"),
        note=_("，").join(filter(None, notes)),
        id="moves",
        empty=empty,
        table=Table(_("会变动的到期日"), columns, rows, len(rows), empty=empty),
    )


def _row(move: Move) -> Row:
    clock, case = move.clock, move.clock.case
    kind = find_type(case.case_type, case.procedure_version)
    pages = find_pages(case.case_type)
    href = reverse("case_detail", args=[pages.slug, case.number]) if pages else ""
    label = kind.procedure.clock(clock.code).label if kind else clock.code
    cells = {
        "case": Cell(case.number, note=case.title, href=href),
        "clock": Cell(label),
        "before": Cell(shown_point(move.before)),
        "after": Cell(shown_point(move.after)),
        "certainty": Cell(_certainty(move)),
    }
    return Row(f"{clock.pk}", cells, href=href)


def _certainty(move: Move) -> str:
    """What else changes: whether the day is certain, or what was used while the clock rests."""
    if move.after is None:
        return _("中止中，已用的天数重新计算")
    if move.clock.is_provisional != move.provisional:
        return _("确定→暂定") if move.provisional else _("暂定→确定")
    return _("暂定") if move.provisional else ""
