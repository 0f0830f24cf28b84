"""A PDF is measured: its letters stand where GB/T 9704 wants them."""

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wutong.base.errors import Refused
from wutong.exchange.official import checks, typefaces
from wutong.exchange.official.composing import compose
from wutong.exchange.official.document import DocTable, Heading, Paragraph
from wutong.exchange.official.layout import STANDARD, FontNames, Layout
from wutong.exchange.official.page_count import end_of_body
from wutong.exchange.official.pdf_writing import write_pdf
from wutong.exchange.official.tests.papers import SENTENCE, filled, minutes, pages_of, paper
from wutong.exchange.official.texts import one_line

pytestmark = pytest.mark.skipif(not typefaces.has_chinese_font(), reason="this machine has no Chinese font")
NEAR = 0.3  # mm
RED = (0xE6 / 255, 0.0, 0x12 / 255)


def near(value: float) -> object:
    return pytest.approx(value, abs=NEAR)


def test_a_full_page_has_22_lines_of_28_characters_within_the_margins() -> None:
    first, second, _last = pages_of(write_pdf(paper(Paragraph("国" * 28 * 50))))
    for page in (first, second):
        body = page.lines[:-1]  # the last one is the page number
        assert len(body) == 22
        assert [len(line.text) for line in body[1:]] == [28] * 21
        assert all(line.left_mm == near(28) and line.right_mm == near(184) for line in body[1:])
        # 22 equal lines share 225 mm; a letter stands in the middle of its line.
        assert body[0].top_mm == near(37 + (225 / 22 - 16 / 72 * 25.4) / 2)
        assert body[-1].top_mm - body[0].top_mm == near(21 * 225 / 22)
        assert {round(letter.size, 3) for line in body for letter in line.letters} == {16}
    assert len(first.lines[0].text) == 26, "two characters are left empty before a paragraph"
    assert first.lines[0].left_mm == near(28 + 2 * 156 / 28)


def test_the_mark_is_red_and_centred_35_mm_below_the_upper_edge_of_the_type_area() -> None:
    page = pages_of(write_pdf(minutes()))[0]
    mark = page.line("会议纪要")
    assert mark.top_mm == near(37 + 35)
    assert (mark.left_mm + mark.right_mm) / 2 == near(28 + 156 / 2)
    assert mark.letters[0].colour == pytest.approx(RED)
    number = page.line("〔2026〕12号")
    left, right, height = page.rules[0]
    assert (left, right) == (near(28), near(184))
    assert height - (number.top_mm + 16 / 72 * 25.4) == near(4), "the rule stands 4 mm below the number"
    title = page.line("示例项目调度会议纪要")
    assert title.letters[0].size == pytest.approx(22)
    assert (title.left_mm + title.right_mm) / 2 == near(28 + 156 / 2)


def test_paper_with_a_printed_head_gets_black_ink() -> None:
    page = pages_of(write_pdf(minutes(), Layout(is_red=False)))[0]
    assert page.line("会议纪要").letters[0].colour == pytest.approx(0)


def test_an_empty_mark_is_that_of_the_layout() -> None:
    page = pages_of(write_pdf(paper(title="示例"), Layout(mark="示例办公室文件")))[0]
    assert page.lines[0].text == "示例办公室文件"


def test_headings_and_labels_have_fonts_of_their_own() -> None:
    page = pages_of(write_pdf(minutes()))[0]
    body, heading = page.line("会议听取"), page.line("一、示例")
    assert heading.letters[0].font != body.letters[0].font
    assert page.line("余热利用").letters[0].font != page.line("余热利用").letters[-1].font


def test_page_numbers_stand_outside_one_character_from_the_edge() -> None:
    first, second, _third = pages_of(write_pdf(paper(Paragraph("国" * 28 * 50))))
    odd, even = first.lines[-1], second.lines[-1]
    assert (odd.text, even.text) == ("— 1 —", "— 2 —")
    one = 14 / 72 * 25.4
    assert odd.right_mm == pytest.approx(184 - one, abs=1)
    assert even.left_mm == pytest.approx(28 + one, abs=NEAR)
    assert {round(letter.size, 3) for letter in odd.letters} == {14}
    assert odd.top_mm == pytest.approx(262 + 7, abs=1)


@pytest.mark.parametrize(
    ("lines", "pages", "numbered"),
    [
        (1, 2, [1, 2]),  # the back of a single page
        (22, 2, [1, 2]),
        (40, 2, [1, 2]),
        (43, 4, [1, 2]),  # no room below the text: a blank page, and both without a number
        (45, 4, [1, 2, 3, 4]),
    ],
)
def test_the_foot_stands_on_the_last_page_which_is_even(lines: int, pages: int, numbered: list[int]) -> None:
    made = pages_of(write_pdf(filled(lines)))
    assert len(made) == pages
    foot = made[-1].line("印发")
    assert foot.text == "示例办公室2026年1月9日印发"
    assert made[-1].rules[-1][2] == near(262), "the last rule lies on the lower edge of the type area"
    assert foot.left_mm == near(28 + 14 / 72 * 25.4)
    found = [at for at, page in enumerate(made, start=1) if f"— {at} —" in page.text]
    assert found == numbered


