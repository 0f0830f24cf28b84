"""Every row of the catalogue of time limits: its numbers, its article, and what follows from it.

The dates are worked out by hand on the calendar of 2024 to 2026; the catalogue itself is not asked for them.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

import pytest

from wutong.base.calendar.services import load_published_years, shipped_calendar, shipped_working_time
from wutong.cases.act import act
from wutong.cases.clocks.catalogue import (
    EXCLUDED,
    Duty,
    Limit,
    clock_of,
    duty_of,
    limit_of,
    load_catalogue,
)
from wutong.cases.clocks.declared import ClockDef, ClockEffect, Terms
from wutong.cases.clocks.scales import Counting
from wutong.cases.clocks.state import start
from wutong.cases.clocks.sweep import sweep_clocks
from wutong.cases.models import Case, Clock, ClockRung
from wutong.cases.procedures import STAY, Procedure, State, Transition, Who
from wutong.cases.registry import CaseType, register
from wutong.cases.steps import NewCase
from wutong.cases.testing import Zone, make_zone
from wutong.cases.testing_permits import PERMIT, TYPE, Permit, permits, take
from wutong.cases.verify import faults
from wutong.registers.organisation.actors import SYSTEM

COUNTING = Counting(shipped_working_time(shipped_calendar()))
LIMITS = [
    ("permit.missing_notice", "working_day", 5, "行政许可法第三十二条第一款第四项、第八十二条", "2025-09-22", "2025-09-28"),
    ("permit.decision", "working_day", 20, "行政许可法第四十二条第一款、第八十二条", "2026-02-10", "2026-03-16"),
    ("permit.joint_decision", "working_day", 45, "行政许可法第四十二条第二款、第八十二条", "2024-09-30", "2024-12-06"),
    ("permit.first_review", "working_day", 20, "行政许可法第四十三条、第八十二条", "2025-04-28", "2025-05-29"),
    ("permit.delivery", "working_day", 10, "行政许可法第四十四条、第八十二条", "2024-12-30", "2025-01-14"),
    ("permit.hearing_request", "working_day", 5, "行政许可法第四十七条、第八十二条", "2025-09-22", "2025-09-28"),
    ("permit.hearing_held", "working_day", 20, "行政许可法第四十七条、第八十二条", "2026-02-10", "2026-03-16"),
    ("permit.hearing_notice", "working_day", 7, "行政许可法第四十八条、第八十二条", "2024-09-30", "2024-09-20"),
    ("permit.renewal_application", "working_day", 30, "行政许可法第五十条第一款、第八十二条", "2025-04-28", "2025-03-17"),
    ("tolerance.make_good", "working_day", 3, "地方容缺受理办法", "2024-12-30", "2025-01-03"),
    ("tolerance.make_good_days", "calendar_day", 7, "地方容缺受理办法", "2025-09-22", "2025-09-29"),
    ("hotline.order", "working_day", 5, "山东省12345热线办法（2020年）、潍坊市12345条例第二十条、济南市12345条例第二十四条", "2026-02-10", "2026-02-24"),
    ("hotline.return", "working_day", 2, "潍坊市12345条例第二十二条", "2024-09-30", "2024-10-09"),
    ("provincial_line.complaint", "working_day", 15, "山东省省级政务热线办法（2017年）", "2025-04-28", "2025-05-22"),
    ("business.complaint", "working_day", 5, "济南市优化营商环境条例第六十二条", "2024-12-30", "2025-01-07"),
    ("petition.acceptance", "calendar_day", 15, "信访工作条例第二十二条", "2025-09-22", "2025-10-09"),
    ("petition.settlement", "calendar_day", 60, "信访工作条例第三十四条", "2026-02-10", "2026-04-13"),
    ("petition.review_request", "calendar_day", 30, "信访工作条例第三十五条", "2024-09-30", "2024-10-30"),
    ("petition.review_answer", "calendar_day", 30, "信访工作条例第三十五条", "2025-04-28", "2025-05-28"),
    ("petition.second_review_request", "calendar_day", 30, "信访工作条例第三十六条", "2024-12-30", "2025-02-05"),
    ("petition.second_review_answer", "calendar_day", 30, "信访工作条例第三十六条", "2025-09-22", "2025-10-22"),
    ("penalty.decision", "calendar_day", 90, "行政处罚法第六十条、第八十五条", "2026-02-10", "2026-05-11"),
    ("penalty.delivery", "working_day", 7, "行政处罚法第六十一条、第八十五条", "2024-09-30", "2024-10-15"),
    ("penalty.evidence_hold", "working_day", 7, "行政处罚法第五十六条、第八十五条", "2025-04-28", "2025-05-12"),
    ("penalty.hearing_request", "working_day", 5, "行政处罚法第六十三条、第六十四条、第八十五条", "2024-12-30", "2025-01-07"),
    ("penalty.hearing_notice", "working_day", 7, "行政处罚法第六十四条、第八十五条", "2025-09-22", "2025-09-11"),
    ("credit.objection_own", "working_day", 3, "山东省社会信用条例第三十九条", "2026-02-10", "2026-02-13"),
    ("credit.objection_others", "working_day", 7, "山东省社会信用条例第三十九条", "2024-09-30", "2024-10-15"),
    ("credit.annulled", "working_day", 3, "山东省社会信用条例第四十条", "2025-04-28", "2025-05-06"),
    ("credit.publication_minor", "month", 3, "国办发〔2025〕22号", "2025-09-22", "2025-12-22"),
    ("credit.publication_general_least", "month", 3, "国办发〔2025〕22号", "2025-09-22", "2025-12-22"),
    ("credit.publication_general", "month", 12, "国办发〔2025〕22号", "2025-09-22", "2026-09-22"),
    ("credit.publication_serious_least", "month", 12, "国办发〔2025〕22号", "2025-09-22", "2026-09-22"),
    ("credit.publication_serious", "month", 60, "山东省社会信用条例第三十八条", "2025-01-06", "2030-01-06"),
    ("credit.publication_serious", "month", 36, "国办发〔2025〕22号", "2025-09-22", "2028-09-22"),
    ("rating.invitation", "working_day", 5, "鲁政办发〔2020〕10号", "2025-09-22", "2025-09-28"),
    ("bad_rating.rectification", "working_day", 5, "德州、襄城等地做法", "2026-02-10", "2026-02-24"),
    ("bad_rating.rectification_outer", "working_day", 15, "四川做法", "2024-09-30", "2024-10-25"),
    ("city.litter", "working_hour", 4, "某市事件立案结案规范", "2025-04-28 16:00", "2025-04-29 11:00"),
    ("city.rubble", "working_hour", 4, "某市事件立案结案规范", "2024-12-30 16:00", "2024-12-31 11:00"),
    ("city.spoil", "working_day", 2, "某市事件立案结案规范", "2025-09-22", "2025-09-24"),
    ("city.cleaning", "working_hour", 2, "某市事件立案结案规范", "2026-02-10 16:00", "2026-02-11 09:00"),
    ("city.standing_water", "working_hour", 4, "某市事件立案结案规范", "2024-09-30 16:00", "2024-10-08 11:00"),
    ("city.green_litter", "working_hour", 4, "某市事件立案结案规范", "2025-04-28 16:00", "2025-04-29 11:00"),
    ("city.green_plants", "working_day", 5, "某市事件立案结案规范", "2024-12-30", "2025-01-07"),
    ("city.illegal_structure_site", "working_hour", 4, "某市事件立案结案规范", "2025-09-22 16:00", "2025-09-23 11:00"),
    ("city.illegal_structure_case", "working_day", 7, "某市事件立案结案规范", "2026-02-10", "2026-02-26"),
    ("city.illegal_structure_removal", "working_day", 20, "某市事件立案结案规范", "2024-09-30", "2024-11-01"),
    ("city.well_cover_site", "minute", 60, "某市部件立案结案规范", "2025-04-28 16:00", "2025-04-28 17:00"),
    ("city.well_cover", "hour", 6, "某市部件立案结案规范", "2024-12-30 16:00", "2024-12-30 22:00"),
    ("city.well_cover_construction", "calendar_day", 3, "某市部件立案结案规范", "2025-09-22", "2025-09-25"),
    ("city.pole", "hour", 12, "某市部件立案结案规范", "2026-02-10 16:00", "2026-02-11 04:00"),
    ("city.pole_construction", "calendar_day", 3, "某市部件立案结案规范", "2024-09-30", "2024-10-08"),
    ("city.power_site", "hour", 3, "某市部件立案结案规范", "2025-04-28 16:00", "2025-04-28 19:00"),
    ("city.power", "hour", 24, "某市部件立案结案规范", "2024-12-30 16:00", "2024-12-31 16:00"),
    ("city.power_construction", "calendar_day", 3, "某市部件立案结案规范", "2025-09-22", "2025-09-25"),
    ("village.representatives_meeting", "month", 3, "村民委员会组织法第二十六条", "2026-02-10", "2026-05-11"),
    ("village.publicity", "month", 3, "村民委员会组织法第三十条", "2024-09-30", "2024-12-30"),
    ("village.publicity_money", "month", 1, "村民委员会组织法第三十条", "2025-04-28", "2025-05-28"),
    ("village.publicity_at_once", "working_day", 0, "村民委员会组织法第三十条", "2024-12-30", "2024-12-30"),
]  # fmt: skip
"""Code, unit, budget, source, the day it begins (or counts back from), and the last day."""

DUTIES = [
    ("bad_rating.call_back", Fraction(1), "好差评"),
    ("residents.quorum", Fraction(1, 2), "居民委员会组织法第九条、第十条"),
    ("residents.majority", Fraction(1, 2), "居民委员会组织法第九条、第十条"),
    ("residents.convening_people", Fraction(1, 5), "居民委员会组织法第十条"),
    ("residents.convening_households", Fraction(1, 5), "居民委员会组织法第十条"),
    ("residents.convening_groups", Fraction(1, 3), "居民委员会组织法第十条"),
    ("village.representatives_quorum", Fraction(2, 3), "村民委员会组织法第二十六条"),
    ("village.representatives_majority", Fraction(1, 2), "村民委员会组织法第二十六条"),
    ("village.representatives_convening", Fraction(1, 5), "村民委员会组织法第二十六条"),
]
SET_BY_THE_CASE = {"permit.renewal_decision", "promised.decision"}
"""Their last day comes with the permit or the guide of the item."""
EXTENSIONS = {
    "permit.decision": [(10, "本行政机关负责人")],
    "permit.joint_decision": [(15, "本级人民政府负责人")],
    "hotline.order": [(10, "热线工作机构")],
    "provincial_line.complaint": [(7, "承办单位负责人"), (None, "热线办公室")],
    "business.complaint": [(None, "负责人")],
    "petition.settlement": [(30, "本机关、单位负责人")],
}
EFFECTS = {
    "permit.missing_notice": "deemed_accepted",
    "permit.renewal_decision": "renewed",
    "rating.invitation": "closed_without_rating",
}
UNCONFIRMED = {
    "tolerance.make_good", "tolerance.make_good_days", "bad_rating.rectification", "bad_rating.rectification_outer",
    "bad_rating.call_back",
}  # fmt: skip


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def shown(unit: str, point: int) -> str:
    if unit in {"minute", "hour", "working_hour"}:
        return COUNTING.moment(unit, point).astimezone(COUNTING.time.zone).strftime("%Y-%m-%d %H:%M")
    return date.fromordinal(point).isoformat()


@pytest.mark.parametrize(("code", "unit", "budget", "article", "begins", "ends"), LIMITS)
def test_each_limit_has_its_numbers_its_source_and_ends_on_its_day(
    code: str, unit: str, budget: int, article: str, begins: str, ends: str
) -> None:
    on = date.fromisoformat(begins[:10])
    limit = limit_of(code, on)
    assert (limit.unit, limit.budget, limit.article) == (unit, budget, article)
    if limit.direction == "before":
        assert shown(unit, limit.last_day_before(COUNTING, on.toordinal())) == ends
        return
    point = int(local(begins).timestamp()) if len(begins) > 10 else on.toordinal()
    clock = start(COUNTING, Terms(limit.unit, budget, limit.rolls), point)  # type: ignore[arg-type]
    assert clock.due is not None
    assert shown(unit, clock.due) == ends


@pytest.mark.parametrize(("code", "number", "article"), DUTIES)
def test_each_duty_has_its_exact_share_and_source(code: str, number: Fraction, article: str) -> None:
    duty = duty_of(code)
    assert duty.number == number
    assert article in duty.article


@pytest.mark.parametrize(
    ("code", "count", "of", "is_met"),
    [
        ("residents.quorum", 50, 100, False), ("residents.quorum", 51, 100, True),
        ("residents.majority", 26, 51, True), ("residents.majority", 25, 50, False),
        ("village.representatives_quorum", 20, 30, True), ("village.representatives_quorum", 19, 30, False),
        ("village.representatives_quorum", 666_666, 1_000_000, False), ("residents.convening_people", 20, 100, True),
        ("residents.convening_groups", 1, 3, True), ("bad_rating.call_back", 99, 100, False),
        ("residents.quorum", 0, 0, False),
    ],
)  # fmt: skip
def test_a_share_is_met_exactly(code: str, count: int, of: int, is_met: bool) -> None:
    assert duty_of(code).is_met(count, of) is is_met


def test_no_entry_is_without_a_test() -> None:
    named = {row[0] for row in LIMITS} | {row[0] for row in DUTIES} | SET_BY_THE_CASE
    assert set(load_catalogue()) == named


def test_extensions_are_those_of_the_source() -> None:
    found = {
        code: [(item.amount, who) for item, who in zip(entry.extensions, entry.approvers, strict=True)]
        for code, entries in load_catalogue().items()
        for entry in entries
        if isinstance(entry, Limit) and entry.extensions
    }
    assert found == EXTENSIONS
    assert limit_of("provincial_line.complaint", date(2026, 1, 1)).extensions[1].repeats


def test_time_is_excluded_only_for_the_procedures_that_the_law_names() -> None:
    """行政许可法第四十五条：听证、招标、拍卖、检验、检测、检疫、鉴定和专家评审；所需时间书面告知申请人。"""
    for code in ("permit.decision", "permit.joint_decision"):
        suspensions = limit_of(code, date(2026, 1, 1)).suspensions
        assert [item.code for item in suspensions] == [reason for reason, _label in EXCLUDED]
        assert all(
            item.article == "行政许可法第四十五条" and item.needs_end and item.notice for item in suspensions
        )
    assert limit_of("permit.delivery", date(2026, 1, 1)).suspensions == ()


def test_only_a_law_lets_something_follow_from_an_expiry() -> None:
    found = {
        code: entry.effect
        for code, entries in load_catalogue().items()
        for entry in entries
        if isinstance(entry, Limit) and entry.effect
    }
    assert found == EFFECTS
    with pytest.raises(ValueError, match="lets nothing follow"):
        limit_of("tolerance.make_good", date(2026, 1, 1)).clock(on_expiry="terminate")


def test_what_the_office_has_to_confirm_says_so() -> None:
    found = {
        code for code, entries in load_catalogue().items() if not all(entry.confirmed for entry in entries)
    }
    assert found == UNCONFIRMED | {code for code in load_catalogue() if code.startswith("city.")}


def test_the_permit_law_counts_working_days_the_petition_rules_calendar_days_and_the_penalties_law_both() -> (
    None
):
    """行政许可法第八十二条；行政处罚法第八十五条：只有二日、三日、五日、七日是工作日。"""
    for code, entries in load_catalogue().items():
        for entry in entries:
            if isinstance(entry, Duty):
                continue
            if code.startswith("permit.") and code != "permit.renewal_decision":
                assert entry.unit == "working_day", code
            if code.startswith("petition."):
                assert entry.unit == "calendar_day", code
            if code.startswith("penalty."):
                assert (entry.unit == "working_day") == (entry.budget in {2, 3, 5, 7}), code


def test_the_window_of_a_publication_is_that_of_its_day() -> None:
    assert limit_of("credit.publication_serious", date(2025, 5, 31)).budget == 60
    assert limit_of("credit.publication_serious", date(2025, 6, 1)).budget == 36
    with pytest.raises(LookupError):
        limit_of("credit.publication_general", date(2025, 5, 31))


# ---- what follows, through the engine ------------------------------------------------------------------------------


@pytest.fixture
def zone(db: None) -> Iterator[Zone]:
    with permits():
        found = make_zone()
        load_published_years()
        yield found


def case_with(
    zone: Zone, on: str, *clocks: ClockDef, verbs: tuple[Transition, ...], due_on: date | None = None
) -> Case:
    """A case of a small invented procedure whose first clock runs from the beginning."""
    procedure = Procedure(
        case_type=TYPE, version=2, label="示例", number_prefix="SL",
        states=(State("working", "办理中"), State("ended", "已结束", kind="closed")),
        opens_in=("working",), may_open=Who(right="sample.open"), roles=PERMIT.roles, clocks=clocks,
        open_clocks=(ClockEffect(clocks[0].code, "start"),), results=(("done", "已办结"), ("unrated", "未评价")),
        transitions=(*verbs, Transition("finish", "办结", ("working",), "ended", Who(right="sample.open"), result="done")),
    )  # fmt: skip
    register(CaseType(procedure, Permit))
    at = local(f"{on} 09:00") if len(on) == 10 else local(on)
    new = NewCase(TYPE, title="示例", state="working")
    given = {"due_on": due_on} if due_on else {}
    return act(
        new,
        "open",
        actor=SYSTEM,
        now=at,
        effective_on=at.date(),
        effective_at=at,
        holders=zone.holders()[:1],
        **given,
    ).case


def rungs(case: Case) -> list[str]:
    return list(ClockRung.objects.filter(clock__case=case).order_by("pk").values_list("rung", flat=True))


def test_a_renewal_that_nobody_decides_is_granted_when_the_permit_expires(zone: Zone) -> None:
    """行政许可法第五十条第二款：逾期未作决定的，视为准予延续。"""
    clock = limit_of("permit.renewal_decision", date(2026, 1, 1)).clock("renewal", on_expiry="deem_renewed")
    renewed = Transition(
        "deem_renewed", "视为准予延续", ("working",), "ended", Who(), result="done", by_clock=True
    )
    case = case_with(zone, "2026-01-05", clock, verbs=(renewed,), due_on=date(2026, 2, 17))
    sweep_clocks(local("2026-02-17 23:00"))  # New Year's Day of the lunar year: an expiry does not roll on
    case.refresh_from_db()
    assert case.state == "working"
    sweep_clocks(local("2026-02-18 00:00"))
    case.refresh_from_db()
    assert (case.state, case.closed_on) == ("ended", date(2026, 2, 18))
    assert "行政许可法第五十条" in case.changes.get(verb="deem_renewed").reason
    assert list(faults()) == []


def test_silence_is_no_rating(zone: Zone) -> None:
    clock = limit_of("rating.invitation", date(2025, 9, 22)).clock("invitation", on_expiry="close_unrated")
    unrated = Transition(
        "close_unrated", "期满未评价", ("working",), "ended", Who(), result="unrated", by_clock=True
    )
    case = case_with(zone, "2025-09-22", clock, verbs=(unrated,))
    sweep_clocks(local("2025-09-29 00:00"))
    case.refresh_from_db()
    assert (case.state, case.result) == ("ended", "unrated")


def test_the_provincial_line_shows_yellow_before_red_after_and_then_an_order(zone: Zone) -> None:
    clock = clock_of("provincial_line.complaint", date(2025, 4, 28))
    supervise = Transition("supervise", "发督办单", ("working",), STAY, Who(right="sample.supervise"))
    case = case_with(zone, "2025-04-28", clock, verbs=(supervise,))
    expected = [
        ("2025-05-20 23:59", []),
        ("2025-05-21 00:00", ["yellow"]),
        ("2025-05-23 00:00", ["yellow", "expired", "red"]),
        ("2025-05-25 12:00", ["yellow", "expired", "red"]),
        ("2025-05-26 00:00", ["yellow", "expired", "red", "supervise"]),
    ]
    for moment, reached in expected:
        sweep_clocks(local(moment))
        assert rungs(case) == reached, moment
    assert case.changes.filter(verb="supervise").count() == 1


def test_an_illegal_structure_goes_from_hours_to_seven_and_to_twenty_working_days(zone: Zone) -> None:
    on = date(2025, 9, 22)
    names = ["city.illegal_structure_site", "city.illegal_structure_case", "city.illegal_structure_removal"]
    assert [limit_of(code, on).next for code in names] == [*names[1:], ""]
    # What follows a red lamp is another matter; here only the chain.
    clocks = [replace(clock_of(code, on), rungs=()) for code in names]
    verbs = tuple(
        Transition(
            f"go_to_{second.code.split('_')[-1]}", "转入下一步", ("working",), STAY, Who(right="sample.open"),
            clocks=(ClockEffect(second.code, "start", supersedes=first.code),),
        )
        for first, second in zip(clocks, clocks[1:], strict=False)
    )  # fmt: skip
    case = case_with(zone, "2025-09-22 16:00", *clocks, verbs=verbs)
    take(case, "go_to_case", SYSTEM, local("2025-09-23 10:00"))
    take(case, "go_to_removal", SYSTEM, local("2025-09-24 10:00"))
    found = Clock.objects.filter(case=case).order_by("pk")
    assert [(item.state, item.unit, item.budget) for item in found] == [
        ("superseded", "working_hour", 4), ("superseded", "working_day", 7), ("running", "working_day", 20),
    ]  # fmt: skip
    assert found[0].due_at == local("2025-09-23 11:00")
    assert found[1].due_on == date(2025, 10, 9)
    assert found[2].due_on == date(2025, 10, 28)
    assert list(faults()) == []
