"""The file of one project: what the ledger adds to the page of its case."""

from collections.abc import Mapping
from datetime import date

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext as _

from wutong.base.lamps.words import COLOUR_WORDS
from wutong.base.money import in_unit
from wutong.cases.gates import GateFacts
from wutong.ledgerkit.ledger import DetailExtras, Lamp
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgers.project_push.models import ProjectPush
from wutong.ledgers.project_push.queries import Stalled, said_before, stalled_among
from wutong.registers.organisation.actors import Actor
from wutong.registers.projects.bands import band_label, band_of
from wutong.ui.panels import Fact
from wutong.ui.tables import Text


def project_details() -> QuerySet[ProjectPush]:
    return ProjectPush.objects.select_related(
        "case", "project__investor", "project__company", "project__team"
    )


def gate_facts(detail: ProjectPush, handed_in: Mapping[str, int], verified: Mapping[str, int]) -> GateFacts:
    """What the gates look at: planned days of the project, its size, its documents."""
    project = detail.project
    return GateFacts(
        fields={
            "plan_start_on": project.plan_start_on,
            "plan_production_on": project.plan_production_on,
            "land_mu": project.land_mu,
        },
        size_yuan=project.total_investment_yuan,
        handed_in=handed_in,
        verified=verified,
    )


def project_extras(detail: ProjectPush, actor: Actor, as_of: date) -> DetailExtras:
    project, case = detail.project, detail.case
    found = stalled_among(visible_cases(actor, "project_push").filter(pk=case.pk), as_of)
    lamp = None
    if found:
        lamp = _lamp(found[0], as_of)
    planned = {}
    if project.plan_start_on:
        planned["started"] = project.plan_start_on
    if project.plan_production_on:
        planned["in_production"] = project.plan_production_on
    total = in_unit(project.total_investment_yuan, "亿元", 1)
    facts = [
        Fact(_("编号"), project.code),
        Fact(_("投资方"), project.investor.name),
        Fact(_("项目公司"), project.company.name if project.company else ""),
        Fact(_("总投资"), _("%(total)s亿元") % {"total": total}, href="#timeline"),
        Fact(
            _("用地"),
            _("%(mu)s亩") % {"mu": f"{project.land_mu:f}".rstrip("0").rstrip(".")} if project.land_mu else "",
        ),
        Fact(_("建设地点"), project.place),
        Fact(_("产业组"), project.team.name if project.team else ""),
        Fact(_("规模档"), band_label(band_of(project.total_investment_yuan))),
        Fact(_("最新进展"), detail.latest_progress, wide=True),
    ]
    return DetailExtras(title=project.name, facts=facts, lamp=lamp, planned=planned)


def _lamp(item: Stalled, as_of: date) -> Lamp:
    """The lamp with its reason and rule; below it what the edition before would say, where that differs."""
    reason: Text = f"{item.reason()}（{item.rule_words()}）"
    before = said_before(item, as_of)
    if before:
        reason = format_html("{}<br>{}", reason, before)
    return Lamp(item.verdict.colour, COLOUR_WORDS[item.verdict.colour], reason)
