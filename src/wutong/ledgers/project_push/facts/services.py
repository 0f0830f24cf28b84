"""What is written about a project beside the steps of its case: nodes, money, participants, visits, register facts.

One function is one act of business in one transaction. Whoever may take the project forward (`EDIT`: host, concierge,
team, or the right to edit) may write its facts; the forms ask the same rule. A refusal is in the words of a clerk and
names the field of the form.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Min, Sum
from django.utils.translation import gettext as _

from wutong.base.errors import Conflict
from wutong.base.money import in_unit
from wutong.cases.history import changes_as_known
from wutong.cases.models import Case
from wutong.ledgers.project_push.facts.rules import faults_of_nodes, is_in_reach
from wutong.ledgers.project_push.facts.visits import add_participant, end_participant, note_visit
from wutong.ledgers.project_push.facts.writing import (
    FIRST_YEAR,
    LAST_YEAR,
    Act,
    judge_amount,
    judge_year,
    locked_project,
    may_write_facts,
    record_facts,
    refused,
    require_writer,
)
from wutong.ledgers.project_push.models import (
    NodeCode,
    ProjectFunds,
    ProjectNode,
    ProjectPush,
    YearPlan,
)
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.enterprises.names import fold_name
from wutong.registers.enterprises.queries import enterprises_named
from wutong.registers.enterprises.services import NewEnterprise, register_enterprises
from wutong.registers.projects.models import Project
from wutong.registers.projects.services import change_project

__all__ = [
    "Act",
    "add_participant",
    "change_facts",
    "end_participant",
    "may_write_facts",
    "note_visit",
    "plan_year",
    "record_funds",
    "require_writer",
    "set_node",
    "signed_day",
]


@transaction.atomic
def set_node(
    push: ProjectPush, code: str, facts: Mapping[str, Any], do: Act, expected_seq: int | None = None
) -> ProjectNode:
    """Plan a node, or say that it was reached. Facts are columns of `ProjectNode`; those left out stay.

    The first actual day holds from that day on; a planned day that moves, and an actual day that is corrected, hold
    from the day of the act, with a reason. Raises Refused, Conflict, NotAllowed.
    """
    require_writer(push.case, do.actor)
    project = locked_project(push)
    nodes = {node.code: node for node in ProjectNode.objects.filter(project=project)}
    node = nodes.get(code)
    label = NodeCode(code).label
    if node is None and not (facts.get("plan_on") or facts.get("actual_on")):
        raise refused(_("请填完成时限或完成日期。"), "plan_on")
    if expected_seq is not None and node is not None and node.last_seq != expected_seq:
        raise Conflict(_("这个节点刚被别人改过，请看完变化再提交。"))
    told = {name: value for name, value in facts.items() if node is None or getattr(node, name) != value}
    if node is not None and not told:
        return node
    _judge_node_days(push, nodes, code, told, do.on)
    _judge_person(told)
    if node is not None and not do.reason.strip():
        for name, words in (("plan_on", _("完成时限")), ("actual_on", _("完成日期"))):
            if name in told and getattr(node, name) is not None:
                told_was = {"node": label, "day": words, "was": getattr(node, name)}
                raise refused(_("“%(node)s”的%(day)s原来是%(was)s，改动要写明理由。") % told_was, "reason")
    is_first = told.get("actual_on") is not None and (node is None or node.actual_on is None)
    reached = {name: told.pop(name) for name in ("actual_on",) if is_first}
    entry = node or ProjectNode()
    if node is None:
        told |= {"project": project, "code": code}
    if told:
        record_facts(entry, told, do)
    if reached:
        record_facts(entry, reached, do, effective_on=reached["actual_on"])
    return entry


def _judge_node_days(
    push: ProjectPush, nodes: Mapping[str, ProjectNode], code: str, told: Mapping[str, Any], on: date
) -> None:
    for name in ("plan_on", "actual_on"):
        if told.get(name) is not None and not FIRST_YEAR <= told[name].year <= LAST_YEAR:
            raise refused(_("日期%(on)s太早或太晚。") % {"on": told[name]}, name)
    actual_on = told.get("actual_on")
    if actual_on is None:
        if "actual_on" not in told:
            return
    elif actual_on > on:
        words = _("完成日期%(on)s还没到。请填已经发生的日期，计划的日期填在“完成时限”。")
        raise refused(words % {"on": actual_on}, "actual_on")
    else:
        signed_on = signed_day(push.case)
        if signed_on is None or actual_on < signed_on:
            words = (
                _("项目还没有签约，不能登记完成日期。")
                if signed_on is None
                else _("完成日期%(on)s早于签约日期%(signed)s。") % {"on": actual_on, "signed": signed_on}
            )
            raise refused(words, "actual_on")
    days = {item.code: item.actual_on for item in nodes.values()} | {code: actual_on}
    for earlier, later in faults_of_nodes(days):
        if code in (earlier, later):
            words = (
                _("“%(later)s”%(on)s早于“%(earlier)s”%(before)s。请先核对两个日期。")
                if days.get(earlier)
                else _("“%(earlier)s”还没有完成日期，不能登记“%(later)s”的完成日期。")
            )
            told_days = {"on": days.get(later), "before": days.get(earlier)}
            labels = {"later": NodeCode(later).label, "earlier": NodeCode(earlier).label}
            raise refused(words % (labels | told_days), "actual_on")


def _judge_person(told: Mapping[str, Any]) -> None:
    unit, person = told.get("unit"), told.get("person")
    if unit is not None and person is not None and not person.unit.path.startswith(unit.path):
        message = _("%(person)s不在%(unit)s，在%(own)s。")
        raise refused(message % {"person": person, "unit": unit, "own": person.unit}, "person")


def signed_day(case: Case) -> date | None:
    """The day of the first signing, as known; None before it."""
    signed = changes_as_known().filter(case=case, state_after="signed").exclude(state_before="signed")
    day: date | None = signed.aggregate(day=Min("effective_on"))["day"]
    return day


@transaction.atomic
def plan_year(push: ProjectPush, year: int, planned_yuan: int, do: Act) -> YearPlan:
    """The planned investment of one year. A plan that changes needs a reason; the earlier one stays in the history."""
    require_writer(push.case, do.actor)
    judge_amount("planned_yuan", planned_yuan)
    judge_year(year)
    project = locked_project(push)
    plan = YearPlan.objects.filter(project=project, year=year).first()
    if plan is None:
        return record_facts(YearPlan(), {"project": project, "year": year, "planned_yuan": planned_yuan}, do)
    if plan.planned_yuan == planned_yuan:
        return plan
    if not do.reason.strip():
        told = {"year": year, "was": in_unit(plan.planned_yuan, "万元", 0)}
        raise refused(_("%(year)s年的计划原来是%(was)s万元，改动要写明理由。") % told, "reason")
    return record_facts(plan, {"planned_yuan": planned_yuan}, do)


@transaction.atomic
def record_funds(
    push: ProjectPush, year: int, month: int, source: str, facts: Mapping[str, Any], do: Act
) -> tuple[ProjectFunds, list[str]]:
    """Money that arrived in a month from a source, with what should be looked at again: more money than the project
    is to cost is possible, therefore said and not refused."""
    require_writer(push.case, do.actor)
    judge_amount("arrived_yuan", facts["arrived_yuan"])
    judge_amount("planned_yuan", facts.get("planned_yuan"))
    judge_year(year)
    if (year, month) > (do.on.year, do.on.month):
        words = _("%(year)s年%(month)s月还没到，不能登记到位资金。") % {"year": year, "month": month}
        raise refused(words, "month")
    project = locked_project(push)
    funds = ProjectFunds.objects.filter(project=project, year=year, month=month, source=source).first()
    if funds is None:
        key = {"project": project, "year": year, "month": month, "source": source}
        funds = record_facts(ProjectFunds(), key | dict(facts), do)
    else:
        told = {name: value for name, value in facts.items() if getattr(funds, name) != value}
        if "arrived_yuan" in told and not do.reason.strip():
            was = in_unit(funds.arrived_yuan, "万元", 0)
            raise refused(_("这个月这项来源已登记%(was)s万元，改动要写明理由。") % {"was": was}, "reason")
        if told:
            record_facts(funds, told, do)
    arrived = ProjectFunds.objects.filter(project=project).aggregate(all=Sum("arrived_yuan"))["all"]
    remarks = []
    if arrived > project.total_investment_yuan:
        remarks.append(
            _("累计到位%(arrived)s万元，超过总投资%(total)s万元，请核对。")
            % {
                "arrived": in_unit(arrived, "万元", 0),
                "total": in_unit(project.total_investment_yuan, "万元", 0),
            }
        )
    return funds, remarks


@transaction.atomic
def change_facts(
    push: ProjectPush,
    facts: Mapping[str, Any],
    do: Act,
    company_name: str | None = None,
    expected_seq: int | None = None,
) -> Project:
    """What the register knows of a project: content, place, land, phase one, planned days, position, company.

    `company_name` None leaves the company; a name that nobody knows is registered, and nobody learns of it except
    through the project. A planned day that moves needs a reason.
    """
    require_writer(push.case, do.actor)
    project = locked_project(push)
    told = {name: value for name, value in facts.items() if getattr(project, name) != value}
    company = _company(project, company_name, do)
    if company != project.company:
        told["company"] = company
    if not told:
        return project
    _judge_facts(project, told, do)
    return change_project(
        project,
        told,
        actor=do.actor.account,
        effective_on=do.on,
        now=do.now,
        reason=do.reason,
        expected_seq=expected_seq,
    )


def _judge_facts(project: Project, told: Mapping[str, Any], do: Act) -> None:
    after = {
        name: told.get(name, getattr(project, name))
        for name in ("phase_one_yuan", "plan_start_on", "plan_production_on", "longitude", "latitude")
    }
    judge_amount("phase_one_yuan", after["phase_one_yuan"])
    if told.get("land_mu") is not None and told["land_mu"] < 0:
        raise refused(_("用地不能是负数。"), "land_mu")
    if after["phase_one_yuan"] is not None and after["phase_one_yuan"] > project.total_investment_yuan:
        message = _("一期投资超过总投资%(total)s万元。总投资变了，请先“调整总投资”。")
        total = in_unit(project.total_investment_yuan, "万元", 0)
        raise refused(message % {"total": total}, "phase_one_yuan")
    start, production = after["plan_start_on"], after["plan_production_on"]
    if start and production and production < start:
        raise refused(_("计划投产早于计划开工。"), "plan_production_on")
    for name, words in (("plan_start_on", _("计划开工")), ("plan_production_on", _("计划投产"))):
        was = getattr(project, name)
        if name in told and was is not None and not do.reason.strip():
            raise refused(
                _("%(what)s原来是%(was)s，改动要写明理由。") % {"what": words, "was": was}, "reason"
            )
    if (after["longitude"] is None) != (after["latitude"] is None):
        raise refused(_("经度和纬度要一起填。"), "longitude")
    if after["longitude"] is not None and not is_in_reach(after["longitude"], after["latitude"]):
        raise refused(_("这个位置不在国内，请核对经度和纬度是否填反。"), "longitude")


def _company(project: Project, name: str | None, do: Act) -> Enterprise | None:
    if name is None:
        return project.company
    name = " ".join(name.split())
    if not name:
        return None
    if project.company is not None and fold_name(project.company.name) == fold_name(name):
        return project.company
    found = enterprises_named([name]).get(fold_name(name))
    if found is not None:
        return found
    new = NewEnterprise(name, "", is_disclosed=False)
    return register_enterprises([new], actor=do.actor.account, on=do.on, now=do.now)[0]
