"""How firms are found: by present and former names, by the core of the name, by code."""

from collections.abc import Iterator, Sequence

from django.db.models import Q

from wutong.base.search.services import Document, declare_documents
from wutong.registers.enterprises.models import Enterprise, FormerName, Merge
from wutong.registers.enterprises.names import core_of

KIND = "enterprise"


def enterprise_documents(keys: Sequence[int]) -> Iterator[Document]:
    """One for each firm that stays; a double is found under the firm that it was merged into."""
    wanted = Q(pk__in=keys) | Q(merged__in=keys)
    rows = Enterprise.objects.filter(wanted).distinct().prefetch_related("former_names", "merged")
    for row in rows:
        if row.merged_into_id is not None:
            yield Document(KIND, row.pk)
            continue
        others = [item.name for item in row.former_names.all()] + [double.name for double in row.merged.all()]
        yield Document(KIND, row.pk, (row.name, core_of(row.name), *others), (row.code or "",))


def _of_former_names(keys: Sequence[int]) -> Iterator[Document]:
    owners = FormerName.objects.filter(pk__in=keys).values_list("enterprise_id", flat=True)
    return enterprise_documents(list(owners))


def _of_merges(keys: Sequence[int]) -> Iterator[Document]:
    pairs = Merge.objects.filter(pk__in=keys).values_list("kept_id", "double_id")
    return enterprise_documents([key for pair in pairs for key in pair])


def declare() -> None:
    declare_documents(KIND, enterprise_documents, Enterprise)
    declare_documents("former_name", _of_former_names)
    declare_documents("merge", _of_merges)
