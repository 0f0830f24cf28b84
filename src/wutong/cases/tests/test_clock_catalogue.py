"""Every row of the catalogue of time limits: its numbers, its source, and what belongs to it.

What it is compared with is written by hand in `catalogue_rows`; the catalogue itself is not asked. What follows in a case
is in `test_catalogue_effects`.
"""

from datetime import date, datetime
from fractions import Fraction
from typing import Any

import pytest

from wutong.base.calendar.services import shipped_calendar, shipped_working_time
from wutong.cases.clocks.catalogue import (
    Duty,
    Limit,
    clock_of,
    duty_of,
    entries_on,
    limit_of,
    load_catalogue,
    read_catalogue,
)
from wutong.cases.clocks.declared import Terms
from wutong.cases.clocks.scales import Counting
from wutong.cases.clocks.state import extend, start
from wutong.cases.tests.catalogue_rows import (
    ANCHORS,
    BACKWARD,
    CITY,
    DUTIES,
    DUTY_WORDS,
    EFFECTS,
    EXTENSIONS,
    LIMITS,
    RUNGS,
    SUSPENSIONS,
    UNCONFIRMED,
    WITHOUT_A_NUMBER,
)

COUNTING = Counting(shipped_working_time(shipped_calendar()))
TODAY = date(2026, 1, 5)


def limits_today() -> dict[str, Limit]:
    return {code: entry for code, entry in entries_on(TODAY).items() if isinstance(entry, Limit)}


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
    clock = clock_of(code, on)
    state = start(COUNTING, Terms(clock.unit, budget, clock.rolls), point)
    assert state.due is not None
    assert shown(unit, state.due) == ends


@pytest.mark.parametrize(("code", "unit", "article"), WITHOUT_A_NUMBER)
def test_a_limit_whose_last_day_comes_with_the_case_has_no_number(code: str, unit: str, article: str) -> None:
    limit = limit_of(code, TODAY)
    assert (limit.unit, limit.budget, limit.article) == (unit, None, article)


@pytest.mark.parametrize(("code", "number", "article", "otherwise"), DUTIES)
def test_each_duty_has_its_exact_share_and_source(
    code: str, number: Fraction | None, article: str, otherwise: str
) -> None:
    duty = duty_of(code, TODAY)
    assert (duty.number, duty.article, duty.otherwise) == (number, article, otherwise)


@pytest.mark.parametrize(
    ("code", "count", "of", "is_met"),
    [
        ("residents.quorum", 50, 100, False), ("residents.quorum", 51, 100, True),
        ("residents.majority", 26, 51, True), ("residents.majority", 25, 50, False),
        ("village.representatives_quorum", 20, 30, True), ("village.representatives_quorum", 19, 30, False),
        ("village.representatives_quorum", 666_666, 1_000_000, False), ("residents.convening_people", 20, 100, True),
        ("residents.convening_households", 19, 100, False), ("residents.convening_groups", 1, 3, True),
        ("village.representatives_majority", 15, 30, False), ("village.representatives_convening", 6, 30, True),
        ("bad_rating.call_back", 99, 100, False), ("residents.quorum", 0, 0, False),
    ],
)  # fmt: skip
def test_a_share_is_met_exactly(code: str, count: int, of: int, is_met: bool) -> None:
    assert duty_of(code, TODAY).is_met(count, of) is is_met


def test_a_duty_without_a_share_is_not_counted() -> None:
    with pytest.raises(ValueError, match="publicity_at_once is no share"):
        duty_of("village.publicity_at_once", TODAY).is_met(1, 1)


def test_no_entry_is_without_a_test() -> None:
    named = {row[0] for row in LIMITS} | {row[0] for row in DUTIES} | {row[0] for row in WITHOUT_A_NUMBER}
    assert set(load_catalogue()) == named
    versions = {
        (code, entry.budget, entry.article)
        for code, entries in load_catalogue().items()
        for entry in entries
        if isinstance(entry, Limit) and entry.budget is not None
    }
    assert versions == {(code, budget, article) for code, _unit, budget, article, _begins, _ends in LIMITS}


def test_each_limit_begins_where_its_source_says() -> None:
    assert {code: limit.anchor for code, limit in limits_today().items()} == {
        code: anchor for anchor, codes in ANCHORS.items() for code in codes
    }
    assert {code for code, limit in limits_today().items() if limit.direction == "before"} == BACKWARD


def test_extensions_are_those_of_the_source() -> None:
    found = {
        code: [
            (item.amount, who, item.article)
            for item, who in zip(limit.extensions, limit.approvers, strict=True)
        ]
        for code, limit in limits_today().items()
        if limit.extensions
    }
    assert found == EXTENSIONS
    assert limit_of("provincial_line.complaint", TODAY).extensions[1].repeats
    assert not limit_of("permit.decision", TODAY).extensions[0].repeats


