"""Counts of thousands of random lives equal two recounts, on many days and as known at every moment; their number of
queries does not grow."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from wutong.base.accounts.testing import make_account
from wutong.cases.act import act_many
from wutong.cases.models import Case
from wutong.cases.steps import Step
from wutong.ledgers.project_push.counting.queries import (
    causes,
    group_names,
    project_counts,
)
from wutong.ledgers.project_push.counting.rules import ALL, MEASURES, differences
from wutong.ledgers.project_push.doubles.merging import furthest, merge_projects, undo_merge
from wutong.ledgers.project_push.investors.change import change_investor
from wutong.ledgers.project_push.tests.count_recount import STATES, Parts, asked_numbers, plain_parts
from wutong.ledgers.project_push.tests.histories import (
    FIRST_DAY,
    LAST_DAY,
    moment,
    tell_histories,
)
from wutong.registers.enterprises.merging import merge_enterprises
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.organisation.actors import SYSTEM, actor_of
from wutong.registers.organisation.models import Unit
from wutong.registers.organisation.services import appoint_official, open_unit

# One worker builds the histories.
pytestmark = pytest.mark.xdist_group("counts")

HISTORIES = 400
INVESTORS_CHANGE, MERGES_COME, MERGES_GO = moment(20), moment(30), moment(40)
DICE_SEED = 20260702


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """Lives with corrections, then other investors, then merges, of which some are taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        tell_all(random.Random(DICE_SEED))
        yield
        transaction.set_rollback(True)


def tell_all(dice: random.Random) -> None:
    unit = open_unit(
        code="economy", name="经济发展部", kind="department", parent=None, actor=None, on=FIRST_DAY, now=moment(0)
    )  # fmt: skip
    tell_histories(HISTORIES, unit, dice)
    firms = list(Enterprise.objects.order_by("pk"))
    open_cases = list(Case.objects.filter(is_open=True).exclude(state="suspended").order_by("pk"))
    changed = dice.sample(open_cases, 40)
    for case in changed:
        firm = dice.choice([item for item in firms if item.pk != case.enterprise_id])
        on = case.changed_on + timedelta(days=dice.randint(0, 30))
        change_investor(case, firm, reason="示例", actor=SYSTEM, on=on, now=INVESTORS_CHANGE)
    more = [
        Step(case, "revise_amount", case.changed_on + timedelta(days=dice.randint(0, 60)), reason="示例",
             amount_yuan=dice.randint(0, 60) * 10**8)
        for case in Case.objects.filter(pk__in=[item.pk for item in changed]).order_by("pk")
    ]  # fmt: skip
    act_many(more, actor=SYSTEM, now=INVESTORS_CHANGE + timedelta(hours=1))
    merge_enterprises(
        firms[0],
        firms[1],
        reason="示例",
        actor=SYSTEM,
        on=LAST_DAY,
        now=INVESTORS_CHANGE + timedelta(hours=2),
    )
    merges = []
    cases = list(Case.objects.order_by("pk"))
    dice.shuffle(cases)
    for one, other in zip(cases[:60:2], cases[1:60:2], strict=True):
        kept, double = (one, other) if furthest(one) >= furthest(other) else (other, one)
        on = double.changed_on + timedelta(days=dice.randint(0, 90))
        merges.append(merge_projects(kept, double, reason="示例", actor=SYSTEM, on=on, now=MERGES_COME))
    for merge in merges[::3]:
        on = Case.objects.get(number=merge.double.code).changed_on
        undo_merge(merge, reason="示例", actor=SYSTEM, on=on, now=MERGES_GO)


def periods() -> list[tuple[date | None, date]]:
    dice = random.Random(11)
    span = (LAST_DAY - FIRST_DAY).days + 120
    found: list[tuple[date | None, date]] = [(None, LAST_DAY + timedelta(days=400))]
    for _number in range(12):
        first, last = sorted(FIRST_DAY + timedelta(days=dice.randint(0, span)) for _end in range(2))
        found += [(first, last), (None, last)]
    return found


