"""How the zone's own places are found: by name and code."""

from collections.abc import Iterator, Sequence

from wutong.base.search.services import Document, declare_documents
from wutong.registers.places.models import SpatialUnit


def place_documents(keys: Sequence[int]) -> Iterator[Document]:
    rows = SpatialUnit.objects.filter(pk__in=keys).values_list("pk", "name", "code")
    return (Document("place", pk, (name,), (code,)) for pk, name, code in rows)


def declare() -> None:
    declare_documents("place", place_documents, SpatialUnit)
