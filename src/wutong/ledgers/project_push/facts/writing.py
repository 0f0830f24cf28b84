"""What every act on the facts of a project shares: who may, the lock, the record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from wutong.base.errors import NotAllowed, Refused
from wutong.cases.models import Assignment, Case
from wutong.cases.who import is_allowed
from wutong.ledgers.project_push.models import ProjectPush
from wutong.ledgers.project_push.procedures import EDIT
from wutong.registers.history.models import RegisterEntry
from wutong.registers.history.services import record
from wutong.registers.organisation.actors import Actor
from wutong.registers.projects.models import Project

FIRST_YEAR, LAST_YEAR = 2000, 2100
E = TypeVar("E", bound=RegisterEntry)


@dataclass(frozen=True)
class Act:
    """Who writes, on which day, at which moment; `reason` stands in the change."""

    actor: Actor
    on: date
    now: datetime
    reason: str = ""


def may_write_facts(case: Case, actor: Actor, assignments: Sequence[Assignment] | None = None) -> bool:
    """Whether somebody may write the facts of a project. `assignments` are the open ones, when they were read."""
    if assignments is None:
        assignments = list(Assignment.objects.filter(case=case, to_on__isnull=True))
    return is_allowed(actor, EDIT, assignments)


def require_writer(case: Case, actor: Actor) -> None:
    """Raises NotAllowed for whoever may not write the facts of this project."""
    if not may_write_facts(case, actor):
        raise NotAllowed(_("这个项目的资料由主办、帮办专员、产业招商组，或有“办理项目”权限的人登记。"))


def locked_project(push: ProjectPush) -> Project:
    """The project, locked: two people who write its facts wait for each other."""
    locked = Project.objects.select_for_update().get(pk=push.project_id)
    for name in ("investor", "company", "team"):
        known = push.project._state.fields_cache.get(name)
        if known is not None and known.pk == getattr(locked, f"{name}_id"):
            setattr(locked, name, known)
    return locked


def refused(message: str, name: str) -> Refused:
    """A refusal that stands in full at its field."""
    return Refused(message, fields={name: message})


def judge_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise refused(_("年份%(year)s太早或太晚。") % {"year": year}, "year")


def judge_amount(name: str, yuan: int | None) -> None:
    if yuan is not None and yuan < 0:
        raise refused(_("金额不能是负数。"), name)


def judge_past(name: str, day: date, on: date) -> None:
    if day > on:
        raise refused(_("%(day)s还没到。请填已经发生的日期。") % {"day": day}, name)
    if day.year < FIRST_YEAR:
        raise refused(_("日期%(on)s太早或太晚。") % {"on": day}, name)


def record_facts(entry: E, facts: Mapping[str, Any], do: Act, effective_on: date | None = None) -> E:
    return record(
        entry,
        facts,
        actor=do.actor.account,
        effective_on=effective_on or do.on,
        now=do.now,
        reason=do.reason.strip()[:500],
    )
