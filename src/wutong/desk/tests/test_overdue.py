"""Overdue work by leader and by unit: every figure opens rows that add up to it, and nothing is charged twice."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from wutong.base.accounts.testing import make_account
from wutong.cases.clocks.words import ticks_words
from wutong.cases.models import Case
from wutong.cases.steps import Holder
from wutong.cases.testing import Zone, holder, make_actor, make_zone, official_of
from wutong.cases.testing_permits import take
from wutong.desk.tests.permit_ledger import SEE_ALL, account_of, permit_ledger, received, rows_of
from wutong.ledgerkit.testing import client_of, person, queries_of
from wutong.registers.organisation.actors import SYSTEM

pytestmark = pytest.mark.django_db

AS_OF = "as_of=2025-10-31"
"""A Friday. What was accepted on 22 September was due on 24 October, five working days earlier."""
SCALES = ("working_day", "calendar_day", "hour")


@pytest.fixture(autouse=True)
def one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two pages that are compared speak of the same second."""
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.fixture
def zone(db: None) -> Iterator[Zone]:
    with permit_ledger():
        yield make_zone()


@pytest.fixture
def client(zone: Zone) -> Client:
    """Somebody who sees every permit and has to do with none."""
    account = make_account("reader", rights=(SEE_ALL,))
    person("reader", "示例读者", zone.root, account, local("2025-09-22 10:00"))
    return client_of(account)


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def accepted(zone: Zone, title: str = "示例许可", at: str = "2025-09-22 10:00", **step: Any) -> Case:
    """Of its clocks the decision (twenty working days) and the petition (sixty days) go on."""
    case = received(zone, local(at), title=title, **step)
    for number, verb in enumerate(("arrive", "clean", "needs_construction", "accept"), start=1):
        take(case, verb, SYSTEM, local(at) + timedelta(minutes=number))
    case.clocks.filter(code="construction").update(state="met", ended_on=local(at).date(), running_since=None)
    return case


def late_on_site(zone: Zone, title: str, at: str = "2025-10-30 10:00") -> Case:
    """Nobody has arrived within the hour, and nothing is cleaned or repaired."""
    return received(zone, local(at), title=title)


def led_by(case: Case, leader: Any) -> None:
    Case.objects.filter(pk=case.pk).update(leader=leader)


