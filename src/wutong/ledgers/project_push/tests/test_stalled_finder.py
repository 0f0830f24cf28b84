"""The stalled finder equals a plain recount, on every day, as known at every moment; page, export and command give
the same list."""

import io
import json
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from django.db import transaction
from django.test import Client

from wutong.base.accounts.testing import make_account
from wutong.base.lamps.models import LampRule, LampRuleSet
from wutong.cli.main import main
from wutong.ledgers.project_push.stalled.queries import stalled_projects
from wutong.ledgers.project_push.tests import plain_recount
from wutong.ledgers.project_push.tests.histories import (
    FIRST_DAY,
    LAST_DAY,
    SHANGHAI,
    dated_lamp_rules,
    moment,
    tell_histories,
)
from wutong.registers.organisation.actors import SYSTEM
from wutong.registers.organisation.models import Unit
from wutong.registers.organisation.services import appoint_official, open_unit
from wutong.ui.links import query_link

# One worker builds the histories.
pytestmark = pytest.mark.xdist_group("stalled")

HISTORIES, DAYS = 2_000, 200
EDITION_CHANGES_ON = date(2024, 5, 1)
LATE = datetime(2026, 9, 1, tzinfo=SHANGHAI)


def make_unit() -> Unit:
    return open_unit(
        code="economy",
        name="经济发展部",
        kind="department",
        parent=None,
        actor=None,
        on=FIRST_DAY,
        now=moment(0),
    )


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """2,000 projects for all tests of this module; taken back at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        dated_lamp_rules(EDITION_CHANGES_ON)
        tell_histories(HISTORIES, make_unit(), random.Random(20260701))
        yield
        transaction.set_rollback(True)


@pytest.fixture
def reader(told: None, db: None) -> Client:
    account = make_account("reader", rights=("project_push.see_all", "project_push.see_unsigned"))
    appoint_official(
        staff_no="T1", name="示例人员", unit=Unit.objects.get(code="economy"), post="", phone="", account=account,
        actor=None, on=FIRST_DAY, now=moment(0),
    )  # fmt: skip
    client = Client()
    client.force_login(account)
    return client


def days_to_try() -> list[date]:
    dice = random.Random(7)
    span = (LAST_DAY - FIRST_DAY).days + 60
    chosen = {FIRST_DAY + timedelta(days=dice.randint(0, span)) for _number in range(DAYS * 2)}
    edges = {date(2024, 2, 29), date(2025, 2, 28), date(2026, 2, 28), date(2026, 3, 1), EDITION_CHANGES_ON}
    return sorted(edges | set(sorted(chosen - edges, key=lambda _day: dice.random())[: DAYS - len(edges)]))


def found_on(day: date, known_at: datetime | None = None) -> list[plain_recount.Line]:
    return [
        plain_recount.Line(
            ("red", "yellow", "pause", "grey", "green").index(item.verdict.colour),
            -item.amount_yuan,
            item.number,
            item.stage,
            item.verdict.colour,
            item.verdict.days,
            item.verdict.idle_days,
        )
        for item in stalled_projects(SYSTEM, day, known_at=known_at)
    ]


def test_the_finder_equals_a_plain_recount_on_200_days(told: None, db: None) -> None:
    changes, rules = plain_recount.load()
    assert len({change.case_id for change in changes}) == HISTORIES
    days = days_to_try()
    assert len(days) == DAYS
    expected = plain_recount.recount(changes, rules, days)
    seen: set[tuple[str, str]] = set()
    for day in days:
        assert found_on(day) == expected[day], day
        seen |= {(line.stage, line.lamp) for line in expected[day]}
    lamps = ("red", "yellow", "pause", "grey", "green")
    assert seen == {(stage, lamp) for stage in ("signed", "started") for lamp in lamps}
    assert {change.verb for change in changes} >= {
        "correct",
        "suspend",
        "resume",
        "terminate",
        "revise_amount",
    }


@pytest.mark.parametrize("known_round", [2, 5])
def test_the_finder_knows_only_what_was_recorded_by_then(told: None, db: None, known_round: int) -> None:
    known_at = moment(known_round)
    changes, rules = plain_recount.load()
    days = days_to_try()[::10]
    expected = plain_recount.recount(changes, rules, days, known_at)
    now = plain_recount.recount(changes, rules, days)
    assert any(expected[day] != now[day] for day in days), "the moment of knowledge made no difference"
    for day in days:
        assert found_on(day, known_at) == expected[day], day


@pytest.mark.parametrize("day", [date(2023, 8, 15), EDITION_CHANGES_ON, date(2025, 11, 30)])
def test_page_export_and_command_give_the_same_list(
    reader: Client, day: date, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = [line.number for line in found_on(day)]
    assert len(expected) > 100, "the day should fill several pages"
    assert ids_on_pages(reader, day) == expected
    assert ids_in_export(reader, day) == expected
    capsys.readouterr()
    assert main(["stalled", "--as-of", day.isoformat(), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["as_of"] == day.isoformat()
    assert [item["id"] for item in told["projects"]] == expected


def ids_on_pages(reader: Client, day: date) -> list[str]:
    ids: list[str] = []
    number, count = 1, 1
    while number <= count:
        answer = reader.get("/projects/" + query_link("", ("as_of", day), ("page", number)))
        table = answer.context["page"].table
        ids += [row.key for row in table.rows]
        assert all(row.key in answer.content.decode() for row in table.rows)
        count, number = table.page_count, number + 1
    return ids


def ids_in_export(reader: Client, day: date) -> list[str]:
    """Names are unique here, and every name belongs to one number."""
    numbers = {
        item.snapshot["title"]: item.snapshot["number"] for item in plain_recount.load()[0] if item.seq == 1
    }
    answer = reader.get(f"/projects/export/?as_of={day}")
    page = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    return [
        numbers[str(value)]
        for row in page.iter_rows(values_only=True)
        for value in row
        if str(value) in numbers
    ]


def test_skipped_nights_change_nothing(told: None, db: None) -> None:
    """The list of a day is the same whenever it is asked for, and asking writes nothing."""
    before = found_on(date(2025, 3, 3))
    for day in (date(2025, 3, 8), date(2024, 1, 1), date(2025, 3, 3)):
        found_on(day)
    assert found_on(date(2025, 3, 3)) == before
    assert found_on(date(2025, 3, 3), LATE) == before


def test_without_rules_every_lamp_is_grey_or_pause(told: None, db: None) -> None:
    LampRule.objects.all().delete()
    LampRuleSet.objects.all().delete()
    assert {line.lamp for line in found_on(date(2025, 3, 3))} == {"grey", "pause"}
