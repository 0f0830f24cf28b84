from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from wutong.base.chain.canonical import canonical

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_the_order_of_keys_does_not_matter() -> None:
    assert canonical({"b": 1, "a": [1, 2]}) == canonical({"a": (1, 2), "b": 1})


def test_the_same_moment_in_two_zones_is_the_same_text() -> None:
    here = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
    assert canonical({"at": here}) == canonical({"at": here.astimezone(UTC)})


def test_a_moment_without_zone_is_refused_because_it_would_mean_another_one_on_another_machine() -> None:
    with pytest.raises(TypeError):
        canonical({"at": datetime(2026, 3, 2, 9, 0)})  # noqa: DTZ001


@pytest.mark.parametrize("value", [1.5, Decimal("1.50"), b"x", {1, 2}])
def test_values_that_two_databases_may_give_back_differently_are_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical({"value": value})


def test_a_day_is_not_the_moment_it_begins() -> None:
    begin = datetime(2026, 3, 2, tzinfo=UTC)
    assert canonical({"on": date(2026, 3, 2)}) != canonical({"on": begin})


def test_none_and_empty_and_zero_and_false_are_different_texts() -> None:
    assert len({canonical({"v": value}) for value in (None, "", 0, False)}) == 4


def test_rare_characters_stand_as_they_are() -> None:
    assert canonical({"name": "𠮷㐂"}) == '{"name":"𠮷㐂"}'.encode()
