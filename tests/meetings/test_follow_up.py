"""The next meeting opens with what became of the last one; everybody sees what concerns them and how much does not."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.meetings.hall import LAST, Hall
from wutong.cases.act import act
from wutong.ledgerkit.testing import account_with, client_of
from wutong.ledgers.meetings.queries import (
    decisions_about,
    decisions_of,
    follow_up,
    held_since,
    previous_meeting,
    unit_results,
)
from wutong.registers.organisation.actors import SYSTEM


def two_weeks(hall: Hall):  # type: ignore[no-untyped-def]
    """The meeting before with a decision that is done, one that runs, one that is late, one that was only noted, one
    that was about a project of the second leader; and the meeting of today."""
    last = hall.meeting(hall.today - LAST)
    items = hall.items(last)
    done, _running = hall.decide(items[0], text="已办"), hall.decide(items[0], text="在办", days=60)
    hall.decide(items[1], text="超期", days=2)
    hall.decide(items[2], "note", text="记下")
    case = done.results.get().case
    act(case, "submit", actor=SYSTEM, now=hall.now, effective_on=hall.today, evidence=[proof(hall)])
    case.refresh_from_db()
    act(case, "close", actor=SYSTEM, now=hall.now, effective_on=hall.today)
    hall.adjourn(last)
    return last, hall.meeting()


def proof(hall: Hall):  # type: ignore[no-untyped-def]
    from wutong.base.files.services import store_file
    from wutong.cases.steps import NewEvidence

    stored = store_file(b"%PDF-1.4\n%%EOF\n", name="a.pdf", actor=hall.zone.host.account, now=hall.now)
    return NewEvidence("proof", stored, "a.pdf", hall.today)


def test_the_last_meeting_that_was_held_comes_before(hall: Hall) -> None:
    planned = hall.meeting(hall.today - timedelta(days=3), begun=False)
    last, today = two_weeks(hall)
    assert previous_meeting(today) == last
    assert previous_meeting(last) is None
    assert planned.ordinal != today.ordinal


def test_a_decision_stands_as_its_case_does(hall: Hall) -> None:
    last, _today = two_weeks(hall)
    found = decisions_of(last, hall.recorder, hall.today)
    assert {row.decision.text: row.standing for row in found.rows} == {
        "已办": "done",
        "在办": "running",
        "超期": "overdue",
        "记下": "noted",
    }
    [board] = unit_results(found.rows)
    assert (board.unit, board.done, board.running, board.overdue) == (hall.zone.home, 1, 1, 1)
    since = follow_up(held_since(hall.today - LAST, hall.today), hall.recorder, hall.today)
    assert len(since.rows) == 4


def test_the_hall_opens_with_them_and_each_figure_leads_to_its_rows(hall: Hall) -> None:
    last, today = two_weeks(hall)
    client = client_of(hall.zone.accounts["clerk"])
    page = client.get(reverse("meeting_session", args=[today.case.number]), follow=True)
    text = page.content.decode()
    assert "3项：" in text
    for state, words in (("done", "已办"), ("running", "在办"), ("overdue", "超期")):
        assert f"meeting={last.case.number}&amp;state={state}" in text
        query = {"meeting": last.case.number, "state": state}
        rows = client.get(reverse("meeting_decisions"), query).context["page"].table.rows
        assert [str(row.cells["text"].text) for row in rows] == [words]
    unit = {"unit": hall.zone.home.pk, "state": "done", "year": last.year}
    assert client.get(reverse("meeting_decisions"), unit).context["page"].table.row_count == 1
    everything = client.get(reverse("meeting_decisions"), {"q": "示例", "page": "99999"})
    assert everything.context["page"].table.row_count == 4


def test_whoever_sees_no_project_learns_how_many_there_are(hall: Hall) -> None:
    last, today = two_weeks(hall)
    account = account_with("outsider", hall.guest.unit, hall.now, "meetings.see_all")
    client = client_of(account)
    number = today.case.number
    for path in (
        reverse("case_detail", args=["meetings", number]),
        reverse("meeting_agenda", args=[number]),
        reverse("meeting_minutes", args=[last.case.number]),
        reverse("meeting_session", args=[number]),
    ):
        text = client.get(path).content.decode()
        assert "示例红灯项目" not in text, path
        assert "另有" in text, path
        assert "项不在您的查看范围" in text, path
    for item in hall.items(today):
        assert client.get(reverse("meeting_item", args=[number, item.pk])).status_code == 404
        assert client.get(reverse("meeting_item_rows", args=[number, item.pk])).status_code == 404
    decision = last.decisions.first()
    for name in ("meeting_decision_correct", "meeting_decision_withdraw"):
        assert client.get(reverse(name, args=[last.case.number, decision.pk])).status_code == 404
    assert "超期" not in [
        str(row.cells["text"].text)
        for row in client.get(reverse("meeting_decisions")).context["page"].table.rows
    ]


def test_a_participant_sees_the_meeting_and_not_the_projects_of_others(hall: Hall) -> None:
    _last, today = two_weeks(hall)
    assert hall.guest.account is not None
    client = client_of(hall.guest.account)
    page = client.get(reverse("case_detail", args=["meetings", today.case.number]))
    assert page.status_code == 200
    assert "另有3项" in page.content.decode()
    stranger = client_of(account_with("stranger", hall.zone.other_team, hall.now))
    assert stranger.get(reverse("case_detail", args=["meetings", today.case.number])).status_code == 404
    assert stranger.get(reverse("meeting_session", args=[today.case.number])).status_code == 404


def test_the_file_of_a_project_tells_what_was_decided(hall: Hall) -> None:
    last, _today = two_weeks(hall)
    project = hall.items(last)[0].case
    with CaptureQueriesContext(
        connection,
    ) as queries:
        rows = decisions_about([project.pk], hall.recorder, hall.today)
    assert [row.decision.text for row in rows] == ["已办", "在办"]
    assert len(queries) <= 3
    made = rows[0].results[0].case
    assert [row.decision.text for row in decisions_about([made.pk], hall.recorder, hall.today)] == ["已办"]
