"""A count is told to somebody: it is frozen with what was known, and what was learned later stands beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from wutong.base.errors import NotAllowed, Refused
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgers.project_push.counting.queries import (
    CASE_TYPE,
    Cause,
    Counts,
    causes,
    group_names,
    project_counts,
)
from wutong.ledgers.project_push.counting.rules import Difference, differences, frozen
from wutong.ledgers.project_push.models import PublishedCount
from wutong.registers.organisation.actors import Actor

PUBLISH, SEE_ALL = "project_push.publish", "project_push.see_all"


@transaction.atomic
def publish_count(
    title: str, from_on: date | None, as_of: date, *, actor: Actor, now: datetime
) -> PublishedCount:
    """Freeze the count of the whole zone with what is known now.

    Raises NotAllowed without the right to publish and to see all projects, Refused for a day to come, a period that
    ends before it begins, and a count that was published under this title before.
    """
    if not actor.is_system and not (actor.has(PUBLISH) and actor.has(SEE_ALL)):
        raise NotAllowed(_("您没有“公布项目统计”的权限。公布的是全区的数字，要能查看全部项目。"))
    title = title.strip()
    if not title:
        raise Refused(_("请写标题。"), fields={"title": _("请填写")})
    if as_of > localdate(now):
        raise Refused(_("数据日还没到，不能公布。"), fields={"as_of": _("还没到这一天")})
    judge_period(from_on, as_of)
    if PublishedCount.objects.filter(title=title, from_on=from_on, as_of=as_of).exists():
        raise Refused(
            _("已经公布过“%(title)s”。公布的数字不能改；要重新公布请换一个标题。") % {"title": title},
            fields={"title": _("已经公布过")},
        )
    counts = project_counts(actor, from_on, as_of, known_at=now)
    return PublishedCount.objects.create(
        title=title,
        from_on=from_on,
        as_of=as_of,
        known_at=now,
        numbers={"numbers": frozen(counts.numbers), "names": group_names(counts.groups)},
        published_by=actor.account,
        published_at=now,
    )


def judge_period(from_on: date | None, as_of: date) -> None:
    """Raises Refused for a period that ends before it begins."""
    if from_on is not None and from_on > as_of:
        raise Refused(
            _("期初%(from_on)s晚于数据日%(as_of)s。") % {"from_on": from_on, "as_of": as_of},
            fields={"from_on": _("不能晚于数据日")},
        )


@dataclass(frozen=True)
class Reading:
    """A published count as somebody reads it: everybody reads its totals, and the rows that he may see.

    Numbers of an investor are told only to those who may see every project behind them: a name of an investor gives
    its project away. What is known now stands beside them for those who may see all projects.
    """

    published: PublishedCount
    actor: Actor

    @cached_property
    def numbers(self) -> Mapping[str, Mapping[str, Any]]:
        """Value and projects of each number, as they were frozen."""
        told: Mapping[str, Mapping[str, Any]] = self.published.numbers["numbers"]
        if self.sees_all:
            return told
        return {
            key: number
            for key, number in told.items()
            if not key.partition("/")[2].startswith("investor:") or self.visible.issuperset(number["ids"])
        }

    @property
    def names(self) -> Mapping[str, str]:
        """Names of units, teams and investors by `unit:12`, as they were."""
        told: Mapping[str, str] = self.published.numbers["names"]
        return told

    @cached_property
    def sees_all(self) -> bool:
        return self.actor.is_system or self.actor.has(SEE_ALL)

    @cached_property
    def visible(self) -> frozenset[int]:
        """Projects that the reader may see."""
        return frozenset(visible_cases(self.actor, CASE_TYPE).values_list("pk", flat=True))

    def value(self, key: str) -> int:
        return int(self.numbers[key]["value"]) if key in self.numbers else 0

    def rows_of(self, key: str) -> list[int]:
        """The projects behind a number that the reader may see."""
        return [pk for pk in self.numbers[key]["ids"] if pk in self.visible]

    def hidden(self, key: str) -> int:
        """How many projects behind a number the reader may not see."""
        return len(self.numbers[key]["ids"]) - len(self.rows_of(key))

    @cached_property
    def then(self) -> Counts:
        """The same count by the same knowledge, over what the reader may see."""
        item = self.published
        return project_counts(self.actor, item.from_on, item.as_of, known_at=item.known_at)

    @cached_property
    def now(self) -> Counts:
        """The same period as it is known now, over what the reader may see."""
        return project_counts(self.actor, self.published.from_on, self.published.as_of)

    @cached_property
    def is_repeated(self) -> bool:
        """Whether a recount by the same knowledge gives the frozen numbers; asked of those who see all."""
        return bool(frozen(self.then.numbers) == self.published.numbers["numbers"])

    @cached_property
    def differences(self) -> list[Difference]:
        """Project by project what is different now, among the projects that the reader may see."""
        return differences(self.then.numbers, self.now.numbers)

    @cached_property
    def causes(self) -> Mapping[int, list[Cause]]:
        """The changes recorded since that make the differences, by project."""
        ids = sorted({item.case_id for item in self.differences})
        return causes(ids, self.published.known_at, self.published.as_of) if ids else {}
