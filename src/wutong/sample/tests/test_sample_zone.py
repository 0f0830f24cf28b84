"""The sample zone: always the same shapes, everything through the services, every state and lamp to be seen."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime

import pytest
from django.db import transaction

from wutong.base.accounts.models import Account, RoleGrant
from wutong.base.accounts.roles import all_roles
from wutong.base.accounts.testing import SHANGHAI
from wutong.cases import verify as case_chains
from wutong.cases.models import Case, Change, Clock, Evidence
from wutong.ledgerkit.testing import load_seeds
from wutong.ledgers.project_push.procedures import PROJECT_LIFE
from wutong.ledgers.project_push.stalled.queries import stalled_projects
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.enterprises.uscc import clean_code
from wutong.registers.history import verify as register_chains
from wutong.registers.organisation.actors import SYSTEM
from wutong.registers.projects.duplicates import suspected_doubles
from wutong.registers.projects.models import Project, ProjectMerge
from wutong.sample.doubles import DOUBLES
from wutong.sample.plan import ENDS, planned_projects
from wutong.sample.zone import build_zone, is_built, sample_accounts

# One worker builds the zone.
pytestmark = pytest.mark.xdist_group("sample zone")

TODAY = date(2026, 6, 15)
NOW = datetime(2026, 6, 15, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """One zone for all tests of this module; taken back at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_seeds()
        build_zone(today=TODAY, now=NOW)
        yield
        transaction.set_rollback(True)


def test_the_plan_is_the_same_each_time_and_moves_with_the_day() -> None:
    assert planned_projects(TODAY) == planned_projects(TODAY)
    earlier, later = planned_projects(date(2026, 1, 5)), planned_projects(date(2026, 2, 4))
    assert [plan.name for plan in earlier] == [plan.name for plan in later]
    assert {(b.days[b.end if b.end in b.days else "lead"] - a.days[a.end if a.end in a.days else "lead"]).days for a, b in zip(earlier, later, strict=True)} == {30}  # fmt: skip


def test_names_are_unique_so_that_no_project_stands_twice() -> None:
    plans = planned_projects(TODAY)
    assert len({(plan.name, plan.investor) for plan in plans}) == len(plans) == len(ENDS)


def test_no_planned_day_lies_in_the_future() -> None:
    for day in (TODAY, date(2024, 2, 29), date(2027, 1, 1)):
        assert all(on <= day for plan in planned_projects(day) for on in plan.days.values())


def test_every_state_of_a_project_is_there(built: None, db: None) -> None:
    states = Counter(Case.objects.filter(case_type="project_push").values_list("state", flat=True))
    assert set(states) == {state.code for state in PROJECT_LIFE.states}
    assert states.total() == len(ENDS) + DOUBLES


def test_one_double_is_merged_and_one_waits_to_be_judged(built: None, db: None) -> None:
    assert ProjectMerge.objects.filter(is_undone=False).count() == 1
    waiting = [pair for pair in suspected_doubles(Project.objects.all()) if "（一期）" in pair.second.name]
    assert len(waiting) == 1


def test_every_lamp_is_there(built: None, db: None) -> None:
    lamps = {(item.stage, item.verdict.colour) for item in stalled_projects(SYSTEM, TODAY)}
    assert lamps >= {(stage, lamp) for stage in ("signed", "started") for lamp in ("red", "yellow", "green")}
    assert "pause" in {lamp for _stage, lamp in lamps}


def test_rectifications_are_on_time_overdue_handed_in_and_closed(built: None, db: None) -> None:
    problems = Case.objects.filter(case_type="rectification")
    assert set(problems.values_list("state", flat=True)) == {"working", "submitted", "closed"}
    working = problems.filter(state="working")
    assert working.filter(due_on__lt=TODAY).exists()
    assert working.filter(due_on__gte=TODAY).exists()
    assert Case.objects.filter(case_type="supervision_order").exists()


def test_every_chain_of_the_zone_holds(built: None, db: None) -> None:
    faults = [*case_chains.faults(), *register_chains.faults()]
    assert faults == []
    assert case_chains.chain_count() > 60


def test_what_is_verified_was_verified_by_somebody_else(built: None, db: None) -> None:
    items = Evidence.objects.prefetch_related("checks")
    checked = [(item.uploaded_by_id, check.checked_by_id) for item in items for check in item.checks.all()]
    assert checked
    assert all(by is not None and by != checker for by, checker in checked)


def test_nothing_in_the_zone_happens_after_its_day(built: None, db: None) -> None:
    assert not Change.objects.filter(effective_on__gt=TODAY).exists()
    assert not Clock.objects.filter(started_on__gt=TODAY).exists()


def test_codes_of_invented_firms_are_well_formed(built: None, db: None) -> None:
    codes = list(Enterprise.objects.filter(code__isnull=False).values_list("code", flat=True))
    assert codes
    assert [clean_code(code) for code in codes] == codes


def test_there_is_an_account_for_every_role_and_it_must_change_its_password(built: None, db: None) -> None:
    held = Counter(RoleGrant.objects.values_list("role__code", flat=True))
    assert set(held) == {role.code for role in all_roles()}
    accounts = sample_accounts()
    assert len(accounts) == Account.objects.count()
    assert all(account.must_change_password for account in accounts)


def test_the_zone_knows_that_it_is_built(built: None, db: None) -> None:
    assert is_built()
