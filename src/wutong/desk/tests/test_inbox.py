"""The inbox: the own notices, unread first, nothing of others."""

from datetime import timedelta

import pytest
from django.test import Client

from wutong.base.accounts.testing import make_account
from wutong.base.notices.digest import DigestLine, compose_digest
from wutong.base.notices.models import Notice
from wutong.base.notices.tests.people import NOW, reach, tell
from wutong.ledgerkit.testing import client_of, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(db: None):
    return make_account()


@pytest.fixture
def client(account) -> Client:
    return client_of(account)


def test_opening_a_notice_marks_it_read_and_leads_on(account, client: Client) -> None:
    tell(account)
    notice = Notice.objects.get()
    answer = client.get(f"/inbox/{notice.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, "/projects/XM2026-0001/")
    notice.refresh_from_db()
    first = notice.read_at
    assert first is not None
    client.get(f"/inbox/{notice.pk}/")
    notice.refresh_from_db()
    assert notice.read_at == first


def test_a_notice_of_somebody_else_does_not_exist(account, client: Client) -> None:
    tell(make_account("li.si"))
    notice = Notice.objects.get()
    for path in (f"/inbox/{notice.pk}/", f"/inbox/{notice.pk + 1}/", f"/inbox/{'9' * 40}/"):
        assert client.get(path).status_code == client.post(path).status_code == 404
    client.post("/inbox/read/", {"up_to": notice.pk})
    notice.refresh_from_db()
    assert notice.read_at is None
    assert "XM2026-0001" not in client.get("/inbox/").content.decode()


def test_unread_ones_stand_first_by_day(account, client: Client) -> None:
    for days, key in ((0, "a"), (1, "b"), (2, "c")):
        tell(account, key=key)
        Notice.objects.filter(key=f"{key}:{account.pk}").update(created_at=NOW - timedelta(days=days))
    Notice.objects.filter(key=f"a:{account.pk}").update(read_at=NOW)
    days = client.get("/inbox/").context["days"]
    assert [day.title for day in days] == [
        "未读，2026年2月12日",
        "未读，2026年2月11日",
        "已读，2026年2月13日",
    ]


def test_marking_all_leaves_what_came_since(account, client: Client) -> None:
    tell(account, key="a")
    shown = client.get("/inbox/").context["up_to"]
    tell(account, key="b")
    answer = client.post("/inbox/read/", {"up_to": shown, "group": "lamps"})
    assert (answer.status_code, answer["Location"]) == (302, "/inbox/?group=lamps")
    assert list(Notice.objects.filter(read_at=None).values_list("key", flat=True)) == [f"b:{account.pk}"]
    assert client.post(f"/inbox/{Notice.objects.get(read_at=None).pk}/")["Location"] == "/inbox/"
    assert not Notice.objects.filter(read_at=None).exists()
    assert client.get("/inbox/read/").status_code == 405


def test_strange_parameters_break_nothing(account, client: Client) -> None:
    tell(account)
    for text in ("\0", "-1", "９", "9" * 50, "<script>", "//example.org"):
        assert client.get("/inbox/", {"group": text, "page": text}).status_code == 200
        assert client.post("/inbox/read/", {"group": text, "up_to": text})["Location"] == "/inbox/"


def test_the_group_filters_and_pages_follow(account, client: Client) -> None:
    for number in range(60):
        tell(account, key=f"k{number}")
    assert len(client.get("/inbox/?group=lamps&page=2").context["days"][0].items) == 10
    assert client.get("/inbox/?group=clocks").context["days"] == []
    assert "group=lamps&amp;page=2" in client.get("/inbox/?group=lamps").content.decode()


def test_the_number_of_queries_does_not_grow(account, client: Client) -> None:
    reach(account)
    tell(account, key="first")
    few = queries_of(client, "/inbox/")
    for number in range(30):
        tell(account, key=f"k{number}")
    assert queries_of(client, "/inbox/") == few == 6


def test_a_digest_shows_its_lines(account, client: Client) -> None:
    compose_digest(
        account, [DigestLine("<b>三件超期</b>", link="/projects/", is_alarm=True)], on=NOW.date(), now=NOW
    )
    page = client.get("/inbox/").content.decode()
    assert '<b class="alarm">要紧</b> <a href="/projects/">&lt;b&gt;三件超期&lt;/b&gt;</a>' in page


def test_the_bell_counts_with_one_query(account, client: Client) -> None:
    path = "/account/preferences/"
    before = queries_of(client, path)
    for number in range(101):
        tell(account, key=f"k{number}")
    assert queries_of(client, path) == before
    assert "99+<span" in client.get(path).content.decode()
    Notice.objects.update(read_at=NOW)
    assert "条未读" not in client.get(path).content.decode()
