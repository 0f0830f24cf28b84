"""Letting a case past a gate with items missing (容缺办理): asked by one person, granted or declined by another, used once.

Nothing of it is stored beside the changes: who asked, who let pass or refused and for which items follows from them. A
permission covers the items that were missing when it was given; one that goes missing later was looked at by nobody. It
falls away as soon as the case changes its state, and the step that uses it changes the state. A refusal ends the request
and nothing else: it can be asked again, and a permission that was given before for other items stays.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from wutong.base.errors import MissingItems, NotAllowed, Refused
from wutong.cases.gates import GateItem
from wutong.cases.models import Change
from wutong.cases.procedures import Procedure, Transition

ANSWERS = ("grants", "declines")
"""What a waiver that was asked for comes to."""
TOLD, WAIVED, LACKING = "gate", "waived", "lacking"
"""Keys of a change's snapshot: what a waiver is about; what was waived; what a claim of the past lacks."""


@dataclass(frozen=True)
class Waiver:
    """A request, a permission or a refusal: the gated verb, the items it names, and its change."""

    verb: str
    items: tuple[tuple[str, str], ...]
    change: Change

    def covers(self, item: GateItem) -> bool:
        return any(code == item.item for code, _label in self.items)


@dataclass(frozen=True)
class Waivers:
    """What stands at the end of some changes, by gated verb: open requests, permissions, and the last refusals that no
    request has followed."""

    asked: Mapping[str, Waiver]
    granted: Mapping[str, Waiver]
    declined: Mapping[str, Waiver]


NONE = Waivers({}, {}, {})


def waivers_of(procedure: Procedure, changes: Iterable[Change]) -> Waivers:
    """Requests, permissions and refusals since the case last changed its state. `changes` are in the order of their
    numbers; a correction moves a day and is no change of state."""
    asked: dict[str, Waiver] = {}
    granted: dict[str, Waiver] = {}
    declined: dict[str, Waiver] = {}
    for change in changes:
        if change.replaces_id is not None:
            continue
        if change.state_after != change.state_before:
            asked, granted, declined = {}, {}, {}
            continue
        transition = procedure.transition(change.verb)
        told = change.snapshot.get(TOLD)
        if transition is None or not transition.waiver or not told:
            continue
        waiver = Waiver(told["verb"], tuple((code, label) for code, label in told["items"]), change)
        declined.pop(waiver.verb, None)
        if transition.waiver == "asks":
            asked[waiver.verb] = waiver
        else:
            asked.pop(waiver.verb, None)
            answers = granted if transition.waiver == "grants" else declined
            answers[waiver.verb] = waiver
    return Waivers(asked, granted, declined)


def gated_step(procedure: Procedure, transition: Transition | None, gate_verb: str) -> Transition | None:
    """The step whose gate a step is about: itself, or the one that a waiver names."""
    if transition is None:
        return None
    if transition.gate or transition.claims_gate:
        return transition
    return procedure.transition(gate_verb) if transition.waiver else None


def judge_gate(
    procedure: Procedure,
    transition: Transition,
    gated: Transition | None,
    state: str,
    lacking: Sequence[GateItem],
    waivers: Waivers,
    account_id: int | None,
) -> dict[str, Any]:
    """What the change of a step tells about the gate; `account_id` is who takes it. Raises MissingItems for items that
    nobody has let pass, NotAllowed for an answer to the own request, Refused for a waiver that makes no sense."""
    if transition.waiver:
        return _judge_waiver(procedure, transition, gated, state, lacking, waivers, account_id)
    if not lacking:
        return {}
    if transition.claims_gate:
        return {LACKING: _told(lacking)}
    waiver = waivers.granted.get(transition.verb)
    refused = [item for item in lacking if waiver is None or not waiver.covers(item)]
    if waiver is None or refused:
        labels = [item.words for item in refused]
        raise MissingItems(
            _("“%(verb)s”还缺%(count)s项：%(items)s。")
            % {"verb": transition.label, "count": len(refused), "items": "、".join(labels)},
            labels,
        )
    grant = waiver.change
    return {WAIVED: {"items": _told(lacking), "seq": grant.seq, "by": grant.actor_id}}


def _judge_waiver(
    procedure: Procedure,
    transition: Transition,
    gated: Transition | None,
    state: str,
    lacking: Sequence[GateItem],
    waivers: Waivers,
    account_id: int | None,
) -> dict[str, Any]:
    possible = procedure.gated_from(state)
    if gated is None or gated not in possible:
        words = _("请选择要容缺办理的是哪一步。")
        raise Refused(words, fields={"gate_verb": words})
    if not lacking:
        raise Refused(_("“%(verb)s”的条件已齐，不用容缺，可以直接办理。") % {"verb": gated.label})
    if transition.waiver in ANSWERS:
        asked = waivers.asked.get(gated.verb)
        if asked is None:
            words = _("没有人申请“%(verb)s”容缺办理，或者已经答复过了。") % {"verb": gated.label}
            raise Refused(words, fields={"gate_verb": words})
        if account_id is not None and asked.change.actor_id == account_id:
            raise NotAllowed(_("“%(verb)s”要由另一个人来做：申请是您自己提的。") % {"verb": transition.label})
    return {TOLD: {"verb": gated.verb, "items": _told(lacking)}}


def _told(items: Iterable[GateItem]) -> list[list[str]]:
    return [[item.item, item.label] for item in items]


def labels_lacking(change: Change) -> list[str]:
    """The labels of the gate items without which a change was made: let pass, or claimed of the past."""
    told = change.snapshot.get(WAIVED, {}).get("items") or change.snapshot.get(LACKING) or []
    return [label for _code, label in told]


def faults_of_waivers(procedure: Procedure, changes: Sequence[Change]) -> Iterator[str]:
    """Words for every step past a gate that has no permission behind it, and for a permission or a refusal without a
    request by somebody else. `changes` are all of a case in the order of their numbers."""
    answering = {item.verb: item.waiver for item in procedure.transitions if item.waiver in ANSWERS}
    for index, change in enumerate(changes):
        told = change.snapshot.get(WAIVED)
        if told:
            waiver = waivers_of(procedure, changes[:index]).granted.get(change.verb)
            if waiver is None or (waiver.change.seq, waiver.change.actor_id) != (told["seq"], told["by"]):
                yield "缺项放行，没有准予容缺的记录"
        if change.verb in answering:
            verb = change.snapshot[TOLD]["verb"]
            asked = waivers_of(procedure, changes[:index]).asked.get(verb)
            if asked is None or (change.actor_id is not None and asked.change.actor_id == change.actor_id):
                said = "准予容缺" if answering[change.verb] == "grants" else "不予容缺"
                yield f"{said}，没有另一个人的申请"
