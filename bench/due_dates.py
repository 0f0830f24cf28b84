"""A million due dates: `python -m bench.due_dates`. Prints CPU seconds; nothing is asserted.

Starts and budgets are drawn beforehand, so that only the counting is measured: in bulk, one by one through the
calendar, and one by one through a whole clock (start, projection, provisional or not).
"""

import os
import random
import time
from datetime import date

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wutong.site.settings.test")
django.setup()

from wutong.base.calendar.services import shipped_calendar, shipped_working_time  # noqa: E402
from wutong.cases.clocks.declared import Terms  # noqa: E402
from wutong.cases.clocks.scales import Counting  # noqa: E402
from wutong.cases.clocks.state import start  # noqa: E402

MILLION = 1_000_000


def measure(label: str, count: int, seconds: float) -> None:
    print(f"{label}: {count:,} in {seconds:.2f} s CPU, {seconds / count * 1e9:,.0f} ns each")


def main() -> None:
    calendar = shipped_calendar()
    counting = Counting(shipped_working_time(calendar))
    dice = random.Random(1)
    first = date(2011, 1, 1).toordinal()
    starts = [date.fromordinal(first + dice.randrange(15 * 365)) for _number in range(MILLION)]
    budgets = [dice.randint(1, 60) for _number in range(MILLION)]

    began = time.process_time()
    found = calendar.due_days(starts, budgets)
    measure("working days, in bulk", MILLION, time.process_time() - began)

    began = time.process_time()
    single = [calendar.add_workdays(day, budget).on for day, budget in zip(starts, budgets, strict=True)]
    measure("working days, one by one with provisional", MILLION, time.process_time() - began)
    assert single == found

    for unit, scale in (("working_day", 1), ("calendar_day", 1), ("month", 1), ("working_hour", 86400)):
        points = [day.toordinal() for day in starts[:100_000]]
        if scale > 1:
            points = [counting.time.start_of(day) + 36_000 for day in starts[:100_000]]
        began = time.process_time()
        for point, budget in zip(points, budgets, strict=False):
            start(counting, Terms(unit, budget % 12 + 1), point)  # type: ignore[arg-type]
        measure(f"clocks of unit {unit}, whole state", len(points), time.process_time() - began)


if __name__ == "__main__":
    main()
