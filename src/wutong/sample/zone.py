"""Builds the sample zone through the same services as everybody else uses. All names and rows are invented."""

from datetime import date, datetime

from django.db import transaction

from wutong.base.accounts.models import Account
from wutong.base.zone.services import name_zone
from wutong.cases.clocks.sweep import sweep_clocks
from wutong.registers.organisation.models import Unit
from wutong.sample import names
from wutong.sample.doubles import build_doubles
from wutong.sample.enterprises import build_enterprises
from wutong.sample.instructions import build_instructions
from wutong.sample.meetings import build_meetings
from wutong.sample.organisation import build_organisation
from wutong.sample.plan import planned_projects
from wutong.sample.problems import build_ended_problems, build_problems
from wutong.sample.project_facts import build_project_facts
from wutong.sample.projects import build_projects
from wutong.sample.reports import build_reports


def is_built() -> bool:
    return Unit.objects.exists()


def build_zone(*, today: date, now: datetime) -> None:
    """Everything or nothing."""
    with transaction.atomic():
        zone = build_organisation(today, now)
        build_enterprises(zone, today, now)
        name_zone("梧桐高新区", "379999", is_set_up=True, now=now)
        plans = planned_projects(today)
        cases = build_projects(plans, zone, now)
        build_project_facts(plans, cases, zone, today, now)
        build_ended_problems(plans, cases, zone, now)
        build_problems(plans, cases, zone, today, now)
        build_reports(zone, today)
        build_instructions(zone, today)
        build_doubles(plans, cases, zone, today, now)
        build_meetings(zone, today)
        sweep_clocks(now)


def sample_accounts() -> list[Account]:
    logins = [row[0] for row in names.OFFICIALS if row[0]] + [row[0] for row in names.OFFICERS]
    found = {account.name: account for account in Account.objects.filter(name__in=logins)}
    return [found[login] for login in logins if login in found]
