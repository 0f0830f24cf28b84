"""How units and officials are found: by name, code and staff number."""

from collections.abc import Iterator, Sequence

from wutong.base.search.services import Document, declare_documents
from wutong.registers.organisation.models import Official, Unit


def official_documents(keys: Sequence[int]) -> Iterator[Document]:
    rows = Official.objects.filter(pk__in=keys).values_list("pk", "name", "staff_no")
    return (Document("official", pk, (name,), (staff_no,)) for pk, name, staff_no in rows)


def unit_documents(keys: Sequence[int]) -> Iterator[Document]:
    rows = Unit.objects.filter(pk__in=keys).values_list("pk", "name", "code")
    return (Document("unit", pk, (name,), (code,)) for pk, name, code in rows)


def declare() -> None:
    declare_documents("official", official_documents, Official)
    declare_documents("unit", unit_documents, Unit)
