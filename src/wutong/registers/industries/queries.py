"""What a code stands for, and which leading industry it belongs to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from wutong.base.errors import Refused
from wutong.registers.history.intervals import valid_on
from wutong.registers.industries.codes import EDITION, clean_code, path_of
from wutong.registers.industries.models import IndustryClass, IndustryScope, LeadingIndustry


@dataclass(frozen=True)
class Classified:
    """The deepest known class of a code, and the way to it from the section down (the class itself last)."""

    found: IndustryClass
    path: Sequence[IndustryClass]


def industry_classes(edition: str = EDITION) -> QuerySet[IndustryClass]:
    return IndustryClass.objects.filter(edition=edition)


def class_of(text: str) -> Classified:
    """`C3841`, `3841` or `384`. A code whose level is not in the list gives the class above it.

    Raises Refused for what is no code, and for a code beside those that the list has at its level.
    """
    code = clean_code(text)
    wanted = path_of(code)
    known = {item.code: item for item in industry_classes().filter(code__in=wanted)}
    path = [known[part] for part in wanted if part in known]
    if not path:
        raise Refused(_("还没有载入%(edition)s的行业分类，请联系系统管理员。") % {"edition": EDITION})
    found = path[-1]
    if found.code != code and found.children.exists():
        raise Refused(
            _("%(edition)s里没有行业代码“%(code)s”：“%(above)s”下面没有它。")
            % {"edition": EDITION, "code": code, "above": found}
        )
    return Classified(found, path)


def leading_industries(on: date) -> QuerySet[LeadingIndustry]:
    """In the order that the zone gives them."""
    return LeadingIndustry.objects.filter(valid_on(on)).order_by("order", "pk")


@dataclass(frozen=True)
class ScopeTable:
    """The scopes of one day, to be asked for many codes without another query."""

    by_prefix: Mapping[str, LeadingIndustry]

    def industry_of(self, code: str) -> LeadingIndustry | None:
        """Of a clean code. Where several industries claim it, the longest prefix wins."""
        for length in range(len(code), 0, -1):
            found = self.by_prefix.get(code[:length])
            if found is not None:
                return found
        return None


def scope_table(on: date) -> ScopeTable:
    rows = (
        IndustryScope.objects.filter(valid_on(on), leading_industry__in=leading_industries(on))
        .select_related("leading_industry")
        .order_by("pk")
    )
    return ScopeTable({row.code_prefix: row.leading_industry for row in rows})


def leading_industry_of(code: str, on: date) -> LeadingIndustry | None:
    """The leading industry of a class code on a day. Raises Refused for what is no code."""
    return scope_table(on).industry_of(clean_code(code))
