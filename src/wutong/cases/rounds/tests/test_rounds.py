"""Who owes a report, how it is handed in, returned, corrected and locked."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from wutong.base.errors import Conflict, NotAllowed, Refused
from wutong.base.notices.models import Notice
from wutong.cases.act import act
from wutong.cases.models import Case
from wutong.cases.rounds.daily import tend_rounds
from wutong.cases.rounds.models import Report, ReportState, Round
from wutong.cases.rounds.periods import Period, ended_before, period_of
from wutong.cases.rounds.queries import is_late, owed_rounds
from wutong.cases.rounds.services import (
    HandIn,
    correct_report,
    lock_round,
    open_round,
    remember_who_owed,
    return_reports,
    submit_reports,
)
from wutong.cases.rounds.tests.rounds_zone import (
    DUE,
    FIRST_WORKDAY,
    OCTOBER,
    WAN,
    RoundZone,
    at,
    make_round_zone,
)
from wutong.cases.steps import Holder
from wutong.ledgers.project_push.models import MonthReport, ProjectFunds, ProjectPush
from wutong.ledgers.project_push.reports.rounds import PROJECT_MONTH
from wutong.registers.history.models import RegisterChange
from wutong.registers.history.verify import faults
from wutong.registers.organisation.actors import SYSTEM

LATE = date(2026, 11, 10)


@pytest.fixture
def zone(db: None) -> RoundZone:
    return make_round_zone()


@pytest.fixture
def project(zone: RoundZone) -> Case:
    return zone.project("示例电池项目")


@pytest.fixture
def found(zone: RoundZone, project: Case) -> Round:
    return zone.open()


def report_of(found: Round, case: Case) -> Report:
    return Report.objects.select_related("round", "case").get(round=found, case=case)


def verbs(report: Report) -> list[str]:
    rows = RegisterChange.objects.filter(entry_kind=Report.entry_kind, entry_id=report.pk).order_by("seq")
    return [row.verb for row in rows]


# ---- periods -----------------------------------------------------------------------------------------------------


@given(
    st.sampled_from(["month", "quarter", "year"]),
    st.dates(min_value=date(2001, 1, 1), max_value=date(2099, 1, 1)),
)
def test_the_last_period_that_is_over_ends_before_the_day_and_the_next_one_does_not(kind, day) -> None:
    period = ended_before(kind, day)
    assert period.last_day < day
    assert ended_before(kind, period.last_day + timedelta(days=1)) == period
    assert period_of(kind, period.code) == period
    following = period.last_day + timedelta(days=1)
    assert ended_before(kind, day) == ended_before(kind, following)


@pytest.mark.parametrize("code", ["2026-13", "2026-0", "1999-01", "2026", "二〇二六"])
def test_what_is_no_month_is_no_period(code: str) -> None:
    with pytest.raises(ValueError, match="is no month"):
        period_of("month", code)


# ---- opening -----------------------------------------------------------------------------------------------------


def test_a_round_has_a_report_for_every_project_signed_at_the_end_of_the_month(zone: RoundZone) -> None:
    signed = zone.project("示例签约")
    zone.project("示例在谈", state="negotiating")
    later = zone.project("示例后来签约", opened_on=date(2026, 11, 1))
    ended = zone.project("示例终止")
    act(
        ended,
        "terminate",
        actor=SYSTEM,
        now=at(date(2026, 9, 1)),
        effective_on=date(2026, 9, 1),
        reason="示例",
    )
    found = zone.open()
    assert list(found.reports.values_list("case", flat=True)) == [signed.pk]
    assert later.opened_on > OCTOBER.last_day
    assert (found.opened_on, found.due_on) == (FIRST_WORKDAY, DUE)
    report = report_of(found, signed)
    assert (report.unit, report.person, report.state) == (zone.home, zone.host, "owed")


def test_opening_again_changes_nothing_but_adds_what_has_come_since(
    zone: RoundZone, project: Case, found: Round
) -> None:
    before = RegisterChange.objects.count()
    assert zone.open() == found
    assert RegisterChange.objects.count() == before
    zone.project("示例补登")
    assert zone.open().reports.count() == 2


def test_a_month_that_is_not_over_is_not_opened(zone: RoundZone) -> None:
    with pytest.raises(Refused, match="2026年10月还没有结束"):
        zone.open(on=date(2026, 10, 31))


def test_whoever_may_not_run_rounds_opens_none(zone: RoundZone) -> None:
    with pytest.raises(NotAllowed, match="组织填报"):
        open_round(
            PROJECT_MONTH, OCTOBER, actor=zone.actor(zone.host), on=FIRST_WORKDAY, now=at(FIRST_WORKDAY)
        )


def test_a_round_that_is_opened_late_leaves_three_working_days(zone: RoundZone) -> None:
    assert zone.open(on=date(2026, 11, 20)).due_on == date(2026, 11, 25)


def test_the_round_opens_by_itself_on_the_first_working_day_whenever_the_job_runs(
    zone: RoundZone, project: Case
) -> None:
    tend_rounds(date(2026, 11, 1), at(date(2026, 11, 1)))  # a Sunday: September is over long since
    assert not Round.objects.filter(period="2026-10").exists()
    tend_rounds(FIRST_WORKDAY, at(FIRST_WORKDAY))
    tend_rounds(FIRST_WORKDAY, at(FIRST_WORKDAY))
    assert Round.objects.get(period="2026-10").reports.count() == 1


# ---- handing in --------------------------------------------------------------------------------------------------


def test_a_report_writes_the_month_the_money_and_the_progress_of_today(
    zone: RoundZone, project: Case, found: Round
) -> None:
    zone.submit(
        found,
        project,
        zone.host,
        planned_yuan=120 * WAN,
        progress="示例桩基完成",
        arrived_yuan=50 * WAN,
        source="own",
    )
    month = MonthReport.objects.get()
    assert (month.year, month.month, month.done_yuan, month.planned_yuan) == (2026, 10, 100 * WAN, 120 * WAN)
    assert ProjectFunds.objects.get().arrived_yuan == 50 * WAN
    push = ProjectPush.objects.select_related("case").get(case=project)
    assert push.latest_progress == "示例桩基完成"
    assert push.case.changed_on == FIRST_WORKDAY
    report = report_of(found, project)
    assert (report.state, report.first_submitted_on) == ("submitted", FIRST_WORKDAY)
    assert list(faults()) == []


def test_the_same_again_writes_nothing(zone: RoundZone, project: Case, found: Round) -> None:
    zone.submit(found, project, zone.host)
    before = RegisterChange.objects.count()
    assert zone.submit(found, project, zone.host) == []
    assert RegisterChange.objects.count() == before


def test_money_that_came_from_another_source_after_all_leaves_the_first_one(
    zone: RoundZone, project: Case, found: Round
) -> None:
    zone.submit(found, project, zone.host, arrived_yuan=50 * WAN, source="own")
    zone.submit(found, project, zone.host, arrived_yuan=60 * WAN, source="bank")
    assert dict(ProjectFunds.objects.values_list("source", "arrived_yuan")) == {"own": 0, "bank": 60 * WAN}


def test_an_old_month_neither_moves_the_days_of_the_case_back_nor_its_latest_progress(
    zone: RoundZone, project: Case, found: Round
) -> None:
    zone.submit(found, project, zone.host, progress="示例封顶")
    september = zone.open(on=date(2026, 11, 3), period=Period("month", 2026, 9))
    zone.submit(september, project, zone.host, on=date(2026, 11, 3), progress="示例打桩")
    push = ProjectPush.objects.select_related("case").get(case=project)
    assert (push.latest_progress, push.case.changed_on) == ("示例封顶", FIRST_WORKDAY)
    assert MonthReport.objects.filter(month=9, progress="示例打桩").exists()


@pytest.mark.parametrize(
    ("values", "cell"),
    [
        ({"done_yuan": None}, "done_yuan"),
        ({"done_yuan": -1}, "done_yuan"),
        ({"planned_yuan": -1}, "planned_yuan"),
        ({"arrived_yuan": 5}, "source"),
        ({"source": "own"}, "arrived_yuan"),
        ({"source": "moon", "arrived_yuan": 1}, "source"),
        ({"progress": "长" * 1001}, "progress"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_written(
    zone: RoundZone, project: Case, found: Round, values: dict, cell: str
) -> None:
    report = report_of(found, project)
    with pytest.raises(Refused) as refusal:
        zone.submit(found, project, zone.host, **values)
    assert list(refusal.value.fields) == [f"{report.pk}-{cell}"]
    assert not MonthReport.objects.exists()
    assert verbs(report) == ["open"]


def test_a_project_under_construction_says_how_far_it_is(zone: RoundZone) -> None:
    project = zone.start(zone.project("示例开工项目"), date(2026, 9, 1))
    found = zone.open()
    with pytest.raises(Refused) as refusal:
        zone.submit(found, project, zone.host)
    assert [str(words) for words in refusal.value.fields.values()] == ["空；必须填写"]
    assert zone.submit(found, project, zone.host, progress="示例主体施工")


@pytest.mark.parametrize("who", ["stranger", "colleague", "runner"])
def test_only_who_holds_the_case_hands_in(zone: RoundZone, project: Case, found: Round, who: str) -> None:
    report = report_of(found, project)
    handing = HandIn(report, {"done_yuan": 1})
    with pytest.raises(NotAllowed):
        submit_reports(
            found, [handing], actor=zone.actor(getattr(zone, who)), on=FIRST_WORKDAY, now=at(FIRST_WORKDAY)
        )


def test_a_new_host_owes_the_report_and_the_report_remembers_who_owed_it_on_the_due_day(
    zone: RoundZone, project: Case, found: Round
) -> None:
    day = DUE + timedelta(days=3)
    act(
        project, "reassign", actor=SYSTEM, now=at(day), effective_on=day, reason="轮岗",
        holders=[Holder("host", zone.elsewhere, zone.stranger)],
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        zone.submit(found, project, zone.host, on=day)
    assert [item.count for item in owed_rounds(zone.actor(zone.stranger, day))] == [1]
    assert remember_who_owed(found, on=day, now=at(day)) == 1
    assert remember_who_owed(found, on=day, now=at(day)) == 0
    zone.submit(found, project, zone.stranger, on=day)
    report = report_of(found, project)
    assert (report.due_unit, report.due_person) == (zone.home, zone.host)
    assert report.unit == zone.home


def test_two_who_edit_one_report_the_second_is_told(zone: RoundZone, project: Case, found: Round) -> None:
    seen = report_of(found, project)
    zone.submit(found, project, zone.host)
    handing = HandIn(seen, {"done_yuan": 7}, seq=seen.last_seq)
    with pytest.raises(Conflict) as conflict:
        submit_reports(found, [handing], actor=zone.actor(zone.host), on=FIRST_WORKDAY, now=at(FIRST_WORKDAY))
    assert conflict.value.changes == [f"{project.number} {project.title}"]


def test_the_number_of_queries_does_not_grow_with_the_reports(zone: RoundZone) -> None:
    cases = [zone.project(f"示例{number}") for number in range(8)]
    found = zone.open()
    actor = zone.actor(zone.host)

    def queries(chosen: list[Case]) -> int:
        handings = [
            HandIn(report, {"done_yuan": 1, "progress": "示例", "arrived_yuan": 1, "source": "own"})
            for report in Report.objects.filter(round=found, case__in=chosen)
        ]
        with CaptureQueriesContext(connection) as asked:
            submit_reports(found, handings, actor=actor, on=FIRST_WORKDAY, now=at(FIRST_WORKDAY))
        return len(asked)

    queries(cases[:1])
    assert queries(cases[1:2]) == queries(cases[2:])


# ---- late, returned, corrected, locked -----------------------------------------------------------------------------


def test_what_came_late_stays_late_whatever_follows(zone: RoundZone, project: Case, found: Round) -> None:
    zone.submit(found, project, zone.host, on=LATE)
    runner = zone.actor(zone.runner, LATE)
    return_reports(found, [report_of(found, project)], reason="数不对", actor=runner, on=LATE, now=at(LATE))
    zone.submit(found, project, zone.host, on=LATE, done_yuan=5)
    lock_round(found, actor=runner, on=LATE, now=at(LATE))
    assert Report.objects.filter(is_late(LATE)).count() == 1
    assert report_of(found, project).first_submitted_on == LATE


def test_what_came_in_time_is_not_late_when_it_is_returned_and_comes_again_after_the_due_day(
    zone: RoundZone, project: Case, found: Round
) -> None:
    zone.submit(found, project, zone.host, on=DUE)
    runner = zone.actor(zone.runner, LATE)
    return_reports(found, [report_of(found, project)], reason="数不对", actor=runner, on=LATE, now=at(LATE))
    zone.submit(found, project, zone.host, on=LATE)
    assert not Report.objects.filter(is_late(LATE)).exists()


def test_a_returned_report_says_why_and_its_author_is_told(
    zone: RoundZone, project: Case, found: Round
) -> None:
    zone.submit(found, project, zone.host)
    report = report_of(found, project)
    runner = zone.actor(zone.runner)
    told = {"actor": runner, "on": FIRST_WORKDAY, "now": at(FIRST_WORKDAY)}
    with pytest.raises(Refused, match="退回理由"):
        return_reports(found, [report], reason=" ", **told)
    return_reports(found, [report], reason="与统计不一致", **told)
    report = report_of(found, project)
    assert (report.state, report.return_reason) == ("returned", "与统计不一致")
    assert Notice.objects.get(kind="rounds.returned").recipient == zone.host.account
    with pytest.raises(Refused, match="已退回"):
        return_reports(found, [report], reason="再退", **told)
    zone.submit(found, project, zone.host)  # the same values, said again on purpose
    assert report_of(found, project).return_reason == ""
    assert verbs(report) == ["open", "submit", "return", "submit"]


def test_only_who_runs_rounds_returns_and_locks(zone: RoundZone, project: Case, found: Round) -> None:
    zone.submit(found, project, zone.host)
    host = zone.actor(zone.host)
    told = {"actor": host, "on": FIRST_WORKDAY, "now": at(FIRST_WORKDAY)}
    with pytest.raises(NotAllowed):
        return_reports(found, [report_of(found, project)], reason="示例", **told)
    with pytest.raises(NotAllowed):
        lock_round(found, **told)


def test_a_round_is_not_locked_while_reports_may_come_or_are_on_their_way_back(
    zone: RoundZone, project: Case, found: Round
) -> None:
    runner = zone.actor(zone.runner, LATE)
    with pytest.raises(Refused, match="还有1项没有报"):
        lock_round(found, actor=runner, on=DUE, now=at(DUE))
    zone.submit(found, project, zone.host)
    return_reports(found, [report_of(found, project)], reason="示例", actor=runner, on=LATE, now=at(LATE))
    with pytest.raises(Refused, match="没有重报"):
        lock_round(found, actor=runner, on=LATE, now=at(LATE))


def test_after_the_lock_only_the_author_corrects_and_says_why(
    zone: RoundZone, project: Case, found: Round
) -> None:
    zone.submit(found, project, zone.host)
    locked = lock_round(found, actor=zone.actor(zone.runner, LATE), on=LATE, now=at(LATE))
    with pytest.raises(Refused, match="已经锁定"):
        zone.submit(found, project, zone.host, done_yuan=3)
    report = report_of(found, project)
    assert report.state == ReportState.LOCKED
    handing = HandIn(report, {"done_yuan": 3 * WAN})
    told = {"on": LATE, "now": at(LATE)}
    with pytest.raises(NotAllowed):
        correct_report(locked, handing, reason="示例", actor=zone.actor(zone.stranger, LATE), **told)
    with pytest.raises(Refused, match="更正理由"):
        correct_report(locked, handing, reason="", actor=zone.actor(zone.host, LATE), **told)
    correct_report(locked, handing, reason="漏报一笔", actor=zone.actor(zone.host, LATE), **told)
    assert MonthReport.objects.get().done_yuan == 3 * WAN
    report = report_of(found, project)
    assert (report.state, verbs(report)[-1]) == ("locked", "correct")
    assert list(faults()) == []


def test_who_holds_the_case_now_but_is_not_the_author_does_not_correct(
    zone: RoundZone, project: Case, found: Round
) -> None:
    zone.submit(found, project, zone.host)
    lock_round(found, actor=zone.actor(zone.runner, LATE), on=LATE, now=at(LATE))
    act(
        project, "reassign", actor=SYSTEM, now=at(LATE), effective_on=LATE, reason="轮岗",
        holders=[Holder("host", zone.elsewhere, zone.stranger)],
    )  # fmt: skip
    for who in (zone.stranger, zone.host):
        with pytest.raises(NotAllowed):
            correct_report(
                found, HandIn(report_of(found, project), {"done_yuan": 1}), reason="示例",
                actor=zone.actor(who, LATE), on=LATE, now=at(LATE),
            )  # fmt: skip


def test_what_nobody_reported_can_be_handed_in_after_the_lock_and_stays_late(
    zone: RoundZone, project: Case, found: Round
) -> None:
    locked = lock_round(found, actor=zone.actor(zone.runner, LATE), on=LATE, now=at(LATE))
    assert not MonthReport.objects.exists()
    correct_report(
        locked, HandIn(report_of(found, project), {"done_yuan": 1}), reason="补报",
        actor=zone.actor(zone.host, LATE), on=LATE, now=at(LATE),
    )  # fmt: skip
    assert MonthReport.objects.get().done_yuan == 1
    assert Report.objects.filter(is_late(LATE)).count() == 1