def table_of(client: Client, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.context["page"].table


def mixed(zone: Zone) -> None:
    """Handovers, a helper, two leaders, hours and days, a unit without a person, and something due soon."""
    leaders = [official_of(zone.leader), official_of(zone.stranger)]
    for number in range(3):
        case = accepted(zone, f"示例移交{number}")
        take(case, "reassign", SYSTEM, local("2025-10-28 10:00"), holders=[holder("host", zone.verifier)])
        led_by(case, leaders[number % 2])
    helped = accepted(zone, "示例协办")
    take(helped, "ask_help", zone.host, local("2025-10-20 10:00"), holders=[Holder("helper", zone.root)])
    take(helped, "answer_help", SYSTEM, local("2025-10-29 10:00"))
    accepted(zone, "示例无人", holders=[Holder("host", zone.other_unit)])
    accepted(zone, "示例将到期", "2025-09-28 10:00")
    led_by(late_on_site(zone, "示例到场"), leaders[0])
    at = local("2025-10-20 10:00")
    take(late_on_site(zone, "示例施工", "2025-10-20 10:00"), "needs_construction", SYSTEM, at)


@pytest.mark.parametrize("by", ["leader", "unit"])
def test_every_figure_opens_the_rows_that_it_counts(zone: Zone, client: Client, by: str) -> None:
    mixed(zone)
    summary = table_of(client, f"/overdue/?by={by}&{AS_OF}")
    lines = [row.cells for row in summary.rows] + [summary.totals]
    opened = 0
    for cells in lines:
        for key in ("late", "soon", *SCALES):
            cell = cells[key]
            assert bool(cell.href) == bool(cell.value), "a figure that is not nought opens its rows"
            if not cell.href:
                continue
            opened += 1
            behind = table_of(client, cell.href)
            if key in {"late", "soon"}:
                assert len({row.cells["case"].note for row in behind.rows}) == cell.value, cell.href
            else:
                own = "own" if any(column.key == "own" for column in behind.columns) else "late"
                unit = "calendar_day" if key == "calendar_day" else key
                assert behind.totals[own].text == ticks_words(unit, cell.value), cell.href
    assert opened > 10


@pytest.mark.parametrize("by", ["leader", "unit"])
def test_the_total_is_the_sum_of_its_rows(zone: Zone, client: Client, by: str) -> None:
    mixed(zone)
    summary = table_of(client, f"/overdue/?by={by}&{AS_OF}")
    for key in ("late", "soon", *SCALES):
        assert summary.totals[key].value == sum(row.cells[key].value for row in summary.rows), key


def test_both_ways_of_dividing_add_up_to_the_same_delay(zone: Zone, client: Client) -> None:
    mixed(zone)
    leaders, units = (table_of(client, f"/overdue/?by={by}&{AS_OF}").totals for by in ("leader", "unit"))
    assert {key: leaders[key].value for key in SCALES} == {key: units[key].value for key in SCALES}
    assert leaders["working_day"].value == 5 * 5 + 4 and all(leaders[key].value for key in SCALES)


def test_the_charges_of_a_row_add_up_to_its_delay(zone: Zone, client: Client) -> None:
    mixed(zone)
    rows = rows_of(client, f"/overdue/cases/?kind=charged&scale=working_day&{AS_OF}")
    assert len(rows) == 6
    for row in rows.values():
        shares = [int(number) for number in re.findall(r"：(\d+)个工作日", row["charged"])]
        assert row["late"] == f"超{sum(shares)}个工作日"
        assert sum(shares) in {4, 5}


def test_a_case_that_changed_hands_is_charged_to_both(zone: Zone, client: Client) -> None:
    case = accepted(zone)
    take(case, "reassign", SYSTEM, local("2025-10-28 10:00"), holders=[holder("host", zone.verifier)])
    (row,) = rows_of(client, f"/overdue/cases/?{AS_OF}").values()
    assert row["charged"] == "示例建设部 甲某：2个工作日；示例督查办 乙某：3个工作日"
    units = rows_of(client, f"/overdue/?by=unit&{AS_OF}")
    assert {name: (row["late"], row["working_day"]) for name, row in units.items()} == {
        "示例督查办": ("1", "3"),
        "示例建设部": ("0", "2"),
    }
    own = rows_of(client, f"/overdue/cases/?kind=charged&unit={zone.unit.pk}&{AS_OF}")
    assert [row["own"] for row in own.values()] == ["2个工作日"]


def test_waiting_for_a_helper_is_charged_to_the_helper(zone: Zone, client: Client) -> None:
    helper = make_actor("helper", "庚某", zone.root)
    case = accepted(zone)
    take(case, "ask_help", zone.host, local("2025-10-20 10:00"), holders=[holder("helper", helper)])
    take(case, "answer_help", helper, local("2025-10-29 10:00"))
    (row,) = rows_of(client, f"/overdue/cases/?{AS_OF}").values()
    assert row["charged"] == "示例管委会 庚某：3个工作日；示例建设部 甲某：2个工作日"


def test_days_and_hours_stand_apart(zone: Zone, client: Client) -> None:
    accepted(zone)
    late_on_site(zone, "示例到场", "2025-10-30 00:00")
    totals = table_of(client, f"/overdue/?{AS_OF}").totals
    assert totals["working_day"].text == "5"
    assert "小时" in totals["hour"].text or "分" in totals["hour"].text
    assert "、" in table_of(client, f"/overdue/cases/?{AS_OF}").totals["late"].text


def test_what_has_no_leader_is_a_row_too_and_the_last(zone: Zone, client: Client) -> None:
    accepted(zone, "示例有领导")
    led_by(accepted(zone, "示例有领导二"), official_of(zone.leader))
    summary = table_of(client, f"/overdue/?{AS_OF}")
    assert [str(row.cells["name"].text) for row in summary.rows] == ["丙某", "没有包保领导"]
    behind = rows_of(client, summary.rows[-1].cells["late"].href)
    assert list(behind) == ["示例有领导"]


def test_due_within_three_working_days_is_soon_and_not_late(zone: Zone, client: Client) -> None:
    accepted(zone)  # due on 24 October
    for day, expected in {
        "2025-10-20": ("0", "0"),
        "2025-10-21": ("0", "1"),
        "2025-10-24": ("0", "1"),
        "2025-10-25": ("1", "0"),
    }.items():
        cells = table_of(client, f"/overdue/?as_of={day}").totals
        assert (cells["late"].text, cells["soon"].text) == expected, day


def test_a_day_off_after_the_due_day_is_late_without_delay(zone: Zone, client: Client) -> None:
    accepted(zone)
    (row,) = rows_of(client, "/overdue/cases/?as_of=2025-10-25").values()
    assert (row["late"], row["charged"]) == ("已过到期日", "")


def test_a_past_day_does_not_know_what_came_later(zone: Zone, client: Client) -> None:
    case = accepted(zone)
    take(case, "decide", zone.host, local("2025-11-06 10:00"))
    assert table_of(client, f"/overdue/?{AS_OF}").totals["working_day"].text == "5"
    (row,) = rows_of(client, f"/overdue/cases/?{AS_OF}").values()
    assert row["late"] == "超5个工作日"
    assert table_of(client, "/overdue/?as_of=2025-11-07").totals["working_day"].text == "0"


def test_only_what_may_be_seen_is_counted(zone: Zone) -> None:
    accepted(zone)
    for actor, late in ((zone.stranger, "0"), (zone.host, "1")):
        client = client_of(account_of(actor))
        for path in (f"/overdue/?by=unit&{AS_OF}", f"/overdue/?{AS_OF}"):
            assert table_of(client, path).totals["late"].text == late
        assert len(rows_of(client, f"/overdue/cases/?unit={zone.unit.pk}&{AS_OF}")) == int(late)


def test_the_own_ones_are_those_in_which_one_holds_a_role(zone: Zone, client: Client) -> None:
    accepted(zone, "示例本人")
    accepted(zone, "示例部门", holders=[Holder("host", zone.unit)])
    accepted(zone, "示例别人", host=zone.verifier)
    host = client_of(account_of(zone.host))
    assert set(rows_of(host, f"/overdue/cases/?who=me&{AS_OF}")) == {"示例本人", "示例部门"}
    assert set(rows_of(host, "/overdue/cases/?who=me&kind=running")) == {"示例本人", "示例部门"}
    assert rows_of(client, f"/overdue/cases/?who=me&{AS_OF}") == {}


def test_nothing_is_said_in_friendly_words(zone: Zone, client: Client) -> None:
    assert "没有超时的事" in client.get("/overdue/").content.decode()
    assert "没有这样的时限" in client.get("/overdue/cases/").content.decode()
    bare = client_of(make_account("bare"))
    accepted(zone)
    assert "没有超时的事" in bare.get("/overdue/").content.decode()
    assert rows_of(bare, "/overdue/cases/?who=me") == {}


@pytest.mark.parametrize("text", ["\0", "-1", "９", "9" * 40, "<script>", "none\0", "𠮷"])
def test_strange_parameters_break_nothing(zone: Zone, client: Client, text: str) -> None:
    accepted(zone)
    for name in ("by", "as_of", "kind", "leader", "unit", "who", "scale", "page"):
        for path in ("/overdue/", "/overdue/cases/"):
            answer = client.get(path, {name: text})
            assert answer.status_code in {200, 404, 422}, (path, name)
            assert "<script>" not in answer.content.decode()


@pytest.mark.parametrize("day", ["2100-12-31", "1990-01-01"])
def test_a_day_beyond_the_calendar_is_refused_in_plain_words(client: Client, day: str) -> None:
    for path in ("/overdue/", "/overdue/cases/", "/"):
        answer = client.get(path, {"as_of": day})
        assert answer.status_code == 422
        assert "不在日历里" in answer.content.decode()


def test_the_number_of_queries_does_not_grow(zone: Zone, client: Client) -> None:
    paths = [
        f"/overdue/?{AS_OF}",
        f"/overdue/?by=unit&{AS_OF}",
        f"/overdue/cases/?{AS_OF}",
        f"/overdue/cases/?kind=charged&unit={zone.unit.pk}&{AS_OF}",
        f"/overdue/cases/?kind=soon&{AS_OF}",
    ]
    mixed(zone)
    few = [queries_of(client, path) for path in paths]
    for _round in range(3):
        mixed(zone)
    assert [queries_of(client, path) for path in paths] == few
    assert max(few) <= 13, few
