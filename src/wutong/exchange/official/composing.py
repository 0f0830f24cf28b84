"""From what a document says to the lines that both file formats draw: one place for the rules of the standard."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from django.utils.translation import gettext as _

from wutong.base.errors import Refused
from wutong.exchange.official.document import DocTable, Heading, OfficialDocument, Paragraph
from wutong.exchange.official.layout import (
    CHARACTER_PITCH_PT,
    CHARACTERS_OF_LINE,
    LARGEST_MARK_PT,
    SMALLEST_MARK_PT,
    Layout,
)
from wutong.exchange.official.texts import lines_of, one_line, width_of

MOST_CHARACTERS = 200_000
"""About 300 full pages; more is no official document, and a page has to come back in time."""
MOST_CELLS = 20_000
MOST_COLUMNS = 20

Role = Literal["title", "body", "heading", "subheading"]
LEVEL_ROLES: tuple[Role, ...] = ("heading", "subheading", "body", "body")
"""7.3.3: 第一层用黑体字、第二层用楷体字、第三层和第四层用仿宋体字."""


@dataclass(frozen=True)
class Piece:
    text: str
    role: Role = "body"
    bold: bool = False


@dataclass(frozen=True)
class Blank:
    """An empty line; `sticky` keeps it on the page of what follows."""

    sticky: bool = False
    kind: str = "blank"


@dataclass(frozen=True)
class Text:
    """A paragraph; `indent` are the empty characters in front of its first line, `sticky` keeps its end on the page of
    what follows."""

    pieces: Sequence[Piece]
    indent: int = 2
    sticky: bool = False
    kind: str = "text"


@dataclass(frozen=True)
class Head:
    """A heading of the body, kept on the page of what follows."""

    pieces: Sequence[Piece]
    level: int
    kind: str = "heading"


@dataclass(frozen=True)
class Named:
    """A line as 出席：…; further lines begin below the first name, `hang` characters after the label."""

    label: str
    text: str
    hang: float
    kind: str = "named"


@dataclass(frozen=True)
class Signed:
    """A line of the 落款, `right` characters before the right edge; `sticky` keeps it with the next line."""

    text: str
    right: float
    sticky: bool
    kind: str = "signature"


@dataclass(frozen=True)
class Grid:
    """A table; every row has as many cells as there are headings."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    kind: str = "table"


Item = Blank | Text | Head | Named | Signed | Grid


@dataclass(frozen=True)
class Top:
    """版头: `notes` are 密级 and 紧急程度, `mark_size` in points."""

    notes: Sequence[str]
    mark: str
    mark_size: float
    number: str


@dataclass(frozen=True)
class Foot:
    """版记. The texts are complete: “抄送：…。”, “2026年1月19日印发”."""

    copies_to: str
    printed_by: str
    printed_on: str


@dataclass(frozen=True)
class Composed:
    """Everything that is printed, fit for print, in its order."""

    title: str
    title_lines: Sequence[str]
    author: str
    day: date | None
    head: Top | None
    body: Sequence[Item]
    foot: Foot | None


def compose(document: OfficialDocument, layout: Layout) -> Composed:
    """The lines of a document. Raises Refused when it is too long to be one."""
    _check_length(document)
    mark = one_line(document.mark or layout.mark)
    title_lines = lines_of(document.title)
    return Composed(
        title="".join(title_lines) or mark,
        title_lines=title_lines,
        author=one_line(document.signatory) or mark,
        day=document.signed_on or document.printed_on,
        head=_head(document, mark),
        body=_before_signature(
            [*_body(document), *_attendance(document)], list(_signature(document, layout))
        ),
        foot=_foot(document, layout),
    )


def chinese_date(day: date) -> str:
    """7.3.5.4: Arabic digits, month and day without a leading zero."""
    return f"{day.year}年{day.month}月{day.day}日"


def _head(document: OfficialDocument, mark: str) -> Top | None:
    notes = [words for words in (one_line(document.secrecy), one_line(document.urgency)) if words]
    number = one_line(document.number)
    if not mark and not number and not notes:
        return None
    width = CHARACTER_PITCH_PT * CHARACTERS_OF_LINE
    size = min(LARGEST_MARK_PT, max(SMALLEST_MARK_PT, width / max(width_of(mark), 1.0) - 0.1))
    return Top(notes, mark, round(size, 1), number)


def _body(document: OfficialDocument) -> Iterator[Item]:
    addressees = one_line(document.addressees)
    if addressees:
        # 7.3.2: 顶格, 最后一个机关名称后标全角冒号.
        yield Text([Piece(addressees.rstrip("：:") + "：")], indent=0)
    for block in document.blocks:
        match block:
            case Heading():
                yield from _heading(block)
            case Paragraph():
                yield from _paragraph(block)
            case DocTable():
                yield _table(block)


