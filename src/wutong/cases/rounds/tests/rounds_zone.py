"""A zone with projects that report, and the days of one round. All names are invented."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from wutong.base.accounts.models import Account
from wutong.base.accounts.testing import SHANGHAI, make_account
from wutong.base.calendar.services import load_published_years
from wutong.base.money import YI
from wutong.cases.act import act
from wutong.cases.models import Case
from wutong.cases.rounds.models import Report, Round
from wutong.cases.rounds.periods import Period
from wutong.cases.rounds.services import HandIn, open_round, submit_reports
from wutong.ledgerkit.testing import person
from wutong.ledgers.project_push.reports.rounds import PROJECT_MONTH
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.registers.organisation.actors import SYSTEM, Actor, actor_of
from wutong.registers.organisation.models import Official, Unit
from wutong.registers.organisation.services import open_unit

OCTOBER = Period("month", 2026, 10)
FIRST_WORKDAY = date(2026, 11, 2)
DUE = date(2026, 11, 6)
"""The fifth working day of November 2026."""
WAN = 10_000


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


@dataclass
class RoundZone:
    """`host` answers for the projects of `home`, `stranger` for those of `elsewhere`; `runner` runs rounds."""

    home: Unit
    elsewhere: Unit
    host: Official
    colleague: Official
    stranger: Official
    runner: Account

    def actor(self, who: Official | Account, on: date = FIRST_WORKDAY) -> Actor:
        key = who.account_id if isinstance(who, Official) else who.pk
        return actor_of(Account.objects.select_related("official__unit").get(pk=key), on)

    def project(self, name: str, *, state: str = "signed", host: Official | None = None, **more: Any) -> Case:
        host = host or self.host
        new = NewProject(
            name=name,
            investor_name=f"{name}投资方",
            total_investment_yuan=2 * YI,
            state=state,
            opened_on=more.pop("opened_on", date(2026, 3, 2)),
            host_unit=host.unit,
            host_person=host,
            **more,
        )
        return enter_projects([new], actor=SYSTEM, now=at(date(2026, 3, 2)))[0]

    def start(self, case: Case, on: date) -> Case:
        return act(case, "backfill_start", actor=SYSTEM, now=at(on), effective_on=on, reason="示例").case

    def open(self, on: date = FIRST_WORKDAY, period: Period = OCTOBER) -> Round:
        return open_round(PROJECT_MONTH, period, actor=SYSTEM, on=on, now=at(on))

    def submit(
        self, found: Round, case: Case, who: Official, on: date = FIRST_WORKDAY, **values: Any
    ) -> Sequence[Report]:
        report = Report.objects.get(round=found, case=case)
        told = {"done_yuan": 100 * WAN, **values}
        return submit_reports(found, [HandIn(report, told)], actor=self.actor(who, on), on=on, now=at(on))


def make_round_zone() -> RoundZone:
    load_published_years()
    now, on = at(date(2026, 1, 5)), date(2026, 1, 5)

    def unit(code: str, name: str, kind: str, parent: Unit | None) -> Unit:
        return open_unit(code=code, name=name, kind=kind, parent=parent, actor=None, on=on, now=now)

    root = unit("root", "示例管委会", "committee", None)
    home, elsewhere = (
        unit(code, name, "department", root) for code, name in (("home", "示例经济部"), ("else", "示例别部"))
    )
    host, colleague, stranger = (
        person(code, name, where, make_account(code, display_name=name), now)
        for code, name, where in (
            ("host", "示例主办", home),
            ("colleague", "示例同事", home),
            ("stranger", "示例别人", elsewhere),
        )
    )
    runner = make_account("runner", display_name="示例组织人", rights=("rounds.run", "project_push.see_all"))
    person("runner", "示例组织人", elsewhere, runner, now)
    return RoundZone(home, elsewhere, host, colleague, stranger, runner)
