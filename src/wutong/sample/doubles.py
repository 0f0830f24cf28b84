"""Projects of the sample zone that two teams entered each for itself: one pair is merged, one still waits to be judged."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from wutong.cases.models import Case
from wutong.ledgers.project_push.doubles.merging import merge_projects
from wutong.ledgers.project_push.models import ProjectPush
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.registers.organisation.actors import SYSTEM
from wutong.sample.organisation import Zone
from wutong.sample.plan import PlannedProject

DOUBLES = 2


def build_doubles(
    plans: Sequence[PlannedProject], cases: Sequence[Case], zone: Zone, today: date, now: datetime
) -> None:
    """Two signed projects have a second entry, as a lead that the clerk took down."""
    signed = [(plan, case) for plan, case in zip(plans, cases, strict=True) if plan.end == "signed"]
    pairs = [pair for pair in signed if max(pair[0].days.values()) < today - timedelta(days=60)][:DOUBLES]
    clerk = zone.officials["林晓岚"]
    kept = [case for _plan, case in pairs]
    rows = ProjectPush.objects.select_related("project__investor").in_bulk([case.pk for case in kept])
    projects = [rows[case.pk].project for case in kept]
    entered = enter_projects(
        [
            NewProject(
                name=f"{project.name}（一期）",
                investor_name=project.investor.name,
                total_investment_yuan=project.total_investment_yuan,
                state="lead",
                opened_on=today - timedelta(days=45),
                host_unit=clerk.unit,
                host_person=clerk,
                verifier=zone.officials["秦舒"],
            )
            for project in projects
        ],
        actor=SYSTEM,
        now=now,
    )
    merge_projects(
        kept[0],
        entered[0],
        reason="两个招商组分别录入，为同一项目（示例）",
        actor=SYSTEM,
        on=today - timedelta(days=20),
        now=now,
    )
