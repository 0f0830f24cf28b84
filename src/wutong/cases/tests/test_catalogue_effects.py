"""Limits of the catalogue at work in a case: what a law lets follow, who is warned when, which limit takes over."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from wutong.base.calendar.services import load_published_years
from wutong.cases.act import act
from wutong.cases.clocks.catalogue import SUSPENSION_NOTICE, clock_of
from wutong.cases.clocks.declared import ClockDef, ClockEffect
from wutong.cases.clocks.sweep import sweep_clocks
from wutong.cases.models import Case, Clock, ClockRung
from wutong.cases.procedures import STAY, Procedure, State, Transition, Who
from wutong.cases.registry import CaseType, register
from wutong.cases.steps import NewCase
from wutong.cases.testing import Zone, make_zone
from wutong.cases.testing_permits import PERMIT, TYPE, Permit, permits, take
from wutong.cases.verify import faults
from wutong.registers.organisation.actors import SYSTEM

ANYBODY = Who(right="sample.open")
SUPERVISE = Transition("supervise", "转督办", ("working",), STAY, ANYBODY)


@pytest.fixture
def zone(db: None) -> Iterator[Zone]:
    with permits():
        found = make_zone()
        load_published_years()
        yield found


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def by_clock(verb: str, label: str, to: str, result: str = "", *clocks: ClockEffect) -> Transition:
    return Transition(verb, label, ("working",), to, Who(), result=result, by_clock=True, clocks=clocks)


def case_with(
    zone: Zone,
    on: str,
    *clocks: ClockDef,
    verbs: tuple[Transition, ...],
    states: tuple[State, ...] = (),
    due_on: date | None = None,
) -> Case:
    """A case of a small invented procedure whose first clock runs from the beginning."""
    procedure = Procedure(
        case_type=TYPE, version=2, label="示例", number_prefix="SL",
        states=(State("working", "办理中"), *states, State("ended", "已结束", kind="closed")),
        opens_in=("working",), may_open=ANYBODY, roles=PERMIT.roles, clocks=clocks,
        open_clocks=(ClockEffect(clocks[0].code, "start"),), results=(("done", "已办结"), ("unrated", "未评价")),
        evidence_kinds=((SUSPENSION_NOTICE, "特别程序告知书"),),
        transitions=(*verbs, Transition("finish", "办结", (), "ended", ANYBODY, result="done")),
    )  # fmt: skip
    register(CaseType(procedure, Permit))
    at = local(f"{on} 09:00") if len(on) == 10 else local(on)
    new = NewCase(TYPE, title="示例", state="working")
    given = {"due_on": due_on} if due_on else {}
    return act(
        new, "open", actor=SYSTEM, now=at, effective_on=at.date(), effective_at=at, holders=zone.holders()[:1], **given
    ).case  # fmt: skip


def swept(case: Case, moment: str) -> Case:
    sweep_clocks(local(moment))
    case.refresh_from_db()
    return case


def rungs(case: Case) -> list[str]:
    return list(ClockRung.objects.filter(clock__case=case).order_by("pk").values_list("rung", flat=True))


def clocks_of(case: Case) -> list[Clock]:
    return list(Clock.objects.filter(case=case).order_by("pk"))


def test_who_is_told_nothing_within_five_working_days_is_accepted_from_the_receipt(zone: Zone) -> None:
    """行政许可法第三十二条第一款第四项：逾期不告知的，自收到申请材料之日起即为受理。"""
    on = date(2026, 2, 10)
    notice, decision = clock_of("permit.missing_notice", on), clock_of("permit.decision", on)
    deemed = by_clock(
        notice.on_expiry, "视为受理", "deemed", "",
        ClockEffect(notice.code, "meet"), ClockEffect(decision.code, "start", since=notice.code),
    )  # fmt: skip
    case = case_with(
        zone, "2026-02-10", notice, decision, verbs=(deemed,), states=(State("deemed", "视为受理"),)
    )
    assert clocks_of(case)[0].due_on == date(2026, 2, 24)  # the week of Spring Festival lies in between
    assert swept(case, "2026-02-24 23:59").state == "working"
    assert swept(case, "2026-02-25 00:00").state == "deemed"
    change = case.changes.get(verb="deem_accepted")
    assert (change.effective_on, change.actor) == (date(2026, 2, 25), None)
    assert "行政许可法第三十二条第一款第四项" in change.reason
    decide = clocks_of(case)[1]
    assert (decide.started_on, decide.due_on) == (date(2026, 2, 10), date(2026, 3, 16))
    assert list(faults()) == []


def test_a_renewal_that_nobody_decides_is_granted_when_the_permit_expires(zone: Zone) -> None:
    """行政许可法第五十条第二款：逾期未作决定的，视为准予延续。"""
    clock = clock_of("permit.renewal_decision", date(2026, 1, 5))
    renewed = by_clock(clock.on_expiry, "视为准予延续", "ended", "done")
    case = case_with(zone, "2026-01-05", clock, verbs=(renewed,), due_on=date(2026, 2, 17))
    # New Year's Day of the lunar year: the end of a permit does not roll on.
    assert swept(case, "2026-02-17 23:00").state == "working"
    assert swept(case, "2026-02-18 00:00").state == "ended"
    assert (case.result, case.closed_on) == ("done", date(2026, 2, 18))
    assert "行政许可法第五十条" in case.changes.get(verb="deem_renewed").reason
    assert list(faults()) == []


def test_a_renewal_that_was_decided_is_not_granted_a_second_time(zone: Zone) -> None:
    clock = clock_of("permit.renewal_decision", date(2026, 1, 5))
    renewed = by_clock(clock.on_expiry, "视为准予延续", "ended", "done")
    case = case_with(zone, "2026-01-05", clock, verbs=(renewed,), due_on=date(2026, 2, 17))
    take(case, "finish", SYSTEM, local("2026-02-13 16:00"))
    swept(case, "2026-03-01 08:00")
    assert not case.changes.filter(verb="deem_renewed").exists()


def test_silence_is_no_rating(zone: Zone) -> None:
    """鲁政办发〔2020〕10号: the invitation closes after five working days, and nothing is rated."""
    clock = clock_of("rating.invitation", date(2025, 9, 22))
    unrated = by_clock(clock.on_expiry, "期满未评价", "ended", "unrated")
    case = case_with(zone, "2025-09-22", clock, verbs=(unrated,))
    assert swept(case, "2025-09-28 23:59").state == "working"  # a Sunday that is worked
    assert swept(case, "2025-09-29 00:00").state == "ended"
    assert (case.result, case.changes.get(verb="close_unrated").actor) == ("unrated", None)


def test_a_publication_ends_by_itself_when_its_window_is_over(zone: Zone) -> None:
    clock = clock_of("credit.window_minor", date(2025, 9, 30))
    removed = by_clock(clock.on_expiry, "停止公示", "ended", "done")
    case = case_with(zone, "2025-09-30", clock, verbs=(removed,))
    assert swept(case, "2025-12-30 23:59").state == "working"
    assert swept(case, "2025-12-31 00:00").closed_on == date(2025, 12, 31)
    assert "国办发〔2025〕22号" in case.changes.get(verb="end_publication").reason


def test_the_provincial_line_shows_yellow_before_red_after_and_then_an_order(zone: Zone) -> None:
    clock = clock_of("provincial_line.complaint", date(2025, 4, 28))
    case = case_with(zone, "2025-04-28", clock, verbs=(SUPERVISE,))
    expected = [
        ("2025-05-20 23:59", []),
        ("2025-05-21 00:00", ["yellow"]),
        ("2025-05-22 23:59", ["yellow"]),
        ("2025-05-23 00:00", ["yellow", "expired", "red"]),
        ("2025-05-25 12:00", ["yellow", "expired", "red"]),
        ("2025-05-26 00:00", ["yellow", "expired", "red", "supervise"]),
    ]
    for moment, reached in expected:
        swept(case, moment)
        assert rungs(case) == reached, moment
    assert case.changes.filter(verb="supervise").count() == 1


def test_red_waits_for_the_first_working_day_after_a_friday(zone: Zone) -> None:
    case = case_with(
        zone, "2025-04-29", clock_of("provincial_line.complaint", date(2025, 4, 29)), verbs=(SUPERVISE,)
    )
    assert clocks_of(case)[0].due_on == date(2025, 5, 23)
    swept(case, "2025-05-25 23:59")
    assert rungs(case) == ["yellow", "expired"]
    swept(case, "2025-05-26 00:00")
    assert rungs(case) == ["yellow", "expired", "red"]


def test_a_hotline_order_is_supervised_on_the_first_working_day_after(zone: Zone) -> None:
    case = case_with(
        zone, "2024-09-30", clock_of("hotline.shandong_2020", date(2024, 9, 30)), verbs=(SUPERVISE,)
    )
    assert clocks_of(case)[0].due_on == date(2024, 10, 12)  # a Saturday that is worked
    swept(case, "2024-10-13 23:59")
    assert rungs(case) == ["expired"]
    swept(case, "2024-10-14 00:00")
    assert rungs(case) == ["expired", "red"]
    assert case.changes.filter(verb="supervise").count() == 1


def test_a_late_city_event_is_supervised_a_minute_after(zone: Zone) -> None:
    clock = clock_of("city.litter", date(2025, 4, 28))
    case = case_with(zone, "2025-04-28 16:00", clock, verbs=(SUPERVISE,))
    swept(case, "2025-04-29 11:00")
    assert rungs(case) == []
    swept(case, "2025-04-29 11:01")
    assert rungs(case) == ["expired", "red"]
    assert case.changes.filter(verb="supervise").count() == 1


def test_an_illegal_structure_goes_from_hours_to_seven_and_to_twenty_working_days(zone: Zone) -> None:
    on = date(2025, 9, 22)
    names = [
        "city.illegal_structure.on_site",
        "city.illegal_structure.case",
        "city.illegal_structure.removal",
    ]
    clocks = [clock_of(code, on) for code in names]
    verbs = tuple(
        Transition(
            f"go_to_{name}", "转入下一步", ("working",), STAY, ANYBODY,
            clocks=(ClockEffect(second.code, "start", supersedes=first.code),),
        )
        for name, first, second in (("case", clocks[0], clocks[1]), ("removal", clocks[1], clocks[2]))
    )  # fmt: skip
    case = case_with(zone, "2025-09-22 16:00", *clocks, verbs=(*verbs, SUPERVISE))
    take(case, "go_to_case", SYSTEM, local("2025-09-23 10:00"))
    take(case, "go_to_removal", SYSTEM, local("2025-09-24 10:00"))
    first, second, third = clocks_of(case)
    assert [(item.state, item.unit, item.budget) for item in (first, second, third)] == [
        ("superseded", "working_hour", 4), ("superseded", "working_day", 7), ("running", "working_day", 20),
    ]  # fmt: skip
    assert first.due_at == local("2025-09-23 11:00")
    assert (second.due_on, second.supersedes) == (date(2025, 10, 9), first)
    assert (third.due_on, third.supersedes) == (date(2025, 10, 28), second)
    swept(case, "2025-10-28 23:59")
    assert rungs(case) == []
    swept(case, "2025-10-29 00:00")
    assert rungs(case) == ["expired", "red"]
    assert list(faults()) == []


def test_a_well_cover_that_needs_construction_has_three_days_from_the_dispatch(zone: Zone) -> None:
    on = date(2025, 9, 29)
    repair, construction = (
        clock_of("city.well_cover.repair", on),
        clock_of("city.well_cover.construction", on),
    )
    needs = Transition(
        "needs_construction", "需要施工", ("working",), STAY, ANYBODY,
        clocks=(ClockEffect(construction.code, "start", since=repair.code, supersedes=repair.code),),
    )  # fmt: skip
    case = case_with(zone, "2025-09-29 16:00", repair, construction, verbs=(needs, SUPERVISE))
    assert clocks_of(case)[0].due_at == local("2025-09-29 22:00")
    take(case, "needs_construction", SYSTEM, local("2025-09-29 18:00"))
    first, second = clocks_of(case)
    assert (first.state, second.state) == ("superseded", "running")
    # The third day is a day of National Day: it rolls on to the first working day after the feast.
    assert (second.started_on, second.due_on) == (date(2025, 9, 29), date(2025, 10, 9))
    swept(case, "2025-10-10 00:00")
    assert rungs(case) == ["expired", "red"]
    assert list(faults()) == []
