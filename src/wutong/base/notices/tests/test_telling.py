"""Who is told, once; in which words; what is kept of it."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.services import stop_account
from wutong.base.accounts.testing import make_account
from wutong.base.audit.models import AuditEvent
from wutong.base.notices.choices import Choice, choices_of, save_choices
from wutong.base.notices.digest import DigestLine, compose_digest
from wutong.base.notices.kinds import NoticeKind, declare_kind, filled, stored_params
from wutong.base.notices.links import is_inside
from wutong.base.notices.masking import mask_destination
from wutong.base.notices.models import Delivery, Mode, Notice, NoticeAddress, NoticeChoice
from wutong.base.notices.queries import inbox, unread_count
from wutong.base.notices.services import notify, prune_notices, read_all, read_notice
from wutong.base.notices.tests.people import MOBILE, NOW, RED, reach, tell
from wutong.base.notices.words import outside_words, words_of

pytestmark = pytest.mark.django_db


def test_each_person_is_told_once_however_often_one_tries() -> None:
    zhang, li = make_account(), make_account("li.si")
    assert tell(zhang) == 1
    assert tell(zhang, li, li) == 1
    assert tell(zhang, li) == 0
    assert tell(zhang, key="red:2") == 1
    assert Notice.objects.filter(recipient=zhang).count() == 2


def test_a_stopped_account_is_told_nothing() -> None:
    zhang = make_account()
    stop_account(zhang, None, NOW)
    assert tell(zhang) == 0
    assert compose_digest(zhang, [DigestLine("今日")], on=NOW.date(), now=NOW) is None


def test_a_rolled_back_act_tells_nobody() -> None:
    zhang = make_account()
    with pytest.raises(RuntimeError), transaction.atomic():
        tell(zhang)
        raise RuntimeError
    assert not Notice.objects.exists()


def test_hundreds_are_told_with_a_few_statements(django_assert_max_num_queries) -> None:
    people = [make_account(f"person{number}") for number in range(300)]
    with django_assert_max_num_queries(20):
        assert tell(*people) == 300


@pytest.mark.parametrize(
    ("link", "inside"),
    [
        ("/", True),
        ("/projects/?view=red", True),
        ("", False),
        ("//example.org", False),
        ("/\\example.org", False),
    ]
    + [("https://example.org/", False), ("/a\nb", False), ("/a\0", False), ("/" + "a" * 300, False)],
)
def test_a_notice_leads_nowhere_but_into_the_product(link: str, inside: bool) -> None:
    assert is_inside(link) == inside
    if not inside:
        with pytest.raises(ValueError):
            tell(make_account(), link=link)


def test_a_notice_is_read_in_the_language_of_the_reader() -> None:
    tell(zhang := make_account())
    notice = Notice.objects.get(recipient=zhang)
    titles = {}
    for language in ("zh-hans", "zh-hant", "en"):
        with translation.override(language):
            titles[language] = words_of(notice).title
            state = translation.gettext("启用")
            assert titles[language].endswith(f"XM2026-0001：{state}")
    assert len(set(titles.values())) == 3
    assert words_of(notice).text == "期限2026-02-13，已超3天。"
    assert "电池" not in "".join(outside_words(notice))


def test_numbers_of_people_do_not_stay_in_what_is_told() -> None:
    stored = stored_params(
        {
            "title": f"联系{MOBILE}，110105199001011234",
            "call": int(MOBILE),
            "code": "91379999MA0000007X",
            "n": 7,
        }
    )
    assert stored["title"] == "联系138****8000，110105********1234"
    assert (stored["call"], stored["code"], stored["n"]) == ("138****8000", "91379999MA0000007X", 7)


def test_what_is_no_plain_value_is_refused() -> None:
    for value in (1.5, NOW, ["a"], None):
        with pytest.raises(TypeError):
            stored_params({"x": value})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="days"):
        notify("test.red", [], params={"title": "x"}, link="/", key="k", now=NOW)
    with pytest.raises(LookupError):
        notify("test.nobody", [], params={}, link="/", key="k", now=NOW)
    assert len(stored_params({"x": "龘" * 5000 + "\0"})["x"]) == 300


def test_a_code_stands_for_one_kind() -> None:
    assert declare_kind(RED) is RED
    with pytest.raises(ValueError, match="twice"):
        declare_kind(NoticeKind("test.red", "别的", "别的", "", RED.group))
    with pytest.raises(ValueError, match="only"):
        assert NoticeKind("test.number", "数", "%(n)d", "", RED.group).names


def test_a_notice_of_a_ledger_that_was_switched_off_still_has_words() -> None:
    tell(make_account())
    Notice.objects.update(kind="gone.kind")
    assert words_of(Notice.objects.get()).title
    assert filled("%(missing)s 100%%", {}) == "— 100%"
    assert filled("%(n)s 5% %(n)d %(", {"n": "100%%"}) == "100%% 5% %(n)d %("


def test_choices_are_respected_and_stored_only_when_changed(settings) -> None:
    settings.WUTONG_WORKCHAT_URL = "http://127.0.0.1:1/"
    at_once, digest, inbox_only, by_default = (make_account(name) for name in ("aa", "bb", "cc", "dd"))
    reach(at_once)
    reach(digest, Mode.DIGEST)
    reach(inbox_only, Mode.INBOX)
    save_choices(by_default, {"lamps": Choice(Mode.DIGEST, ())}, {}, now=NOW)
    assert not NoticeChoice.objects.filter(account=by_default).exists()
    assert tell(at_once, digest, inbox_only, by_default) == 4
    assert list(Delivery.objects.values_list("notice__recipient", "channel")) == [(at_once.pk, "sms")]
    waiting = Notice.objects.filter(awaits_digest=True).values_list("recipient", flat=True)
    assert set(waiting) == {digest.pk, by_default.pk}


def test_who_gives_an_address_and_chooses_nothing_for_it_is_sent_nothing(settings) -> None:
    settings.WUTONG_WORKCHAT_URL = "http://127.0.0.1:1/"
    zhang = make_account()
    chosen = {"lamps": Choice(Mode.AT_ONCE, ("work_chat",)), "tasks": Choice(Mode.DIGEST, ())}
    save_choices(zhang, chosen, {"work_chat": "ZhangSan"}, now=NOW)
    assert choices_of([zhang.pk], ["lamps", "tasks", "clocks"]) == {
        (zhang.pk, "lamps"): chosen["lamps"],
        (zhang.pk, "tasks"): chosen["tasks"],
        (zhang.pk, "clocks"): Choice(Mode.DIGEST, ("work_chat",)),
    }


def test_an_address_is_readable_nowhere_but_in_its_own_masked_form(connection_dump) -> None:
    reach(make_account())
    tell(make_account("li.si"))
    assert MOBILE not in connection_dump()
    assert NoticeAddress.objects.get().value == MOBILE
    event = AuditEvent.objects.get(action="save_notice_choices")
    assert event.detail == {"groups": ["lamps"], "addresses": ["sms"]}
    assert [mask_destination(text) for text in (MOBILE, "lin@example.org", "LinShiLi", "ab")] == [
        "138****8000",
        "l****@example.org",
        "L****i",
        "****",
    ]


def test_the_digest_holds_what_the_day_asks_and_what_waited() -> None:
    reach(zhang := make_account(), Mode.DIGEST)
    tell(zhang)
    tell(zhang, key="red:2")
    read_notice(Notice.objects.get(key=f"red:2:{zhang.pk}"), NOW)
    lines = [
        DigestLine("今日到期 100%", link="/"),
        DigestLine("%(n)s件超期", {"n": 2}, "/projects/", is_alarm=True),
    ]
    digest = compose_digest(zhang, lines, on=NOW.date(), now=NOW)
    assert digest is not None
    words = words_of(digest)
    assert words.title == "2026-02-13的汇总：共3件，要紧的1件"
    assert [line.text[:6] for line in words.lines] == ["2件超期", "今日到期 1", "示例𠮷电池公"]
    assert [line.is_alarm for line in words.lines] == [True, False, False]
    assert outside_words(digest)[1] == "2026-02-13：共3件事，要紧的1件。请登录梧桐查看。"
    assert list(digest.deliveries.values_list("channel", flat=True)) == ["sms"]
    assert compose_digest(zhang, lines, on=NOW.date(), now=NOW) is None
    assert compose_digest(zhang, [], on=NOW.date() + timedelta(days=1), now=NOW) is None
    assert not Notice.objects.filter(awaits_digest=True).exists()


def test_a_line_is_read_in_the_language_of_the_reader_and_a_finished_text_as_it_was_written() -> None:
    lines = [
        DigestLine(_("启用")),
        DigestLine("启用"),
        DigestLine("龘" * 5000),
        DigestLine("%(n)s件 5%", {"n": 2}),
    ]
    digest = compose_digest(make_account(), lines, on=NOW.date(), now=NOW)
    with translation.override("zh-hant"):
        texts = [line.text for line in words_of(digest).lines]
    assert texts == ["啟用", "启用", "龘" * 300, "2件 5%"]


@pytest.mark.parametrize(
    "line",
    [
        DigestLine("%(n)s件", {"m": 2}),
        DigestLine("%(n)d件", {"n": 2}),
        DigestLine("今日", link="//example.org"),
    ],
)
def test_a_line_that_could_not_be_shown_is_refused(line: DigestLine) -> None:
    with pytest.raises(ValueError):
        compose_digest(make_account(), [line], on=NOW.date(), now=NOW)


def test_what_came_after_the_digest_waits_for_the_next() -> None:
    reach(zhang := make_account(), Mode.DIGEST)
    compose_digest(zhang, [DigestLine("今日")], on=NOW.date(), now=NOW)
    tell(zhang)
    assert compose_digest(zhang, [DigestLine("又来")], on=NOW.date(), now=NOW) is None
    digest = compose_digest(zhang, [], on=NOW.date() + timedelta(days=1), now=NOW)
    assert digest is not None
    assert digest.params["count"] == 1


def test_the_inbox_counts_what_is_unread_and_marks_only_what_was_seen() -> None:
    zhang = make_account()
    for number in range(3):
        tell(zhang, key=f"red:{number}")
    second = list(inbox(zhang).order_by("pk"))[1]
    assert read_all(zhang, NOW, up_to=second.pk) == 2
    assert unread_count(zhang) == 1
    assert [notice.read_at is None for notice in inbox(zhang)] == [True, False, False]
    assert not inbox(zhang, "clocks").exists()
    assert inbox(zhang, "lamps").count() == 3


def test_only_what_was_read_a_year_ago_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wutong.base.notices.services.BLOCK", 2)
    reach(zhang := make_account())
    for number in range(7):
        tell(zhang, key=f"red:{number}")
    kept = Notice.objects.order_by("pk").first()
    Notice.objects.exclude(pk=kept.pk).update(read_at=NOW)
    assert prune_notices(NOW + timedelta(days=365)) == 0
    assert prune_notices(NOW + timedelta(days=365, minutes=1)) == 6
    assert list(Notice.objects.all()) == [kept]
    assert Delivery.objects.count() == 1
