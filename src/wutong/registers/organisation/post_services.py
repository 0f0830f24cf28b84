"""Writes of posts: who holds which post, from when to when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.errors import Refused
from wutong.registers.history.services import Fact, record, record_many
from wutong.registers.organisation.days import require_not_before, require_not_future
from wutong.registers.organisation.models import HoldingKind, Official, Post, PostHolding, Unit
from wutong.registers.organisation.unit_services import require_open


@dataclass(frozen=True)
class RosterRow:
    """Somebody on a roster (花名册)."""

    staff_no: str
    name: str
    unit: Unit
    post: str
    is_head: bool = False
    phone: str = ""
    account: Account | None = None


def establish_post(
    unit: Unit, title: str, *, is_head: bool, actor: Account | None, on: date, now: datetime, rank: int = 100
) -> Post:
    """The post of a unit with this title; it is made when it does not exist."""
    known = Post.objects.filter(unit=unit, title=title.strip()).first()
    if known is not None:
        return known
    facts = {"unit": unit, "title": title.strip(), "rank": rank, "is_head": is_head}
    return record(Post(), facts, actor=actor, effective_on=on, now=now, verb="establish")


@transaction.atomic
def appoint(
    official: Official,
    post: Post,
    *,
    kind: str = HoldingKind.MAIN,
    actor: Account | None,
    on: date,
    now: datetime,
    to_on: date | None = None,
    reason: str = "",
) -> PostHolding:
    """A post from a day on. A new main post ends the one before; `Official.post` and the unit follow it."""
    current = Official.objects.select_for_update().get(pk=official.pk)
    require_in_office(current, on)
    require_open(post.unit)
    held = list(PostHolding.objects.select_for_update().filter(official=official, to_on__isnull=True))
    if any(item.post_id == post.pk for item in held):
        raise Refused(
            _("%(name)s已经担任%(post)s。") % {"name": official.name, "post": post},
            fields={"post": _("请选另一个职位")},
        )
    if kind == HoldingKind.MAIN:
        require_not_future(on, now)
        main = [item for item in held if item.kind == HoldingKind.MAIN]
        for item in main:
            require_not_before(on, item.from_on, _("现任主职的起始日期"))
        record_many(
            [Fact(item, {"to_on": on}) for item in main], actor=actor, effective_on=on, now=now, verb="end"
        )
        record(
            official, {"unit": post.unit, "post": post.title}, actor=actor, effective_on=on, now=now,
            verb="transfer", reason=reason,
        )  # fmt: skip
    facts = {"official": official, "post": post, "kind": kind, "from_on": on, "to_on": to_on}
    return record(PostHolding(), facts, actor=actor, effective_on=on, now=now, verb="appoint", reason=reason)


def transfer_official(
    official: Official,
    unit: Unit,
    title: str,
    *,
    is_head: bool = False,
    actor: Account | None,
    on: date,
    now: datetime,
    reason: str = "",
) -> PostHolding:
    """Another main post, in this unit or another, from a day on."""
    with transaction.atomic():
        require_open(unit)
        post = establish_post(unit, title, is_head=is_head, actor=actor, on=on, now=now)
        return appoint(official, post, actor=actor, on=on, now=now, reason=reason)


@transaction.atomic
def end_holding(
    holding: PostHolding, *, actor: Account | None, on: date, now: datetime, reason: str = ""
) -> PostHolding:
    """A post ends on a day. Without a main post nothing is shown as the post."""
    require_not_before(on, holding.from_on, _("任职起始日期"))
    if holding.kind == HoldingKind.MAIN:
        require_not_future(on, now)
        record(holding.official, {"post": ""}, actor=actor, effective_on=on, now=now, verb="transfer")
    return record(holding, {"to_on": on}, actor=actor, effective_on=on, now=now, verb="end", reason=reason)


def require_in_office(official: Official, on: date) -> None:
    """Raises Refused for somebody who has not come yet or has left by that day."""
    if on < official.from_on or (official.to_on is not None and official.to_on <= on):
        raise Refused(
            _("%(name)s在%(on)s不在任。") % {"name": official.name, "on": on},
            fields={"official": _("请选在任的人")},
        )


@transaction.atomic
def appoint_many(
    rows: Sequence[RosterRow], *, actor: Account | None, on: date, now: datetime
) -> list[Official]:
    """New officials with their main posts, set by set: the number of queries does not grow with the rows.

    Raises Refused when a staff number occurs twice or is known, and names it.
    """
    if not rows:
        return []
    require_not_future(on, now)
    numbers = [row.staff_no for row in rows]
    doubled = (
        {number for number in numbers if numbers.count(number) > 1}
        if len(set(numbers)) < len(rows)
        else set()
    )
    doubled |= set(Official.objects.filter(staff_no__in=numbers).values_list("staff_no", flat=True))
    if doubled:
        raise Refused(_("工号重复或已登记：%(numbers)s。") % {"numbers": "、".join(sorted(doubled))})
    for unit in {row.unit.pk: row.unit for row in rows}.values():
        require_open(unit)
    posts = _posts_of(rows, actor, on, now)
    people = [Official() for _row in rows]
    facts = [
        Fact(
            official,
            {
                "staff_no": row.staff_no,
                "name": row.name,
                "unit": row.unit,
                "post": row.post.strip(),
                "phone": row.phone,
                "account": row.account,
                "from_on": on,
            },
        )
        for official, row in zip(people, rows, strict=True)
    ]
    record_many(facts, actor=actor, effective_on=on, now=now, verb="appoint")
    holdings = [
        Fact(
            PostHolding(),
            {
                "official": official,
                "post": posts[row.unit.pk, row.post.strip()],
                "kind": HoldingKind.MAIN,
                "from_on": on,
            },
        )
        for official, row in zip(people, rows, strict=True)
        if row.post.strip()
    ]
    record_many(holdings, actor=actor, effective_on=on, now=now, verb="appoint")
    return people


def _posts_of(
    rows: Sequence[RosterRow], actor: Account | None, on: date, now: datetime
) -> dict[tuple[int, str], Post]:
    """The posts that the rows name, those that are missing made."""
    named = {(row.unit.pk, row.post.strip()): row for row in rows if row.post.strip()}
    units = {row.unit.pk for row in rows}
    posts = {(post.unit_id, post.title): post for post in Post.objects.filter(unit__in=units)}
    new = {key: row for key, row in named.items() if key not in posts}
    facts = [
        Fact(Post(), {"unit": row.unit, "title": title, "rank": 100, "is_head": row.is_head})
        for (_unit, title), row in new.items()
    ]
    record_many(facts, actor=actor, effective_on=on, now=now, verb="establish")
    made = [fact.entry for fact in facts]
    return posts | {key: post for key, post in zip(new, made, strict=True) if isinstance(post, Post)}
