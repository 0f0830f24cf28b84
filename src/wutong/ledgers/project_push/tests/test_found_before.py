"""What was found before is what the finder finds: after every step, correction, new edition, new plan and new day, for
everybody; nothing of a transaction that is taken back stays."""

import random
import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from wutong.base.lamps.models import LampRuleSet
from wutong.base.lamps.testing import make_edition
from wutong.base.money import YI
from wutong.cases.act import act
from wutong.cases.models import Case, GateRule
from wutong.cases.steps import Holder
from wutong.cases.tests.at_once import meeting_place, together
from wutong.ledgerkit.ledger import ListQuery
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.testing import Zone, make_zone
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.ledgers.project_push.stalled import found_before
from wutong.ledgers.project_push.stalled import listing as stalled_list
from wutong.ledgers.project_push.stalled.found_before import forget, stalled_today
from wutong.ledgers.project_push.stalled.queries import STALLED, stalled_projects
from wutong.ledgers.project_push.tests import histories
from wutong.registers.organisation.actors import SYSTEM, Actor, actor_of
from wutong.registers.projects.models import Project
from wutong.registers.projects.services import change_project
from wutong.rules.lamps import LampRule

DAY = date(2025, 6, 2)
IDLE = (
    LampRule("days_idle", "over", 60, "yellow", "signed", 0, clause="第1条"),
    LampRule("days_in_stage", "over", 300, "red", "started", 0, clause="第2条"),
)
BEHIND = (LampRule("points_behind", "at_least", 20, "red", "signed", 0, clause="第1条"),)


@pytest.fixture(autouse=True)
def nothing_found_before() -> Iterator[None]:
    forget()
    yield
    forget()


def readers(zone: Zone) -> list[Actor]:
    """Everything; all that is signed; the own unit; nothing. And the system."""
    accounts = [zone.accounts[code] for code in ("leader", "clerk", "")]
    hosts = [zone.host.account] if zone.host.account else []
    return [SYSTEM, *(actor_of(account, zone.today) for account in (*accounts, *hosts))]


def refuse_difference(zone: Zone, day: date, what: str) -> None:
    for actor in readers(zone):
        assert list(stalled_today(actor, day)) == stalled_projects(actor, day), f"{what}, {actor.name}, {day}"


def some_projects(zone: Zone, first: int, count: int, dice: random.Random) -> list[NewProject]:
    return [
        NewProject(
            name=f"示例项目{number}号",
            investor_name=f"示例投资方{number % 7}号",
            total_investment_yuan=dice.choice(histories.AMOUNTS),
            state=dice.choice(["lead", "signed", "signed", "signed"]),
            opened_on=DAY - timedelta(days=dice.randint(20, 900)),
            host_unit=dice.choice([zone.home, zone.elsewhere]),
            leader=dice.choice([zone.leader, None]),
            facts={"plan_start_on": DAY - timedelta(days=dice.randint(-200, 200))},
        )
        for number in range(first, first + count)
    ]


@pytest.mark.parametrize("seed", range(4))
def test_it_is_what_the_finder_finds_whatever_happens(db: None, seed: int) -> None:
    dice, zone = random.Random(seed), make_zone()
    GateRule.objects.all().delete()
    told = [
        histories.Told(case, case.state, case.opened_on)
        for case in enter_projects(some_projects(zone, 0, 40, dice), actor=SYSTEM, now=zone.now)
    ]

    def live() -> None:
        histories._tell_round(dice.sample(told, dice.randint(1, 12)), 1, dice)

    def enter() -> None:
        new = some_projects(zone, len(told), dice.randint(1, 3), dice)
        for case in enter_projects(new, actor=SYSTEM, now=zone.now):
            told.append(histories.Told(case, case.state, case.opened_on))

    def publish() -> None:
        rules = dice.choice([IDLE, BEHIND])
        last = (
            LampRuleSet.objects.filter(subject=STALLED, valid_from__isnull=False)
            .order_by("valid_from")
            .last()
        )
        first = max(DAY - timedelta(days=30), (last.valid_from if last else DAY) + timedelta(days=1))
        make_edition(STALLED, f"示例版{first}", rules, first)

    def plan_anew() -> None:
        project = dice.choice(list(Project.objects.order_by("pk")))
        change_project(
            project, {"plan_start_on": DAY - timedelta(days=dice.randint(0, 300))}, actor=None, effective_on=DAY,
            now=zone.now,
        )  # fmt: skip

    def hand_over() -> None:
        item = dice.choice([item for item in told if not item.is_over])
        item.case = act(
            item.case, "reassign", actor=SYSTEM, now=zone.now, effective_on=item.last_on, reason="示例",
            holders=[Holder("host", dice.choice([zone.home, zone.elsewhere]))],
        ).case  # fmt: skip

    happenings: list[Callable[[], None]] = [live, live, live, enter, publish, plan_anew, hand_over]
    day, found = DAY, 0
    refuse_difference(zone, day, "at first")
    for number in range(24):
        happening = dice.choice(happenings)
        happening()
        if dice.random() < 0.2:
            day += timedelta(days=dice.choice([1, 1, 30]))
        refuse_difference(zone, day, f"{number}: {happening.__name__}")
        found += len(stalled_today(SYSTEM, day))
    assert found, "something has to stall"


