"""The page of a project judges it as the finder does, over random lives."""

import random
from datetime import date

import pytest

from wutong.base.lamps.queries import current_and_previous
from wutong.cases.models import Case, Change
from wutong.ledgers.project_push.facts.life import stalled_of
from wutong.ledgers.project_push.models import ProjectPush
from wutong.ledgers.project_push.stalled.queries import STALLED, stalled_among
from wutong.ledgers.project_push.tests.histories import dated_lamp_rules, moment, tell_histories
from wutong.registers.organisation.services import open_unit


@pytest.mark.django_db
def test_the_page_and_the_finder_say_the_same_of_every_project_on_every_day() -> None:
    now = moment(0)
    unit = open_unit(
        code="u", name="示例部", kind="department", parent=None, actor=None, on=date(2020, 1, 1), now=now
    )
    dated_lamp_rules(date(2024, 6, 1))
    cases = tell_histories(120, unit, random.Random(20260302))
    changes: dict[int, list[Change]] = {}
    for change in Change.objects.filter(case__in=cases).order_by("case_id", "seq"):
        changes.setdefault(change.case_id, []).append(change)
    projects = {row.case_id: row for row in ProjectPush.objects.select_related("case", "project")}
    compared = 0
    for day in (date(2021, 6, 1), date(2022, 9, 15), date(2024, 2, 29), date(2025, 7, 1), date(2026, 6, 30)):
        found = {item.case_id: item for item in stalled_among(Case.objects.all(), day)}
        editions = current_and_previous(STALLED, day)
        for pk, rows in changes.items():
            row = projects[pk]
            own = stalled_of(row.case.number, row.project, rows, day, editions)
            other = found.get(pk)
            assert (own is None) == (other is None), (row.case.number, day)
            if own is not None and other is not None:
                assert (own.life, own.verdict, own.amount_yuan, own.reason()) == (
                    other.life, other.verdict, other.amount_yuan, other.reason(),
                )  # fmt: skip
                compared += 1
    assert compared > 100
