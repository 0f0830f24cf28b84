"""The rules of the standard that need no page: order, numbers, places counted in characters."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wutong.base.errors import Refused
from wutong.exchange.official.composing import Composed, Head, Signed, Text, chinese_date, compose
from wutong.exchange.official.document import DocTable, Heading, Paragraph
from wutong.exchange.official.layout import STANDARD, Layout
from wutong.exchange.official.page_count import FootPlace, end_of_body, foot_place
from wutong.exchange.official.tests.papers import filled, minutes, paper
from wutong.exchange.official.texts import lines_of, one_line, width_of

UNSEALED = Layout(is_sealed=False)


def signed(signatory: str, on: date | None, layout: Layout) -> list[tuple[str, float]]:
    composed = compose(paper(Paragraph("示例"), signatory=signatory, signed_on=on), layout)
    return [(item.text, item.right) for item in composed.body if isinstance(item, Signed)]


def test_a_date_has_arabic_digits_without_leading_zeros() -> None:
    assert chinese_date(date(2026, 1, 9)) == "2026年1月9日"


def test_without_a_seal_the_date_begins_two_characters_right_of_the_office() -> None:
    # 10 characters, right 2: it begins 12 from the edge; the date (6½) begins 10 from it.
    on = date(2026, 1, 9)
    assert width_of(chinese_date(on)) == 6
    assert signed("示例高新区管理委员会", on, UNSEALED) == [("示例高新区管理委员会", 2), ("2026年1月9日", 4)]


def test_without_a_seal_a_date_longer_than_the_office_pushes_the_office_to_the_left() -> None:
    assert signed("示例办", date(2026, 11, 25), UNSEALED) == [("示例办", 8), ("2026年11月25日", 2)]


def test_with_a_seal_a_long_office_is_centred_above_the_date_and_stays_on_the_page() -> None:
    office = "示例高新技术产业开发区管理委员会经济发展部"
    (_, right_of_office), (_, right_of_day) = signed(office, date(2026, 1, 9), STANDARD)
    assert right_of_office >= 0
    assert right_of_day - right_of_office == (width_of(office) - 6) / 2


@given(st.text("示例ab", min_size=1, max_size=26), st.dates(), st.booleans())
def test_signature_and_date_always_stand_within_the_line(office: str, on: date, is_sealed: bool) -> None:
    for text, right in signed(office, on, Layout(is_sealed=is_sealed)):
        assert 0 <= right <= 28 - width_of(text) or width_of(text) > 22


def test_levels_of_headings_have_their_fonts() -> None:
    body = compose(paper(*(Heading("示例", level) for level in (1, 2, 3, 4, 9))), STANDARD).body
    roles = [item.pieces[0].role for item in body if isinstance(item, Head)]
    assert roles == ["heading", "subheading", "body", "body", "body"]


@pytest.mark.parametrize("typed", ["各部门", "各部门：", "各部门:"])
def test_addressees_end_with_one_colon_and_have_no_indent(typed: str) -> None:
    first = compose(paper(addressees=typed), STANDARD).body[0]
    assert isinstance(first, Text)
    assert (first.pieces[0].text, first.indent) == ("各部门：", 0)


@pytest.mark.parametrize("typed", ["市政府", "抄送：市政府。"])
def test_copies_begin_with_their_label_and_end_with_a_full_stop(typed: str) -> None:
    foot = compose(paper(copies_to=typed), STANDARD).foot
    assert foot is not None
    assert foot.copies_to == "抄送：市政府。"


def test_minutes_have_no_signature_and_a_document_without_words_has_no_foot() -> None:
    assert not [item for item in compose(minutes(), STANDARD).body if isinstance(item, Signed)]
    assert compose(paper(Paragraph("示例")), STANDARD).foot is None


def test_a_line_break_begins_a_paragraph_and_the_lead_stands_before_the_first() -> None:
    body = compose(paper(Paragraph("一\r\n\n二", bold_lead="小标题。")), STANDARD).body
    assert [[piece.text for piece in item.pieces] for item in body if isinstance(item, Text)] == [
        ["小标题。", "一"],
        ["二"],
    ]


def test_short_rows_are_filled_and_a_table_without_columns_is_refused() -> None:
    composed = compose(paper(DocTable("", ["甲", "乙"], [["1"]], widths=[1])), STANDARD)
    assert composed.body[0].rows == [["1", ""]]  # type: ignore[union-attr]
    with pytest.raises(Refused, match="没有一列"):
        compose(paper(DocTable("", [], [])), STANDARD)
    with pytest.raises(Refused, match="21列"):
        compose(paper(DocTable("", ["甲"] * 21, [])), STANDARD)


def test_what_is_too_long_is_refused_in_words() -> None:
    with pytest.raises(Refused, match="最多200000字"):
        compose(paper(Paragraph("国" * 200_001)), STANDARD)
    with pytest.raises(Refused, match="最多20000格"):
        compose(paper(DocTable("", ["甲"] * 20, [["1"] * 20] * 1000)), STANDARD)


@given(st.text())
def test_a_printed_text_has_no_control_characters_and_loses_no_word(text: str) -> None:
    printed = one_line(text)
    assert all(ord(sign) >= 32 and sign != "\x7f" for sign in printed)
    assert [sign for sign in text if sign.isalnum()] == [sign for sign in printed if sign.isalnum()]
    assert printed == " ".join(lines_of(printed))


def test_text_that_turns_its_direction_is_straightened() -> None:
    assert one_line("12\u202e34") == "1234"


def _composed(lines: int) -> Composed:
    return compose(filled(lines), STANDARD)


@pytest.mark.parametrize(
    ("lines", "end", "place"),
    [
        (1, (1, 1), FootPlace.NEXT_PAGE),
        (22, (1, 22), FootPlace.NEXT_PAGE),
        (23, (2, 1), FootPlace.SAME_PAGE),
        (42, (2, 20), FootPlace.SAME_PAGE),
        (43, (2, 21), FootPlace.AFTER_BLANK_PAGE),
        (45, (3, 1), FootPlace.NEXT_PAGE),
    ],
)
def test_lines_are_counted_as_a_page_sets_them(lines: int, end: tuple[int, int], place: FootPlace) -> None:
    assert end_of_body(_composed(lines)) == end
    assert foot_place(_composed(lines)) is place


def test_a_number_is_filled_into_the_pattern_of_the_zone() -> None:
    layout = Layout(number_pattern="示高管纪〔{year}〕{number}号")
    assert layout.number_of(2026, 7) == "示高管纪〔2026〕7号"