@pytest.mark.parametrize(
    ("code", "begins", "ends"),
    [
        ("permit.decision", "2026-02-10", "2026-03-30"),
        ("permit.joint_decision", "2024-09-30", "2024-12-27"),
        ("hotline.shandong_2020", "2026-02-10", "2026-03-09"),
        ("provincial_line.complaint", "2025-04-28", "2025-06-03"),
        ("petition.settlement", "2026-02-10", "2026-05-11"),
    ],
)
def test_an_extension_counts_on_from_the_first_limit(code: str, begins: str, ends: str) -> None:
    on = date.fromisoformat(begins)
    clock = clock_of(code, on)
    assert clock.budget is not None and clock.extensions[0].amount is not None
    state = start(COUNTING, Terms(clock.unit, clock.budget, clock.rolls), on.toordinal())
    longer = extend(COUNTING, state, by=clock.extensions[0].amount)
    assert longer.due is not None
    assert shown(clock.unit, longer.due) == ends


def test_a_limit_stops_only_for_the_reasons_of_its_source() -> None:
    found = {code: [item.code for item in limit.suspensions] for code, limit in limits_today().items()}
    assert {code: reasons for code, reasons in found.items() if reasons} == SUSPENSIONS


def test_time_is_excluded_with_a_written_notice_of_how_long() -> None:
    """行政许可法第四十五条：听证、招标、拍卖、检验、检测、检疫、鉴定和专家评审；所需时间书面告知申请人。"""
    for code in ("permit.decision", "permit.joint_decision"):
        for item in limit_of(code, TODAY).suspensions:
            assert (item.article, item.needs_end, item.notice) == (
                "行政许可法第四十五条", True, "suspension_notice",
            )  # fmt: skip


def test_what_follows_from_an_expiry_by_itself_is_named_by_a_law() -> None:
    found = {
        code: (limit.effect, limit.effect_article) for code, limit in limits_today().items() if limit.effect
    }
    assert found == EFFECTS
    for code, limit in limits_today().items():
        if limit.direction == "after":
            assert clock_of(code, TODAY).on_expiry == EFFECTS.get(code, ("", ""))[0]


def test_the_basis_is_law_promise_or_practice() -> None:
    for code, limit in limits_today().items():
        expected = {
            "city": "internal",
            "bad_rating": "internal",
            "promised": "promised",
            "tolerance": "promised",
        }
        assert limit.basis == expected.get(code.split(".")[0], "statutory"), code


def test_warnings_are_those_of_the_source() -> None:
    found = {
        code: [(item.code, item.offset, item.unit, item.colour, item.verb) for item in limit.rungs]
        for code, limit in limits_today().items()
        if limit.rungs
    }
    assert found == RUNGS


@pytest.mark.parametrize(("code", "words"), DUTY_WORDS)
def test_what_else_the_source_asks_for_stands_with_the_limit(code: str, words: str) -> None:
    assert words in limit_of(code, TODAY).duty


def test_a_missed_tolerance_or_city_limit_is_followed_by_people_not_by_the_clock() -> None:
    assert limit_of("tolerance.make_good", TODAY).effect_of_practice == "逾期终止办理"
    assert {limit_of(code, TODAY).effect_of_practice for code in CITY} == {"超时转督办"}


def test_what_the_office_has_to_set_says_so() -> None:
    found = {code: entry for code, entry in entries_on(TODAY).items() if not entry.confirmed}
    assert set(found) == UNCONFIRMED
    assert all("由本区" in entry.note for entry in found.values())


def test_the_permit_law_counts_working_days_the_petition_rules_calendar_days_and_the_penalties_law_both() -> (
    None
):
    """行政许可法第八十二条；行政处罚法第八十五条：只有二日、三日、五日、七日是工作日。"""
    for code, limit in limits_today().items():
        if code.startswith("permit.") and code != "permit.renewal_decision":
            assert limit.unit == "working_day", code
        if code.startswith("petition."):
            assert limit.unit == "calendar_day", code
        if code.startswith("penalty."):
            assert (limit.unit == "working_day") == (limit.budget in {2, 3, 5, 7}), code


