"""Firms of the register that new names and addresses may already stand for: `doubles_of`, for a whole file."""

from collections import defaultdict
from collections.abc import Mapping

from wutong.desk.register_imports.firms import blocks
from wutong.registers.enterprises.duplicates import CROWD, REASONS, keys_of, likeness
from wutong.registers.enterprises.models import Enterprise, EnterpriseKey


def suspected_doubles(new: Mapping[int, tuple[str, str]]) -> dict[int, tuple[Enterprise, str]]:
    """By the number of a row (given with name and address): a disclosed firm that it may be, and why in words.

    Two queries for each block of rows.
    """
    found: dict[int, tuple[Enterprise, str]] = {}
    for rows in blocks(new):
        wanted = {row: set(keys_of(*new[row]).items()) for row in rows}
        holders: dict[tuple[str, str], list[int]] = defaultdict(list)
        values = {value for keys in wanted.values() for _kind, value in keys}
        keys = EnterpriseKey.objects.filter(value__in=values).order_by("enterprise_id")
        for kind, value, pk in keys.values_list("kind", "value", "enterprise_id"):
            holders[kind, value].append(pk)
        near = {
            row: {pk for key in keys for pk in (holders.get(key) or [])[: CROWD + 1]}
            for row, keys in wanted.items()
        }
        pks = set().union(*near.values())
        firms = Enterprise.objects.filter(is_disclosed=True, merged_into__isnull=True).in_bulk(sorted(pks))
        for row, candidates in near.items():
            for pk in sorted(candidates & firms.keys()):
                reason = likeness(*new[row], firms[pk].name, firms[pk].address)
                if reason:
                    found.setdefault(row, (firms[pk], str(REASONS[reason])))
    return found
