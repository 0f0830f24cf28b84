"""Two entries that seem to be one project and are two: said by somebody with a reason, taken back with one."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.errors import Refused
from wutong.registers.history.services import Fact, record, record_many
from wutong.registers.projects.models import Project, ProjectDistinct

DECLARE, WITHDRAW = "declare_distinct", "withdraw_distinct"
"""Verbs in the history of the pair and of both projects."""


def standing_distinct(one: Project, other: Project) -> ProjectDistinct | None:
    """What was said about the two, while it holds."""
    low, high = sorted((one.pk, other.pk))
    return ProjectDistinct.objects.filter(first=low, second=high, is_undone=False).first()


@transaction.atomic
def declare_distinct(
    one: Project, other: Project, *, reason: str, actor: Account | None, on: date, now: datetime
) -> ProjectDistinct:
    """These two are two projects; they are not offered as a pair again. Stands in the history of both. Safe to repeat.

    Raises Refused for one entry twice and for an entry that was merged into another one.
    """
    low, high = _locked(one, other)
    pair = ProjectDistinct.objects.filter(first=low, second=high).first()
    if pair is not None and not pair.is_undone:
        return pair
    for project in (low, high):
        if project.merged_into_id is not None:
            raise Refused(_("“%(name)s”已并入另一个项目，请先撤销合并。") % {"name": project})
    return _record(
        pair or ProjectDistinct(first=low, second=high), low, high, False,
        verb=DECLARE, reason=reason, actor=actor, effective_on=on, now=now,
    )  # fmt: skip


@transaction.atomic
def withdraw_distinct(
    pair: ProjectDistinct, *, reason: str, actor: Account | None, on: date, now: datetime
) -> ProjectDistinct:
    """The two may be one after all; they are offered as a pair again. Raises Refused when it was taken back before."""
    low, high = _locked(pair.first, pair.second)
    pair = ProjectDistinct.objects.get(pk=pair.pk)
    if pair.is_undone:
        raise Refused(_("这次认定已经撤销过。"))
    return _record(pair, low, high, True, verb=WITHDRAW, reason=reason, actor=actor, effective_on=on, now=now)


def _locked(one: Project, other: Project) -> tuple[Project, Project]:
    """Both projects, the one entered earlier first; whoever judges one of them meanwhile waits."""
    if one.pk == other.pk:
        raise Refused(_("请选两个不同的项目。"))
    low, high = Project.objects.select_for_update().filter(pk__in=[one.pk, other.pk]).order_by("pk")
    return low, high


def _record(
    pair: ProjectDistinct, low: Project, high: Project, is_undone: bool, *, reason: str, **told: Any
) -> ProjectDistinct:
    """The pair and the history of both projects, which names the two by their numbers."""
    words = {"first": low.code, "second": high.code, "reason": reason.strip()}
    said = (
        _("撤销认定“%(first)s”和“%(second)s”不是同一项目：%(reason)s") if is_undone
        else _("“%(first)s”和“%(second)s”不是同一项目：%(reason)s")
    ) % words  # fmt: skip
    record_many([Fact(low, {}), Fact(high, {})], reason=said, **told)
    facts = {"first": low, "second": high, "is_undone": is_undone}
    return record(pair, facts, reason=reason.strip(), **told)