def _heading(block: Heading) -> Iterator[Item]:
    text = one_line(block.text)
    if text:
        level = min(max(block.level, 1), len(LEVEL_ROLES))
        yield Head([Piece(text, LEVEL_ROLES[level - 1])], level)


def _paragraph(block: Paragraph) -> Iterator[Item]:
    lead = one_line(block.bold_lead)
    lines = lines_of(block.text) or ([""] if lead else [])
    for at, line in enumerate(lines):
        first = [Piece(lead, bold=True)] if lead and at == 0 else []
        yield Text([*first, *([Piece(line)] if line else [])])


def _table(block: DocTable) -> Grid:
    columns = max([len(block.headings), *(len(row) for row in block.rows)], default=0)
    if not columns:
        raise Refused(_("公文里的表格没有一列。请写明表头。"))
    if columns > MOST_COLUMNS:
        raise Refused(
            _("公文里的表格有%(count)s列，最多%(most)s列。请减少列，或者另附表格。")
            % {"count": columns, "most": MOST_COLUMNS}
        )

    def filled(cells: Sequence[str]) -> list[str]:
        return [one_line(cell) for cell in cells] + [""] * (columns - len(cells))

    widths = [max(1, width) for width in block.widths] if len(block.widths) == columns else [1] * columns
    return Grid(one_line(block.caption), filled(block.headings), [filled(row) for row in block.rows], widths)


def _attendance(document: OfficialDocument) -> Iterator[Item]:
    """10.3: below the body after an empty line, 左空二字, label in 黑体, further lines below the first name."""
    pairs = [(one_line(label).rstrip("：:"), one_line(names)) for label, names in document.attendance]
    pairs = [pair for pair in pairs if all(pair)]
    if pairs:
        yield Blank()
    for label, names in pairs:
        yield Named(f"{label}：", names, width_of(label) + 1)


def _before_signature(body: list[Item], signature: list[Item]) -> list[Item]:
    """7.3.5.5: signature and date never stand alone on a page; the end of the body goes with them."""
    if signature and body and isinstance(body[-1], Text):
        body = [*body[:-1], replace(body[-1], sticky=True)]
    return [*body, *signature]


def _signature(document: OfficialDocument, layout: Layout) -> Iterator[Item]:
    """7.3.5.1 with a seal: date 右空四字, signatory centred above it. 7.3.5.2 without one: signatory 右空二字, the date
    begins two characters to the right of it; a longer date takes 右空二字 and moves the signatory to the left."""
    who = one_line(document.signatory)
    when = chinese_date(document.signed_on) if document.signed_on else ""
    if not who and not when:
        return
    yield Blank(sticky=True)
    long, short = width_of(who), width_of(when)
    if not who or not when:
        right_of_who = right_of_when = 4.0 if layout.is_sealed else 2.0
    elif layout.is_sealed:
        overhang = (long - short) / 2
        right_of_when = max(4.0, overhang)
        right_of_who = right_of_when - overhang
    else:
        right_of_who = max(2.0, 4.0 + short - long)
        right_of_when = max(2.0, right_of_who + long - short - 2)
    if who:
        yield Signed(who, right_of_who, sticky=bool(when))
    if when:
        yield Signed(when, right_of_when, sticky=False)


def _foot(document: OfficialDocument, layout: Layout) -> Foot | None:
    """7.4: 抄送 with a full stop at its end; who printed it, and the day with 印发 after it."""
    copies = one_line(document.copies_to or layout.copies_to).removeprefix("抄送：").rstrip("。")
    by = one_line(document.printed_by or layout.printed_by)
    on = f"{chinese_date(document.printed_on)}印发" if document.printed_on else ""
    if not copies and not by:
        return None
    return Foot(f"抄送：{copies}。" if copies else "", by, on)


def _check_length(document: OfficialDocument) -> None:
    tables = [block for block in document.blocks if isinstance(block, DocTable)]
    cells = sum(len(row) for table in tables for row in (table.headings, *table.rows))
    if cells > MOST_CELLS:
        raise Refused(
            _("公文里的表格共有%(count)s格，最多%(most)s格。请另附表格。")
            % {"count": cells, "most": MOST_CELLS}
        )
    count = sum(map(len, _texts(document)))
    if count > MOST_CHARACTERS:
        raise Refused(
            _("公文有%(count)s字，最多%(most)s字。请分成几份。") % {"count": count, "most": MOST_CHARACTERS}
        )


def _texts(document: OfficialDocument) -> Iterator[str]:
    yield from (document.mark, document.number, document.title, document.addressees, document.signatory)
    yield from (document.copies_to, document.printed_by, document.secrecy, document.urgency)
    for pair in document.attendance:
        yield from pair
    for block in document.blocks:
        match block:
            case Heading():
                yield block.text
            case Paragraph():
                yield from (block.bold_lead, block.text)
            case DocTable():
                yield block.caption
                yield from block.headings
                for row in block.rows:
                    yield from row
