from collections.abc import Iterator
from pathlib import Path

import pytest

from wutong.base.chain.testing import own_keys, rotate_key
from wutong.base.personal.digests import blind_candidates, blind_index, is_digest_of, personal_digest

PHONE = "13800138000"


@pytest.fixture(autouse=True)
def _keys(tmp_path: Path) -> Iterator[None]:
    with own_keys(tmp_path):
        yield


@pytest.mark.parametrize(
    "spelling", ["138 0013 8000", "138-0013-8000", "１３８００１３８０００", "+8613800138000"]
)
def test_all_spellings_of_a_phone_number_are_found(spelling: str) -> None:
    assert blind_index(spelling, purpose="phone") == blind_index(PHONE, purpose="phone")


def test_an_id_number_is_found_whatever_the_case_of_its_check_digit() -> None:
    assert blind_index("11010519900101012x", purpose="id_number") == blind_index(
        "110105 19900101 012X", purpose="id_number"
    )


def test_rare_characters_are_different_names() -> None:
    names = ["吉野", "𠮷野", "喜", "㐂"]
    assert len({blind_index(name, purpose="name") for name in names}) == 4


def test_the_same_text_has_another_index_for_another_purpose() -> None:
    assert blind_index(PHONE, purpose="phone") != blind_index(PHONE, purpose="id_number")


def test_the_index_depends_on_the_key_outside_the_database(tmp_path: Path) -> None:
    here = blind_index(PHONE, purpose="phone")
    with own_keys(tmp_path / "elsewhere"):
        assert blind_index(PHONE, purpose="phone") != here


def test_nothing_has_no_index() -> None:
    assert blind_index(" - ", purpose="phone") == ""


def test_an_old_index_is_still_found_while_the_key_is_rotated() -> None:
    old = blind_index(PHONE, purpose="phone")
    rotate_key("blind")
    assert blind_index(PHONE, purpose="phone") != old
    assert blind_candidates(PHONE, purpose="phone") == [old, blind_index(PHONE, purpose="phone")]


def test_a_digest_tells_whether_a_change_was_made_to_a_value_also_after_rotation() -> None:
    digest = personal_digest("enterprises.contact.phone", PHONE)
    rotate_key("blind")
    assert PHONE not in digest
    assert is_digest_of(digest, "enterprises.contact.phone", PHONE)
    assert not is_digest_of(digest, "enterprises.contact.phone", "13800138001")
    assert not is_digest_of(digest, "enterprises.contact.name", PHONE)
    assert not is_digest_of("9:abc", "enterprises.contact.phone", PHONE)
    assert not is_digest_of("", "enterprises.contact.phone", PHONE)
