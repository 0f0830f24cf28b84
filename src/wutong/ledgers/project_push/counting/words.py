"""The words of a count, and its tables: one way to draw them, for a count that runs and for a published one."""

from collections.abc import Callable, Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.ledgers.project_push.counting.rules import (
    ALL,
    AMOUNTS,
    BELOW,
    CAPACITY,
    CONTRACT,
    DECREASE,
    INCREASE,
    MEASURES,
    PRODUCED,
    REGISTERED,
    SIGNED,
    STARTED,
    STATUSES,
    STOCK,
    TERMINATED,
)
from wutong.ledgers.project_push.procedures import PROJECT_LIFE
from wutong.registers.projects.bands import BANDS_YUAN, band_label
from wutong.ui.formats import in_yi
from wutong.ui.panels import TablePanel
from wutong.ui.tables import Cell, Column, Row, Table, Text

MEASURE_WORDS: Mapping[str, str | Promise] = {
    SIGNED: gettext_lazy("新签约"),
    REGISTERED: gettext_lazy("新注册"),
    STARTED: gettext_lazy("新开工"),
    PRODUCED: gettext_lazy("新投产"),
    CAPACITY: gettext_lazy("新达效"),
    TERMINATED: gettext_lazy("新终止"),
    CONTRACT: gettext_lazy("签约合同额"),
    INCREASE: gettext_lazy("增资"),
    DECREASE: gettext_lazy("减资"),
}
KINDS: Mapping[str, str | Promise] = {
    "unit": gettext_lazy("按责任单位"),
    "team": gettext_lazy("按产业招商组"),
    "investor": gettext_lazy("按投资方"),
}
SIZES = (ALL, BELOW, *(f"band:{band}" for band in sorted(BANDS_YUAN)))
STOCK_STATES = (*STATUSES, "suspended", TERMINATED)
STOCK_MEASURES = (STOCK, *(f"{STOCK}.{state}" for state in STOCK_STATES))
RULES = gettext_lazy(
    "一个项目只计一次，计在首次签约；状态上升只计状态；增资只计增量；变更投资方以后的事计入新投资方；"
    "规模档按截至日总投资累计，不能相加；登记了两次的项目并入后只计一个。"
)

FigureCell = Callable[[str], Cell]
"""Draws one number, by `measure/group`."""


def is_amount(measure: str) -> bool:
    return measure in AMOUNTS


def value_text(measure: str, value: int) -> str:
    """A number as pages write it: amounts in 亿元."""
    return in_yi(value, 2) if is_amount(measure) else f"{value:,}"


def measure_words(measure: str) -> str:
    if measure == STOCK:
        return _("累计签约")
    if measure.startswith(f"{STOCK}."):
        return str(PROJECT_LIFE.state(measure.partition(".")[2]).label)
    return str(MEASURE_WORDS[measure])


def size_words(group: str) -> str:
    if group == ALL:
        return _("全部")
    return str(band_label(0 if group == BELOW else int(group.partition(":")[2])))


def number_words(key: str, names: Mapping[str, str]) -> str:
    """A number in words: 新签约，≥10亿."""
    measure, _slash, group = key.partition("/")
    group_words = size_words(group) if group in SIZES else names.get(group, "")
    return measure_words(measure) if group == ALL else f"{measure_words(measure)}，{group_words}"


def is_known_key(key: str) -> bool:
    """Whether a number of this name could be there: a measure, and a size or the key of a unit, team or investor."""
    measure, _slash, group = key.partition("/")
    if measure in STOCK_MEASURES:
        return group in SIZES
    kind, _colon, pk = group.partition(":")
    return measure in MEASURES and (group in SIZES or (kind in KINDS and pk.isdecimal() and len(pk) < 18))


def size_tables(cell: FigureCell, period: Text, as_of: Text) -> list[TablePanel]:
    """What came in the period, and in which state projects are on the day, each by size."""
    columns = [
        Column("what", _("指标"), "name", phone="show"),
        *(Column(size, size_words(size), "number", phone="show") for size in SIZES),
    ]
    came = [_size_row(measure, cell) for measure in MEASURES]
    stands = [_size_row(measure, cell) for measure in STOCK_MEASURES]
    words = _("规模档累计，不能相加")
    return [
        TablePanel(
            title=_("期内"), note=f"{period}；{words}", id="period",
            table=Table(_("期内"), columns, came, len(came)),
        ),
        TablePanel(
            title=_("状态"), note=f"{as_of}；{words}", id="stock",
            table=Table(_("状态"), columns, stands, len(stands)),
        ),
    ]  # fmt: skip


def _size_row(measure: str, cell: FigureCell) -> Row:
    words = measure_words(measure)
    label = _("%(measure)s（亿元）") % {"measure": words} if is_amount(measure) else words
    return Row(measure, {"what": Cell(label), **{size: cell(f"{measure}/{size}") for size in SIZES}})


def group_columns(kind: str) -> list[Column]:
    """Columns of a table by unit, team or investor: every measure."""
    return [
        Column("who", KINDS[kind], "name", phone="show"),
        *(
            Column(
                measure, MEASURE_WORDS[measure], "money" if is_amount(measure) else "number",
                unit=gettext_lazy("亿元") if is_amount(measure) else "", total=True, phone="show",
            )
            for measure in MEASURES
        ),
    ]  # fmt: skip


def group_rows(groups: Sequence[str], names: Mapping[str, str], cell: FigureCell) -> list[Row]:
    return [
        Row(
            group,
            {
                "who": Cell(names.get(group, "")),
                **{measure: cell(f"{measure}/{group}") for measure in MEASURES},
            },
        )
        for group in groups
    ]


def group_totals(cell: FigureCell) -> dict[str, Cell]:
    """Added up over units, teams or investors every measure is that of all projects."""
    return {measure: cell(f"{measure}/{ALL}") for measure in MEASURES}
