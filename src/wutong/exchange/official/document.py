"""What an official document (公文) says. Nothing here knows how it looks; the layout of a zone does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Heading:
    """结构层次序数 are part of the text. `level` decides the type: 1 一、黑体; 2 （一）楷体; 3 1. and 4 （1）仿宋."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the body; `bold_lead` is the 小标题 in front of its text. A line break begins a new paragraph."""

    text: str
    bold_lead: str = ""


@dataclass(frozen=True)
class DocTable:
    """A table of the body. `widths` are relative ("(1, 3, 1)"); without them all columns are equally wide."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int] = ()


@dataclass(frozen=True)
class OfficialDocument:
    """One document. Empty texts are left out.

    `mark` is the 发文机关标志, `number` the 发文字号 as it is printed, `addressees` 主送 (none for minutes),
    `signatory` and `signed_on` the 落款 (none for minutes). `attendance` are the lines 出席, 请假, 列席, 主持 and 记录
    of minutes as (label, names). `copies_to`, `printed_by` and `printed_on` make the 版记.
    """

    mark: str
    number: str
    title: str
    addressees: str
    blocks: Sequence[Heading | Paragraph | DocTable]
    signatory: str
    signed_on: date | None
    attendance: Sequence[tuple[str, str]] = ()
    copies_to: str = ""
    printed_by: str = ""
    printed_on: date | None = None
    secrecy: str = ""
    urgency: str = ""