def test_names_go_on_below_the_first_name() -> None:
    page = pages_of(write_pdf(minutes()))[-1]
    at = next(n for n, line in enumerate(page.lines) if line.text.startswith("出席："))
    first_name = page.lines[at].letters[3]
    assert page.lines[at + 1].left_mm == near(first_name.left / 72 * 25.4)
    assert page.lines[at].left_mm == near(28 + 2 * 156 / 28)


def test_with_a_seal_the_date_leaves_four_characters_and_the_office_stands_centred_above() -> None:
    document = paper(Paragraph(SENTENCE), signatory="示例高新区管理委员会", signed_on=date(2026, 1, 9))
    page = pages_of(write_pdf(document))[0]
    office, day = page.line("管理委员会"), page.line("2026年1月9日")
    assert day.right_mm == pytest.approx(184 - 4 * 156 / 28, abs=0.5)
    middles = [(line.left_mm + line.right_mm) / 2 for line in (office, day)]
    assert middles[0] == pytest.approx(middles[1], abs=1.5)


def test_signature_and_date_never_stand_alone_on_a_page() -> None:
    document = paper(
        *[Paragraph("国" * 20)] * 22, signatory="示例高新区管理委员会", signed_on=date(2026, 1, 9)
    )
    last = pages_of(write_pdf(document))[-1]
    assert "国" in last.text
    assert "2026年1月9日" in last.text


def test_a_table_repeats_its_headings_on_every_page() -> None:
    rows = [[str(n), "示例事项"] for n in range(100)]
    pages = pages_of(write_pdf(paper(DocTable("表1", ["序号", "事项"], rows))))
    assert len(pages) > 2
    assert all("序号" in page.text for page in pages)


SNARES = "#set page(width: 1mm) *粗* _斜_ @ref $x^2$ \\ // /* <b>&amp;</b> ]]> {{ }} \"引\" 'x' `raw` = 标题 - 项 #panic()"


def test_nothing_in_a_text_is_read_as_markup() -> None:
    document = paper(
        Heading(SNARES),
        Paragraph(SNARES, bold_lead=SNARES),
        DocTable(SNARES, [SNARES], [[SNARES]]),
        title=SNARES,
        mark=SNARES,
        number=SNARES,
        addressees=SNARES,
        attendance=[(SNARES, SNARES)],
        copies_to=SNARES,
        printed_by=SNARES,
        secrecy=SNARES,
    )
    text = "".join(page.text for page in pages_of(write_pdf(document)))
    assert text.replace("\n", "").count("#panic()") == 15, "each of the 15 texts is printed as it stands"


@settings(max_examples=40, deadline=None)
@given(
    st.text(
        st.sampled_from(
            "国会议用地“”，。（）《》—…·〇①12.5%abcXYZ #*_@$\\<>&\"'`{}[]/=~-+^𠮷㛃\t\u0007\u202e\ufeff\ufffe"
        ),
        max_size=60,
    )
)
def test_what_is_written_can_be_read_again(text: str) -> None:
    read = "".join(page.text for page in pages_of(write_pdf(paper(Paragraph(text)))))
    assert _bare(read.replace("— 1 —", "")) == _bare(one_line(text))


def _bare(text: str) -> str:
    """Without spaces: a line may end at one."""
    return "".join(text.split())


def test_rare_characters_are_printed_or_refused_but_never_left_out() -> None:
    text = pages_of(write_pdf(paper(Paragraph("𠮷田㛃"))))[0].text
    assert "𠮷田㛃" in text
    with pytest.raises(Refused, match=r"没有这些字：.（U\+E000）、𿿽（U\+3FFFD）"):
        write_pdf(paper(Paragraph("示例\ue000和\U0003fffd")))


def test_without_a_chinese_font_a_pdf_is_refused_and_the_start_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(typefaces, "installed_families", lambda: frozenset({"DejaVu Sans"}))
    with pytest.raises(Refused, match="没有中文字体"):
        write_pdf(minutes())
    assert [problem.id for problem in checks.a_chinese_font_is_installed(None)] == ["exchange.W001"]


def test_a_font_that_the_server_lacks_is_replaced() -> None:
    fonts = FontNames(title="没有的字体", body="没有的字体")
    assert "示例项目" in pages_of(write_pdf(minutes(), Layout(fonts=fonts)))[0].text


def test_the_same_document_is_the_same_file() -> None:
    assert write_pdf(minutes()) == write_pdf(minutes())


def test_200_pages_are_written_within_ten_seconds() -> None:
    document = minutes(440)
    assert end_of_body(compose(document, STANDARD))[0] >= 200
    started = time.monotonic()
    write_pdf(document)
    assert time.monotonic() - started < 10
