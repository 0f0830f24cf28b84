"""Writes of the zone's places, all through `record`."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.errors import Refused
from wutong.registers.history.intervals import valid_on
from wutong.registers.history.services import record
from wutong.registers.organisation.models import Unit
from wutong.registers.places.boundaries import checked_boundary
from wutong.registers.places.models import Division, PlaceKind, SpatialUnit

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,29}")
SIXTH = Decimal("0.000001")


@dataclass(frozen=True)
class PlaceFacts:
    """What is known of a place, apart from its code, days and boundary. The centre is in degrees, both or none."""

    name: str
    kind: str
    parent: SpatialUnit | None = None
    division: Division | None = None
    manager_unit: Unit | None = None
    centre_lon: Decimal | None = None
    centre_lat: Decimal | None = None


def open_place(
    code: str, facts: PlaceFacts, *, actor: Account | None, on: date, now: datetime, boundary: object = None
) -> SpatialUnit:
    """A new place from a day on, with its GeoJSON boundary if there is one."""
    written = {"code": _clean_code(code), **_checked(None, facts, on), "valid_from": on}
    if boundary is not None:
        written |= _drawn(boundary, has_centre=facts.centre_lon is not None)
    try:
        with transaction.atomic():
            return record(SpatialUnit(), written, actor=actor, effective_on=on, now=now, verb="open")
    except IntegrityError:
        holder = SpatialUnit.objects.filter(code=written["code"]).first()
        words = _("编码“%(code)s”已经用于“%(name)s”。") % {"code": written["code"], "name": holder}
        raise Refused(words, fields={"code": words}) from None


@transaction.atomic
def change_place(
    place: SpatialUnit,
    facts: PlaceFacts,
    *,
    actor: Account | None,
    on: date,
    now: datetime,
    reason: str = "",
    expected_seq: int | None = None,
) -> SpatialUnit:
    """Write the facts that differ; without any difference nothing is written."""
    _refuse_closed(place)
    _refuse_early(place, on)
    checked = _checked(place, facts, on)
    written = {name: value for name, value in checked.items() if getattr(place, name) != value}
    if not written:
        return place
    return record(
        place,
        written,
        actor=actor,
        effective_on=on,
        now=now,
        verb="change",
        reason=reason,
        expected_seq=expected_seq,
    )


@transaction.atomic
def close_place(
    place: SpatialUnit,
    *,
    actor: Account | None,
    on: date,
    now: datetime,
    reason: str,
    expected_seq: int | None = None,
) -> SpatialUnit:
    """`on` is the first day on which the place is no more. Places below it are closed or moved first."""
    _refuse_closed(place)
    _refuse_early(place, on)
    below = list(place.children.exclude(valid_to__lte=on).order_by("code")[:4])
    if below:
        names = "、".join(child.name for child in below[:3]) + (_("等") if len(below) > 3 else "")
        raise Refused(
            _("“%(name)s”下面还有%(children)s，请先撤销它们或改它们的上级。")
            % {"name": place.name, "children": names}
        )
    return record(
        place,
        {"valid_to": on},
        actor=actor,
        effective_on=on,
        now=now,
        verb="close",
        reason=reason,
        expected_seq=expected_seq,
    )


@transaction.atomic
def set_boundary(
    place: SpatialUnit,
    boundary: object,
    *,
    actor: Account | None,
    on: date,
    now: datetime,
    reason: str = "",
    expected_seq: int | None = None,
) -> SpatialUnit:
    """A GeoJSON boundary (`boundaries.checked_boundary` says which). A place without a centre gets one inside it."""
    _refuse_closed(place)
    _refuse_early(place, on)
    written = _drawn(boundary, has_centre=place.centre_lon is not None)
    if written["boundary"] == place.boundary:
        return place
    return record(
        place,
        written,
        actor=actor,
        effective_on=on,
        now=now,
        verb="draw",
        reason=reason,
        expected_seq=expected_seq,
    )


def _drawn(boundary: object, *, has_centre: bool) -> dict[str, Any]:
    checked = checked_boundary(boundary)
    written: dict[str, Any] = {"boundary": checked.text}
    if not has_centre:
        inside = checked.shape.representative_point()
        written["centre_lon"] = Decimal(str(inside.x)).quantize(SIXTH)
        written["centre_lat"] = Decimal(str(inside.y)).quantize(SIXTH)
    return written


def _clean_code(text: str) -> str:
    code = "".join(unicodedata.normalize("NFKC", text).split())
    if not CODE.fullmatch(code):
        words = _("编码用字母、数字和“-”“_”“.”，最多30个字符。")
        raise Refused(words, fields={"code": words})
    return code


def _checked(place: SpatialUnit | None, facts: PlaceFacts, on: date) -> dict[str, Any]:
    name = facts.name.strip()
    if not name:
        raise Refused(_("请填写地域名称。"), fields={"name": _("请填写")})
    if facts.kind not in PlaceKind.values:
        raise Refused(_("请选择地域类别。"), fields={"kind": _("请选择")})
    _refuse_parent(place, facts, on)
    return {
        "name": name,
        "kind": facts.kind,
        "parent": facts.parent,
        "division": facts.division,
        "manager_unit": facts.manager_unit,
        **_centre(facts),
    }


def _refuse_parent(place: SpatialUnit | None, facts: PlaceFacts, on: date) -> None:
    parent = facts.parent
    if parent is None:
        return
    if facts.kind == PlaceKind.ZONE:
        words = _("高新区没有上级地域，请空着。")
        raise Refused(words, fields={"parent": words})
    if not SpatialUnit.objects.filter(valid_on(on), pk=parent.pk).exists():
        words = _("上级地域“%(name)s”在%(day)s不存在。") % {"name": parent.name, "day": on}
        raise Refused(words, fields={"parent": words})
    above: SpatialUnit | None = parent
    while place is not None and above is not None:
        if above.pk == place.pk:
            words = _("“%(name)s”不能放在它自己或它的下级下面。") % {"name": place.name}
            raise Refused(words, fields={"parent": words})
        above = above.parent


def _centre(facts: PlaceFacts) -> dict[str, Decimal | None]:
    lon, lat = facts.centre_lon, facts.centre_lat
    if (lon is None) != (lat is None):
        raise Refused(_("中心点的经度和纬度要一起填。"), fields={"centre_lon": _("经度和纬度要一起填")})
    if lon is None or lat is None:
        return {"centre_lon": None, "centre_lat": None}
    if abs(lon) > 180 or abs(lat) > 90:
        words = _("中心点不是经纬度。请先填经度，再填纬度。")
        raise Refused(words, fields={"centre_lon": words})
    return {"centre_lon": lon.quantize(SIXTH), "centre_lat": lat.quantize(SIXTH)}


def _refuse_closed(place: SpatialUnit) -> None:
    if place.valid_to is not None:
        raise Refused(
            _("“%(name)s”已于%(day)s撤销，不能再改。") % {"name": place.name, "day": place.valid_to}
        )


def _refuse_early(place: SpatialUnit, on: date) -> None:
    if on < place.valid_from:
        words = _("日期不能早于启用日期%(day)s。") % {"day": place.valid_from}
        raise Refused(words, fields={"on": words})
