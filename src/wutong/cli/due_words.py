"""How a period was counted, day by day, in words for a clerk. The day itself comes from the product's own clocks; here
its way is only told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from wutong.cases.clocks.scales import Counting, Point, add_months, is_moment
from wutong.cases.clocks.state import ClockState, delay, used

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
"""Longer ways are told month by month."""


@dataclass(frozen=True)
class Counted:
    """One day on the way: `number` is its place in the count, None for a day that does not count, with its reason."""

    day: date
    number: int | None
    reason: str


def day_words(day: date) -> str:
    return f"{day.isoformat()}（周{WEEKDAYS[day.weekday()]}）"


def point_words(counting: Counting, unit: str, point: Point) -> str:
    if not is_moment(unit):
        return date.fromordinal(point).isoformat()
    local = counting.moment(unit, point).astimezone(counting.time.zone)
    return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")


def counting_lines(counting: Counting, clock: ClockState, pauses: Sequence[tuple[date, date]]) -> list[str]:
    """The way from the first day to the due day."""
    assert clock.started is not None and clock.due is not None
    unit = clock.terms.unit
    if is_moment(unit):
        return list(_moment_lines(counting, clock))
    start, due = date.fromordinal(clock.started), date.fromordinal(clock.due)
    lines = [f"起算日{day_words(start)}不计入（民法典第二百零一条）。"]
    if unit == "month":
        nominal = date.fromordinal(add_months(clock.started, clock.budget))
        lines.append(
            f"{clock.budget}个月后是{day_words(nominal)}；没有对应日的，取当月最后一日（民法典第二百零二条）。"
        )
    lines += [
        f"中止{first}至{last}：当日仍计，次日起不计，恢复的次日起再计，共停{(last - first).days}天。"
        for first, last in pauses
    ]
    lines += _grouped(list(_walk(counting, clock, pauses)), unit)
    if not counting.calendar.is_workday(due):
        lines.append(f"最后一日{day_words(due)}是休息日，这个时限不顺延。")
    if clock.provisional:
        lines.append(f"暂定：{_unpublished(counting, start, due)}年的放假安排没有公布，先按周一至周五算。")
    return lines


def _walk(counting: Counting, clock: ClockState, pauses: Sequence[tuple[date, date]]) -> Iterator[Counted]:
    assert clock.started is not None and clock.due is not None
    calendar, number = counting.calendar, 0
    for ordinal in range(clock.started + 1, clock.due + 1):
        day = date.fromordinal(ordinal)
        worked, weekend = calendar.is_workday(day), day.weekday() > 4
        if any(first < day <= last for first, last in pauses):
            yield Counted(day, None, "中止，不计")
        elif clock.terms.unit == "working_day":
            if worked:
                number += 1
                yield Counted(day, number, "调休上班" if weekend else "")
            else:
                yield Counted(day, None, "周末，不计" if weekend else "放假，不计")
        elif number < clock.total:
            number += 1
            yield Counted(day, number, "")
        else:
            yield Counted(day, None, "最后一日是休息日，顺延（民法典第二百零三条）")


def _grouped(days: list[Counted], unit: str) -> list[str]:
    """Days of a kind together; a weekend inside a holiday belongs to it."""
    word = "个工作日" if unit == "working_day" else "天"
    groups = [
        list(items)
        for _kind, items in groupby(_with_holidays(days), key=lambda item: (item.number is None, item.reason))
    ]
    if len(groups) > MOST_LINES:
        return _by_month(days, word)
    lines = []
    for group in groups:
        first, last = group[0], group[-1]
        span = day_words(first.day) if first is last else f"{day_words(first.day)}至{day_words(last.day)}"
        if first.number is None:
            lines.append(f"　　{span}：{first.reason}")
        else:
            count = f"第{first.number}" if first is last else f"第{first.number}至{last.number}"
            lines.append(f"　　{span}：{count}{word}" + (f"（{first.reason}）" if first.reason else ""))
    return lines


def _with_holidays(days: list[Counted]) -> list[Counted]:
    """Days off in a row that hold a holiday are all told as the holiday."""
    told: list[Counted] = []
    for is_off, items in groupby(days, key=lambda item: item.number is None and "不计" in item.reason):
        run = list(items)
        if is_off and any(item.reason.startswith("放假") for item in run):
            run = [
                Counted(item.day, None, "放假，不计") if item.reason.startswith("周末") else item
                for item in run
            ]
        told += run
    return told


def _by_month(days: list[Counted], word: str) -> list[str]:
    lines, total = [], 0
    for (year, month), items in groupby(days, key=lambda item: (item.day.year, item.day.month)):
        counted = sum(item.number is not None for item in items)
        total += counted
        lines.append(f"　　{year}年{month}月：{counted}{word}，累计{total}")
    return lines


def _moment_lines(counting: Counting, clock: ClockState) -> Iterator[str]:
    assert clock.started is not None and clock.due is not None
    unit = clock.terms.unit
    yield f"从{point_words(counting, unit, clock.started)}起算：小时和分钟从事情发生时计。"
    for stretch in clock.stretches:
        end = clock.due if stretch.end is None else stretch.end
        if unit != "working_hour":
            yield f"　　{_moments(counting, unit, stretch.start, end)}：{_seconds(end - stretch.start)}"
            continue
        day = counting.day(unit, stretch.start)
        while day <= counting.day(unit, end):
            first = max(stretch.start, counting.time.start_of(day))
            last = min(end, counting.time.start_of(day + timedelta(days=1)))
            worked = counting.time.elapsed(first, last)
            if worked:
                yield f"　　{day_words(day)}：办公时间内{_seconds(worked)}"
            elif not counting.calendar.is_workday(day):
                yield f"　　{day_words(day)}：休息，不计"
            day += timedelta(days=1)
    if clock.provisional:
        span = counting.day(unit, clock.started), counting.day(unit, clock.due)
        yield f"暂定：{_unpublished(counting, *span)}年的放假安排没有公布，先按周一至周五算。"


def _moments(counting: Counting, unit: str, first: Point, last: Point) -> str:
    return f"{point_words(counting, unit, first)}至{point_words(counting, unit, last)}"


def _seconds(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = [f"{hours}小时" if hours else "", f"{minutes}分" if minutes else "", f"{left}秒" if left else ""]
    return "".join(parts) or "0分"


def _unpublished(counting: Counting, first: date, last: date) -> str:
    years = [
        year for year in range(first.year, last.year + 1) if year not in counting.calendar.published_years
    ]
    return "、".join(map(str, years))


def as_of_line(counting: Counting, clock: ClockState, on: datetime) -> str:
    """What is used and left on a day, and how much it is late."""
    unit = clock.terms.unit
    point = counting.point_at(unit, on)
    ticks, late = clock.consumed + used(counting, clock, point), delay(counting, clock, point)
    words = (
        _seconds
        if is_moment(unit)
        else lambda amount: f"{amount}{UNITS['calendar_day' if unit == 'month' else unit]}"
    )
    left = max(0, clock.total - ticks)
    state = f"超{words(late)}" if late else f"还剩{words(left)}"
    return f"到{point_words(counting, unit, point)}：已用{words(ticks - late)}，{state}。"
