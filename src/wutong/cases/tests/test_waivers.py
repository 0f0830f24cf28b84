"""Past a gate with items missing: with right, reason and a second person, for one step, and written down."""

from dataclasses import replace
from datetime import timedelta

import pytest

from wutong.base.errors import MissingItems, NotAllowed, Refused
from wutong.cases.act import act_many
from wutong.cases.models import Case, Change, Evidence
from wutong.cases.procedures import STAY, Procedure, Transition, Who, faults_of_procedure
from wutong.cases.steps import Step
from wutong.cases.testing import ERRAND, MONDAY, NOW, Zone, do, document, errand, gate_rule, make_actor
from wutong.cases.verify import faults
from wutong.cases.waivers import Waivers, faults_of_waivers, waivers_of

pytestmark = pytest.mark.django_db


def ask(case: Case, zone: Zone, reason: str = "证照在办，工期不等人") -> Change:
    return do(case, "ask_waiver", zone.host, gate_verb="permit", reason=reason).change


def grant(case: Case, zone: Zone) -> Change:
    return do(case, "grant_waiver", zone.leader, gate_verb="permit", reason="同意先行").change


def decline(case: Case, zone: Zone) -> Change:
    return do(case, "decline_waiver", zone.leader, gate_verb="permit", reason="先补许可证").change


def let_past(case: Case, zone: Zone) -> None:
    ask(case, zone)
    grant(case, zone)


def refused_for(case: Case, zone: Zone) -> list[str]:
    with pytest.raises(MissingItems) as refusal:
        do(case, "permit", zone.host)
    return [str(item) for item in refusal.value.items]


def state_of(case: Case) -> str:
    return Case.objects.get(pk=case.pk).state


def test_with_the_permission_of_somebody_else_the_step_is_taken_and_says_what_was_waived(zone: Zone) -> None:
    gate_rule("permit")
    gate_rule("survey", order=1)
    case = errand(zone)
    ask(case, zone)
    assert refused_for(case, zone) == ["许可证", "勘测报告"], "a request alone opens nothing"
    permission = grant(case, zone)
    change = do(case, "permit", zone.host).change
    assert change.snapshot["waived"] == {
        "items": [["permit", "许可证"], ["survey", "勘测报告"]],
        "seq": permission.seq,
        "by": zone.leader.account.pk,  # type: ignore[union-attr]
    }
    assert state_of(case) == "permitted"
    assert list(faults()) == []


def test_request_and_permission_each_leave_one_change_and_the_case_where_it_is(zone: Zone) -> None:
    gate_rule("permit")
    case = errand(zone)
    let_past(case, zone)
    told = list(Change.objects.filter(case=case).order_by("seq").values_list("verb", "state_after", "reason"))
    assert told[1:] == [
        ("ask_waiver", "working", "证照在办，工期不等人"),
        ("grant_waiver", "working", "同意先行"),
    ]


def test_nobody_permits_the_own_request_not_even_after_somebody_asked_for_another_gate(zone: Zone) -> None:
    gate_rule("permit")
    case = errand(zone)
    do(case, "ask_waiver", zone.leader, gate_verb="permit", reason="急")
    with pytest.raises(NotAllowed, match="另一个人"):
        grant(case, zone)
    assert refused_for(case, zone) == ["许可证"]


def test_without_the_right_nobody_permits(zone: Zone) -> None:
    gate_rule("permit")
    case = errand(zone)
    ask(case, zone)
    for actor in (zone.verifier, zone.stranger):
        with pytest.raises(NotAllowed):
            do(case, "grant_waiver", actor, gate_verb="permit", reason="同意")


@pytest.mark.parametrize("verb", ["ask_waiver", "grant_waiver", "decline_waiver"])
def test_request_and_answer_need_a_reason(zone: Zone, verb: str) -> None:
    gate_rule("permit")
    case = errand(zone)
    if verb != "ask_waiver":
        ask(case, zone)
    with pytest.raises(Refused, match="理由"):
        do(case, verb, zone.leader, gate_verb="permit", reason="  ")


def test_nobody_permits_what_nobody_asked_for(zone: Zone) -> None:
    gate_rule("permit")
    case = errand(zone)
    with pytest.raises(Refused, match="没有人申请"):
        grant(case, zone)
    let_past(case, zone)
    with pytest.raises(Refused, match="没有人申请"):
        grant(case, zone)


@pytest.mark.parametrize("gate_verb", ["", "note", "submit", "nonsense"])
def test_a_request_names_a_step_behind_a_gate(zone: Zone, gate_verb: str) -> None:
    gate_rule("permit")
    with pytest.raises(Refused, match="哪一步"):
        do(errand(zone), "ask_waiver", zone.host, gate_verb=gate_verb, reason="急")


