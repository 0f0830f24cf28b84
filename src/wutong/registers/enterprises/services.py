"""Writes of the enterprise register."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.errors import Refused
from wutong.registers.enterprises.duplicates import write_keys
from wutong.registers.enterprises.measures import clean_values
from wutong.registers.enterprises.models import Enterprise, EnterpriseTag, FormerName, YearReport
from wutong.registers.enterprises.names import fold_name
from wutong.registers.enterprises.uscc import clean_code
from wutong.registers.history.services import Fact, record, record_many


@dataclass(frozen=True)
class NewEnterprise:
    """A firm to be registered. `facts` are further columns of the entry. `is_disclosed` is false for a firm that is
    known from a project that is not signed yet."""

    name: str
    code: str = ""
    former_names: tuple[str, ...] = ()
    facts: Mapping[str, Any] | None = None
    is_disclosed: bool = True


def register_enterprise(
    *,
    name: str,
    code: str | None,
    actor: Account | None,
    on: date,
    now: datetime,
    registered_on: date | None = None,
    address: str = "",
    **facts: Any,
) -> Enterprise:
    """Raises Refused for a wrong check character and for a code that is taken, naming who has it."""
    new = NewEnterprise(name, code or "", facts={"registered_on": registered_on, "address": address, **facts})
    return register_enterprises([new], actor=actor, on=on, now=now)[0]


def register_enterprises(
    new: Sequence[NewEnterprise], *, actor: Account | None, on: date, now: datetime
) -> list[Enterprise]:
    """The same for many, all or none, with a number of queries that does not grow with them."""
    entries = []
    for item in new:
        facts = {
            "code": clean_code(item.code) if item.code else None,
            "name": item.name.strip(),
            "folded_name": fold_name(item.name),
            "is_disclosed": item.is_disclosed,
            **(item.facts or {}),
        }
        entries.append(Fact(Enterprise(), facts))
    try:
        with transaction.atomic():
            record_many(entries, actor=actor, effective_on=on, now=now, verb="register")
            made = [fact.entry for fact in entries if isinstance(fact.entry, Enterprise)]
            names = [
                (enterprise, name)
                for enterprise, item in zip(made, new, strict=True)
                for name in item.former_names
            ]
            add_former_names(names, actor=actor, on=on, now=now)
            write_keys(made)
    except IntegrityError:
        codes = [fact.facts["code"] for fact in entries if fact.facts["code"]]
        holder = Enterprise.objects.filter(code__in=codes).order_by("pk").first()
        raise _taken(holder, codes[0] if codes else "") from None
    return made


def _taken(holder: Enterprise | None, code: str) -> Refused:
    """A firm that is not disclosed is not named."""
    if holder is None or not holder.is_disclosed:
        return Refused(
            _("统一社会信用代码%(code)s已登记在另一家企业名下。") % {"code": holder.code if holder else code}
        )
    return Refused(
        _("统一社会信用代码%(code)s已登记在“%(name)s”名下。") % {"code": holder.code, "name": holder.name}
    )


def change_enterprise(
    enterprise: Enterprise,
    facts: Mapping[str, Any],
    *,
    actor: Account | None,
    on: date,
    now: datetime,
    reason: str = "",
    expected_seq: int | None = None,
) -> Enterprise:
    """Facts of a firm from a day on. With a new name the old one becomes a former name; a status is dated by `on`.

    Raises Refused for a wrong or taken code, for a firm that was merged into another one, and for a parent that is
    the firm itself or one of its own subsidiaries; Conflict when somebody changed the entry since `expected_seq`.
    """
    facts = dict(facts)
    if enterprise.merged_into_id is not None:
        raise Refused(_("这家企业已并入“%(name)s”，请在那里修改。") % {"name": enterprise.merged_into})
    if "code" in facts:
        facts["code"] = clean_code(facts["code"]) if facts["code"] else None
    if facts.get("parent") is not None:
        _refuse_own_subsidiary(enterprise, facts["parent"])
    old_name = enterprise.name
    try:
        with transaction.atomic():
            if "name" in facts:
                facts["name"] = facts["name"].strip()
                facts["folded_name"] = fold_name(facts["name"])
                if facts["folded_name"] != enterprise.folded_name:
                    add_former_names([(enterprise, old_name)], actor=actor, on=on, now=now, to_on=on)
            changed = record(
                enterprise, facts, actor=actor, effective_on=on, now=now, verb="change", reason=reason,
                expected_seq=expected_seq,
            )  # fmt: skip
            write_keys([changed])
            return changed
    except IntegrityError:
        raise _taken(
            Enterprise.objects.filter(code=facts.get("code")).first(), facts.get("code") or ""
        ) from None


def _refuse_own_subsidiary(enterprise: Enterprise, parent: Enterprise) -> None:
    above: Enterprise | None = parent
    seen: set[int] = set()
    while above is not None and above.pk not in seen:
        if above.pk == enterprise.pk:
            words = _("“%(parent)s”是这家企业自己或它的下属企业，不能作母公司。") % {"parent": parent}
            raise Refused(words, fields={"parent": words})
        seen.add(above.pk)
        above = above.parent


def add_former_names(
    names: Iterable[tuple[Enterprise, str]],
    *,
    actor: Account | None,
    on: date,
    now: datetime,
    to_on: date | None = None,
) -> None:
    """Names that firms had; one that is known already, or is the present name, is left out."""
    wanted: dict[tuple[int, str], tuple[Enterprise, str]] = {}
    for enterprise, name in names:
        if name.strip():
            wanted.setdefault((enterprise.pk, fold_name(name)), (enterprise, name.strip()))
    if not wanted:
        return
    known = set(
        FormerName.objects.filter(enterprise__in={pk for pk, _folded in wanted}).values_list(
            "enterprise_id", "folded_name"
        )
    )
    new = [
        Fact(FormerName(), {"enterprise": enterprise, "name": name, "folded_name": folded, "to_on": to_on})
        for (pk, folded), (enterprise, name) in wanted.items()
        if (pk, folded) not in known and (to_on is not None or folded != enterprise.folded_name)
    ]
    record_many(new, actor=actor, effective_on=on, now=now, verb="register")


def tag_enterprise(
    enterprise: Enterprise, word: str, *, actor: Account | None, on: date, now: datetime
) -> EnterpriseTag:
    """Put a word on a firm. Raises Refused when it is there already."""
    word = "".join(word.split())
    if not word:
        raise Refused(_("请填标签。"), fields={"word": _("请填标签")})
    facts = {"enterprise": enterprise, "word": word, "from_on": on}
    try:
        with transaction.atomic():
            return record(EnterpriseTag(), facts, actor=actor, effective_on=on, now=now, verb="tag")
    except IntegrityError:
        raise Refused(
            _("已有标签“%(word)s”。") % {"word": word}, fields={"word": _("已有这个标签")}
        ) from None


def untag_enterprise(tag: EnterpriseTag, *, actor: Account | None, on: date, now: datetime) -> EnterpriseTag:
    return record(tag, {"to_on": on}, actor=actor, effective_on=on, now=now, verb="untag")


@dataclass(frozen=True)
class NewYearReport:
    """What a source says about a firm and a year; `values` by the code of the measure, raw."""

    enterprise: Enterprise
    year: int
    source: str
    dated_on: date
    values: Mapping[str, object]


def record_year_reports(
    reports: Sequence[NewYearReport], *, actor: Account | None, on: date, now: datetime
) -> int:
    """Write what is new or says something else than before; returns how many were written. What is missing stays
    missing; -1 is not a number.

    The same source of the same day again replaces what it said. Raises NotANumber (a ValueError) for values that no
    measure can have: the caller has judged them before, row by row.
    """
    reports = list({(r.enterprise.pk, r.year, r.source, r.dated_on): r for r in reports}.values())
    known = {
        (item.enterprise_id, item.year, item.source, item.dated_on): item
        for item in YearReport.objects.filter(enterprise__in={report.enterprise.pk for report in reports})
    }
    facts = []
    for report in reports:
        values = clean_values(report.values)
        key = (report.enterprise.pk, report.year, report.source, report.dated_on)
        entry = known.get(key)
        if entry is None:
            new = {
                "enterprise": report.enterprise,
                "year": report.year,
                "source": report.source,
                "dated_on": report.dated_on,
                "values": values,
            }
            known[key] = entry = YearReport(**new)
            facts.append(Fact(entry, new))
        elif entry.values != values:
            facts.append(Fact(entry, {"values": values}))
    record_many(facts, actor=actor, effective_on=on, now=now, verb="report")
    return len(facts)
