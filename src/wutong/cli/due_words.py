"""How a period was counted, in words for a clerk."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from wutong.cases.clocks.scales import Counting, Point, add_months, is_moment
from wutong.cases.clocks.state import ClockState, delay, used
from wutong.cli.due_ways import ONE_DAY, Stretch

WEEKDAYS = "一二三四五六日"
UNITS = {
    "minute": "分钟",
    "hour": "小时",
    "working_hour": "工作小时",
    "working_day": "个工作日",
    "calendar_day": "天",
    "month": "个月",
}
MOST_LINES = 40
"""Longer ways are told month by month, still longer ones year by year."""


def day_words(day: date) -> str:
    return f"{day.isoformat()}（周{WEEKDAYS[day.weekday()]}）"


def span_words(first: date, last: date) -> str:
    """`10-01至10-08`, or one day alone; with the years where they differ."""
    if first.year != last.year:
        return f"{first.isoformat()}至{last.isoformat()}"
    return f"{first:%m-%d}" if first == last else f"{first:%m-%d}至{last:%m-%d}"


def point_words(counting: Counting, unit: str, point: Point) -> str:
    """A day, or a moment in local time."""
    if not is_moment(unit):
        return date.fromordinal(point).isoformat()
    local = counting.moment(unit, point).astimezone(counting.time.zone)
    return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")


def ticks_words(unit: str, ticks: int) -> str:
    if not is_moment(unit):
        return f"{ticks}{UNITS['calendar_day' if unit == 'month' else unit]}"
    hours, rest = divmod(ticks, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = [
        f"{hours}小时" if hours else "",
        f"{minutes}分" if minutes else "",
        f"{seconds}秒" if seconds else "",
    ]
    return "".join(parts) or "0分"


def counting_lines(counting: Counting, clock: ClockState, way: Sequence[Stretch]) -> list[str]:
    """The way from the first day to the due day."""
    return [
        *_beginning(counting, clock),
        *_pauses(counting, clock),
        *_way_lines(clock.terms.unit, way),
        *_skipped(clock.terms.unit, way),
        *_end(counting, clock, way),
    ]


def _beginning(counting: Counting, clock: ClockState) -> Iterator[str]:
    assert clock.started is not None
    unit, amount = clock.terms.unit, f"{clock.budget}{UNITS[clock.terms.unit]}"
    if is_moment(unit):
        since = point_words(counting, unit, clock.started)
        way = "只计办公时间" if unit == "working_hour" else "夜里和休息日也计"
        yield f"{amount}，从{since}起算：小时和分钟从事情发生时计，{way}。"
        return
    yield f"{amount}，起算日{day_words(date.fromordinal(clock.started))}当天不计入（民法典第二百零一条）。"
    if unit == "month":
        nominal = day_words(date.fromordinal(add_months(clock.started, clock.budget)))
        yield f"{amount}后的对应日是{nominal}；没有对应日的，取当月最后一日（民法典第二百零二条）。"


def _pauses(counting: Counting, clock: ClockState) -> Iterator[str]:
    unit = clock.terms.unit
    for before, after in zip(clock.stretches, clock.stretches[1:], strict=False):
        assert before.end is not None
        first, last = (point_words(counting, unit, point) for point in (before.end, after.start))
        if is_moment(unit):
            yield f"中止{first}至{last}，其间不计。"
        else:
            days = after.start - before.end
            yield f"中止{first}至{last}：中止当天仍计，次日起不计，到恢复当天为止，共{days}天不计。"


def _way_lines(unit: str, way: Sequence[Stretch]) -> Iterator[str]:
    if len(way) <= MOST_LINES:
        for item in way:
            yield f"　　{_days(item)}：{_stretch_words(unit, item)}"
        return
    months = len({(day.year, day.month) for item in way for day in (item.first, item.last)})
    size = 7 if months <= MOST_LINES else 4
    days = [(day, item) for item in way for day in _each_day(item)]
    total = 0
    for name, part in groupby(days, key=lambda pair: pair[0].isoformat()[:size]):
        items = list(part)
        ticks = sum(item.each for _day, item in items)
        total += ticks
        words = f"　　{name}：计{ticks_words(unit, ticks)}，累计{ticks_words(unit, total)}"
        yield words + (_exceptions(items) if size == 7 else "")


def _days(item: Stretch) -> str:
    return (
        day_words(item.first)
        if item.first == item.last
        else f"{day_words(item.first)}至{day_words(item.last)}"
    )


def _stretch_words(unit: str, item: Stretch) -> str:
    words = {
        "weekend": "周末，不计",
        "holiday": "放假，不计",
        "suspended": "中止，不计",
        "rolled": "最后一日遇休息日，顺延（民法典第二百零三条）",
    }
    if item.kind in words:
        return words[item.kind]
    made_up = "（调休上班）" if item.kind == "made_up" else ""
    if is_moment(unit):
        each = "每天" if item.days > 1 else ""
        return f"{each}{ticks_words(unit, item.each)}，累计{ticks_words(unit, item.total)}{made_up}"
    first = item.total - item.days + 1
    numbers = f"第{item.total}" if item.days == 1 else f"第{first}至{item.total}"
    return f"{numbers}{UNITS['calendar_day' if unit == 'month' else unit]}{made_up}"


def _each_day(item: Stretch) -> Iterator[date]:
    for number in range(item.days):
        yield item.first + timedelta(days=number)


def _exceptions(items: Sequence[tuple[date, Stretch]]) -> str:
    """What was out of the ordinary in a month: holidays, suspensions, make-up days."""
    words = []
    for kind, label in (("holiday", "放假"), ("suspended", "中止"), ("made_up", "调休上班")):
        days = [day for day, item in items if item.kind == kind]
        if days:
            words.append(label + "、".join(span_words(*span) for span in spans(days)))
    return "；" + "，".join(words) if words else ""


def spans(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Days in a row as their first and last."""
    for _gap, run in groupby(enumerate(days), key=lambda pair: pair[1] - pair[0] * ONE_DAY):
        items = [day for _number, day in run]
        yield items[0], items[-1]