def test_where_nothing_is_missing_nothing_is_asked_for(zone: Zone) -> None:
    with pytest.raises(Refused, match="条件已齐"):
        ask(errand(zone), zone)


def test_what_goes_missing_after_the_permission_was_looked_at_by_nobody(zone: Zone) -> None:
    gate_rule("permit")
    case = errand(zone)
    let_past(case, zone)
    gate_rule("survey")
    assert refused_for(case, zone) == ["勘测报告"]


def test_what_was_handed_in_meanwhile_is_not_waived(zone: Zone) -> None:
    gate_rule("permit")
    gate_rule("survey", order=1)
    case = errand(zone)
    let_past(case, zone)
    do(case, "hand_in", zone.host, evidence=[document("survey")])
    do(case, "check", zone.verifier, checks=[(Evidence.objects.get(case=case), True)])
    change = do(case, "permit", zone.host).change
    assert change.snapshot["waived"]["items"] == [["permit", "许可证"]]


@pytest.mark.parametrize("between", ["rest", "submit"])
def test_a_permission_falls_away_when_the_case_changes_its_state(zone: Zone, between: str) -> None:
    gate_rule("permit")
    case = errand(zone)
    let_past(case, zone)
    if between == "rest":
        do(case, "rest", zone.host, reason="等批复")
        do(case, "resume", zone.host)
    else:
        do(case, "submit", zone.host, evidence=[document()])
        do(case, "send_back", zone.verifier, reason="不清楚")
    assert refused_for(case, zone) == ["许可证"]


def test_a_correction_of_a_day_takes_no_permission_away(zone: Zone) -> None:
    gate_rule("permit")
    case = errand(zone)
    let_past(case, zone)
    opened = Change.objects.get(case=case, verb="open")
    do(case, "correct", zone.leader, on=MONDAY - timedelta(days=3), replaces=opened, reason="日期记错")
    do(case, "permit", zone.host)
    assert state_of(case) == "permitted"
    assert list(faults()) == []


def test_a_permission_for_one_case_is_none_for_another(zone: Zone) -> None:
    gate_rule("permit")
    one, other = errand(zone), errand(zone)
    let_past(one, zone)
    with pytest.raises(MissingItems):
        act_many([Step(case, "permit", MONDAY) for case in (one, other)], actor=zone.host, now=NOW)
    assert {state_of(one), state_of(other)} == {"working"}, "all or none"


def test_what_is_claimed_of_the_past_is_entered_and_names_what_it_lacks(zone: Zone) -> None:
    gate_rule("permit")
    change = do(errand(zone), "claim", zone.host, reason="工作簿").change
    assert change.snapshot["lacking"] == [["permit", "许可证"]]
    assert "waived" not in change.snapshot


def test_a_waiver_that_nobody_gave_is_found_by_the_recount(zone: Zone) -> None:
    """Rows as somebody might have written them by hand: the permission is the host's own."""
    gate_rule("permit")
    case = errand(zone)
    let_past(case, zone)
    do(case, "permit", zone.host)
    rows = list(Change.objects.filter(case=case).order_by("seq"))
    assert list(faults_of_waivers(ERRAND, rows)) == []
    for row in rows:
        if row.verb == "grant_waiver":
            row.actor = zone.host.account
    told = " ".join(faults_of_waivers(ERRAND, rows))
    assert "没有准予容缺的记录" in told
    assert "没有另一个人的申请" in told


# ---- declined ----------------------------------------------------------------------------------------------------


def standing(case: Case) -> Waivers:
    return waivers_of(ERRAND, Change.objects.filter(case=case).order_by("seq"))


def test_a_refusal_ends_the_request_opens_nothing_and_it_can_be_asked_again(zone: Zone) -> None:
    gate_rule("permit")
    case = errand(zone)
    ask(case, zone)
    refusal = decline(case, zone)
    assert (refusal.state_before, refusal.state_after, refusal.reason) == ("working", "working", "先补许可证")
    assert refused_for(case, zone) == ["许可证"]
    with pytest.raises(Refused, match="没有人申请"):
        grant(case, zone)
    with pytest.raises(Refused, match="没有人申请"):
        decline(case, zone)
    let_past(case, zone)
    do(case, "permit", zone.host)
    assert state_of(case) == "permitted"
    assert list(faults()) == []


