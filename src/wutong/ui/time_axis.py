"""The time axis of drawings: days to pixels, ticks at the firsts of months, text that fits."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

TEXT_SIZE = 12
HAN_WIDTH, LATIN_WIDTH = 12.0, 6.7  # of one character at that size
TICK_MONTHS = (1, 3, 6, 12, 24, 60)
TICK_SPACE = 78  # at that size; below this two tick labels touch; browsers set digits a little apart from Han characters


@dataclass(frozen=True)
class Tick:
    x: str
    text_x: str
    label: str


@dataclass(frozen=True)
class Scale:
    """Days to pixels: `first` lies at `left`, `last` at `right`. `text_size` is that of the labels in pixels."""

    first: date
    last: date
    left: float
    right: float
    text_size: float = TEXT_SIZE

    def x(self, day: date) -> float:
        return self.left + (day - self.first).days * self.per_day

    @property
    def per_day(self) -> float:
        return (self.right - self.left) / max((self.last - self.first).days, 1)


def tick_days(scale: Scale) -> list[date]:
    """Firsts of months in the finest step whose labels do not touch."""
    for months in TICK_MONTHS:
        if scale.per_day * months * 30.4 >= TICK_SPACE * scale.text_size / TEXT_SIZE:
            break
    day, days = scale.first, []
    while day <= scale.last:
        days.append(day)
        month = day.year * 12 + day.month - 1 + months
        day = date(month // 12, month % 12 + 1, 1)
    return days


def text_width(text: str, size: float = TEXT_SIZE) -> float:
    """Width of a text in user units, near enough to keep labels inside the drawing."""
    width = sum(HAN_WIDTH if ord(character) > 0x2E7F else LATIN_WIDTH for character in text)
    return width * size / TEXT_SIZE


def ticks(scale: Scale) -> list[Tick]:
    """Ticks with their words: the year stands where it begins."""
    drawn: list[Tick] = []
    year = 0
    for day in tick_days(scale):
        pattern = gettext("%(month)d月") if day.year == year else gettext("%(year)d年%(month)d月")
        label = pattern % {"year": day.year, "month": day.month}
        year = day.year
        drawn.append(Tick(number(scale.x(day)), number(scale.x(day) + 4), label))
    return drawn


def shortened(label: str, width: float, size: float = TEXT_SIZE) -> str:
    """The label cut so that it fits `width` pixels."""
    if text_width(label, size) <= width:
        return label
    while label and text_width(f"{label}…", size) > width:
        label = label[:-1]
    return label + "…"


def number(value: float) -> str:
    """A coordinate as SVG takes it."""
    return f"{value:.1f}"
