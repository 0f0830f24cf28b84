"""Addresses that nobody types by hand: an answer in plain words, never an error of the inside."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.urls import reverse

from wutong.ledgerkit.registry import ledgers
from wutong.ledgerkit.testing import client_of, make_zone

pytestmark = pytest.mark.django_db

STRANGE = ("\0", "%", "../../etc/passwd", "<script>", "𠮷" * 300, "-1", "\r\nX: y")
PARAMETERS = ("q", "view", "page", "sort", "cols", "as_of", "lamp", "blocking", "kind", "next")


def addresses() -> Iterator[str]:
    for text in map(quote, STRANGE):
        for ledger in ledgers():
            for pages in ledger.pages:
                yield f"/{pages.slug}/{text.replace('/', '%2F')}/"
                yield reverse("case_list", args=[pages.slug]) + f"?q={text}&view={text}"
        yield f"/projects/export/?q={text}"
        for key in PARAMETERS:
            yield f"/projects/?{key}={text}"
        yield from (
            f"{path}?q={text}&page={text}&next={text}" for path in ("/", "/search/", "/enterprises/", "/day/")
        )


def test_strange_addresses_get_a_plain_answer() -> None:
    client, tried = client_of(make_zone().accounts["leader"]), 0
    client.raise_request_exception = False
    wrong = []
    for path in addresses():
        answer = client.get(path)
        tried += 1
        if answer.status_code not in {200, 302, 404, 422}:
            wrong.append(f"{path[:80]}: {answer.status_code}")
        if answer.status_code != 302 and b"<script>" in answer.content:
            wrong.append(f"{path[:80]}: what was asked stands in the page as a script")
    assert not wrong, "\n".join(wrong)
    assert tried > 100