@pytest.mark.parametrize(("code", "months"), [("minor", 3), ("general", 12), ("serious", 36)])
def test_the_window_of_a_publication_is_that_of_the_day_of_the_decision(code: str, months: int) -> None:
    """山东省社会信用条例 since 2020-10-01: at most five years; 国办发〔2025〕22号 since 2025-06-22."""
    for on, budget, article in [
        (date(2020, 10, 1), 60, "山东省社会信用条例第三十八条"),
        (date(2025, 6, 21), 60, "山东省社会信用条例第三十八条"),
        (date(2025, 6, 22), months, "国办发〔2025〕22号"),
    ]:
        limit = limit_of(f"credit.window_{code}", on)
        assert (limit.budget, limit.article, limit.anchor) == (budget, article, "决定")
        assert (limit.effect, limit.effect_article) == ("end_publication", article)
    with pytest.raises(LookupError):
        limit_of(f"credit.window_{code}", date(2020, 9, 30))


def test_what_came_with_the_new_credit_rules_was_not_there_before() -> None:
    new = {"credit.window_general_least", "credit.window_serious_least", "credit.repair"}
    assert set(entries_on(date(2025, 6, 22))) - set(entries_on(date(2025, 6, 21))) == new


def test_only_the_end_of_a_permit_and_of_a_publication_may_lie_on_a_day_off() -> None:
    for on in (date(2025, 6, 21), TODAY):
        for code, entry in entries_on(on).items():
            if isinstance(entry, Limit):
                is_fixed = code.startswith("credit.window_") or code == "permit.renewal_decision"
                assert entry.rolls is not is_fixed, code


def test_a_limit_names_the_one_that_takes_its_place() -> None:
    assert {code: limit.next for code, limit in limits_today().items() if limit.next} == {
        "city.illegal_structure.on_site": "city.illegal_structure.case",
        "city.illegal_structure.case": "city.illegal_structure.removal",
        "city.well_cover.repair": "city.well_cover.construction",
        "city.pole.repair": "city.pole.construction",
        "city.power.repair": "city.power.construction",
    }


def test_a_duty_is_no_limit_and_a_limit_no_duty() -> None:
    with pytest.raises(LookupError):
        clock_of("residents.quorum", TODAY)
    with pytest.raises(LookupError):
        duty_of("permit.decision", TODAY)
    with pytest.raises(LookupError):
        clock_of("permit.unknown", TODAY)


def test_a_limit_that_counts_back_is_no_running_clock_and_others_do_not_count_back() -> None:
    with pytest.raises(ValueError, match="hearing_notice counts back"):
        clock_of("permit.hearing_notice", TODAY)
    with pytest.raises(ValueError, match="permit.decision does not count back"):
        limit_of("permit.decision", TODAY).last_day_before(COUNTING, TODAY.toordinal())


def test_every_clock_has_a_code_of_its_own_that_fits_its_row() -> None:
    codes = [limit.clock_code for limit in limits_today().values()]
    assert len(set(codes)) == len(codes)
    assert max(map(len, codes)) <= 30


GOOD: dict[str, Any] = {
    "label": "示例", "basis": "statutory", "article": "示例法第一条", "unit": "working_day", "budget": 5, "anchor": "收件",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"budgett": 5}, "unknown .'budgett'"), ({"article": ""}, "no source"), ({"article": None}, "no source"),
        ({"unit": "week"}, "unknown unit week"), ({"basis": "guess"}, "unknown basis guess"),
        ({"direction": "sideways"}, "unknown direction"), ({"budget": 0}, "no time at all"),
        ({"direction": "before", "budget": None}, "nothing to count back"), ({"next": "nowhere"}, "unknown next"),
        ({"effect": "deem"}, "effect without article"),
        ({"effect": "deem", "effect_words": "视为", "effect_article": "第一条", "basis": "internal"}, "only a law"),
        ({"confirmed": False}, "not confirmed"), ({"kind": "duty"}, "unknown"),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_refused_with_its_code(change: dict[str, Any], words: str) -> None:
    assert read_catalogue({"sample.entry": GOOD})
    with pytest.raises(ValueError, match=f"sample.entry: .*{words}"):
        read_catalogue({"sample.entry": {**GOOD, **change}})


def test_an_entry_without_what_it_needs_or_with_two_versions_on_one_day_is_refused() -> None:
    without = {key: value for key, value in GOOD.items() if key != "anchor"}
    with pytest.raises(ValueError, match="sample.entry: without .'anchor'"):
        read_catalogue({"sample.entry": without})
    first, second = {**GOOD, "valid_to": date(2025, 6, 1)}, {**GOOD, "valid_from": date(2025, 6, 1)}
    with pytest.raises(ValueError, match="sample.entry: two versions on one day"):
        read_catalogue({"sample.entry": [first, second]})
    with pytest.raises(ValueError, match="code longer than 30"):
        read_catalogue({"sample.entry_with_a_very_long_code_indeed": GOOD})
    assert isinstance(load_catalogue()["residents.quorum"][0], Duty)
