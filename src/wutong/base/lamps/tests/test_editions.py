"""Editions of lamp rules: copied, edited as drafts, published with a day; never changed afterwards."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from wutong.base.accounts.models import Account
from wutong.base.accounts.testing import make_account
from wutong.base.audit.models import AuditEvent
from wutong.base.errors import Conflict, NotAllowed, Refused
from wutong.base.lamps.models import LampRule, LampRuleSet
from wutong.base.lamps.queries import (
    current_and_previous,
    editions,
    published_rule_sets,
    rows_of,
    rule_set_on,
)
from wutong.base.lamps.seeding import load_examples, load_first_edition
from wutong.base.lamps.services import (
    add_rule,
    change_rule,
    copy_edition,
    digest_of,
    discard_draft,
    publish_edition,
    remove_rule,
    rename_draft,
)
from wutong.base.lamps.testing import make_draft, make_edition
from wutong.base.lamps.tests.editors import NOW, RED, SUBJECT, TODAY, YELLOW, make_editor, typed
from wutong.rules.lamps import judge_lamp

pytestmark = pytest.mark.django_db
CountQueries = Callable[[int], AbstractContextManager[object]]
FIRST_DAY, NEW_DAY = date(2025, 1, 1), date(2026, 3, 1)


@pytest.fixture
def editor(db: None) -> Account:
    return make_editor()


@pytest.fixture
def first(db: None) -> LampRuleSet:
    return make_edition(SUBJECT, "第一版", [RED, YELLOW], FIRST_DAY)


def copied(first: LampRuleSet, editor: Account, name: str = "第二版") -> LampRuleSet:
    return copy_edition(first, edition=name, title="示例", source="示例2号", actor=editor, on=TODAY)


def publish(draft: LampRuleSet, day: date, editor: Account, revision: int = 0) -> LampRuleSet:
    return publish_edition(draft, day, revision=revision, actor=editor, on=TODAY, now=NOW)


# ---- drafts ----------------------------------------------------------------------------------------------------


def test_a_copy_has_all_rows_and_knows_where_it_comes_from(first: LampRuleSet, editor: Account) -> None:
    draft = copied(first, editor)
    assert (draft.copied_from, draft.is_draft) == (first, True)
    assert [row.pk for row in rows_of(draft)] != [row.pk for row in rows_of(first)]
    told = [(row.colour, row.threshold, row.clause, row.action) for row in rows_of(draft)]
    assert told == [(row.colour, row.threshold, row.clause, row.action) for row in rows_of(first)]


def test_a_name_is_given_once(first: LampRuleSet, editor: Account) -> None:
    with pytest.raises(Refused, match="已经有一个版本叫“第一版”") as refused:
        copied(first, editor, "第一版")
    assert "edition" in refused.value.fields
    draft = copied(first, editor)
    with pytest.raises(Refused, match="请换一个名称"):
        rename_draft(draft, edition="第一版", title="", source="", revision=0, actor=editor, on=TODAY)


def test_a_draft_never_takes_effect(first: LampRuleSet, editor: Account) -> None:
    draft = copied(first, editor)
    add_rule(draft, typed(threshold=Decimal(9), action="remind"), revision=0, actor=editor, on=TODAY)
    assert [item.edition for item in published_rule_sets(SUBJECT)] == ["第一版"]
    assert rule_set_on(SUBJECT, date(2090, 1, 1)) == rule_set_on(SUBJECT, TODAY)


def test_rows_are_added_changed_and_removed(first: LampRuleSet, editor: Account) -> None:
    draft = copied(first, editor)
    row = add_rule(draft, typed(action="remind"), revision=0, actor=editor, on=TODAY)
    assert (row.position, row.threshold) == (3, 3)
    change_rule(
        row, typed(threshold=Decimal("2.5"), action="remind", position=1), revision=1, actor=editor, on=TODAY
    )
    assert [item.position for item in rows_of(draft)] == [1, 1, 2]
    remove_rule(rows_of(draft)[0], revision=2, actor=editor, on=TODAY)
    draft.refresh_from_db()
    assert (draft.rules.count(), draft.revision) == (2, 3)


def test_whoever_saw_an_older_draft_is_told(first: LampRuleSet, editor: Account) -> None:
    draft = copied(first, editor)
    add_rule(draft, typed(action="remind"), revision=0, actor=editor, on=TODAY)
    with pytest.raises(Conflict, match="刚被别人改过"):
        remove_rule(rows_of(draft)[0], revision=0, actor=editor, on=TODAY)
    with pytest.raises(Conflict, match="刚被别人改过"):
        publish(draft, NEW_DAY, editor)
    discard_draft(draft, revision=1, actor=editor, on=TODAY)
    with pytest.raises(Conflict, match="已经被别人删除"):
        publish(draft, NEW_DAY, editor, revision=1)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"metric": "days_in_stage"}, "不在可选之列"),
        ({"group": "signed"}, "不在可选之列"),
        ({"consecutive": 2}, "连续期数只能是1"),
        ({"consecutive": 0}, "连续期数只能是1"),
        ({"band_from_yuan": 10}, "不分规模"),
        ({"deadline_days": 5}, "不用写措施期限"),
        ({}, "都一样的规则"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused(
    first: LampRuleSet, editor: Account, given: dict[str, object], words: str
) -> None:
    draft = copied(first, editor)
    with pytest.raises(Refused, match=words):
        add_rule(draft, typed(**given), revision=0, actor=editor, on=TODAY)
    draft.refresh_from_db()
    assert (draft.rules.count(), draft.revision) == (2, 0)


def test_a_discarded_draft_leaves_its_copies(first: LampRuleSet, editor: Account) -> None:
    draft = copied(first, editor)
    copy = copied(draft, editor, "第三版")
    discard_draft(draft, revision=0, actor=editor, on=TODAY)
    copy.refresh_from_db()
    assert copy.copied_from == first
    assert not LampRuleSet.objects.filter(pk=draft.pk).exists()


# ---- publishing ------------------------------------------------------------------------------------------------


def test_publishing_ends_the_edition_before_on_the_day_before(first: LampRuleSet, editor: Account) -> None:
    publish(copied(first, editor), NEW_DAY, editor)
    first.refresh_from_db()
    assert first.valid_to == NEW_DAY - timedelta(days=1)
    days = [FIRST_DAY - timedelta(days=1), FIRST_DAY, NEW_DAY - timedelta(days=1), NEW_DAY, date(2090, 1, 1)]
    found = [rule_set_on(SUBJECT, day) for day in days]
    assert [item.edition if item else "" for item in found] == ["", "第一版", "第一版", "第二版", "第二版"]
    before = [current_and_previous(SUBJECT, day)[1] for day in days]
    assert [item.edition if item else "" for item in before] == ["", "", "", "第一版", "第一版"]


def test_editions_follow_one_another_without_gap_or_overlap(first: LampRuleSet, editor: Account) -> None:
    second = publish(copied(first, editor), NEW_DAY, editor)
    publish(copied(second, editor, "第三版"), NEW_DAY + timedelta(days=1), editor)
    sets = published_rule_sets(SUBJECT)
    assert [item.edition for item in sets] == ["第一版", "第二版", "第三版"]
    for one, other in zip(sets, sets[1:], strict=False):
        assert one.valid_to is not None and other.valid_from is not None
        assert one.valid_to + timedelta(days=1) == other.valid_from
    assert sets[-1].valid_to is None


@pytest.mark.parametrize(
    "day", [FIRST_DAY, FIRST_DAY - timedelta(days=1), date(1999, 1, 1), date(2101, 1, 1)]
)
def test_a_day_that_would_push_an_edition_aside_is_refused(
    first: LampRuleSet, editor: Account, day: date
) -> None:
    draft = copied(first, editor)
    with pytest.raises(Refused, match="要比它晚|太早或太晚") as refused:
        publish(draft, day, editor)
    assert "valid_from" in refused.value.fields
    first.refresh_from_db()
    draft.refresh_from_db()
    assert (first.valid_to, draft.is_draft) == (None, True)


def test_the_first_edition_of_a_subject_needs_none_before_it(editor: Account) -> None:
    publish(make_draft(SUBJECT, "第一版", [RED]), NEW_DAY, editor)
    assert rule_set_on(SUBJECT, NEW_DAY - timedelta(days=1)) is None
    assert rule_set_on(SUBJECT, NEW_DAY) is not None


def test_what_is_published_is_never_changed(first: LampRuleSet, editor: Account) -> None:
    row, before = rows_of(first)[0], digest_of(first)
    words = "已发布的版本和示例不能再改"
    attempts: list[Callable[[], object]] = [
        lambda: add_rule(first, typed(action="remind"), revision=0, actor=editor, on=TODAY),
        lambda: change_rule(row, typed(), revision=0, actor=editor, on=TODAY),
        lambda: remove_rule(row, revision=0, actor=editor, on=TODAY),
        lambda: rename_draft(first, edition="别名", title="", source="", revision=0, actor=editor, on=TODAY),
        lambda: discard_draft(first, revision=0, actor=editor, on=TODAY),
        lambda: publish(first, NEW_DAY, editor),
    ]
    for attempt in attempts:
        with pytest.raises(Refused, match=words):
            attempt()
    first.refresh_from_db()
    assert (digest_of(first), first.digest, first.edition) == (before, before, "第一版")


def test_an_example_is_neither_changed_nor_published(editor: Account) -> None:
    load_examples()
    example = LampRuleSet.objects.get(subject=SUBJECT, is_example=True)
    for attempt in (
        lambda: publish(example, NEW_DAY, editor),
        lambda: add_rule(example, typed(), revision=0, actor=editor, on=TODAY),
    ):
        with pytest.raises(Refused, match="示例不能再改"):
            attempt()
    assert rule_set_on(SUBJECT, TODAY) is None


def test_publishing_is_on_record(first: LampRuleSet, editor: Account) -> None:
    draft = publish(copied(first, editor), NEW_DAY, editor)
    event = AuditEvent.objects.get(action="publish_lamp_rules")
    assert (event.actor, event.target_id, event.words) == (editor, str(draft.pk), "发布亮灯规则新版本")
    assert event.detail == {
        "subject": SUBJECT,
        "edition": "第二版",
        "valid_from": "2026-03-01",
        "replaces": "第一版",
        "digest": digest_of(draft),
    }
    assert (draft.published_by, draft.published_at) == (editor, NOW)


def test_rules_with_faults_are_not_published(editor: Account) -> None:
    for rules, words in (
        ([], "还没有一行规则"),
        ([RED, replace(YELLOW, threshold=-2)], "应当先到"),
        ([RED, replace(YELLOW, comparator="under", threshold=0)], "两行的界线一样"),
    ):
        draft = make_draft(SUBJECT, f"草稿{words}", rules)
        with pytest.raises(Refused, match=words):
            publish(draft, NEW_DAY, editor)
    draft = make_draft(SUBJECT, "没有依据", [RED], source="")
    with pytest.raises(Refused, match="还没有写明依据"):
        publish(draft, NEW_DAY, editor)
    assert published_rule_sets(SUBJECT) == ()


def test_without_the_right_nothing_is_written(first: LampRuleSet, editor: Account) -> None:
    other, draft = make_account("reader"), copied(first, editor)
    row = rows_of(draft)[0]
    attempts: list[Callable[[], object]] = [
        lambda: copied(first, other, "第三版"),
        lambda: add_rule(draft, typed(action="remind"), revision=0, actor=other, on=TODAY),
        lambda: change_rule(row, typed(), revision=0, actor=other, on=TODAY),
        lambda: remove_rule(row, revision=0, actor=other, on=TODAY),
        lambda: discard_draft(draft, revision=0, actor=other, on=TODAY),
        lambda: publish(draft, NEW_DAY, other),
    ]
    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt()
    assert LampRuleSet.objects.count() == 2


# ---- what the database keeps -----------------------------------------------------------------------------------


def test_the_database_refuses_two_open_editions_and_two_that_begin_on_one_day(first: LampRuleSet) -> None:
    for given in ({"valid_from": NEW_DAY}, {"valid_from": FIRST_DAY, "valid_to": NEW_DAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LampRuleSet.objects.create(
                subject=SUBJECT, edition="另一版", title="示例", published_at=NOW, **given
            )


def test_the_database_refuses_an_example_in_force(first: LampRuleSet) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        LampRuleSet.objects.filter(pk=first.pk).update(is_example=True)


# ---- reading ---------------------------------------------------------------------------------------------------


def test_rules_are_read_once_and_then_cost_one_query(
    first: LampRuleSet, django_assert_num_queries: CountQueries
) -> None:
    rule_set_on(SUBJECT, TODAY)
    with django_assert_num_queries(1):
        assert rule_set_on(SUBJECT, TODAY) is not None


def test_a_new_edition_is_known_at_once(first: LampRuleSet, editor: Account) -> None:
    assert len(published_rule_sets(SUBJECT)) == 1
    publish(copied(first, editor), NEW_DAY, editor)
    assert [item.valid_to for item in published_rule_sets(SUBJECT)] == [NEW_DAY - timedelta(days=1), None]


def test_editions_are_listed_with_the_number_of_their_rows(first: LampRuleSet, editor: Account) -> None:
    load_examples()
    copied(first, editor)
    found = [(item.edition, item.rule_count) for item in editions(SUBJECT)]
    assert sorted(found) == sorted([("第二版", 2), ("第一版", 2), ("示例丙市", 2)])
    assert found[-1][0] == "示例丙市"


# ---- shipped editions ------------------------------------------------------------------------------------------


SHIPPED = """\
subject: clock
edition: 出厂版
title: 示例
source: 示例文件
valid_from: 2024-01-01
rules:
  - {group: all, metric: working_days_left, comparator: under, threshold: 0, colour: red}
"""


@pytest.fixture
def shipped(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "lamps.yaml"
    path.write_text(SHIPPED, encoding="utf-8")
    yield path


def test_the_shipped_edition_is_loaded_once(shipped: Path) -> None:
    load_first_edition(shipped)
    load_first_edition(shipped)
    assert [item.edition for item in published_rule_sets(SUBJECT)] == ["出厂版"]
    found = rule_set_on(SUBJECT, date(2024, 1, 1))
    assert judge_lamp(found, "all", 0, {"working_days_left": [-1]}).colour == "red"


def test_what_an_office_has_published_stays(first: LampRuleSet, shipped: Path) -> None:
    load_first_edition(shipped)
    assert LampRuleSet.objects.get() == first


def test_examples_are_loaded_once_and_marked(db: None) -> None:
    load_examples()
    count = LampRule.objects.count()
    load_examples()
    assert LampRule.objects.count() == count > 0
    assert {item.is_example for item in LampRuleSet.objects.all()} == {True}
