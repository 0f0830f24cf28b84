"""People are told what they owe: once at each step, one notice for all of it."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from wutong.base.notices.models import Notice
from wutong.cases.models import Case
from wutong.cases.rounds.models import Report, Round, RoundReminder
from wutong.cases.rounds.queries import owed_rounds
from wutong.cases.rounds.telling import remind_due, remind_now
from wutong.cases.rounds.tests.rounds_zone import DUE, FIRST_WORKDAY, RoundZone, at, make_round_zone
from wutong.registers.organisation.actors import SYSTEM


@pytest.fixture
def zone(db: None) -> RoundZone:
    return make_round_zone()


@pytest.fixture
def project(zone: RoundZone) -> Case:
    return zone.project("示例电池项目")


@pytest.fixture
def found(zone: RoundZone, project: Case) -> Round:
    return zone.open()


def test_a_person_is_reminded_once_for_all_projects_at_every_step(zone: RoundZone) -> None:
    for name in ("示例甲", "示例乙", "示例丙"):
        zone.project(name)
    zone.project("示例别家", host=zone.stranger)
    found = zone.open()
    told = {day: remind_due(found, on=day, now=at(day)) for day in (FIRST_WORKDAY, date(2026, 11, 4), DUE)}
    assert told == {FIRST_WORKDAY: 0, date(2026, 11, 4): 2, DUE: 2}
    assert remind_due(found, on=DUE, now=at(DUE)) == 0
    notices = Notice.objects.filter(recipient=zone.host.account).order_by("pk")
    assert [notice.params["count"] for notice in notices] == [3, 3]
    assert [notice.params["due"] for notice in notices] == ["2026-11-06"] * 2


def test_a_job_that_slept_sends_the_latest_reminder_alone(
    zone: RoundZone, project: Case, found: Round
) -> None:
    monday = date(2026, 11, 9)
    assert remind_due(found, on=monday, now=at(monday)) == 1
    assert set(RoundReminder.objects.values_list("step", flat=True)) == {"before", "due", "after"}
    assert Notice.objects.count() == 1


def test_who_has_handed_in_is_not_reminded(zone: RoundZone, project: Case, found: Round) -> None:
    zone.submit(found, project, zone.host)
    assert remind_due(found, on=DUE, now=at(DUE)) == 0
    assert remind_now(found, Report.objects.filter(round=found), actor=SYSTEM, on=DUE, now=at(DUE)) == 0


def test_reminding_at_once_reaches_everybody_once_a_day(zone: RoundZone, project: Case, found: Round) -> None:
    reports = list(found.reports.all())
    for day, told in ((FIRST_WORKDAY, 1), (FIRST_WORKDAY, 0), (DUE, 1)):
        assert remind_now(found, reports, actor=SYSTEM, on=day, now=at(day)) == told


def test_what_somebody_owes_is_one_query(zone: RoundZone, project: Case, found: Round) -> None:
    actor = zone.actor(zone.host)
    _known = (actor.team_ids, actor.stands_in_for)
    with CaptureQueriesContext(connection) as queries:
        (owed,) = owed_rounds(actor)
    assert len(queries) == 1
    assert (owed.title, owed.count, owed.due_on) == ("2026年10月项目投资月报", 1, DUE)
    assert owed_rounds(zone.actor(zone.stranger)) == []
