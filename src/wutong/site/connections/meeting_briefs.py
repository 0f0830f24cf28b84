"""What the hall of a meeting sees of a project: what holds it up, its figures, its nodes."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.cases.models import Case, Change
from wutong.cases.registry import case_type_of
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgers.meetings.declared import Brief, Figure, declare_brief
from wutong.ledgers.project_push.models import (
    NodeCode,
    ProjectFunds,
    ProjectNode,
    ProjectPush,
    Rectification,
)
from wutong.ledgers.project_push.stalled.queries import stalled_among
from wutong.registers.organisation.actors import Actor
from wutong.ui.formats import in_yi
from wutong.ui.nodes_chart import Node

PROJECT = ProjectPush.case_type


def project_brief(case: Case, actor: Actor, as_of: date) -> Brief:
    """Six queries, whatever hangs on the project."""
    detail = ProjectPush.objects.select_related("project__team").get(case=case)
    project = detail.project
    href = reverse("case_detail", args=["projects", case.number])
    found = stalled_among(visible_cases(actor, PROJECT).filter(pk=case.pk), as_of)
    arrived = ProjectFunds.objects.filter(project=project).aggregate(sum=Sum("arrived_yuan"))["sum"]
    open_rows = list(
        Rectification.objects.filter(case__parent=case, case__is_open=True)
        .select_related("case__host_unit")
        .order_by("case__due_on", "case__pk")
    )
    figures = [
        Figure(_("总投资"), in_yi(project.total_investment_yuan), _("亿元"), href),
        Figure(_("到位资金"), in_yi(arrived) or "—", _("亿元") if arrived is not None else "", href),
    ]
    if found:
        stalled = found[0]
        label = _("签约未开工") if stalled.stage == "signed" else _("开工未投产")
        is_late = stalled.verdict.colour == "red"
        figures.append(Figure(label, str(stalled.verdict.days), _("天"), f"{href}#timeline", is_late))
        progress_on = stalled.life.progress_on
    else:
        progress_on = case.changed_on
    figures.append(Figure(_("未销号问题"), str(len(open_rows)), _("项"), f"{href}#children"))
    if progress_on is not None:
        figures.append(Figure(_("最近进展"), str((as_of - progress_on).days), _("天前"), f"{href}#timeline"))
    facts = [str(case_type_of(case).procedure.state(case.state).label)]
    if project.team is not None:
        facts.insert(0, project.team.name)
    return Brief(tuple(facts), _hangs(detail, open_rows, as_of), tuple(figures), tuple(_nodes(detail)))


def _hangs(detail: ProjectPush, open_rows: Sequence[Rectification], as_of: date) -> str:
    """What holds the project up: its open problems, the one that is due first before."""
    words = []
    for row in open_rows[:2]:
        due_on = row.case.due_on
        late = ""
        if due_on is not None and due_on < as_of:
            late = _("，已超%(days)s天") % {"days": (as_of - due_on).days}
        words.append(
            _("%(problem)s（%(unit)s，时限%(due)s%(late)s）")
            % {
                "problem": row.problem,
                "unit": row.case.host_unit or "",
                "due": due_on or "—",
                "late": late,
            }
        )
    return "；".join(words) or detail.latest_progress


ORDER_OF_NODES = list(NodeCode.values)


def _nodes(detail: ProjectPush) -> list[Node]:
    """Nodes of the register and the states that are nodes too, as the project's page shows them."""
    project = detail.project
    reached = dict(
        Change.objects.filter(case=detail.case_id, state_after__in=("started", "in_production"))
        .exclude(state_before__in=("started", "in_production", "suspended"))
        .order_by("-seq")
        .values_list("state_after", "effective_on")
    )
    rows = sorted(ProjectNode.objects.filter(project=project), key=lambda row: ORDER_OF_NODES.index(row.code))
    nodes = [
        Node(row.get_code_display(), row.plan_on, row.actual_on)
        for row in rows
        if row.plan_on is not None or row.actual_on is not None
    ]
    for state, label, plan_on in (
        ("started", _("开工"), project.plan_start_on),
        ("in_production", _("投产"), project.plan_production_on),
    ):
        if plan_on is not None or state in reached:
            nodes.append(Node(label, plan_on, reached.get(state)))
    return nodes


declare_brief(PROJECT, project_brief)
