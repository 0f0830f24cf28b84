"""The hall: a typed line becomes a row, an error stays in its row, and it works without a script as well."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.meetings.hall import Hall, late_problem
from wutong.ledgerkit.testing import client_of
from wutong.ledgers.meetings.models import Decision

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def client(hall: Hall) -> Client:
    return client_of(hall.zone.accounts["clerk"])


def row(hall: Hall, **typed: str) -> dict[str, str]:
    due = hall.today + timedelta(days=5)
    told = {
        "text": "余热利用章节报省级窗口",
        "unit": "示例经济部",
        "person": "示例主办",
        "due": f"{due.month}月{due.day}日",
        "kinds": "rectify",
        "request_key": "k1",
    }
    return told | typed


def test_the_wall_shows_the_item_with_what_holds_it_up(hall: Hall, client: Client) -> None:
    late_problem(hall, hall.projects[0])
    meeting = hall.meeting()
    first = hall.items(meeting)[0]
    answer = client.get(reverse("meeting_session", args=[meeting.case.number]))
    assert answer["Location"] == reverse("meeting_item", args=[meeting.case.number, first.pk])
    page = client.get(answer["Location"]).content.decode()
    for words in (
        "第1项，共3项",
        "示例红灯项目",
        "超红灯线",
        "卡在哪里",
        "示例地块控规调整",
        "总投资",
        "12.0",
        "未销号问题",
    ):
        assert words in page, words
    assert 'class="menu"' not in page
    assert "ui/meeting.css" in page
    assert "data-next" in page
    assert 'list="units"' in page
    assert 'value="示例经济部" label="sljjb"' in page


def test_a_typed_line_becomes_a_row_and_the_next_empty_one_is_there(hall: Hall, client: Client) -> None:
    meeting = hall.meeting()
    path = reverse("meeting_item", args=[meeting.case.number, hall.items(meeting)[0].pk])
    answer = client.post(path, row(hall), **HTMX)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert text.lstrip().startswith('<section id="decide-box"')
    decision = Decision.objects.get()
    assert (decision.unit, decision.person) == (hall.zone.home, hall.zone.host)
    assert decision.due_on == hall.today + timedelta(days=5)
    assert decision.due_on.isoformat() in text
    assert decision.results.get().case.number in text
    assert 'data-next="2"' in text
    assert ">余热利用章节报省级窗口</textarea>" not in text


def test_without_a_script_it_comes_back_to_the_page(hall: Hall, client: Client) -> None:
    meeting = hall.meeting()
    path = reverse("meeting_item", args=[meeting.case.number, hall.items(meeting)[0].pk])
    answer = client.post(path, row(hall))
    assert answer["Location"] == f"{path}#id_text"
    assert "余热利用章节报省级窗口" in client.get(path).content.decode()
    assert client.post(path, row(hall)).status_code == 302
    assert Decision.objects.count() == 1, "sent twice it is one decision"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"due": "尽快"}, "看不懂“尽快”"),
        ({"due": "2020-01-01"}, "2020-01-01已经过去"),
        ({"due": ""}, "请填时限"),
        ({"unit": "火星部"}, "没有“火星部”这个单位"),
        ({"unit": "", "person": ""}, "请填责任单位"),
        ({"unit": "示例"}, "请写全称"),
        ({"person": "张飞"}, "没有“张飞”这个人"),
        ({"unit": "示例别部"}, "示例主办不在示例别部，在示例经济部"),
        ({"text": " "}, "请写决定的内容"),
        ({"kinds": ""}, "请选择"),
        ({"kinds": "x"}, "x"),
        ({"text": "长" * 501}, "500"),
    ],
)
@pytest.mark.parametrize("script", [True, False])
def test_what_is_refused_stays_in_the_row(
    hall: Hall, client: Client, wrong: dict[str, str], words: str, script: bool
) -> None:
    meeting = hall.meeting()
    path = reverse("meeting_item", args=[meeting.case.number, hall.items(meeting)[0].pk])
    typed = row(hall, **wrong)
    answer = client.post(path, typed, **(HTMX if script else {}))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert words in text
    for name in ("text", "unit", "person", "due"):
        assert typed[name].strip() in text, name
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("typed", "unit"),
    [
        ("sljjb", "示例经济部"),
        ("经济", "示例经济部"),
        ("shilijingji", "示例经济部"),
        ("示例别部", "示例别部"),
    ],
)
def test_a_unit_is_understood_by_its_letters_or_a_part_of_it(
    hall: Hall, client: Client, typed: str, unit: str
) -> None:
    meeting = hall.meeting()
    path = reverse("meeting_item", args=[meeting.case.number, hall.items(meeting)[0].pk])
    assert client.post(path, row(hall, unit=typed, person=""), **HTMX).status_code == 200
    assert str(Decision.objects.get().unit) == unit


def test_a_person_alone_brings_the_unit(hall: Hall, client: Client) -> None:
    meeting = hall.meeting()
    path = reverse("meeting_item", args=[meeting.case.number, hall.items(meeting)[0].pk])
    assert client.post(path, row(hall, unit="", person="slzb"), **HTMX).status_code == 200
    assert Decision.objects.get().unit == hall.zone.home


def test_what_the_other_recorder_typed_appears_and_asking_ends_with_the_meeting(
    hall: Hall, client: Client
) -> None:
    meeting = hall.meeting()
    item = hall.items(meeting)[0]
    path = reverse("meeting_item_rows", args=[meeting.case.number, item.pk])
    hall.decide(item, text="另一位记录人写的")
    answer = client.get(path, **HTMX)
    assert answer.status_code == 200
    assert "另一位记录人写的" in answer.content.decode()
    hall.adjourn(meeting)
    answer = client.get(path, **HTMX)
    assert answer.status_code == 286
    assert "hx-get" not in answer.content.decode()


def test_whoever_may_not_record_reads_only(hall: Hall) -> None:
    meeting = hall.meeting()
    client = client_of(hall.zone.accounts["leader"])
    path = reverse("meeting_item", args=[meeting.case.number, hall.items(meeting)[0].pk])
    page = client.get(path).content.decode()
    assert "示例红灯项目" in page
    assert "<textarea" not in page
    assert client.post(path, row(hall)).status_code == 403
    assert client.post(path, row(hall), **HTMX).status_code == 403
    assert not Decision.objects.exists()


def test_before_and_after_the_meeting_there_is_no_row(hall: Hall, client: Client) -> None:
    meeting = hall.meeting(begun=False)
    path = reverse("meeting_item", args=[meeting.case.number, hall.items(meeting)[0].pk])
    assert "<textarea" not in client.get(path).content.decode()
    answer = client.post(path, row(hall), **HTMX)
    assert answer.status_code == 422
    assert "会议还没开始" in answer.content.decode()


def test_an_item_is_marked_and_the_next_one_comes(hall: Hall, client: Client) -> None:
    meeting = hall.meeting()
    first, second, _third = hall.items(meeting)
    path = reverse("meeting_item_mark", args=[meeting.case.number, first.pk])
    answer = client.post(path, {"state": "skipped"})
    assert answer["Location"] == reverse("meeting_item", args=[meeting.case.number, second.pk])
    first.refresh_from_db()
    assert first.state == "skipped"
    assert client.post(path, {"state": "dancing"}).status_code == 422
    answer = client.get(reverse("meeting_session", args=[meeting.case.number]))
    assert answer["Location"].endswith(f"/{second.pk}/")


def test_a_row_is_corrected_and_withdrawn_on_its_own_page(hall: Hall, client: Client) -> None:
    meeting = hall.meeting()
    item = hall.items(meeting)[0]
    decision = hall.decide(item)
    number = meeting.case.number
    path = reverse("meeting_decision_correct", args=[number, decision.pk])
    assert "示例经济部" in client.get(path).content.decode()
    typed = row(hall, text="改过", reason="错字", expected_seq=str(decision.last_seq))
    assert client.post(path, typed | {"due": "尽快"}).status_code == 422
    answer = client.post(path, typed)
    assert answer["Location"] == reverse("meeting_item", args=[number, item.pk])
    answer = client.post(path, typed)
    assert answer.status_code == 422
    assert "刚被别人改过" in answer.content.decode()
    decision.refresh_from_db()
    path = reverse("meeting_decision_withdraw", args=[number, decision.pk])
    assert client.get(path).status_code == 200
    assert client.post(path, {"reason": "听错了", "expected_seq": decision.last_seq}).status_code == 302
    page = client.get(reverse("meeting_item", args=[number, item.pk])).content.decode()
    assert "已撤回" in page


def test_the_hall_asks_a_number_of_queries_that_does_not_grow(hall: Hall, client: Client) -> None:
    from wutong.ledgerkit.testing import queries_of

    meeting = hall.meeting()
    item = hall.items(meeting)[0]
    path = reverse("meeting_item", args=[meeting.case.number, item.pk])
    hall.decide(item)
    before = queries_of(client, path)
    for _ in range(4):
        hall.decide(item, "rectify+order")
    assert queries_of(client, path) <= before
    assert before <= 40


def test_the_timeline_of_the_project_tells_it(hall: Hall, client: Client) -> None:
    meeting = hall.meeting()
    item = hall.items(meeting)[0]
    hall.decide(item, text="余热利用章节报省级窗口")
    page = client.get(reverse("case_detail", args=["projects", item.case.number])).content.decode()
    assert "第1次调度会决定：余热利用章节报省级窗口" in page
