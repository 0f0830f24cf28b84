"""Projects that seem to have been entered twice: one investor, and a name, a place or an amount alike."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wutong.registers.enterprises.names import fold_name
from wutong.registers.projects.models import Project, ProjectDistinct

ALIKE = 0.6
"""From this likeness of the names on, two projects of one investor may be one."""
CROWD = 30
"""An investor with more projects than this (a group that builds everything) is compared by equal names only."""
REASONS: dict[str, str | Promise] = {
    "same_name": _("名称相同，投资方不同"),
    "like_name": _("投资方相同，名称相近"),
    "same_place": _("投资方相同，建设地点相同"),
    "same_amount": _("投资方相同，总投资相同"),
}


@dataclass(frozen=True)
class ProjectPair:
    """Two entries that seem to be one project; `reason` is a key of REASONS. `first` was entered earlier."""

    first: Project
    second: Project
    reason: str

    @property
    def words(self) -> str | Promise:
        return REASONS[self.reason]


def likeness(one: Project, other: Project) -> str:
    """Why two entries may be one project; empty when they are two."""
    name, other_name = fold_name(one.name), fold_name(other.name)
    if one.investor_id != other.investor_id:
        return "same_name" if name == other_name else ""
    if name in other_name or other_name in name or SequenceMatcher(None, name, other_name).ratio() >= ALIKE:
        return "like_name"
    if one.place and fold_name(one.place) == fold_name(other.place):
        return "same_place"
    return "same_amount" if one.total_investment_yuan == other.total_investment_yuan > 0 else ""


def suspected_doubles(among: QuerySet[Project], limit: int = 200) -> list[ProjectPair]:
    """Pairs that may be one project and that nobody has told apart, the surest first. Two queries whatever their
    number."""
    rows = among.filter(merged_into__isnull=True).select_related("investor").order_by("pk")
    by_investor: dict[int, list[Project]] = defaultdict(list)
    by_name: dict[str, list[Project]] = defaultdict(list)
    for row in rows:
        by_investor[row.investor_id].append(row)
        by_name[fold_name(row.name)].append(row)
    groups = [group for group in by_investor.values() if len(group) <= CROWD]
    groups += [group for group in by_name.values() if len(group) <= CROWD]
    told_apart = set(ProjectDistinct.objects.filter(is_undone=False).values_list("first_id", "second_id"))
    pairs: dict[tuple[int, int], ProjectPair] = {}
    for one, other in _pairs(groups):
        known = (one.pk, other.pk) in pairs or (one.pk, other.pk) in told_apart
        reason = "" if known else likeness(one, other)
        if reason:
            pairs[one.pk, other.pk] = ProjectPair(one, other, reason)
    order = list(REASONS)
    return sorted(pairs.values(), key=lambda pair: (order.index(pair.reason), pair.first.pk))[:limit]


def _pairs(groups: Sequence[Sequence[Project]]) -> Iterator[tuple[Project, Project]]:
    for group in groups:
        for index, one in enumerate(group):
            for other in group[index + 1 :]:
                yield one, other
