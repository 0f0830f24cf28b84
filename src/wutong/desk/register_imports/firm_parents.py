"""Parent firms of a list: known ones, or rows of the same list; a firm is never above itself."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from wutong.desk.register_imports.firm_plan import FirmPlan, PlannedFirm
from wutong.desk.register_imports.firms import Problem
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.enterprises.names import fold_name

Key = tuple[str, int]
"""A firm of the register by its key, or a row of the list by its number."""


class Parents:
    """Finds whom the parent of each row means. A firm that is not disclosed is found only as a row."""

    def __init__(self, plan: FirmPlan) -> None:
        self._known = plan.known
        self._rows = {fold_name(item.row.name): item for item in plan.firms}
        self._rows |= {item.row.code: item for item in plan.firms if item.row.code}

    def row_of(self, text: str) -> PlannedFirm | None:
        return self._rows.get(text.upper()) or self._rows.get(fold_name(text))

    def firm_of(self, text: str) -> Enterprise | None:
        firm = self._known.by_code.get(text.upper()) or self._known.named(text)
        return firm if firm is not None and firm.is_disclosed else None


def parent_problems(plan: FirmPlan, refused: set[int]) -> Iterator[Problem]:
    """`refused` are rows with other problems: who stands only there is not registered, nor are those below."""
    parents = Parents(plan)
    above = _above(plan, parents)
    refused = refused | {number for number, _column, _cause in plan.problems}
    waiting = [item for item in plan.firms if item.row.parent]
    for item in waiting:
        if parents.row_of(item.row.parent) is None and parents.firm_of(item.row.parent) is None:
            words = _("名录里没有“%(name)s”；请先登记，或把它也列在表里") % {"name": item.row.parent}
            yield item.row.number, "parent", words
            refused.add(item.row.number)
        elif _is_above_itself(_key(item), above):
            yield item.row.number, "parent", _("是这家企业自己或它的下属企业，不能作母公司")
            refused.add(item.row.number)
    has_grown = True
    while has_grown:
        has_grown = False
        for item in waiting:
            row = parents.row_of(item.row.parent)
            only_here = row is not None and row.is_new
            if row and only_here and row.row.number in refused and item.row.number not in refused:
                words = _("母公司在第%(row)s行，那一行退回了") % {"row": row.row.number}
                yield item.row.number, "parent", words
                refused.add(item.row.number)
                has_grown = True


def _key(item: PlannedFirm) -> Key:
    return ("row", item.row.number) if item.firm is None else ("firm", item.firm.pk)


def _above(plan: FirmPlan, parents: Parents) -> dict[Key, Key]:
    """Who stands above whom when the list has been written. One query."""
    known = Enterprise.objects.filter(parent__isnull=False).values_list("pk", "parent_id")
    above: dict[Key, Key] = {("firm", pk): ("firm", parent) for pk, parent in known if parent is not None}
    for item in plan.firms:
        if item.adds.parent:
            row, firm = parents.row_of(item.row.parent), parents.firm_of(item.row.parent)
            if row is not None:
                above[_key(item)] = _key(row)
            elif firm is not None:
                above[_key(item)] = ("firm", firm.pk)
    return above


def _is_above_itself(key: Key, above: Mapping[Key, Key]) -> bool:
    at, seen = above.get(key), set[Key]()
    while at is not None and at not in seen:
        if at == key:
            return True
        seen.add(at)
        at = above.get(at)
    return False
