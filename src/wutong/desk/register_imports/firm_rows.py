"""What one row of a list of firms says, cell by cell. No row is compared with another here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from wutong.base.errors import Refused
from wutong.exchange.intake import IntakeRow
from wutong.registers.enterprises.uscc import clean_code
from wutong.registers.industries import codes as industry_codes
from wutong.registers.places.models import SpatialUnit

SEPARATORS = re.compile(r"[、；;，,\n]+")
PLAIN = ("registered_on", "address", "real_address", "business", "capital_yuan", "group_name", "status")
LONGEST_TAG = 20
FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True)
class FirmRow:
    """A row, cleaned: `facts` are columns of the register that it fills in, `contact` is name, telephone and post,
    `staff` is year and number. `problems` are column and cause."""

    number: int
    name: str
    code: str
    facts: Mapping[str, Any]
    former_names: tuple[str, ...]
    tags: tuple[str, ...]
    parent: str
    contact: tuple[str, str, str] | None
    staff: tuple[int, int] | None
    problems: tuple[tuple[str, str], ...]


def places_by_name() -> dict[str, list[SpatialUnit]]:
    """The places that are there now, without their boundaries. One query."""
    found: dict[str, list[SpatialUnit]] = {}
    for place in SpatialUnit.objects.filter(valid_to__isnull=True).defer("boundary"):
        found.setdefault(place.name, []).append(place)
    return found


def several(text: str | None) -> tuple[str, ...]:
    """What stands in one cell, taken apart; each once."""
    return tuple(dict.fromkeys(part.strip() for part in SEPARATORS.split(text or "") if part.strip()))


def read_row(row: IntakeRow, places: Mapping[str, list[SpatialUnit]]) -> FirmRow:
    values, problems = row.values, list[tuple[str, str]]()
    facts = {name: values[name] for name in PLAIN if values.get(name) not in (None, "")}
    code = _cleaned(values, "code", clean_code, problems)
    industry = _cleaned(values, "industry_code", industry_codes.clean_code, problems)
    if code:
        facts["code"] = code
    if industry:
        facts["industry_code"] = industry
    if values.get("place"):
        same = places.get(values["place"], [])
        if len(same) == 1:
            facts["place"] = same[0]
        else:
            words = (
                _("有%(count)s个地域叫“%(name)s”，分不清是哪一个") if same else _("没有叫“%(name)s”的地域")
            )
            problems.append(("place", words % {"count": len(same), "name": values["place"]}))
    return FirmRow(
        number=row.number,
        name=values["name"] or "",
        code=code,
        facts=facts,
        former_names=_short(values, "former_names", 200, problems),
        tags=tuple("".join(word.split()) for word in _short(values, "tags", LONGEST_TAG, problems)),
        parent=values.get("parent") or "",
        contact=_contact(values, problems),
        staff=_staff(values, problems),
        problems=tuple(problems),
    )


def _cleaned(values: Mapping[str, Any], key: str, clean: Any, problems: list[tuple[str, str]]) -> str:
    text = values.get(key)
    if not text:
        return ""
    try:
        return str(clean(text))
    except Refused as refusal:
        problems.append((key, str(refusal.message).rstrip("。")))
        return ""


def _short(
    values: Mapping[str, Any], key: str, limit: int, problems: list[tuple[str, str]]
) -> tuple[str, ...]:
    found = several(values.get(key))
    long = [text for text in found if len(text) > limit]
    if long:
        words = _("“%(text)s…”太长，每个最多%(limit)s个字")
        problems.append((key, words % {"text": long[0][:10], "limit": limit}))
    return found


def _contact(values: Mapping[str, Any], problems: list[tuple[str, str]]) -> tuple[str, str, str] | None:
    name, phone, post = (values.get(key) or "" for key in ("contact", "phone", "post"))
    if not name and phone:
        problems.append(("phone", _("写了电话，没有写联系人")))
    return (name, phone, post) if name else None


def _staff(values: Mapping[str, Any], problems: list[tuple[str, str]]) -> tuple[int, int] | None:
    number, year = values.get("staff"), values.get("year")
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        problems.append(("year", _("“%(year)s”不是年度") % {"year": year}))
        return None
    if number is None:
        return None
    if year is None:
        problems.append(("staff", _("不知道是哪一年的；请加“年度”列写明年度，或删去这个数")))
        return None
    return year, number
