"""Which firm of the register a row means. Read for all rows at once; nothing is written here."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.utils.translation import gettext as _

from wutong.base.errors import Refused
from wutong.exchange.intake import Intake
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.enterprises.names import fold_name
from wutong.registers.enterprises.queries import enterprises_named

BLOCK = 2000
"""So many values stand in one query at most."""
T = TypeVar("T")
Problem = tuple[int, str, str]
"""Row, column and cause, as `Importing.check` gives them."""


@dataclass(frozen=True)
class KnownFirms:
    """Firms of the register by folded name, present or former, and by code; a merged one stands for the one kept."""

    by_name: Mapping[str, Enterprise]
    by_code: Mapping[str, Enterprise]

    def named(self, name: str) -> Enterprise | None:
        return self.by_name.get(fold_name(name)) if name else None

    def find(self, name: str, code: str) -> Enterprise | None:
        """The firm with this name and code, either of which may be empty. None: no such firm yet.

        Raises Refused when they contradict the register; a firm that is not disclosed is not named.
        """
        named, holder = self.named(name), self.by_code.get(code) if code else None
        if holder is not None and name and (named is None or named.pk != holder.pk):
            words = _("这个代码已登记在另一家企业名下")
            if holder.is_disclosed:
                words = _("这个代码已登记在“%(name)s”名下") % {"name": holder.name}
            raise Refused(words, fields={"code": words})
        if holder is None and code and named is not None and named.code:
            words = _("这家企业登记的是另一个代码，请与营业执照核对")
            raise Refused(words, fields={"code": words})
        return holder or named


def known_firms(names: Iterable[str], codes: Iterable[str]) -> KnownFirms:
    """A few queries for each block of names and codes."""
    by_name: dict[str, Enterprise] = {}
    by_code: dict[str, Enterprise] = {}
    for some in blocks({name for name in names if name}):
        by_name |= enterprises_named(some)
    for some in blocks({code for code in codes if code}):
        for firm in Enterprise.objects.filter(code__in=some).select_related("merged_into"):
            by_code[firm.code or ""] = firm.merged_into or firm
    return KnownFirms(by_name, by_code)


def blocks(items: Collection[T]) -> Iterator[Sequence[T]]:
    listed = list(items)
    for start in range(0, len(listed), BLOCK):
        yield listed[start : start + BLOCK]


def in_columns(problems: Iterable[Problem], intake: Intake) -> list[Problem]:
    """The problems at columns that the file has: the first of them for a cause in a column that it lacks."""
    keys = [column.key for column in intake.columns if column.key]
    return [(row, key if key in keys else keys[0], cause) for row, key, cause in problems]