def counted_parts(from_on: date | None, as_of: date, known_at: datetime | None = None) -> Parts:
    counts = project_counts(SYSTEM, from_on, as_of, known_at)
    parts: Parts = {}
    for key, number in counts.numbers.items():
        measure, _slash, group = key.partition("/")
        if measure in MEASURES and group == ALL:
            parts[measure] = {pk: value for pk, value in number.parts.items() if value}
        elif measure in MEASURES and group.startswith("investor:"):
            parts[f"{measure}@{group.removeprefix('investor:')}"] = dict(number.parts)
    return {name: found for name, found in parts.items() if found}


def netted(parts: Parts) -> Parts:
    """Without what comes to nought for a project."""
    told = {name: {pk: value for pk, value in found.items() if value} for name, found in parts.items()}
    return {name: found for name, found in told.items() if found}


@pytest.mark.parametrize("known_at", [None, moment(2), moment(10), moment(25), moment(35)])
def test_a_count_equals_a_plain_recount(told: None, db: None, known_at: datetime | None) -> None:
    for from_on, as_of in periods():
        assert netted(counted_parts(from_on, as_of, known_at)) == netted(
            plain_parts(from_on, as_of, known_at)
        ), (from_on, as_of)


def test_a_count_equals_what_the_database_is_asked(told: None, db: None) -> None:
    for from_on, as_of in periods():
        counts = project_counts(SYSTEM, from_on, as_of)
        assert {state: tuple(counts.number(state, ALL).ids) for state in STATES} == asked_numbers(
            from_on, as_of
        )


def test_what_became_known_later_makes_a_difference_that_its_changes_explain(told: None, db: None) -> None:
    day = LAST_DAY + timedelta(days=400)
    for known_at in (moment(2), moment(25), moment(35)):
        then, now = project_counts(SYSTEM, None, day, known_at), project_counts(SYSTEM, None, day)
        found = differences(then.numbers, now.numbers)
        assert found
        why = causes(sorted({item.case_id for item in found}), known_at, day)
        assert {item.case_id for item in found} <= why.keys()
        for key in {*then.numbers, *now.numbers}:
            measure, _slash, group = key.partition("/")
            moved = sum(item.now - item.then for item in found if item.key == key)
            assert now.number(measure, group).value - then.number(measure, group).value == moved


def test_merges_taken_back_count_as_if_they_had_never_been(told: None, db: None) -> None:
    doubles = set(Case.objects.filter(state="merged").values_list("pk", flat=True))
    day = LAST_DAY + timedelta(days=400)
    before, after = (project_counts(SYSTEM, None, day, known) for known in (moment(25), None))
    assert len(doubles) == 20
    for key, number in before.numbers.items():
        kept = {pk: value for pk, value in number.parts.items() if pk not in doubles}
        measure, _slash, group = key.partition("/")
        assert after.number(measure, group).parts == kept, key


def test_a_count_takes_the_same_few_queries_for_any_number(told: None, db: None) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            counts = project_counts(SYSTEM, None, LAST_DAY)
            group_names(counts.groups)
        return len(asked)

    many = queries()
    assert many <= 6
    Case.objects.filter(pk__gt=Case.objects.order_by("pk")[10].pk).update(case_type="elsewhere")
    assert queries() == many


def test_somebody_without_rights_counts_only_what_he_may_see(told: None, db: None) -> None:
    account = make_account("nobody", rights=())
    appoint_official(
        staff_no="T9", name="示例人员", unit=Unit.objects.get(code="economy"), post="", phone="", account=account,
        actor=None, on=FIRST_DAY, now=moment(0),
    )  # fmt: skip
    inside = project_counts(actor_of(account, LAST_DAY), None, LAST_DAY)
    assert (
        inside.number("signed", ALL).parts
        == project_counts(SYSTEM, None, LAST_DAY).number("signed", ALL).parts
    )
    stranger = make_account("stranger", rights=())
    other = open_unit(
        code="other", name="示例别部", kind="department", parent=None, actor=None, on=FIRST_DAY, now=moment(0)
    )  # fmt: skip
    appoint_official(
        staff_no="T8", name="示例外人", unit=other, post="", phone="", account=stranger, actor=None, on=FIRST_DAY,
        now=moment(0),
    )  # fmt: skip
    assert project_counts(actor_of(stranger, LAST_DAY), None, LAST_DAY).numbers == {}
