"""Writes of the index, in the transaction of what they find."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.errors import Refused
from wutong.base.search.models import SearchEntry, SearchMark
from wutong.base.search.tokens import FEW, document_tokens

KEPT_RECENT = 30
MOST_PINNED = 20
BLOCK = 500


@dataclass(frozen=True)
class Document:
    """One thing to be found. The first of `names` is the present one. `extra` are tokens that are compared as they
    are: who may see it (`.` and a name). Without anything to find it by, it is taken out."""

    kind: str
    target_id: int
    names: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    is_many: bool = False


Documents = Callable[[Sequence[int]], Iterable[Document]]

_documents: dict[str, Documents] = {}
_rebuilt: dict[str, type[models.Model]] = {}


def declare_documents(
    kind: str, documents: Documents, rebuilt_from: type[models.Model] | None = None
) -> None:
    """How changed rows of a kind are found: `documents` gives the documents that follow from the rows with these
    keys, in a number of queries that does not grow. `rebuilt_from` is the model whose rows the kind is made of; a kind
    without one only changes the documents of another. Safe to repeat."""
    _documents[kind] = documents
    if rebuilt_from is not None:
        _rebuilt[kind] = rebuilt_from


def is_declared(kind: str) -> bool:
    return kind in _documents


def refresh(kind: str, keys: Sequence[int]) -> None:
    """Bring what is found up to date for rows that were just written. Nothing happens for a kind nobody declared."""
    documents = _documents.get(kind)
    if documents is not None and keys:
        write_documents(documents(keys))


def rebuild() -> int:
    """Make all entries anew, block by block; returns how many rows were read. Work may go on meanwhile."""
    count = 0
    for kind, model in _rebuilt.items():
        last = 0
        while True:
            rows = model._default_manager.filter(pk__gt=last).order_by("pk")
            keys = list(rows.values_list("pk", flat=True)[:BLOCK])
            if not keys:
                break
            with transaction.atomic():
                write_documents(_documents[kind](keys))
            count, last = count + len(keys), keys[-1]
    return count


def is_empty() -> bool:
    return not SearchEntry.objects.exists()


def write_documents(documents: Iterable[Document]) -> None:
    """Insert or replace, set by set."""
    rows, gone = [], []
    for item in documents:
        names = tuple(dict.fromkeys(name.strip() for name in item.names if name.strip()))
        codes = tuple(dict.fromkeys(code for code in item.codes if code))
        if not (names or codes or item.extra):
            gone.append((item.kind, item.target_id))
            continue
        found_by = document_tokens(names, codes, item.extra if item.is_many else (*item.extra, FEW))
        rows.append(
            SearchEntry(
                kind=item.kind,
                target_id=item.target_id,
                is_many=item.is_many,
                names="\n".join(names),
                codes="\n".join(codes),
                tokens=found_by,
            )
        )
    if not rows and not gone:
        return
    SearchEntry.objects.bulk_create(
        rows,
        batch_size=BLOCK,
        update_conflicts=True,
        unique_fields=["kind", "target_id"],
        update_fields=["is_many", "names", "codes", "tokens"],
    )
    for kind, target_id in gone:
        SearchEntry.objects.filter(kind=kind, target_id=target_id).delete()


# ---- at hand ---------------------------------------------------------------------------------------------------


@transaction.atomic
def remember_opened(account: Account, kind: str, target_id: int, now: datetime) -> None:
    """The thing was opened from the search; the oldest of many are forgotten, pinned ones stay."""
    SearchMark.objects.update_or_create(
        account=account, kind=kind, target_id=target_id, defaults={"opened_at": now}
    )
    recent = SearchMark.objects.filter(account=account, is_pinned=False).order_by("-opened_at", "-pk")
    old = list(recent.values_list("pk", flat=True)[KEPT_RECENT:])
    if old:
        SearchMark.objects.filter(pk__in=old).delete()


@transaction.atomic
def pin(account: Account, kind: str, target_id: int, now: datetime, *, is_pinned: bool) -> None:
    """Keep a thing at hand, or no longer. Raises Refused when too many are kept already."""
    if is_pinned and SearchMark.objects.filter(account=account, is_pinned=True).count() >= MOST_PINNED:
        raise Refused(_("最多置顶%(count)s条，请先取消一些。") % {"count": MOST_PINNED})
    SearchMark.objects.update_or_create(
        account=account,
        kind=kind,
        target_id=target_id,
        defaults={"is_pinned": is_pinned},
        create_defaults={"is_pinned": is_pinned, "opened_at": now},
    )
