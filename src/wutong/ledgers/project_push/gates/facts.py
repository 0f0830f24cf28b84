"""What the gates of a project look at: its register facts and size, its documents, its nodes, participants and visits."""

from collections.abc import Mapping, Sequence

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from wutong.cases.gates import GateFacts
from wutong.cases.models import Case
from wutong.cases.procedures import Text
from wutong.ledgers.project_push.models import NodeCode, ProjectNode, ProjectPush
from wutong.registers.projects.models import Project

FIELDS: tuple[tuple[str, Text], ...] = (
    ("plan_start_on", _("计划开工时间")),
    ("plan_production_on", _("计划投产时间")),
    ("land_mu", _("项目用地")),
    ("phase_one_yuan", _("一期投资")),
    ("place", _("建设地点")),
    ("content", _("建设内容")),
    ("company", _("项目公司")),
)
"""Columns of the register that an office may demand."""

PARTICIPANTS, VISITS, NODES, NODE = "participants", "visits", "nodes", "node_"
NUMBERS: tuple[tuple[str, Text], ...] = (
    (PARTICIPANTS, _("现有参与单位数")),
    (VISITS, _("走访次数")),
    (NODES, _("已完成的节点数")),
    *((f"{NODE}{code.value}", code.label) for code in NodeCode),
)
"""What is counted; each node by itself counts 1 once it is reached."""


def gate_facts(detail: ProjectPush, handed_in: Mapping[str, int], verified: Mapping[str, int]) -> GateFacts:
    """Facts of one project; what is counted is read for the whole set by `gate_counts`."""
    return GateFacts(
        register_facts(detail.project), detail.project.total_investment_yuan, handed_in, verified
    )


def register_facts(project: Project) -> dict[str, object]:
    """The fields of `FIELDS`; of the project company, which one it is."""
    return {name: getattr(project, "company_id" if name == "company" else name) for name, _label in FIELDS}


def gate_counts(cases: Sequence[Case]) -> dict[int, dict[str, int]]:
    """What is counted, by key of the case: three queries for any number of cases. Nodes count once they are reached,
    participants while they take part."""
    case_of = dict(ProjectPush.objects.filter(case__in=cases).values_list("project_id", "case_id"))
    found: dict[int, dict[str, int]] = {pk: {NODES: 0} for pk in case_of.values()}
    projects = Project.objects.filter(pk__in=case_of).annotate(
        visited=Count("visits", distinct=True),
        present=Count("participants", filter=Q(participants__to_on__isnull=True), distinct=True),
    )
    for project_id, visited, present in projects.values_list("pk", "visited", "present"):
        found[case_of[project_id]] |= {VISITS: visited, PARTICIPANTS: present}
    reached = ProjectNode.objects.filter(project__in=case_of, actual_on__isnull=False)
    for project_id, code in reached.values_list("project_id", "code"):
        counts = found[case_of[project_id]]
        counts[NODES] += 1
        counts[f"{NODE}{code}"] = 1
    return found
