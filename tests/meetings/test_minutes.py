"""The minutes follow from what was decided, can be written in other words, and are issued by somebody else."""

import hashlib
import io
import zipfile
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from tests.meetings.hall import Hall
from wutong.base.errors import Conflict, NotAllowed, Refused
from wutong.base.files.queries import read_file
from wutong.cases.act import act
from wutong.cases.models import Case, Evidence
from wutong.exchange.official.layout import Layout
from wutong.ledgerkit.testing import account_with, client_of
from wutong.ledgers.meetings.decision_services import NewDecision, record_decision, withdraw_decision
from wutong.ledgers.meetings.minutes import minutes_of, numeral
from wutong.ledgers.meetings.minutes_files import document_of, docx_of, pdf_of
from wutong.ledgers.meetings.minutes_services import Written, issue_minutes, write_minutes
from wutong.ledgers.meetings.models import DispatchMeeting
from wutong.registers.organisation.actors import actor_of


@pytest.fixture
def meeting(hall: Hall) -> DispatchMeeting:
    """Last meeting left something late; this one decided twice about the first project, once about the second, and
    withdrew one."""
    last = hall.meeting(hall.today - timedelta(days=21))
    hall.decide(hall.items(last)[0], text="示例旧事", days=2)
    hall.adjourn(last)
    meeting = hall.meeting()
    first, second, _third = hall.items(meeting)
    hall.decide(first, text="余热利用章节报省级窗口。")
    record_decision(
        first,
        NewDecision("银企对接会", hall.zone.elsewhere, None, None, "reassign"),
        actor=hall.recorder,
        now=hall.now,
    )
    hall.decide(second, "note", text="下次再议", days=None)
    wrong = hall.decide(second, "note", text="听错了的")
    withdraw_decision(wrong, "听错了", actor=hall.recorder, on=hall.today, now=hall.now)
    meeting.case = act(
        meeting.case,
        "note_attendance",
        actor=hall.recorder,
        now=hall.now,
        effective_on=hall.today,
        data={"excused": "示例来宾", "attending": "某律师，某会计"},
    ).case
    hall.adjourn(meeting)
    return DispatchMeeting.objects.select_related("case__host_person").get(pk=meeting.pk)


