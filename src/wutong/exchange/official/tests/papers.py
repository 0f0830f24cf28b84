"""Documents to write, and what stands where on the pages of a PDF."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pdfminer.high_level import extract_pages
from pdfminer.layout import LAParams, LTChar, LTContainer, LTPage

from wutong.exchange.official.document import DocTable, Heading, OfficialDocument, Paragraph

MM = 72 / 25.4
SENTENCE = (
    "会议听取了示例新材料产业园项目推进情况汇报，研究了用地、能评、环评等手续办理中存在的问题，要求倒排工期。"
)


def paper(*blocks: Heading | Paragraph | DocTable, **more: Any) -> OfficialDocument:
    """A document of nothing but a body, unless more is named."""
    values: dict[str, Any] = {
        "mark": "",
        "number": "",
        "title": "",
        "addressees": "",
        "signatory": "",
        "signed_on": None,
    }
    return OfficialDocument(**{**values, **more}, blocks=blocks)


def filled(count: int) -> OfficialDocument:
    """A body of `count` lines with a 版记."""
    return paper(*[Paragraph("国" * 20)] * count, printed_by="示例办公室", printed_on=date(2026, 1, 9))


def minutes(count: int = 2) -> OfficialDocument:
    return paper(
        *[
            block
            for _ in range(count)
            for block in (
                Heading("一、示例新材料产业园项目"),
                Paragraph(SENTENCE),
                Heading("（一）用地保障", 2),
                Paragraph(SENTENCE, bold_lead="余热利用章节报省级窗口。"),
                Heading("1. 责任分工", 3),
                Paragraph(SENTENCE),
            )
        ],
        DocTable("表1 决定事项", ["序号", "事项", "时限"], [["1", "补齐材料", "2026-12-01"]], [1, 5, 2]),
        mark="示例高新区管理委员会会议纪要",
        number="〔2026〕12号",
        title="示例项目调度会议纪要",
        attendance=[("出席", "、".join(f"示例人员{n}" for n in range(12))), ("请假", "示例甲")],
        copies_to="示例单位",
        printed_by="示例办公室",
        printed_on=date(2026, 11, 25),
    )


@dataclass(frozen=True)
class Letter:
    """A letter with its place on the page: points from the left and from the upper edge."""

    text: str
    left: float
    right: float
    top: float
    size: float
    font: str
    colour: Any


@dataclass(frozen=True)
class Line:
    letters: Sequence[Letter]

    @property
    def text(self) -> str:
        return "".join(letter.text for letter in self.letters)

    @property
    def left_mm(self) -> float:
        return self.letters[0].left / MM

    @property
    def right_mm(self) -> float:
        return self.letters[-1].right / MM

    @property
    def top_mm(self) -> float:
        return self.letters[0].top / MM


@dataclass(frozen=True)
class Page:
    lines: Sequence[Line]
    rules: Sequence[tuple[float, float, float]]

    def line(self, part: str) -> Line:
        """The first line with this text."""
        return next(line for line in self.lines if part in line.text)

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


def pages_of(pdf: bytes) -> list[Page]:
    """Lines are letters on one height. `rules` are (left, right, height) of drawn lines in mm."""
    return [_page(page) for page in extract_pages(io.BytesIO(pdf), laparams=LAParams())]


def _page(page: LTPage) -> Page:
    heights: dict[float, list[Letter]] = {}
    rules = []
    for item in _walk(page):
        if isinstance(item, LTChar):
            letter = Letter(
                item.get_text(),
                item.x0,
                item.x1,
                page.height - item.y1,
                item.size,
                item.fontname,
                item.graphicstate.ncolor,
            )
            baseline = round(page.height - item.matrix[5], 1)
            heights.setdefault(baseline, []).append(letter)
        elif not isinstance(item, LTContainer) and hasattr(item, "linewidth") and item.width > 50:
            rules.append((item.x0 / MM, item.x1 / MM, (page.height - (item.y0 + item.y1) / 2) / MM))
    lines = [Line(sorted(letters, key=lambda one: one.left)) for _, letters in sorted(heights.items())]
    return Page(lines, sorted(rules, key=lambda rule: rule[2]))


def _walk(item: Any) -> Iterator[Any]:
    yield item
    if isinstance(item, LTContainer):
        for part in item:
            yield from _walk(part)
