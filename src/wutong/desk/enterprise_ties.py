"""What hangs on an enterprise, read with few queries: tags, names, relatives, merges; leaders and chains."""

from dataclasses import dataclass
from datetime import date

from django.db.models import CharField, DateField, Value
from django.db.models.functions import Cast

from wutong.desk.enterprises import visible_enterprises
from wutong.registers.chains.queries import members_on
from wutong.registers.enterprises.models import Enterprise, EnterpriseTag, FormerName, Merge
from wutong.registers.leads.queries import leads_of
from wutong.registers.organisation.actors import Actor


@dataclass(frozen=True)
class Word:
    """A short text that hangs on a firm: `kind` is the kind of register entry (tag, former name, merge), or which
    relative it names."""

    kind: str
    key: int
    text: str
    from_on: date | None
    to_on: date | None


@dataclass(frozen=True)
class Tie:
    """An official who leads the firm, or a chain on which it stands: `key` and `name` are theirs, `about` is the unit or
    the node."""

    kind: str
    key: int
    name: str
    about: str
    role: str
    from_on: date


def words_of(actor: Actor, firm: Enterprise) -> list[Word]:
    """Tags, former names, merges, parent and subsidiaries in one query. A double that not everybody may know of is not
    named; of the family only what the reader may see is there."""
    unknown = Cast(Value(None), DateField())
    undated = {"since": unknown, "until": unknown}

    def kind(name: str) -> Cast:
        return Cast(Value(name), CharField())

    tags = EnterpriseTag.objects.filter(enterprise=firm).annotate(kind=kind("enterprise_tag"))
    former = FormerName.objects.filter(enterprise=firm).annotate(kind=kind("former_name"), since=unknown)
    merges = Merge.objects.filter(kept=firm).annotate(kind=kind("merge"), **undated)
    named = merges.filter(double__is_disclosed=True)
    unnamed = merges.filter(double__is_disclosed=False).annotate(text=kind(""))
    seen = visible_enterprises(actor).filter(merged_into__isnull=True)
    below = seen.filter(parent=firm).annotate(kind=kind("subsidiary"), **undated)
    parts = [
        former.values_list("kind", "pk", "name", "since", "to_on"),
        named.values_list("kind", "pk", "double__name", "since", "until"),
        unnamed.values_list("kind", "pk", "text", "since", "until"),
        below.values_list("kind", "pk", "name", "since", "until"),
    ]
    if firm.parent_id is not None:
        above = seen.filter(pk=firm.parent_id).annotate(kind=kind("parent"), **undated)
        parts.append(above.values_list("kind", "pk", "name", "since", "until"))
    rows = tags.values_list("kind", "pk", "word", "from_on", "to_on").union(*parts, all=True)
    return sorted((Word(*row) for row in rows), key=lambda word: (word.kind, word.key))


def ties_of(firm: Enterprise, day: date) -> list[Tie]:
    """Who leads the firm, and the nodes of chains on which it stands, in one query."""
    leads = leads_of(on=day, enterprise=firm).order_by()
    nodes = members_on(day).filter(enterprise=firm).order_by()
    rows = (
        leads.annotate(kind=Cast(Value("lead"), CharField()))
        .values_list("kind", "official", "official__name", "official__unit__name", "role", "from_on")
        .union(
            nodes.annotate(kind=Cast(Value("chain"), CharField())).values_list(
                "kind", "node__chain", "node__chain__name", "node__name", "role", "from_on"
            ),
            all=True,
        )
    )
    return sorted((Tie(*row) for row in rows), key=lambda tie: (tie.role, tie.from_on, tie.key))