def text_of(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("word/document.xml").decode()


def test_they_say_who_was_there_what_became_of_the_last_decisions_and_what_was_decided(
    hall: Hall, meeting: DispatchMeeting
) -> None:
    minutes = minutes_of(meeting, hall.recorder, hall.today)
    people = dict(minutes.people)
    assert people["主持"] == "chair"
    assert people["请假"] == "示例来宾"
    assert people["列席"] == "某律师、某会计"
    assert people["出席"] == "示例主办"
    opening, follow_up, first, second = minutes.parts
    assert "逐个调度2个项目" in opening.text
    assert follow_up.heading == "一、上次会议决定落实情况"
    assert "决定1项，已完成0项，办理中0项，超期1项。超期的是：示例旧事（示例经济部）。" in follow_up.text
    assert first.heading == "二、示例红灯项目（包保领导：示例领导）"
    assert "超红灯线" in first.text
    due = hall.today + timedelta(days=4)
    assert first.lines[0].startswith("（一）余热利用章节报省级窗口。由示例经济部示例主办负责，")
    assert f"{due.month}月{due.day}日前完成。" in first.lines[0]
    assert first.lines[1] == "（二）银企对接会。由示例别部负责。"
    assert second.lines == ["（一）下次再议。由示例经济部示例主办负责。"]


@pytest.mark.parametrize(
    ("number", "word"),
    [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五"), (100, "100")],
)
def test_headings_are_numbered_as_offices_do(number: int, word: str) -> None:
    assert numeral(number) == word


def test_a_part_is_written_in_other_words_and_stays_so(hall: Hall, meeting: DispatchMeeting) -> None:
    opening, follow_up, first, _second = minutes_of(meeting, hall.recorder, hall.today).parts
    told = {"actor": hall.recorder, "as_of": hall.today, "now": hall.now}
    texts = {part.key: Written(part.text, part.seq) for part in (opening, follow_up, first)}
    assert write_minutes(meeting, texts, **told) == 0, "what nobody changed is not kept"
    texts[first.key] = Written("项目推进缓慢。", first.seq)
    texts["item-999"] = Written("别处的", 0)
    assert write_minutes(meeting, texts, **told) == 1
    again = minutes_of(meeting, hall.recorder, hall.today).parts[2]
    assert (again.text, again.lines) == ("项目推进缓慢。", first.lines)
    with pytest.raises(Conflict, match="示例红灯项目"):
        write_minutes(meeting, {first.key: Written("另一个人写的。", first.seq)}, **told)
    host = actor_of(hall.zone.host.account, hall.today)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        write_minutes(meeting, {first.key: Written("x", 1)}, **{**told, "actor": host})


def test_they_stay_chinese_whoever_reads_them(hall: Hall, meeting: DispatchMeeting) -> None:
    with override("en"):
        minutes = minutes_of(meeting, hall.recorder, hall.today)
    assert minutes.parts[1].heading == "一、上次会议决定落实情况"


def test_both_files_say_the_same_and_the_same_minutes_are_the_same_file(
    hall: Hall, meeting: DispatchMeeting
) -> None:
    minutes = minutes_of(meeting, hall.recorder, hall.today)
    docx = docx_of(minutes, None)
    assert docx == docx_of(minutes_of(meeting, hall.recorder, hall.today), None)
    for words in ("第2次调度会纪要", "余热利用章节报省级窗口", "示例来宾"):
        assert words in text_of(docx)
    assert "听错了的" not in text_of(docx)
    pdf = pdf_of(minutes, None)
    assert pdf.startswith(b"%PDF-")
    assert pdf == pdf_of(minutes, None)


def test_a_draft_has_no_number_yet(hall: Hall, meeting: DispatchMeeting) -> None:
    minutes = minutes_of(meeting, hall.recorder, hall.today)
    layout = Layout(number_pattern="示高管纪〔{year}〕{number}号")
    assert document_of(minutes, None, layout).number == ""
    assert document_of(minutes, hall.today, layout).number == f"示高管纪〔{meeting.year}〕2号"


def test_the_chair_issues_them_and_they_are_frozen_byte_for_byte(
    hall: Hall, meeting: DispatchMeeting
) -> None:
    told = {"on": hall.today, "as_of": meeting.meeting_on, "now": hall.now}
    with pytest.raises(NotAllowed, match="另一个人|权限|不能改"):
        issue_minutes(meeting, actor=hall.recorder, **told)
    case = issue_minutes(meeting, actor=hall.chair, **told)
    assert case.state == "closed"
    files = list(Evidence.objects.filter(case=case, kind="minutes").order_by("pk"))
    assert [item.name for item in files] == ["第2次调度会纪要.docx", "第2次调度会纪要.pdf"]
    client = client_of(hall.zone.accounts["clerk"])
    for item in files:
        content = read_file(item.file)
        assert hashlib.sha256(content).hexdigest() == item.file.sha256
        path = reverse("case_file", args=["meetings", case.number, item.pk])
        assert client.get(path).content == content
    page = client.get(reverse("meeting_minutes", args=[case.number])).content.decode()
    assert files[0].file.sha256 in page
    assert "<textarea" not in page
    with pytest.raises(Refused, match="已经签发"):
        write_minutes(meeting, {}, actor=hall.recorder, as_of=hall.today, now=hall.now)
    assert client.get(reverse("meeting_minutes_file", args=[case.number, "pdf"])).status_code == 422


def test_whoever_wrote_a_part_does_not_issue_it(hall: Hall, meeting: DispatchMeeting) -> None:
    """A leader may issue and, for once, has also written a part."""
    account = account_with(
        "both", hall.zone.root, hall.now, "meetings.see_all", "meetings.record", "meetings.issue", "project_push.see_all"
    )  # fmt: skip
    both = actor_of(type(account).objects.select_related("official__unit").get(pk=account.pk), hall.today)
    key = minutes_of(meeting, both, hall.today).parts[0].key
    write_minutes(meeting, {key: Written("改写", 0)}, actor=both, as_of=hall.today, now=hall.now)
    with pytest.raises(NotAllowed, match="自己写的"):
        issue_minutes(meeting, actor=both, on=hall.today, as_of=hall.today, now=hall.now)


def test_whoever_does_not_see_all_of_it_neither_issues_nor_downloads_it(
    hall: Hall, meeting: DispatchMeeting
) -> None:
    account = account_with("narrow", hall.guest.unit, hall.now, "meetings.see_all", "meetings.issue")
    narrow = actor_of(type(account).objects.select_related("official__unit").get(pk=account.pk), hall.today)
    told = {"on": hall.today, "as_of": hall.today, "now": hall.now}
    with pytest.raises(Refused, match="不在您的查看范围"):
        issue_minutes(meeting, actor=narrow, **told)
    client, number = client_of(account), meeting.case.number
    assert client.get(reverse("meeting_minutes_file", args=[number, "docx"])).status_code == 403
    case = issue_minutes(meeting, actor=hall.chair, **told)
    item = Evidence.objects.filter(case=case, kind="minutes").first()
    assert item is not None
    assert client.get(reverse("meeting_file", args=[number, item.pk])).status_code == 403
    assert client.get(reverse("meeting_file", args=[number, 10**9])).status_code == 404
    page = client.get(reverse("meeting_minutes", args=[number])).content.decode()
    assert "示例红灯项目" not in page
    assert "另有" in page


def test_the_pages_write_and_issue_them(hall: Hall, meeting: DispatchMeeting) -> None:
    clerk, number = client_of(hall.zone.accounts["clerk"]), meeting.case.number
    path = reverse("meeting_minutes", args=[number])
    page = clerk.get(path).content.decode()
    assert page.count("<textarea") == 4
    assert clerk.get(reverse("meeting_issue", args=[number])).status_code == 403
    key = minutes_of(meeting, hall.recorder, hall.today).parts[2].key
    assert clerk.post(path, {f"text-{key}": "改写过", f"seq-{key}": "0"}).status_code == 302
    answer = clerk.post(path, {f"text-{key}": "我也改", f"seq-{key}": "0"})
    assert answer.status_code == 409
    assert "我也改" in answer.content.decode()
    assert "改写过" in answer.content.decode()
    for form, kind in (("docx", b"PK"), ("pdf", b"%PDF")):
        answer = clerk.get(reverse("meeting_minutes_file", args=[number, form]))
        assert answer.content.startswith(kind)
    assert clerk.get(reverse("meeting_minutes_file", args=[number, "odt"])).status_code == 404
    assert hall.chair.account is not None
    chair = client_of(hall.chair.account)
    issue = reverse("case_act", args=["meetings", number, "issue"])
    assert chair.get(issue).status_code == 200
    future = {"effective_on": (hall.today + timedelta(days=1)).isoformat()}
    assert chair.post(issue, future).status_code == 422
    assert chair.post(issue, {"effective_on": hall.today.isoformat()})["Location"] == path
    assert Case.objects.get(pk=meeting.pk).state == "closed"
    assert chair.get(issue).status_code == 422
