"""The plan of the 180 sample projects of three years: which state each has reached, and on which days. Pure, from a
fixed seed."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from wutong.base.money import YI
from wutong.sample import names

SEED = 20260106
ENDS = (
    ["lead"] * 10 + ["negotiating"] * 12 + ["appraised"] * 8 + ["signed"] * 38 + ["registered"] * 15
    + ["started"] * 42 + ["in_production"] * 30 + ["at_capacity"] * 13 + ["suspended"] * 6 + ["terminated"] * 6
)  # fmt: skip
WAY = ("lead", "negotiating", "appraised", "signed", "registered", "started", "in_production", "at_capacity")
LASTS = {
    "lead": (10, 40), "negotiating": (20, 90), "appraised": (15, 60), "signed": (20, 70), "registered": (40, 170),
    "started": (200, 420), "in_production": (120, 300),
}  # fmt: skip
"""How many days a project spends in a state before it goes on: from, to."""
AMOUNTS_YI = (
    "52", "12.6", "10.5", "8.6", "6", "5.2", "4.5", "3.6", "2.4", "2.1", "1.9", "1.5", "1.2", "0.8",
)  # fmt: skip


@dataclass(frozen=True)
class PlannedProject:
    """One project: `days` are the days its states were reached, in order of `WAY`."""

    name: str
    investor: str
    team: str
    amount_yuan: int
    end: str
    days: dict[str, date]
    progress_on: date | None
    progress: str
    unit: str
    leader: int
    has_problem: bool
    facts: dict[str, object] = field(default_factory=dict)


def planned_projects(today: date) -> list[PlannedProject]:
    """Always the same shapes; only the days move with `today`."""
    dice = random.Random(SEED)  # noqa: S311
    teams = list(names.PRODUCTS)
    ends = list(ENDS)
    dice.shuffle(ends)
    plans = []
    for index, end in enumerate(ends):
        team = teams[index % 4]
        products = names.PRODUCTS[team]
        product = products[(index // 4) % len(products)]
        ending = names.ENDINGS[(index // 40) % len(names.ENDINGS)]
        days = _days(dice, end, today)
        amount = int(float(dice.choice(AMOUNTS_YI)) * 10) * (YI // 10)
        last = max(days.values())
        quiet = dice.choice([3, 6, 9, 14, 20, 25, 30, 40, 50, 70, 95, 140])
        progress_on = max(last, today - timedelta(days=quiet)) if end not in {"lead", "terminated"} else None
        signed = days.get("signed", today)
        plans.append(
            PlannedProject(
                name=f"{product}{ending}",
                investor=f"{dice.choice(names.CITIES)}{dice.choice(names.WORDS)}{product[:2]}科技有限公司",
                team=team,
                amount_yuan=amount,
                end=end,
                days=days,
                progress_on=progress_on,
                progress=dice.choice(names.PROGRESS),
                unit=dice.choice(["economy", "land", "construction", "approval", "lake", "new_town", "park"]),
                leader=dice.randrange(4),
                has_problem=end in {"signed", "registered", "started"} and dice.random() < 0.55,
                facts={
                    "plan_start_on": signed + timedelta(days=200),
                    "plan_production_on": signed + timedelta(days=560),
                    "land_mu": str(dice.randint(12, 300)),
                    "place": dice.choice(names.PLACES),
                    "content": f"建设{product}生产线及配套设施（示例）。",
                },
            )
        )
    return plans


def _days(dice: random.Random, end: str, today: date) -> dict[str, date]:
    """Days of the states up to the end, walked backwards from how long the last one has lasted."""
    reached = "started" if end in {"suspended", "terminated"} else end
    if end in {"suspended", "terminated"} and dice.random() < 0.5:
        reached = "signed"
    way = WAY[: WAY.index(reached) + 1]
    if reached == "signed":
        lasted = dice.choice([15, 25, 40, 60, 80, 100, 120, 140, 160, 180, 200, 220, 374, 430, 640])
    elif reached == "started":
        lasted = dice.choice([20, 40, 60, 90, 120, 150, 180, 210, 240, 300, 367, 482, 690])
    else:
        lasted = dice.randint(15, 330)
    day = today - timedelta(days=lasted)
    days = {reached: day}
    for state in reversed(way[:-1]):
        day -= timedelta(days=dice.randint(*LASTS[state]))
        days[state] = day
    return dict(sorted(days.items(), key=lambda item: item[1]))
