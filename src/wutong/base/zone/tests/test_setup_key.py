"""The key of the set-up: it opens once, for a day, and only for whoever has it."""

from datetime import UTC, datetime, timedelta

import pytest

from wutong.base.errors import Refused
from wutong.base.zone.models import Zone
from wutong.base.zone.queries import is_in_setup, zone_name
from wutong.base.zone.services import finish_setup, issue_setup_key, name_zone, require_setup_key

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def test_the_key_opens_and_a_wrong_one_does_not() -> None:
    key = issue_setup_key(NOW)
    require_setup_key(f" {key} ", NOW)
    for wrong in ("", "x", key[:-1], key.swapcase()):
        with pytest.raises(Refused):
            require_setup_key(wrong, NOW)


def test_the_key_ends_after_a_day_and_with_the_next_one() -> None:
    first = issue_setup_key(NOW)
    with pytest.raises(Refused):
        require_setup_key(first, NOW + timedelta(hours=25))
    second = issue_setup_key(NOW)
    with pytest.raises(Refused):
        require_setup_key(first, NOW)
    require_setup_key(second, NOW)


def test_the_key_itself_is_not_in_the_database() -> None:
    key = issue_setup_key(NOW)
    assert key not in str(Zone.objects.values().get())


def test_a_used_key_opens_nothing_and_a_finished_zone_gives_none() -> None:
    key = issue_setup_key(NOW)
    assert is_in_setup()
    name_zone("示例高新区", "379999", is_set_up=False, now=NOW)
    with pytest.raises(Refused):
        require_setup_key(key, NOW)
    assert (is_in_setup(), zone_name()) == (True, "示例高新区")
    finish_setup(NOW)
    assert not is_in_setup()
    with pytest.raises(Refused, match="已经设置"):
        issue_setup_key(NOW)


def test_without_a_key_nothing_opens() -> None:
    assert not is_in_setup()
    with pytest.raises(Refused):
        require_setup_key("", NOW)
