"""How chains are found: by name and code."""

from collections.abc import Iterator, Sequence

from wutong.base.search.services import Document, declare_documents
from wutong.registers.chains.models import Chain


def chain_documents(keys: Sequence[int]) -> Iterator[Document]:
    rows = Chain.objects.filter(pk__in=keys).values_list("pk", "name", "code")
    return (Document("chain", pk, (name,), (code,)) for pk, name, code in rows)


def declare() -> None:
    declare_documents("chain", chain_documents, Chain)
