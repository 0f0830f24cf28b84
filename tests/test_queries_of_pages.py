"""How many queries each list and each detail page takes, on the whole sample zone. The numbers are kept in a file: they
may fall, not rise.

`WUTONG_WRITE_BASELINE=1 pytest tests/test_queries_of_pages.py` writes the file anew after a fall.
"""

import json
import os
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse

from wutong.base.accounts.models import Account
from wutong.base.accounts.testing import SHANGHAI
from wutong.cases.models import Case
from wutong.ledgerkit.registry import ledgers
from wutong.ledgerkit.testing import DETAIL_QUERIES, LIST_QUERIES, client_of, queries_of
from wutong.sample.zone import build_zone
from wutong.site.seeds import load_seeds

BASELINE = Path(__file__).parent / "query_counts.json"
NOW = datetime(2026, 6, 15, 9, 0, tzinfo=SHANGHAI)


@pytest.mark.django_db
def test_no_page_takes_more_queries_than_its_baseline() -> None:
    load_seeds()
    build_zone(today=NOW.date(), now=NOW)
    Account.objects.update(must_change_password=False, password_changed_at=datetime.now(SHANGHAI))
    # The supervisor sees a row of every kind.
    client = client_of(Account.objects.get(name="supervisor"))
    # The session renews its moment once a minute; these pages together take longer.
    session = client.session
    session["seen_at"] = int(datetime.now(SHANGHAI).timestamp()) + 3600
    session.save()
    counts: dict[str, int] = {}
    for ledger in ledgers():
        for pages in ledger.pages:
            counts[f"{pages.slug} list"] = queries_of(client, reverse("case_list", args=[pages.slug]))
            cases = list(Case.objects.filter(case_type=pages.case_type).order_by("pk"))
            # The first page that counts clocks reads the calendar for the whole process.
            client.get(reverse("case_detail", args=[pages.slug, cases[0].number]))
            counts[f"{pages.slug} detail"] = max(
                queries_of(client, reverse("case_detail", args=[pages.slug, case.number])) for case in cases
            )
    if os.environ.get("WUTONG_WRITE_BASELINE"):
        BASELINE.write_text(json.dumps(counts, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    known = json.loads(BASELINE.read_text(encoding="utf-8"))
    assert counts.keys() == known.keys(), "a page came or went: write the baseline anew"
    more = {name: (count, known[name]) for name, count in counts.items() if count > known[name]}
    assert not more, f"more queries on {connection.vendor}: {more}"
    assert all(count <= LIST_QUERIES for name, count in known.items() if name.endswith("list"))
    assert all(count <= DETAIL_QUERIES for name, count in known.items() if name.endswith("detail"))
