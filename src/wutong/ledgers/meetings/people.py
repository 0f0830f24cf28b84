"""Who is meant: a unit or a person by what was typed – name, part of it, or first letters."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar

from django.db.models import Min
from django.utils.translation import gettext as _

from wutong.base.errors import Refused
from wutong.base.search.folding import fold
from wutong.base.search.matching import NO, name_rank
from wutong.base.search.readings import initials
from wutong.registers.history.intervals import holds_on
from wutong.registers.organisation.models import Official, PostHolding, Unit
from wutong.registers.organisation.queries import officials_on, units_on

T = TypeVar("T", Unit, Official)
NAMED = 5
"""So many are named when a text means several."""


def find_unit(text: str, on: date) -> Unit | None:
    """The unit that is meant; None for nothing typed. Raises Refused for none and for several."""
    typed = text.strip()
    if not typed:
        return None
    found = _best(typed, units_on(on).order_by("path"), lambda unit: unit.name)
    if len(found) == 1:
        return found[0]
    if not found:
        message = _("没有“%(text)s”这个单位。") % {"text": typed}
    else:
        names = "、".join(unit.name for unit in found[:NAMED])
        message = _("“%(text)s”可能是%(names)s，请写全称。") % {"text": typed, "names": names}
    raise Refused(message, fields={"unit": message})


def find_person(text: str, unit: Unit | None, on: date) -> Official | None:
    """The person that is meant, of the unit when one is given. Raises Refused, also for somebody of another unit."""
    typed = text.strip()
    if not typed:
        return None
    found = _best(
        typed, officials_on(on).select_related("unit").order_by("unit__path", "pk"), lambda who: who.name
    )
    inside = [who for who in found if unit is None or who.unit.path.startswith(unit.path)]
    if len(inside) == 1:
        return inside[0]
    if inside:
        names = "、".join(f"{who.name}（{who.unit.name}）" for who in inside[:NAMED])
        message = _("“%(text)s”可能是%(names)s，请写全名并填单位。") % {"text": typed, "names": names}
    elif found and unit is not None:
        message = _("%(person)s不在%(unit)s，在%(own)s。") % {
            "person": found[0],
            "unit": unit,
            "own": found[0].unit,
        }
    else:
        message = _("没有“%(text)s”这个人。") % {"text": typed}
    raise Refused(message, fields={"person": message})


def _best(typed: str, rows: Iterable[T], name_of: Callable[[T], str]) -> list[T]:
    """Those that fit best: the whole name before its beginning before a part of it."""
    query = fold(typed)
    same = [row for row in rows if fold(name_of(row)) == query]
    if same:
        return same
    ranked = [(name_rank(query, name_of(row)), row) for row in rows]
    best = min((rank for rank, _row in ranked), default=NO)
    return [row for rank, row in ranked if rank == best and rank < NO]


def first_letters(name: str) -> str:
    """经济发展部 → jjfzb: what somebody types in a hurry."""
    return "".join(next(iter(initials(character)), "") for character in name)


def leader_ranks(leaders: Iterable[int], on: date) -> dict[int, tuple[int, int]]:
    """The order of the roster: by the highest post held on the day, then as they were registered. One query."""
    ids = set(leaders)
    ranks = dict(
        PostHolding.objects.filter(holds_on(on), official__in=ids)
        .values_list("official")
        .annotate(highest=Min("post__rank"))
    )
    return {pk: (ranks.get(pk, 1000), pk) for pk in ids}


def names_in(text: str) -> list[str]:
    """Names that were typed one after the other."""
    for mark in "，,；;/ \n":
        text = text.replace(mark, "、")
    return [name for name in text.split("、") if name]