def test_only_what_moved_is_found_again(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    zone = make_zone()
    cases = enter_projects(some_projects(zone, 0, 20, random.Random(1)), actor=SYSTEM, now=zone.now)
    stalled_today(SYSTEM, DAY)
    asked: list[list[int]] = []
    plain = found_before.stalled_among

    def noted(rows, *arguments):  # type: ignore[no-untyped-def]
        asked.append(list(rows.values_list("pk", flat=True)))
        return plain(rows, *arguments)

    monkeypatch.setattr(found_before, "stalled_among", noted)
    with CaptureQueriesContext(connection) as queries:
        stalled_today(SYSTEM, DAY)
    assert (asked, len(queries)) == ([], 2), "whether anything changed, and whether the rules still hold"
    moved = next(case for case in cases if case.state == "signed")
    act(
        moved, "note_progress", actor=SYSTEM, now=zone.now, effective_on=DAY, data={"latest_progress": "示例"}
    )
    stalled_today(SYSTEM, DAY)
    assert asked == [[moved.pk]]


def test_somebody_with_a_zone_wide_right_costs_no_look_at_each_case(db: None) -> None:
    zone = make_zone()
    enter_projects(some_projects(zone, 0, 20, random.Random(1)), actor=SYSTEM, now=zone.now)
    leader, clerk, foreign = (actor_of(zone.accounts[code], zone.today) for code in ("leader", "clerk", ""))
    stalled_today(SYSTEM, DAY)
    counts = []
    for actor in (leader, clerk, foreign):
        visible_cases(actor).exists()
        with CaptureQueriesContext(connection) as queries:
            stalled_today(actor, DAY)
        counts.append(len(queries))
    assert counts == [2, 2, 3]


def test_two_days_are_kept_and_no_more(db: None) -> None:
    zone = make_zone()
    enter_projects(some_projects(zone, 0, 5, random.Random(1)), actor=SYSTEM, now=zone.now)
    for number in range(5):
        stalled_today(SYSTEM, DAY + timedelta(days=number))
    kept = sorted(day for _database, day in found_before._found)
    assert kept == [DAY + timedelta(days=3), DAY + timedelta(days=4)]


def test_a_list_inside_a_transaction_neither_keeps_nor_takes_anything(db: None) -> None:
    zone = make_zone()
    enter_projects(some_projects(zone, 0, 5, random.Random(1)), actor=SYSTEM, now=zone.now)
    leader = actor_of(zone.accounts["leader"], zone.today)
    query = ListQuery(leader, zone.today)
    assert list(stalled_list.stalled_entries(query)) == stalled_projects(leader, zone.today)
    assert not found_before._found


def test_another_database_under_the_same_name_is_noticed(db: None) -> None:
    """As after a restore: other projects, of the same number and with the same number of changes."""
    zone = make_zone()
    with transaction.atomic():
        enter_projects(some_projects(zone, 0, 3, random.Random(1)), actor=SYSTEM, now=zone.now)
        before = stalled_today(SYSTEM, DAY)
        transaction.set_rollback(True)
    later = zone.now + timedelta(seconds=1)
    enter_projects(some_projects(zone, 0, 3, random.Random(5)), actor=SYSTEM, now=later)
    assert list(stalled_today(SYSTEM, DAY)) == stalled_projects(SYSTEM, DAY) != list(before)


@pytest.mark.django_db(transaction=True)
def test_what_others_write_meanwhile_is_seen_and_what_they_take_back_is_not(
    transactional_db: None, tmp_path: Path
) -> None:
    with meeting_place(tmp_path):
        zone = make_zone()
        cases = enter_projects(some_projects(zone, 0, 12, random.Random(2)), actor=SYSTEM, now=zone.now)
        signed = [case for case in cases if case.state == "signed"]
        refuse_difference(zone, DAY, "at first")
        seen = threading.Event()

        def write(case: Case, *, taken_back: bool) -> None:
            with transaction.atomic():
                act(case, "terminate", actor=SYSTEM, now=zone.now, effective_on=DAY, reason="示例")
                stalled_list.stalled_entries(ListQuery(actor_of(zone.accounts["leader"], DAY), DAY))
                transaction.set_rollback(taken_back)
            seen.set()

        def look() -> None:
            for _time in range(10):
                stalled_today(SYSTEM, DAY)
                seen.wait(0.01)

        together(lambda: write(signed[0], taken_back=True), look)
        refuse_difference(zone, DAY, "taken back")
        assert signed[0].pk in {item.case_id for item in stalled_today(SYSTEM, DAY)}
        together(lambda: write(Case.objects.get(pk=signed[1].pk), taken_back=False), look)
        refuse_difference(zone, DAY, "written")
        assert signed[1].pk not in {item.case_id for item in stalled_today(SYSTEM, DAY)}


def test_amounts_decide_the_order(db: None) -> None:
    """A revised amount moves a project to its new place in the list."""
    zone = make_zone()
    cases = enter_projects(some_projects(zone, 0, 12, random.Random(3)), actor=SYSTEM, now=zone.now)
    last = stalled_today(SYSTEM, DAY)[-1]
    case = next(case for case in cases if case.pk == last.case_id)
    act(
        case,
        "revise_amount",
        actor=SYSTEM,
        now=zone.now,
        effective_on=DAY,
        reason="示例",
        amount_yuan=900 * YI,
    )
    refuse_difference(zone, DAY, "revised")
    assert stalled_today(SYSTEM, DAY)[-1].case_id != last.case_id
