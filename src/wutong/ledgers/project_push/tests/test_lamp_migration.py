"""The wide lamp rules of before become editions: on every day every project keeps its lines."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from wutong.base.lamps.models import LampRuleSet
from wutong.base.lamps.queries import published_rule_sets, rule_set_on
from wutong.ledgers.project_push.stalled.queries import STALLED

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE, AFTER = "0001_initial", "0002_lamp_rules_as_editions"
Lines = dict[tuple[str, int, str, str], int]


def migrated_to(name: str) -> Apps:
    executor = MigrationExecutor(connection)
    executor.migrate([("project_push", name)])
    return executor.loader.project_state([("project_push", name)]).apps


@pytest.fixture
def old_rules(transactional_db: None) -> Iterator[Any]:
    """The table of before; afterwards the database is as new again."""
    executor = MigrationExecutor(connection)
    newest = [node for node in executor.loader.graph.leaf_nodes() if node[0] == "project_push"]
    try:
        yield migrated_to(BEFORE).get_model("project_push", "LampRule").objects
    finally:
        MigrationExecutor(connection).migrate(newest)


def row(stage: str, band: int, edition: str, first: date, last: date | None, days: int) -> dict[str, Any]:
    return {
        "stage": stage,
        "band_from_yuan": band,
        "yellow_days": days,
        "red_days": days + 100,
        "idle_yellow_days": 60,
        "idle_red_days": 120,
        "edition": edition,
        "clause": "第1条",
        "valid_from": first,
        "valid_to": last,
    }


def lines_on(day: date) -> Lines:
    rules = rule_set_on(STALLED, day)
    assert rules is not None
    return {
        (rule.group, rule.band_from_yuan, rule.metric, rule.colour): int(rule.threshold)
        for rule in rules.rules
    }


def lines_of(*rows: dict[str, Any]) -> Lines:
    columns = {
        ("days_in_stage", "yellow"): "yellow_days",
        ("days_in_stage", "red"): "red_days",
        ("days_idle", "yellow"): "idle_yellow_days",
        ("days_idle", "red"): "idle_red_days",
    }
    return {
        (item["stage"], item["band_from_yuan"], metric, colour): item[column]
        for item in rows
        for (metric, colour), column in columns.items()
    }


def test_rows_with_days_of_their_own_become_editions_one_after_another(old_rules: Any) -> None:
    signed = row("signed", 0, "第一版", date(2022, 1, 1), date(2023, 6, 30), 100)
    started = row("started", 0, "第一版", date(2022, 1, 1), date(2024, 12, 31), 200)
    stricter = row("signed", 0, "第二版", date(2023, 7, 1), date(2024, 12, 31), 50)
    later = row("signed", 0, "第三版", date(2026, 1, 1), None, 70)
    for given in (signed, started, stricter, later):
        old_rules.create(**given)
    migrated_to(AFTER)
    sets = published_rule_sets(STALLED)
    assert [(item.edition, item.valid_from, item.valid_to, len(item.rules)) for item in sets] == [
        ("第一版", date(2022, 1, 1), date(2023, 6, 30), 8),
        ("第二版", date(2023, 7, 1), date(2024, 12, 31), 8),
        ("无规则", date(2025, 1, 1), date(2025, 12, 31), 0),
        ("第三版", date(2026, 1, 1), None, 4),
    ]
    assert lines_on(date(2023, 6, 30)) == lines_of(signed, started)
    assert lines_on(date(2023, 7, 1)) == lines_of(stricter, started)
    assert lines_on(date(2026, 1, 1)) == lines_of(later)


def test_of_two_rows_that_overlap_the_later_one_counts(old_rules: Any) -> None:
    early = row("signed", 0, "同名版", date(2022, 1, 1), None, 100)
    late = row("signed", 0, "同名版", date(2023, 1, 1), None, 150)
    old_rules.create(**early)
    old_rules.create(**late)
    migrated_to(AFTER)
    assert [item.edition for item in published_rule_sets(STALLED)] == ["同名版", "同名版 2023-01-01"]
    assert lines_on(date(2022, 12, 31)) == lines_of(early)
    assert lines_on(date(2023, 1, 1)) == lines_of(late)


def test_a_database_without_rules_stays_without(old_rules: Any) -> None:
    migrated_to(AFTER)
    assert not LampRuleSet.objects.exists()
