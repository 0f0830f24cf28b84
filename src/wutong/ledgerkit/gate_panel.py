"""What is missing before the next state: the panel of a case, from the same evaluation as the engine's."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.cases.gate_sets import facts_of_set
from wutong.cases.gates import GateItem, evaluate, missing, rules_for, rules_of
from wutong.cases.procedures import Transition
from wutong.cases.registry import case_type_of
from wutong.cases.waivers import ANSWERS, Waiver, Waivers, waivers_of
from wutong.cases.who import is_allowed
from wutong.registers.organisation.actors import Actor
from wutong.ui.panels import GateLine, GatePanel, PanelEnd
from wutong.ui.tables import Text

if TYPE_CHECKING:
    from wutong.ledgerkit.detail_pages import CaseFile


@dataclass(frozen=True)
class Gate:
    """The next step behind a gate, its items, and who asked to be let past it, was or was not."""

    transition: Transition
    items: list[GateItem]
    waivers: Waivers

    @property
    def lacking(self) -> list[GateItem]:
        return missing(self.items)

    @property
    def asked(self) -> Waiver | None:
        return self.waivers.asked.get(self.transition.verb)

    @property
    def granted(self) -> Waiver | None:
        return self.waivers.granted.get(self.transition.verb)

    @property
    def declined(self) -> Waiver | None:
        return self.waivers.declined.get(self.transition.verb)

    def refuses(self, transition: Transition) -> bool:
        """Whether the engine would refuse a step for what is missing; a permission of somebody else opens it."""
        if not transition.gate or transition.target != self.transition.target:
            return False
        granted = self.granted
        return any(granted is None or not granted.covers(item) for item in self.lacking)


def offers(gate: Gate | None, transition: Transition) -> bool:
    """Whether a step is worth a button: a waiver is asked for where something is missing, granted or declined where it
    was asked for. Any other step is."""
    if not transition.waiver:
        return True
    if gate is None or not gate.refuses(gate.transition):
        return False
    return (gate.asked is None) == (transition.waiver == "asks")


def gate_items(file: "CaseFile", on: date) -> Gate | None:
    """The next gated step and its items; None when no gate lies ahead."""
    nexts = file.procedure.gated_from(file.case.state)
    if not nexts:
        return None
    transition = next((item for item in nexts if item.main), nexts[0])
    case, kind = file.case, case_type_of(file.case)
    rules = rules_for(
        rules_of([case.case_type]), case.case_type, transition.target, opened_on=case.opened_on, on=on
    )
    facts = facts_of_set(kind, [(case, file.detail)], {case.pk: _documents(file)}, rules)
    return Gate(transition, evaluate(rules, facts[case.pk]), waivers_of(file.procedure, file.changes))


def _documents(file: "CaseFile") -> tuple[Counter[str], Counter[str]]:
    """The numbers of documents handed in and verified, from rows the page has read already."""
    handed_in: Counter[str] = Counter()
    verified: Counter[str] = Counter()
    for item in file.evidence:
        if item.accepted is not False:  # type: ignore[attr-defined]
            handed_in[item.kind] += 1
        if item.accepted:  # type: ignore[attr-defined]
            verified[item.kind] += 1
    return handed_in, verified


def gate_panel(file: "CaseFile", actor: Actor, gate: Gate) -> GatePanel:
    """All items, those that are missing first. A permission is told above them and hides none."""
    items, lacking = gate.items, gate.lacking
    lines = _waiver_lines(file, actor, gate)
    for item in sorted(items, key=lambda item: ["missing", "waiting", "ok"].index(item.state)):
        label, href = _action(file, actor, item)
        note = _("待他人核验") if item.state == "waiting" else item.provider
        lines.append(GateLine(item.state, item.label, note, label, href))
    target = file.procedure.state(gate.transition.target).label
    if not lacking:
        title = _("“%(state)s”的条件已齐") % {"state": target}
    elif not gate.refuses(gate.transition):
        title = _("离“%(state)s”还缺%(count)s项，已获准容缺") % {"state": target, "count": len(lacking)}
    else:
        title = _("离“%(state)s”还缺%(count)s项") % {"state": target, "count": len(lacking)}
    end = PanelEnd(_("%(all)s项中%(ok)s项已具备") % {"all": len(items), "ok": len(items) - len(lacking)})
    ask = next((item for item in file.procedure.leads_from(file.case.state) if item.waiver == "asks"), None)
    if ask and offers(gate, ask) and is_allowed(actor, ask.who, file.assignments_open):
        end = PanelEnd(ask.label, _act_href(file, ask.verb), drawer=True)
    return GatePanel(
        title=title,
        note=_("准入条件%(edition)s") % {"edition": items[0].edition} if items else "",
        end=end,
        id="gate",
        items=lines,
        empty=_("这一步没有设准入条件。"),
    )


def _action(file: "CaseFile", actor: Actor, item: GateItem) -> tuple[str, str]:
    """What the reader can do about one item: label and address, empty for nothing."""
    leads = list(file.procedure.leads_from(file.case.state))
    check = next((step for step in leads if step.checks), None)
    upload = next((step for step in leads if step.accepts_evidence), None)
    if item.state == "waiting" and check and is_allowed(actor, check.who, file.assignments_open):
        return _("核验"), _act_href(file, check.verb)
    is_file = item.kind in {"document", "approval"}
    if (
        item.state == "missing"
        and is_file
        and upload
        and is_allowed(actor, upload.who, file.assignments_open)
    ):
        return _("上传"), f"{_act_href(file, upload.verb)}?kind={item.item}"
    return "", ""


def _waiver_lines(file: "CaseFile", actor: Actor, gate: Gate) -> list[GateLine]:
    """Who let the case past the gate, refused to or asked for it, and why."""
    if not gate.lacking:
        return []
    if gate.asked is not None:
        first, other, *_more = [*_answers(file, actor), ("", ""), ("", "")]
        return [GateLine("waiting", _("已申请容缺办理，待准予"), waiver_words(gate.asked), *first, *other)]
    lines = []
    if gate.declined is not None:
        lines.append(GateLine("missing", _("容缺申请未获准"), waiver_words(gate.declined)))
    if gate.granted is not None:
        lines.append(GateLine("ok", _("已获准容缺"), waiver_words(gate.granted)))
    return lines


def _answers(file: "CaseFile", actor: Actor) -> list[tuple[Text, str]]:
    """Label and address of what the reader may answer to a request, the permission first."""
    answers = [item for item in file.procedure.leads_from(file.case.state) if item.waiver in ANSWERS]
    answers = [item for item in answers if is_allowed(actor, item.who, file.assignments_open)]
    answers.sort(key=lambda item: ANSWERS.index(item.waiver))
    return [(item.label, _act_href(file, item.verb)) for item in answers]


def waiver_words(waiver: Waiver) -> str:
    """Who, when, why and for which items."""
    change = waiver.change
    who = change.actor.display_name if change.actor else _("系统")
    return _("%(who)s，%(on)s：%(reason)s（%(items)s）") % {
        "who": who,
        "on": change.effective_on,
        "reason": change.reason.rstrip("。"),
        "items": "、".join(label for _code, label in waiver.items),
    }


def _act_href(file: "CaseFile", verb: str) -> str:
    return reverse("case_act", args=[file.pages.slug, file.case.number, verb])
