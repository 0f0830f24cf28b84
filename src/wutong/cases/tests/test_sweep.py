"""Time passes: rungs are reached once, limits expire with their legal effect, suspensions end by themselves."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from wutong.cases.clocks.sweep import Swept, sweep_clocks
from wutong.cases.models import Assignment, Case, Change, Clock, ClockRule, ClockRung
from wutong.cases.procedures import CLOCK_RUNG
from wutong.cases.registry import _rung_reactions, react_to_rungs
from wutong.cases.steps import Holder, Pause
from wutong.cases.testing import Zone, document, make_actor, make_zone
from wutong.cases.testing_permits import TEN, permit, permits, take
from wutong.cases.tests.at_once import meeting_place, together
from wutong.cases.verify import faults

DAY = timedelta(days=1)


@pytest.fixture
def zone(db: None) -> Iterator[Zone]:
    with permits():
        yield make_zone()


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def clock(case: Case, code: str) -> Clock:
    return Clock.objects.filter(case=case, code=code).order_by("-pk")[0]


def reached(case: Case, code: str) -> list[str]:
    rungs = ClockRung.objects.filter(clock__case=case, clock__code=code, is_late_entry=False)
    return list(rungs.order_by("pk").values_list("rung", flat=True))


def accepted(zone: Zone) -> Case:
    case = permit(zone)
    take(case, "accept", zone.host, TEN)
    return case


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2025-10-22 23:59", []),
        ("2025-10-23 00:00", ["yellow"]),
        ("2025-10-24 23:59", ["yellow"]),
        ("2025-10-25 00:00", ["yellow", "expired"]),
        ("2025-10-26 23:59", ["yellow", "expired"]),
        ("2025-10-27 00:00", ["yellow", "expired", "red"]),
        ("2025-10-29 00:00", ["yellow", "expired", "red", "supervise"]),
    ],
)
def test_yellow_one_working_day_before_and_red_on_the_first_working_day_after(
    zone: Zone, moment: str, expected: list[str]
) -> None:
    case = accepted(zone)
    sweep_clocks(local(moment))
    assert reached(case, "decide") == expected
    assert (clock(case, "decide").missed_on == date(2025, 10, 25)) == ("expired" in expected)


def test_minutes_are_swept_to_the_minute(zone: Zone) -> None:
    case = permit(zone)
    sweep_clocks(TEN + timedelta(minutes=39))
    assert reached(case, "on_site") == []
    sweep_clocks(TEN + timedelta(minutes=40))
    assert reached(case, "on_site") == ["yellow"]
    sweep_clocks(TEN + timedelta(minutes=70))
    assert reached(case, "on_site") == ["yellow", "expired", "red"]
    assert list(faults()) == []


def test_a_sweep_that_was_away_for_a_week_reaches_every_rung_once(zone: Zone) -> None:
    cases = [accepted(zone) for _number in range(3)]
    back = local("2025-11-03 08:00")
    sweep_clocks(back)
    again = sweep_clocks(back)
    assert (again.rungs, again.expired) == (0, 0)
    for case in cases:
        assert reached(case, "decide") == ["yellow", "expired", "red", "supervise"]
        told = [
            (entry["clock"], entry["rung"])
            for change in case.changes.filter(verb=CLOCK_RUNG)
            for entry in change.snapshot["clocks"]
            if entry["do"] == "rung"
        ]
        assert len(told) == len(set(told))
        assert case.changes.filter(verb="supervise").count() == 1
    assert list(faults()) == []


def test_each_rung_is_told_to_those_who_react_once(zone: Zone) -> None:
    heard: list[tuple[str, str]] = []

    def listen(case: Case, item: Clock, rung: object, change: Change, now: datetime) -> None:
        heard.append((item.code, getattr(rung, "code", "expired")))

    react_to_rungs(listen)
    try:
        accepted(zone)
        sweep_clocks(local("2025-10-27 08:00"))
        sweep_clocks(local("2025-10-27 09:00"))
    finally:
        _rung_reactions.remove(listen)
    assert [code for name, code in heard if name == "decide"] == ["yellow", "expired", "red"]


def test_what_nobody_decides_in_time_is_deemed_accepted_from_the_receipt(zone: Zone) -> None:
    """行政许可法第三十二条第一款第四项：逾期不告知的，自收到申请材料之日起即为受理。"""
    case = permit(zone)
    sweep_clocks(local("2025-10-09 08:00"))
    case.refresh_from_db()
    assert case.state == "deemed"
    effect = case.changes.get(verb="deem_accepted")
    assert effect.actor is None and effect.snapshot["by_clock"] == "notice"
    assert (effect.effective_on, "行政许可法第三十二条" in effect.reason) == (date(2025, 9, 29), True)
    decide = clock(case, "decide")
    assert (decide.started_on, decide.due_on) == (date(2025, 9, 22), date(2025, 10, 24))
    assert clock(case, "notice").state == "missed"
    assert case.tasks.filter(closed_on__isnull=True, role="host", state="deemed").exists()
    assert list(faults()) == []


def test_an_application_that_was_answered_is_not_deemed_accepted(zone: Zone) -> None:
    case = accepted(zone)
    sweep_clocks(local("2025-10-09 08:00"))
    case.refresh_from_db()
    assert case.state == "accepted"
    assert reached(case, "notice") == []


def test_a_suspension_ends_by_itself_on_the_day_that_was_told(zone: Zone) -> None:
    case = accepted(zone)
    take(
        case, "pause", zone.host, TEN + DAY, pause=Pause("hearing", date(2025, 10, 15)),
        evidence=[document("notice")],
    )  # fmt: skip
    sweep_clocks(local("2025-10-15 23:00"))
    assert clock(case, "decide").state == "suspended"
    swept = sweep_clocks(local("2025-10-20 08:00"))
    assert swept.resumed == 1
    running = clock(case, "decide")
    assert (running.running_since, running.due_on) == (date(2025, 10, 15), date(2025, 11, 11))
    assert list(faults()) == []


def test_a_resting_clock_that_is_extended_goes_on_by_itself_all_the_same(zone: Zone) -> None:
    head = make_actor("head", "戊某", zone.root, "permit.extend", "permit.head")
    case = accepted(zone)
    pause = {"pause": Pause("hearing", date(2025, 10, 15)), "evidence": [document("notice")]}
    take(case, "pause", zone.host, TEN + DAY, **pause)
    take(case, "extend", head, TEN + 2 * DAY, extend_by=10)
    assert sweep_clocks(local("2025-10-20 08:00")).resumed == 1
    assert clock(case, "decide").due_on == date(2025, 11, 25)


def test_what_time_itself_starts_is_not_entered_late_however_long_the_sweep_was_away(zone: Zone) -> None:
    """Nobody answered and the sweep was away for two months: the decision is late, and that is told."""
    case = permit(zone)
    sweep_clocks(local("2025-11-24 08:00"))
    assert Case.objects.get(pk=case.pk).state == "deemed"
    assert reached(case, "decide") == ["yellow", "expired", "red", "supervise"]
    assert case.changes.filter(verb="supervise").count() == 1
    assert list(faults()) == []


def test_a_clock_that_counts_from_an_earlier_beginning_is_not_entered_late(zone: Zone) -> None:
    case = permit(zone)
    late = TEN + 5 * DAY
    take(case, "needs_construction", zone.host, late)  # three days from the Monday: over on Thursday
    assert not ClockRung.objects.filter(clock__code="construction").exists()
    sweep_clocks(late)
    assert reached(case, "construction") == ["expired"]


def test_an_unforeseen_fault_of_one_clock_does_not_hold_up_the_others(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wutong.cases.clocks import sweep

    first, second = accepted(zone), accepted(zone)
    case_type_of = sweep.case_type_of

    def switched_off(case: Case) -> object:
        if case.pk == first.pk:
            raise KeyError("示例")
        return case_type_of(case)

    monkeypatch.setattr(sweep, "case_type_of", switched_off)
    assert sweep_clocks(local("2025-10-27 08:00")).failed > 0
    assert reached(second, "decide") == ["yellow", "expired", "red"]


def test_an_extension_lets_the_warning_come_again_before_the_new_day(zone: Zone) -> None:
    head = make_actor("head", "戊某", zone.root, "permit.extend", "permit.head")
    case = accepted(zone)
    sweep_clocks(local("2025-10-23 08:00"))
    take(case, "extend", head, local("2025-10-23 09:00"), extend_by=10)
    sweep_clocks(local("2025-11-05 08:00"))
    assert reached(case, "decide") == ["yellow"]
    sweep_clocks(local("2025-11-06 08:00"))
    assert reached(case, "decide") == ["yellow", "yellow"]
    assert ClockRung.objects.filter(clock__code="decide", ended_by__isnull=True).count() == 1


def test_a_completion_entered_on_monday_for_friday_is_in_time(zone: Zone) -> None:
    case = accepted(zone)
    sweep_clocks(local("2025-10-25 08:00"))
    assert clock(case, "decide").state == "missed"
    take(case, "decide", zone.host, local("2025-10-24 17:00"), now=local("2025-10-27 09:00"))
    decided = clock(case, "decide")
    assert (decided.state, decided.missed_on) == ("met", None)
    assert list(faults()) == []


def test_a_completion_after_the_limit_stays_late_with_its_day(zone: Zone) -> None:
    case = accepted(zone)
    sweep_clocks(local("2025-10-25 08:00"))
    take(case, "decide", zone.host, local("2025-10-28 09:00"))
    decided = clock(case, "decide")
    assert (decided.state, decided.missed_on, decided.late) == ("missed", date(2025, 10, 25), 2)


def test_an_office_sets_other_days_and_they_hold_for_clocks_that_start_then(zone: Zone) -> None:
    before = accepted(zone)
    ClockRule.objects.create(
        case_type="permit", clock="decide", budget=15, article="示例办法第9条", edition="2025-10版",
        rungs=[{"code": "yellow", "offset": -3, "unit": "", "colour": "yellow", "notify": ["host"], "verb": ""}],
        valid_from=date(2025, 10, 1),
    )  # fmt: skip
    late = permit(zone, on=date(2025, 10, 9), at=local("2025-10-09 10:00"))
    take(late, "accept", zone.host, local("2025-10-09 11:00"))
    assert clock(before, "decide").budget == 20
    changed = clock(late, "decide")
    assert (changed.budget, changed.article) == (15, "示例办法第9条")
    sweep_clocks(local("2025-10-29 00:00"))
    assert changed.due_on == date(2025, 10, 29)
    assert reached(late, "decide") == ["yellow"]


def test_a_clock_that_cannot_be_moved_does_not_hold_up_the_others(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wutong.base.errors import Refused
    from wutong.cases.clocks import sweep

    first, second = accepted(zone), accepted(zone)
    take_verb = sweep._take_verb

    def refuse(case: Case, *rest: object) -> None:
        if case.pk == first.pk:
            raise Refused("示例拒绝")
        take_verb(case, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(sweep, "_take_verb", refuse)
    swept = sweep_clocks(local("2025-10-29 08:00"))
    assert swept.failed == 1
    assert reached(second, "decide")[-1] == "supervise"
    monkeypatch.undo()
    sweep_clocks(local("2025-10-29 09:00"))
    assert reached(first, "decide") == ["yellow", "expired", "red", "supervise"]


def test_an_awaited_helper_is_there_until_the_answer(zone: Zone) -> None:
    helper = make_actor("helper", "庚某", zone.other_unit)
    case = accepted(zone)
    take(case, "ask_help", zone.host, TEN + DAY, holders=[Holder("helper", zone.other_unit)])
    assert Assignment.objects.get(case=case, role="helper").is_awaited
    take(case, "answer_help", helper, TEN + 2 * DAY)
    row = Assignment.objects.get(case=case, role="helper")
    assert (row.to_on, row.from_at, row.to_at) == (date(2025, 9, 24), TEN + DAY, TEN + 2 * DAY)
    assert list(faults()) == []


@pytest.mark.django_db(transaction=True)
def test_three_sweeps_at_once_reach_every_rung_once(tmp_path: Path) -> None:
    with meeting_place(tmp_path), permits():
        zone = make_zone()
        cases = [accepted(zone) for _number in range(8)]
        now = local("2025-11-03 08:00")
        results = together(*[lambda: sweep_clocks(now)] * 3)
        assert all(isinstance(item, Swept) for item in results), results
        assert sum(item.expired for item in results) == sum(
            ClockRung.objects.filter(clock__case=case, rung="expired").count() for case in cases
        )
        assert sweep_clocks(now) == Swept()
        for case in cases:
            assert reached(case, "decide") == ["yellow", "expired", "red", "supervise"]
            assert case.changes.filter(verb="supervise").count() == 1
        assert list(faults()) == []
