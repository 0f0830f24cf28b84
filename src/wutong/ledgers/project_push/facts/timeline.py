"""What is told of a project beside the steps of its cases, as lines of its timeline: nodes, money, firms, visits,
register facts. A value that changed is told with the one before."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext as _

from wutong.ledgerkit.timeline import Happened
from wutong.ledgers.project_push.facts.reading import FUNDS, MONTH, NODE, PARTNER, PLAN, PROJECT, VISIT, Told
from wutong.ledgers.project_push.models import FundSource, NodeCode, PartnerRole
from wutong.registers.projects.models import Project
from wutong.ui.formats import in_wan, money_text
from wutong.ui.tables import Text

Before = Mapping[str, Any]
Line = tuple[Text, Sequence[Text], Literal["", "key"]]
UNSAID = {"identity", "merged_into", "code", "longitude", "latitude"}
"""Columns of a project that are not told one by one."""
YUAN = {"total_investment_yuan", "phase_one_yuan"}


def fact_lines(told: Sequence[Told]) -> list[Happened]:
    """One line for each change, in the order of the records."""
    before: dict[tuple[str, int], dict[str, Any]] = {}
    lines = []
    for row in told:
        known = before.setdefault((row.kind, row.entry), {})
        line = WORDS[row.kind](row, known)
        known |= row.facts
        if line is None:
            continue
        text, notes, weight = line
        note = "，".join(
            str(part).rstrip("。") for part in (*notes, row.reason, row.who or _("系统")) if part
        )
        is_change = row.kind != VISIT
        lines.append(Happened(row.on, text, note, weight, "", row.recorded_at, is_change))
    return lines


def _project(row: Told, before: Before) -> Line | None:
    if row.verb == "register" or not before:
        return _("登记入库"), (), ""
    fields = Project._meta
    words = []
    for name, value in row.facts.items():
        if name in UNSAID or value == before.get(name):
            continue
        label = fields.get_field(name).verbose_name  # type: ignore[union-attr]
        if name in YUAN:
            words.append(
                _("%(what)s改为%(now)s（原%(was)s）")
                % {"what": label, "now": money_text(value) or "—", "was": money_text(before.get(name)) or "—"}
            )
        elif name.startswith("plan_"):
            was = before.get(name)
            told = {"what": label, "now": value or _("未定"), "was": was}
            words.append(
                (_("%(what)s改为%(now)s（原计划%(was)s）") if was else _("%(what)s定为%(now)s")) % told
            )
        else:
            words.append(_("%(what)s有更改") % {"what": label})
    if {"longitude", "latitude"} & row.facts.keys():
        words.append(_("标注了位置"))
    return ("，".join(words), (), "") if words else None


def _node(row: Told, before: Before) -> Line | None:
    code = before.get("code") or row.facts.get("code")
    label = NodeCode(code).label if code else _("节点")
    if row.facts.get("actual_on") and row.facts["actual_on"] != before.get("actual_on"):
        was = before.get("actual_on")
        told = {"node": label, "now": row.facts["actual_on"], "was": was}
        words = _("%(node)s：完成日期改为%(now)s（原%(was)s）") if was else _("%(node)s：完成")
        told_too = {**before, **row.facts}
        notes = (str(told_too.get("outcome", "")), str(told_too.get("document_no", "")))
        return words % told, notes, "" if was else "key"
    if "actual_on" in row.facts and before.get("actual_on"):
        told = {"node": label, "was": before["actual_on"]}
        return _("%(node)s：撤回完成日期（原%(was)s）") % told, (), ""
    if "plan_on" in row.facts and row.facts["plan_on"] != before.get("plan_on"):
        was = before.get("plan_on")
        told = {"node": label, "now": row.facts["plan_on"] or _("未定"), "was": was}
        words = _("%(node)s：计划改为%(now)s（原计划%(was)s）") if was else _("%(node)s：计划%(now)s完成")
        return words % told, (row.facts.get("arrangement", ""),), ""
    if not before:
        return None  # only its name: what was reached is told by the next change
    changed = {"node": label}
    return (
        _("%(node)s：补充安排或完成情况") % changed,
        (row.facts.get("outcome", ""), row.facts.get("arrangement", "")),
        "",
    )


def _plan(row: Told, before: Before) -> Line:
    told = {"year": before.get("year") or row.facts.get("year"), "now": in_wan(row.facts.get("planned_yuan"))}
    if not before:
        return _("%(year)s年计划投资%(now)s万元") % told, (), ""
    was = in_wan(before.get("planned_yuan"))
    return _("%(year)s年计划投资改为%(now)s万元（原%(was)s万元）") % {**told, "was": was}, (), ""


def _month(row: Told, before: Before) -> Line:
    facts = {**before, **row.facts}
    told = {"year": facts.get("year"), "month": facts.get("month"), "now": in_wan(facts.get("done_yuan"))}
    was = before.get("done_yuan")
    if was is not None and was != facts.get("done_yuan"):
        words = _("%(year)s年%(month)s月完成投资改为%(now)s万元（原%(was)s万元）") % {
            **told,
            "was": in_wan(was),
        }
    else:
        words = _("%(year)s年%(month)s月完成投资%(now)s万元") % told
    return words, (row.facts.get("progress", ""),), ""


def _funds(row: Told, before: Before) -> Line:
    facts = {**before, **row.facts}
    source = facts.get("source")
    told = {
        "year": facts.get("year"),
        "month": facts.get("month"),
        "now": in_wan(facts.get("arrived_yuan")),
        "source": FundSource(source).label if source else "",
    }
    was = before.get("arrived_yuan")
    if was is not None and was != facts.get("arrived_yuan"):
        words = _("%(year)s年%(month)s月到位%(source)s改为%(now)s万元（原%(was)s万元）") % {
            **told,
            "was": in_wan(was),
        }
    else:
        words = _("%(year)s年%(month)s月到位%(source)s%(now)s万元") % told
    return words, (row.facts.get("source_note", ""),), ""


def _partner(row: Told, before: Before) -> Line:
    facts = {**before, **row.facts}
    role = PartnerRole(facts["role"]).label if facts.get("role") else _("参与单位")
    words = _("%(role)s退出：%(name)s") if row.facts.get("to_on") else _("%(role)s进场：%(name)s")
    return words % {"role": role, "name": facts.get("name", "")}, (), ""


def _visit(row: Told, _before: Before) -> Line:
    facts = row.facts
    step = facts.get("next_step", "")
    if step and facts.get("next_on"):
        step = _("下一步：%(step)s，%(on)s前") % {"step": step, "on": facts["next_on"]}
    elif step:
        step = _("下一步：%(step)s") % {"step": step}
    place = _("在%(place)s") % {"place": facts["place"]} if facts.get("place") else ""
    return _("走访：%(said)s") % {"said": facts["said"]}, (facts["visitors"], place, step), ""


WORDS: Mapping[str, Callable[[Told, Before], Line | None]] = {
    PROJECT: _project,
    NODE: _node,
    PLAN: _plan,
    MONTH: _month,
    FUNDS: _funds,
    PARTNER: _partner,
    VISIT: _visit,
}


def plans_before(days: Sequence[date]) -> str:
    """“原计划2026-05-01、2026-06-01”: the planned days that were given up."""
    return _("原计划%(days)s") % {"days": "、".join(day.isoformat() for day in days)} if days else ""