def _skipped(unit: str, way: Sequence[Stretch]) -> Iterator[str]:
    """Days off by their reason, where the way is short enough to name them."""
    if unit not in {"working_day", "working_hour"} or len(way) > MOST_LINES:
        return
    weekends = sum(item.days for item in way if item.kind == "weekend")
    holidays = "、".join(span_words(item.first, item.last) for item in way if item.kind == "holiday")
    made_up = "、".join(span_words(item.first, item.last) for item in way if item.kind == "made_up")
    parts = [f"周末{weekends}天" if weekends else "", f"放假{holidays}" if holidays else ""]
    if any(parts):
        yield "跳过：" + "；".join(part for part in parts if part) + "。"
    if made_up:
        yield f"照常计入的调休上班日：{made_up}。"


def _end(counting: Counting, clock: ClockState, way: Sequence[Stretch]) -> Iterator[str]:
    assert clock.started is not None and clock.due is not None
    unit = clock.terms.unit
    first, last = (counting.day(unit, point) for point in (clock.started, clock.due))
    if not is_moment(unit):
        rolled = [item for item in way if item.kind == "rolled"]
        if rolled:
            nominal = day_words(rolled[0].first - ONE_DAY)
            yield f"最后一日{nominal}是休息日，顺延到{day_words(last)}（民法典第二百零三条）。"
        elif not clock.terms.rolls and unit != "working_day" and not counting.calendar.is_workday(last):
            yield f"最后一日{day_words(last)}是休息日，按要求不顺延。"
        else:
            yield f"最后一日{day_words(last)}是工作日，不用顺延。"
    if clock.provisional:
        years = "、".join(
            str(year)
            for year in range(first.year, last.year + 1)
            if year not in counting.calendar.published_years
        )
        yield f"暂定：{years}年的放假安排还没有公布，先按周一至周五算，公布后可能变动。"


def standing(counting: Counting, clock: ClockState, on: Point) -> dict[str, Any]:
    """What is used, left and over on a day, in ticks: days, or seconds for hours and minutes."""
    unit = clock.terms.unit
    late = delay(counting, clock, on)
    ticks = clock.consumed + used(counting, clock, on) - late
    left = max(0, clock.total - ticks)
    day = point_words(counting, unit, on)
    return {"on": day, "used": ticks, "left": left, "overdue": late, "suspended": clock.running_since is None}


def as_of_words(counting: Counting, clock: ClockState, on: Point) -> str:
    """The same as a sentence."""
    unit, told = clock.terms.unit, standing(counting, clock, on)
    if clock.started is not None and on < clock.started:
        return f"到{told['on']}：还没有起算。"
    state = (
        f"已超期{ticks_words(unit, told['overdue'])}"
        if told["overdue"]
        else f"还剩{ticks_words(unit, told['left'])}"
    )
    rests = "，正在中止" if told["suspended"] else ""
    return f"到{told['on']}：已用{ticks_words(unit, told['used'])}，{state}{rests}。"
