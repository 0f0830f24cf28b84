"""Forms of names that doubles are found by."""

import pytest

from wutong.registers.enterprises.names import core_of, fold_address, fold_name, sound_of


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("山东省聊城市示例装备（集团）股份有限公司", "示例装备"),
        ("示例装备有限公司", "示例装备"),
        ("示例装备(聊城)有限责任公司", "示例装备"),
        ("中国示例电池集团有限公司", "示例电池"),
        ("聊城市东昌府区示例合作社", "示例"),
        ("甲厂", "甲厂"),
        ("有限公司", "有限公司"),
    ],
)
def test_the_core_of_a_name_is_without_place_brackets_and_legal_form(name: str, core: str) -> None:
    assert core_of(name) == core


def test_names_that_are_spoken_alike_sound_the_same() -> None:
    assert sound_of("山东恒储科技有限公司") == sound_of("衡储科技股份有限公司")
    assert sound_of("恒储科技有限公司") != sound_of("恒储电池有限公司")


def test_spellings_of_a_name_fold_to_one_form() -> None:
    assert fold_name(" 示例（聊城） ABC 公司") == fold_name("示例(聊城)abc公司")


def test_an_address_is_compared_without_punctuation() -> None:
    assert fold_address("示例路 1 号（A座）") == fold_address("示例路1号A座")
