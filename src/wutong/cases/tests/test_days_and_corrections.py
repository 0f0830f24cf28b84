"""Two dates of every change: the day in the world and the moment of knowledge; and corrections of the first."""

from datetime import date, datetime, timedelta

import pytest

from wutong.base.errors import Refused
from wutong.cases.history import changes_as_known, state_of
from wutong.cases.models import Case, Change
from wutong.cases.testing import MONDAY, NOW, Zone, do, document, errand


def day(number: int) -> date:
    """Day 0 is the Monday."""
    return MONDAY + timedelta(days=number)


def moment(number: int) -> datetime:
    return NOW + timedelta(days=number)


@pytest.fixture
def case(zone: Zone) -> Case:
    """Opened on day 0, submitted on day 4, sent back on day 8."""
    case = errand(zone)
    do(case, "submit", zone.host, on=day(4), now=moment(4), evidence=[document()])
    do(case, "send_back", zone.verifier, on=day(8), now=moment(8), reason="不清楚")
    return case


def correct(case: Case, zone: Zone, change: Change, on: date, now: datetime | None = None) -> Change:
    known = now or moment(20)
    return do(case, "correct", zone.leader, on=on, now=known, reason="日期记错", replaces=change).change


def submitted(case: Case) -> Change:
    return Change.objects.get(case=case, verb="submit")


def test_a_correction_takes_the_place_of_the_change_it_replaces(zone: Zone, case: Case) -> None:
    old = submitted(case)
    new = correct(case, zone, old, day(2))
    assert (new.seq, new.position, new.replaces_id) == (4, 2, old.pk)
    assert (new.state_before, new.state_after) == ("working", "submitted")
    assert new.snapshot == {"corrects": 2, "was": day(4).isoformat()}
    case.refresh_from_db()
    assert (case.state, case.changed_on) == ("working", day(8))


@pytest.mark.parametrize("number", [-1, 9])
def test_a_corrected_day_stays_between_its_neighbours(zone: Zone, case: Case, number: int) -> None:
    with pytest.raises(Refused, match="先后顺序") as refusal:
        correct(case, zone, submitted(case), day(number))
    assert list(refusal.value.fields) == ["effective_on"]


@pytest.mark.parametrize("number", [0, 8])
def test_a_corrected_day_may_be_that_of_a_neighbour(zone: Zone, case: Case, number: int) -> None:
    assert correct(case, zone, submitted(case), day(number)).effective_on == day(number)


def test_the_neighbours_are_those_that_count_now(zone: Zone, case: Case) -> None:
    """After the third change was moved to day 6, the second may not go beyond day 6."""
    correct(case, zone, Change.objects.get(case=case, verb="send_back"), day(6))
    with pytest.raises(Refused, match="先后顺序"):
        correct(case, zone, submitted(case), day(7))
    case.refresh_from_db()
    assert case.changed_on == day(6)


def test_a_replaced_change_is_not_corrected_again_but_its_correction_is(zone: Zone, case: Case) -> None:
    old = submitted(case)
    first = correct(case, zone, old, day(2))
    with pytest.raises(Refused, match="已被更正过"):
        correct(case, zone, old, day(3))
    second = correct(case, zone, first, day(3))
    assert second.position == 2
    assert state_of(case, day(2)) == "working"
    assert state_of(case, day(3)) == "submitted"


def test_a_change_of_another_case_is_not_corrected_here(zone: Zone, case: Case) -> None:
    with pytest.raises(Refused):
        correct(errand(zone), zone, submitted(case), day(2))


def test_correcting_the_opening_moves_the_beginning_of_the_case(zone: Zone, case: Case) -> None:
    correct(case, zone, Change.objects.get(case=case, verb="open"), day(-3))
    case.refresh_from_db()
    assert case.opened_on == day(-3)
    assert state_of(case, day(-3)) == "working"


def test_the_state_on_a_day_is_that_of_the_last_change_by_then(case: Case) -> None:
    found = [state_of(case, day(number)) for number in (-1, 0, 3, 4, 7, 8, 100)]
    assert found == ["", "working", "working", "submitted", "submitted", "working", "working"]


def test_what_was_entered_late_was_not_known_before(zone: Zone) -> None:
    case = errand(zone, on=day(0), now=moment(0))
    do(case, "submit", zone.host, on=day(4), now=moment(10), evidence=[document()])
    assert state_of(case, day(5)) == "submitted"
    assert state_of(case, day(5), known_at=moment(9)) == "working"
    assert state_of(case, day(5), known_at=moment(10)) == "submitted"
    assert state_of(case, day(5), known_at=moment(-1)) == ""


def test_a_correction_counts_from_the_moment_it_was_known(zone: Zone, case: Case) -> None:
    correct(case, zone, submitted(case), day(2), now=moment(20))
    assert state_of(case, day(3)) == "submitted"
    assert state_of(case, day(3), known_at=moment(19)) == "working"
    assert state_of(case, day(3), known_at=moment(20)) == "submitted"


def test_a_day_moved_later_leaves_a_gap_that_the_state_before_fills(zone: Zone, case: Case) -> None:
    correct(case, zone, submitted(case), day(7))
    assert state_of(case, day(5)) == "working"
    assert state_of(case, day(5), known_at=moment(19)) == "submitted"


def test_the_same_question_with_the_same_moment_gives_the_same_answer_for_ever(
    zone: Zone, case: Case
) -> None:
    """A published figure is repeated exactly, whatever was entered or corrected since."""

    def published() -> set[tuple[int, str]]:
        known = changes_as_known(day(10), moment(10)).filter(state_after="working")
        return set(known.values_list("case_id", "verb"))

    before = published()
    correct(case, zone, submitted(case), day(1), now=moment(11))
    errand(zone, on=day(2), now=moment(12))
    assert published() == before
    assert len(before) == 2


def test_the_state_of_a_case_on_a_day_is_one_query(case: Case, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        state_of(case, day(5), moment(10))
