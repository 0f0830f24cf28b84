"""Loading the classification, and the writes of the leading industries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import yaml
from django.db import transaction
from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.errors import Refused
from wutong.registers.history.intervals import valid_on
from wutong.registers.history.services import record
from wutong.registers.industries.codes import EDITION, clean_code, level_of, parent_code
from wutong.registers.industries.models import IndustryClass, IndustryScope, LeadingIndustry

SEED = Path(__file__).parent / "seeds" / "gbt4754_2017.yaml"
VALID_FROM = date(2017, 10, 1)
LONGEST_NAME = 100


@dataclass(frozen=True)
class Loaded:
    """How many classes a list held, how many of them are new, and how many got another name."""

    total: int
    added: int
    renamed: int


def load_industry_classes() -> Loaded:
    """The shipped part of the classification. What is there keeps its name; safe to repeat."""
    told = yaml.safe_load(SEED.read_text(encoding="utf-8"))
    return load_classes(told["classes"].items(), renames=False)


@transaction.atomic
def load_classes(rows: Iterable[tuple[str, str]], *, renames: bool = True) -> Loaded:
    """Take in (code, name) pairs in any order, all or none. Nothing is ever removed.

    A group that only appears as its one class (code and 0) is added with the name of that class, as the standard
    prints it. Raises Refused for a code that is none, one without the class above it, one with two names.
    """
    names = _with_undivided_groups(_cleaned(rows))
    known = {item.code: item for item in IndustryClass.objects.filter(edition=EDITION)}
    missing = sorted(
        code for code in names if (above := parent_code(code)) and above not in names and above not in known
    )
    if missing:
        raise Refused(
            _("行业代码“%(code)s”缺少上级“%(above)s”，请补齐后再载入。")
            % {"code": missing[0], "above": parent_code(missing[0])}
        )
    renamed = [known[code] for code, name in names.items() if code in known and known[code].name != name]
    renamed = renamed if renames else []
    for item in renamed:
        item.name = names[item.code]
    IndustryClass.objects.bulk_update(renamed, ["name"], batch_size=500)
    added = [code for code in names if code not in known]
    for length in (0, 2, 3, 4):
        made = IndustryClass.objects.bulk_create(
            [
                IndustryClass(
                    code=code,
                    name=names[code],
                    level=level_of(code),
                    parent=known.get(parent_code(code)),
                    edition=EDITION,
                    valid_from=VALID_FROM,
                )
                for code in sorted(added)
                if (0 if code.isalpha() else len(code)) == length
            ],
            batch_size=500,
        )
        known |= {item.code: item for item in made}
    return Loaded(len(names), len(added), len(renamed))


def _cleaned(rows: Iterable[tuple[str, str]]) -> dict[str, str]:
    names: dict[str, str] = {}
    for typed, typed_name in rows:
        code, name = clean_code(typed), " ".join(typed_name.split())
        if not name or len(name) > LONGEST_NAME or "\0" in name:
            raise Refused(_("行业代码“%(code)s”没有名称，或名称超过100字。") % {"code": code})
        if names.setdefault(code, name) != name:
            raise Refused(
                _("行业代码“%(code)s”出现了两次，名称不同：“%(one)s”“%(other)s”。")
                % {"code": code, "one": names[code], "other": name}
            )
    if not names:
        raise Refused(_("清单里没有行业代码。"))
    return names


def _with_undivided_groups(names: dict[str, str]) -> dict[str, str]:
    groups = {
        code[:3]: name
        for code, name in names.items()
        if len(code) == 4 and code[3] == "0" and code[:3] not in names
    }
    return names | groups


# ---- leading industries ------------------------------------------------------------------------------------------


@transaction.atomic
def open_leading_industry(
    *,
    code: str,
    name: str,
    kind: str,
    order: int,
    prefixes: Sequence[str],
    actor: Account | None,
    on: date,
    now: datetime,
) -> LeadingIndustry:
    """A leading industry from a day on, with the codes that belong to it."""
    if LeadingIndustry.objects.filter(code=code).exists():
        raise Refused(
            _("产业编码“%(code)s”已有人用，请换一个。") % {"code": code}, fields={"code": _("已有人用")}
        )
    facts = {"code": code, "name": name.strip(), "kind": kind, "order": order, "valid_from": on}
    industry = record(LeadingIndustry(), facts, actor=actor, effective_on=on, now=now, verb="open")
    return define_leading_industry(industry, prefixes, actor=actor, on=on, now=now)


@transaction.atomic
def define_leading_industry(
    industry: LeadingIndustry, prefixes: Sequence[str], *, actor: Account | None, on: date, now: datetime
) -> LeadingIndustry:
    """From a day on these codes belong to the industry; those that are left out end on that day.

    Raises Refused for a code that is none and for a prefix that another leading industry has already.
    """
    wanted = sorted({_prefix(item) for item in prefixes})
    record(industry, {"definition": "、".join(wanted)}, actor=actor, effective_on=on, now=now, verb="define")
    open_rows = industry.scopes.filter(valid_to__isnull=True)
    if open_rows.filter(valid_from__gt=on).exists():
        raise Refused(
            _("“%(name)s”的范围在%(day)s以后已经改过，不能再往前改。") % {"name": industry.name, "day": on}
        )
    taken = (
        IndustryScope.objects.filter(code_prefix__in=wanted, valid_to__isnull=True)
        .exclude(leading_industry=industry)
        .select_related("leading_industry")
        .order_by("code_prefix")
        .first()
    )
    if taken is not None:
        raise Refused(
            _("行业代码“%(code)s”已经属于“%(name)s”，请先从那里去掉。")
            % {"code": taken.code_prefix, "name": taken.leading_industry}
        )
    open_rows.exclude(code_prefix__in=wanted).update(valid_to=on)
    kept = set(open_rows.values_list("code_prefix", flat=True))
    IndustryScope.objects.bulk_create(
        IndustryScope(leading_industry=industry, code_prefix=prefix, valid_from=on)
        for prefix in wanted
        if prefix not in kept
    )
    return industry


def _prefix(text: str) -> str:
    code = clean_code(text)
    if code.isalpha():
        raise Refused(_("“%(code)s”是整个门类，请写其中的大类、中类或小类代码。") % {"code": code})
    return code


@transaction.atomic
def close_leading_industry(
    industry: LeadingIndustry, *, actor: Account | None, on: date, now: datetime, reason: str = ""
) -> LeadingIndustry:
    """The zone no longer leads with it from this day on; its codes are free for another one."""
    if not LeadingIndustry.objects.filter(valid_on(on), pk=industry.pk).exists():
        raise Refused(_("“%(name)s”在%(day)s不是主导产业。") % {"name": industry.name, "day": on})
    record(industry, {"valid_to": on}, actor=actor, effective_on=on, now=now, verb="close", reason=reason)
    industry.scopes.filter(valid_to__isnull=True).update(valid_to=on)
    return industry