def test_the_last_refusal_stands_until_it_is_asked_again_or_the_case_moves_on(zone: Zone) -> None:
    gate_rule("permit")
    case = errand(zone)
    ask(case, zone)
    refusal = decline(case, zone)
    assert standing(case).declined["permit"].change == refusal
    ask(case, zone)
    assert standing(case).declined == {}
    decline(case, zone)
    do(case, "rest", zone.host, reason="等批复")
    do(case, "resume", zone.host)
    assert standing(case) == Waivers({}, {}, {})


def test_a_refusal_takes_no_permission_away_that_was_given_before(zone: Zone) -> None:
    gate_rule("permit")
    case = errand(zone)
    let_past(case, zone)
    rule = gate_rule("survey", order=1)
    ask(case, zone)
    decline(case, zone)
    assert refused_for(case, zone) == ["勘测报告"]
    rule.delete()
    do(case, "permit", zone.host)
    assert state_of(case) == "permitted"
    assert list(faults()) == []


def test_nobody_declines_the_own_request_or_without_the_right(zone: Zone) -> None:
    gate_rule("permit")
    case = errand(zone)
    do(case, "ask_waiver", zone.leader, gate_verb="permit", reason="急")
    for actor in (zone.leader, zone.host, zone.verifier, zone.stranger):
        with pytest.raises(NotAllowed):
            do(case, "decline_waiver", actor, gate_verb="permit", reason="先补")
    assert set(standing(case).asked) == {"permit"}


@pytest.mark.parametrize("answer", ["grant_waiver", "decline_waiver"])
def test_what_is_complete_meanwhile_needs_no_answer(zone: Zone, answer: str) -> None:
    rule = gate_rule("permit")
    case = errand(zone)
    ask(case, zone)
    rule.delete()
    with pytest.raises(Refused, match="条件已齐"):
        do(case, answer, zone.leader, gate_verb="permit", reason="不用")


def test_a_refusal_of_what_nobody_else_asked_for_is_found_by_the_recount(zone: Zone) -> None:
    """Rows as somebody might have written them by hand: whoever asked answered."""
    gate_rule("permit")
    case = errand(zone)
    ask(case, zone)
    decline(case, zone)
    rows = list(Change.objects.filter(case=case).order_by("seq"))
    assert list(faults_of_waivers(ERRAND, rows)) == []
    assert list(faults_of_waivers(ERRAND, [row for row in rows if row.verb != "ask_waiver"])) == [
        "不予容缺，没有另一个人的申请"
    ]
    rows[-1].actor = zone.host.account
    assert list(faults_of_waivers(ERRAND, rows)) == ["不予容缺，没有另一个人的申请"]


# ---- declared ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("verb", "waiver"), [("grant_waiver", "grants"), ("decline_waiver", "declines")])
def test_a_procedure_with_an_answer_by_one_person_alone_does_not_start(verb: str, waiver: str) -> None:
    def with_answer(answer: Transition) -> Procedure:
        others = tuple(item for item in ERRAND.transitions if item.verb != answer.verb)
        return Procedure(**{**ERRAND.__dict__, "transitions": (*others, answer)})

    def faulty(**given: object) -> list[str]:
        values = {
            "source": ("working",),
            "target": STAY,
            "who": Who(right="errand.waive"),
            "needs_reason": True,
            "waiver": waiver,
            "not_by_actor_of": ("ask_waiver",),
            **given,
        }
        return faults_of_procedure(with_answer(Transition(verb, "答复", **values)))  # type: ignore[arg-type]

    assert faulty() == []
    for wrong in (
        {"not_by_actor_of": ()},
        {"who": Who(roles=("host",))},
        {"needs_reason": False},
        {"target": "permitted"},
    ):
        assert faulty(**wrong) != [], wrong


def test_a_procedure_whose_waivers_are_declined_by_others_than_grant_them_does_not_start() -> None:
    grants = ERRAND.transition("grant_waiver")
    assert grants is not None
    others = tuple(item for item in ERRAND.transitions if item.verb != grants.verb)
    for changed in (others, (*others, replace(grants, who=Who(right="errand.assign")))):
        assert faults_of_procedure(replace(ERRAND, transitions=changed)) == [
            "decline_waiver declines a waiver: by those who grant it"
        ]


def test_another_person_may_ask_after_the_first(zone: Zone) -> None:
    gate_rule("permit")
    case = errand(zone)
    do(case, "ask_waiver", zone.leader, gate_verb="permit", reason="急")
    ask(case, zone)
    grant(case, zone)
    colleague = make_actor("colleague", "戊某", zone.unit, "errand.edit")
    do(case, "permit", colleague)
    assert state_of(case) == "permitted"
