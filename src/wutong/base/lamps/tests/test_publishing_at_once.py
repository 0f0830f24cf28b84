"""Two people publish or edit at the same moment: one does, the other is told, and editions stay one after another.

On PostgreSQL the threads meet in the test database; on SQLite in a database file, with the locking of the product.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from wutong.base.accounts.models import Account
from wutong.base.audit.models import AuditEvent
from wutong.base.errors import Conflict, Refused
from wutong.base.lamps.models import LampRuleSet
from wutong.base.lamps.queries import published_rule_sets
from wutong.base.lamps.services import add_rule, publish_edition
from wutong.base.lamps.testing import make_draft, make_edition
from wutong.base.lamps.tests.editors import NOW, RED, SUBJECT, TODAY, make_editor, typed
from wutong.cases.tests.at_once import meeting_place, together

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 3, 1)


@pytest.fixture
def editors(transactional_db: None, tmp_path: Path) -> Iterator[tuple[Account, Account]]:
    with meeting_place(tmp_path):
        yield make_editor("one"), make_editor("other")


def publish(draft: LampRuleSet, day: date, editor: Account) -> str:
    return publish_edition(draft, day, revision=0, actor=editor, on=TODAY, now=NOW).edition


def test_of_two_drafts_for_one_day_one_is_published(editors: tuple[Account, Account]) -> None:
    make_edition(SUBJECT, "第一版", [RED], date(2025, 1, 1))
    drafts = [make_draft(SUBJECT, f"第{name}版", [RED]) for name in "二三"]
    results = together(
        *(lambda pair=pair: publish(pair[0], DAY, pair[1]) for pair in zip(drafts, editors, strict=True))
    )
    assert sorted(type(result).__name__ for result in results) == ["Refused", "str"]
    sets = published_rule_sets(SUBJECT)
    assert [item.valid_to for item in sets] == [DAY - timedelta(days=1), None]
    assert AuditEvent.objects.filter(action="publish_lamp_rules").count() == 1


def test_two_drafts_for_different_days_never_overlap(editors: tuple[Account, Account]) -> None:
    make_edition(SUBJECT, "第一版", [RED], date(2025, 1, 1))
    early, late = (make_draft(SUBJECT, f"第{name}版", [RED]) for name in "二三")
    results = together(
        lambda: publish(early, DAY, editors[0]), lambda: publish(late, DAY + timedelta(days=9), editors[1])
    )
    assert results[1] == "第三版"
    assert results[0] == "第二版" or isinstance(results[0], Refused), (
        "the later day came first, or both in turn"
    )
    sets = published_rule_sets(SUBJECT)
    for one, other in zip(sets, sets[1:], strict=False):
        assert one.valid_to is not None
        assert one.valid_to + timedelta(days=1) == other.valid_from
    assert [item.valid_to for item in sets].count(None) == 1


def test_the_first_two_editions_of_a_subject_do_not_both_stay_open(editors: tuple[Account, Account]) -> None:
    drafts = [make_draft(SUBJECT, f"第{name}版", [RED]) for name in "一二"]
    results = together(
        *(lambda pair=pair: publish(pair[0], DAY, pair[1]) for pair in zip(drafts, editors, strict=True))
    )
    assert sorted(type(result).__name__ for result in results) == ["Refused", "str"]
    assert len(published_rule_sets(SUBJECT)) == 1


def test_one_draft_is_published_once(editors: tuple[Account, Account]) -> None:
    draft = make_draft(SUBJECT, "第一版", [RED])
    results = together(*(lambda editor=editor: publish(draft, DAY, editor) for editor in editors))
    assert sorted(isinstance(result, Refused) for result in results) == [False, True]


def test_a_row_added_while_somebody_publishes_is_in_the_edition_or_refused(
    editors: tuple[Account, Account],
) -> None:
    draft = make_draft(SUBJECT, "第一版", [RED])
    results = together(
        lambda: publish(draft, DAY, editors[0]),
        lambda: add_rule(draft, typed(), revision=0, actor=editors[1], on=TODAY),
    )
    lost = [result for result in results if isinstance(result, Conflict | Refused)]
    assert len(lost) == 1, results
    is_published = LampRuleSet.objects.get().is_published
    assert (is_published, draft.rules.count()) in {(True, 1), (False, 2)}
