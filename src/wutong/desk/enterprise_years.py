"""Numbers of an enterprise by year: cards of the latest year, and the table of measure and year with its sources."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.registers.enterprises.measures import BY_CODE, MEASURES, Measure
from wutong.registers.enterprises.models import Enterprise, YearReport
from wutong.registers.enterprises.queries import YearFact
from wutong.ui.formats import count_text, in_wan
from wutong.ui.panels import PanelEnd, Stat, StatCards, TablePanel
from wutong.ui.tables import Cell, Column, Row, Table

YEARS = 6
"""So many years stand side by side, the latest last."""
CARDS = ("revenue_yuan", "rd_yuan", "tax_yuan", "staff")

Facts = Mapping[int, Mapping[str, YearFact]]


def facts_of(reports: Iterable[YearReport]) -> dict[int, dict[str, YearFact]]:
    """As `year_facts`, of reports that are read already."""
    found: dict[int, dict[str, YearFact]] = {}
    for report in sorted(reports, key=lambda item: (item.year, item.dated_on, item.pk)):
        year = found.setdefault(report.year, {})
        for code, value in report.values.items():
            year[code] = YearFact(value, report.source, report.dated_on)
    return found


def figure(measure: Measure, value: int) -> str:
    return in_wan(value, 2) if measure.kind == "yuan" else count_text(value)


def unit_of(measure: Measure) -> str:
    return _("万元") if measure.kind == "yuan" else measure.unit


def cards(facts: Facts, open_cases: int) -> StatCards:
    """The latest number of each main measure, with its year and source; what nobody has said is missing."""
    stats = [_card(BY_CODE[code], facts) for code in CARDS]
    stats.append(Stat(_("在办办件"), count_text(open_cases), _("件"), "#cases" if open_cases else ""))
    return StatCards(stats)


def _card(measure: Measure, facts: Facts) -> Stat:
    year = max((year for year, values in facts.items() if measure.code in values), default=None)
    if year is None:
        return Stat(measure.label, "—", note=_("缺"))
    fact = facts[year][measure.code]
    before = facts.get(year - 1, {}).get(measure.code)
    return Stat(
        measure.label,
        in_wan(fact.value) if measure.kind == "yuan" else count_text(fact.value),
        unit_of(measure),
        "#years",
        _growth(fact.value, before.value) if before else "",
        _("%(year)s年，%(source)s") % {"year": year, "source": fact.source},
    )


def _growth(value: int, before: int) -> str:
    """Against the year before, in words; says nothing where a share of nothing or of a loss would mislead."""
    if before <= 0 or value < 0:
        return ""
    share = (Decimal(value - before) * 100 / before).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    if not share:
        return _("同比持平")
    return (_("同比增%(share)s%%") if share > 0 else _("同比降%(share)s%%")) % {"share": abs(share)}


def years_panel(firm: Enterprise, facts: Facts, *, may_write: bool) -> TablePanel:
    """Every measure, so that what is missing is seen; each number says who says so and when."""
    years = sorted(facts)[-YEARS:]
    columns = [Column("measure", _("指标"), "name", phone="show")]
    columns += [Column(str(year), _("%(year)s年") % {"year": year}, "number", phone="show") for year in years]
    rows = []
    for measure in MEASURES if years else ():
        label = _("%(label)s（%(unit)s）") % {"label": measure.label, "unit": unit_of(measure)}
        cells = {"measure": Cell(label)}
        for year in years:
            fact = facts[year].get(measure.code)
            cells[str(year)] = _cell(measure, fact) if fact else Cell("—", note=_("缺"))
        rows.append(Row(measure.code, cells))
    end = None
    if may_write:
        end = PanelEnd(_("登记年度数据"), reverse("enterprise_year_new", args=[firm.pk]), drawer=True)
    empty = _("还没有年度数据。")
    return TablePanel(
        title=_("年度数据"),
        note=_("每个数下面是来源和日期；“缺”是没有数，不是0"),
        id="years",
        end=end,
        empty=empty,
        table=Table(_("年度数据"), columns, rows, len(rows), empty=empty),
    )


def _cell(measure: Measure, fact: YearFact) -> Cell:
    return Cell(figure(measure, fact.value), value=fact.value, note=f"{fact.source}，{fact.dated_on}")
