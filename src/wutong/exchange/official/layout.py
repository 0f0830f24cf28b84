"""How a document looks: the measures of GB/T 9704-2012, and what a zone chooses within them."""

from dataclasses import dataclass, field

MM = 72 / 25.4
"""Points in a millimetre."""

PAGE_MM = (210, 297)
TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 37, 35, 28, 26
"""5.2.1: 天头 37 mm, 订口 28 mm, 版心 156 mm × 225 mm."""
TYPE_AREA_MM = (156, 225)
LINES_OF_PAGE, CHARACTERS_OF_LINE = 22, 28
"""5.2.3: 22 lines of 28 characters fill the type area."""

BODY_PT, TITLE_PT, NOTE_PT, TABLE_PT = 16.0, 22.0, 14.0, 12.0
"""5.2.2: 三号, 二号, 四号, 小四. Tables have no size of their own in the standard."""
TITLE_PITCH_PT = 36.0
LARGEST_MARK_PT, SMALLEST_MARK_PT = 42.0, 22.0

# A hair less than the exact share, so that 22 lines and 28 characters always find room.
LINE_PITCH_PT = TYPE_AREA_MM[1] * MM / LINES_OF_PAGE - 0.002
CHARACTER_PITCH_PT = TYPE_AREA_MM[0] * MM / CHARACTERS_OF_LINE - 0.002

MARK_TOP_MM = 35
"""7.2.4: from the upper edge of the type area to that of the 发文机关标志."""
RULE_BELOW_NUMBER_MM = 4
"""7.2.7: from the 发文字号 to the red rule."""
NUMBER_BELOW_MM = 7
"""7.5: from the lower edge of the type area to the page number."""


@dataclass(frozen=True)
class FontNames:
    """Names of fonts by what they are for, as a word processor of an office knows them."""

    title: str = "方正小标宋简体"
    body: str = "仿宋_GB2312"
    heading: str = "黑体"
    subheading: str = "楷体_GB2312"
    number: str = "宋体"


@dataclass(frozen=True)
class Layout:
    """What a zone chooses. `mark`, `copies_to` and `printed_by` stand in for a document that leaves them empty.

    `is_red` prints mark and rule in red; black is for paper with a printed red head. `is_sealed` places signature and
    date for a seal (7.3.5.1), otherwise as of a document without one (7.3.5.2).
    """

    mark: str = ""
    number_pattern: str = "〔{year}〕{number}号"
    copies_to: str = ""
    printed_by: str = ""
    is_red: bool = True
    is_sealed: bool = True
    fonts: FontNames = field(default_factory=FontNames)

    def number_of(self, year: int, number: int) -> str:
        """The 发文字号: year in four digits, number without leading zeros and without 第 (7.2.5)."""
        return self.number_pattern.replace("{year}", str(year)).replace("{number}", str(number))


STANDARD = Layout()
