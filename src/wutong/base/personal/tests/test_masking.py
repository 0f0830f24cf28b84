import pytest

from wutong.base.personal.masking import mask_address, mask_id_number, mask_name, mask_phone, mask_text


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("13800138000", "138****8000"),
        ("+86 138-0013-8000", "138****8000"),
        ("１３８００１３８０００", "１３８****８０００"),
        ("0512-66881234", "051*****1234"),
        ("66881234", "66****34"),
        ("110", "****"),
        ("", "****"),
    ],
)
def test_a_phone_number_shows_its_ends_only(value: str, seen: str) -> None:
    assert mask_phone(value) == seen


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("110105199001010123", "110105********0123"),
        ("110105 19900101 012X", "110105********012X"),
        ("110105900101012", "110105*****1012"),
        ("E12345678", "E1*****78"),
        ("12345", "****"),
    ],
)
def test_an_id_number_hides_the_birthday(value: str, seen: str) -> None:
    assert mask_id_number(value) == seen


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("张三", "张*"),
        ("欧阳修", "欧**"),
        ("𠮷野家", "𠮷**"),
        ("㐂", "㐂*"),
        ("", "****"),
        ("John Smith", "J***"),
    ],
)
def test_a_name_shows_its_first_character(value: str, seen: str) -> None:
    assert mask_name(value) == seen


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("北京市朝阳区建国路88号", "北京市朝阳区****"),
        ("江苏省苏州市昆山市玉山镇前进路1号", "江苏省苏州市昆山市****"),
        ("江苏省苏州市人民路1号", "江苏省苏州市****"),
        ("广西壮族自治区南宁市青秀区民族大道1号", "广西壮族自治区南宁市青秀区****"),
        ("内蒙古自治区正蓝旗上都镇", "内蒙古自治区正蓝旗****"),
        ("浙江省义乌市江东路开发区", "浙江省义乌市****"),
        ("人民路3号", "人****"),
    ],
)
def test_an_address_ends_with_its_district(value: str, seen: str) -> None:
    assert mask_address(value) == seen


def test_without_a_mask_of_its_own_nothing_is_seen() -> None:
    assert mask_text("张三 13800138000") == "****"
