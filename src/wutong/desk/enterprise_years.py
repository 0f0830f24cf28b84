"""Numbers of an enterprise by year: cards of the latest year, and the table of measure and year with its sources."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.registers.enterprises.measures import BY_CODE, MEASURES, Measure
from wutong.registers.enterprises.models import Enterprise, YearReport
from wutong.registers.enterprises.queries import YearFact
from wutong.ui.formats import count_text, date_text, in_wan
from wutong.ui.panels import PanelEnd, Stat, StatCards, TablePanel
from wutong.ui.tables import Cell, Column, Row, Table

YEARS = 6
"""So many years stand side by side, the latest last."""
CARDS = ("revenue_yuan", "rd_yuan", "tax_yuan", "staff")

MISSING = gettext_lazy("— 缺")

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


def cards(facts: Facts) -> StatCards:
    """The latest number of each main measure, with its year and source; what nobody has said is missing."""
    return StatCards([_card(BY_CODE[code], facts) for code in CARDS])


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
    """Measure by year. The source that said most of a year stands below the year; a number of another one says so itself.
    What no year has is named beside the title, so that it is seen to be missing."""
    years = sorted(year for year, values in facts.items() if values)[-YEARS:]
    sources = {year: _main_source(facts[year].values()) for year in years}
    columns = [Column("measure", _("指标"), "name", phone="show")]
    columns += [Column(str(year), _("%(year)s年") % {"year": year}, "number", phone="show") for year in years]
    rows, nowhere = [], []
    if years:
        said = {str(year): Cell(source[0], note=date_text(source[1])) for year, source in sources.items()}
        rows.append(Row("source", {"measure": Cell(_("来源和日期")), **said}))
    for measure in MEASURES if years else ():
        found = {year: facts[year].get(measure.code) for year in years}
        if any(found.values()):
            label = _("%(label)s（%(unit)s）") % {"label": measure.label, "unit": unit_of(measure)}
            cells = {str(year): _cell(measure, fact, sources[year]) for year, fact in found.items()}
            rows.append(Row(measure.code, {"measure": Cell(label), **cells}))
        else:
            nowhere.append(str(measure.label))
    note = _("“缺”是没有数，不是0")
    if nowhere:
        note = _("“缺”是没有数，不是0；各年都缺：%(labels)s") % {"labels": "、".join(nowhere)}
    end = None
    if may_write:
        end = PanelEnd(_("登记年度数据"), reverse("enterprise_year_new", args=[firm.pk]), drawer=True)
    empty = _("还没有年度数据。")
    return TablePanel(
        title=_("年度数据"),
        note=note,
        id="years",
        end=end,
        empty=empty,
        table=Table(_("年度数据"), columns, rows, len(rows), empty=empty),
    )


Source = tuple[str, date]
"""Who says so, and of which day it is."""


def _main_source(facts: Iterable[YearFact]) -> Source:
    return Counter((fact.source, fact.dated_on) for fact in facts).most_common(1)[0][0]


def _cell(measure: Measure, fact: YearFact | None, main_source: Source) -> Cell:
    if fact is None:
        return Cell(MISSING)
    is_other = (fact.source, fact.dated_on) != main_source
    note = f"{fact.source}，{fact.dated_on}" if is_other else ""
    return Cell(figure(measure, fact.value), value=fact.value, note=note)
