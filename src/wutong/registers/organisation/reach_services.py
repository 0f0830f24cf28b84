"""Writes of reach: units in charge (分管) and stand-ins (AB岗)."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.errors import Refused
from wutong.registers.history.services import record
from wutong.registers.organisation.days import require_not_before
from wutong.registers.organisation.models import Official, Oversight, StandIn, Unit
from wutong.registers.organisation.post_services import require_in_office
from wutong.registers.organisation.unit_services import require_open

LONGEST_STAND_IN = 90
"""Calendar days at once; who is away longer hands over."""


@transaction.atomic
def put_in_charge(
    official: Official,
    unit: Unit,
    *,
    actor: Account | None,
    on: date,
    now: datetime,
    to_on: date | None = None,
) -> Oversight:
    """A leader has a unit in charge from a day on."""
    locked = Official.objects.select_for_update().get(pk=official.pk)
    require_in_office(locked, on)
    require_open(unit)
    if Oversight.objects.filter(official=official, unit=unit, to_on__isnull=True).exists():
        raise Refused(
            _("%(name)s已经分管%(unit)s。") % {"name": official.name, "unit": unit.name},
            fields={"unit": _("请选另一个单位")},
        )
    facts = {"official": official, "unit": unit, "from_on": on, "to_on": to_on}
    return record(Oversight(), facts, actor=actor, effective_on=on, now=now, verb="put_in_charge")


def end_oversight(oversight: Oversight, *, actor: Account | None, on: date, now: datetime) -> Oversight:
    """The unit is in charge of this leader until the day before `on`."""
    require_not_before(on, oversight.from_on, _("起始日期"))
    return record(oversight, {"to_on": on}, actor=actor, effective_on=on, now=now, verb="end")


@transaction.atomic
def arrange_stand_in(
    official: Official,
    stand_in: Official,
    *,
    from_on: date,
    to_on: date,
    reason: str,
    actor: Account | None,
    now: datetime,
) -> StandIn:
    """B stands in for A from `from_on` to the day before `to_on`. Raises Refused for oneself, for more than 90 days at
    once, and while another one stands in for A."""
    if official.pk == stand_in.pk:
        raise Refused(_("不能由本人代理本人。"), fields={"stand_in": _("请选另一个人")})
    if to_on <= from_on:
        raise Refused(_("结束日期要晚于起始日期。"), fields={"to_on": _("要晚于起始日期")})
    if to_on - from_on > timedelta(days=LONGEST_STAND_IN):
        raise Refused(
            _("一次代理最长%(days)s天；离岗更久的请办理交接。") % {"days": LONGEST_STAND_IN},
            fields={"to_on": _("最长%(days)s天") % {"days": LONGEST_STAND_IN}},
        )
    # Locked in the order of keys, so that two arrangements never wait for each other.
    locked = {
        item.pk: item
        for item in Official.objects.select_for_update()
        .filter(pk__in=[official.pk, stand_in.pk])
        .order_by("pk")
    }
    for person in locked.values():
        require_in_office(person, from_on)
    if (leaves_on := locked[stand_in.pk].to_on) is not None and leaves_on < to_on:
        raise Refused(
            _("%(name)s于%(on)s离任，代理不能超过这一天。") % {"name": stand_in.name, "on": leaves_on},
            fields={"to_on": _("不能晚于%(on)s") % {"on": leaves_on}},
        )
    other = (
        StandIn.objects.filter(official=official, from_on__lt=to_on, to_on__gt=from_on)
        .exclude(to_on=F("from_on"))
        .select_related("stand_in")
        .order_by("from_on")
        .first()
    )
    if other is not None:
        raise Refused(
            _("%(start)s至%(end)s已由%(name)s代理，时间不能重叠。")
            % {"start": other.from_on, "end": other.to_on, "name": other.stand_in.name}
        )
    facts = {"official": official, "stand_in": stand_in, "from_on": from_on, "to_on": to_on, "reason": reason}
    return record(StandIn(), facts, actor=actor, effective_on=from_on, now=now, verb="arrange")


def end_stand_in(stand_in: StandIn, *, actor: Account | None, on: date, now: datetime) -> StandIn:
    """A is back earlier; one that has not begun never begins."""
    ends_on = max(on, stand_in.from_on)
    if ends_on >= stand_in.to_on:
        raise Refused(_("这次代理已于%(on)s结束。") % {"on": stand_in.to_on})
    return record(stand_in, {"to_on": ends_on}, actor=actor, effective_on=ends_on, now=now, verb="end")
