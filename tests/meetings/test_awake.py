"""A running meeting does not time out; nothing else is let go on."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.meetings.hall import Hall
from wutong.base.accounts.middleware import SEEN_AT
from wutong.base.accounts.models import Account
from wutong.ledgerkit.testing import client_of
from wutong.ledgers.meetings import awake


def idle(account: Account, minutes: int = 45) -> Client:
    client = client_of(account)
    session = client.session
    session[SEEN_AT] = int((timezone.now() - timedelta(minutes=minutes)).timestamp())
    session.save()
    return client


@pytest.fixture
def same_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shortly after midnight three quarters of an hour ago was yesterday; that is not what these tests are about."""
    monkeypatch.setattr(awake, "localdate", lambda _moment: timezone.localdate())


@pytest.mark.usefixtures("same_day")
def test_whoever_sits_in_the_hall_stays_signed_in(hall: Hall) -> None:
    meeting = hall.meeting()
    path = reverse("meeting_session", args=[meeting.case.number])
    assert hall.guest.account is not None
    for account in (hall.zone.accounts["clerk"], hall.guest.account):
        client = idle(account)
        assert client.get(path, follow=True).status_code == 200
        assert client.get(reverse("today")).status_code == 200


@pytest.mark.usefixtures("same_day")
def test_what_was_typed_is_saved_after_a_long_talk(hall: Hall) -> None:
    meeting = hall.meeting()
    path = reverse("meeting_item", args=[meeting.case.number, hall.items(meeting)[0].pk])
    client = idle(hall.zone.accounts["clerk"], minutes=120)
    assert client.post(path, {"text": "示例", "kinds": "note"})["Location"].startswith(path)
    assert meeting.decisions.count() == 1


def is_signed_out(client: Client, path: str) -> bool:
    answer = client.get(path)
    return answer.status_code == 302 and "reason=idle" in answer["Location"]


@pytest.mark.usefixtures("same_day")
def test_every_other_page_times_out_as_always(hall: Hall) -> None:
    meeting = hall.meeting()
    assert is_signed_out(idle(hall.zone.accounts["clerk"]), reverse("today"))
    assert is_signed_out(
        idle(hall.zone.accounts["clerk"]), reverse("meeting_agenda", args=[meeting.case.number])
    )


@pytest.mark.usefixtures("same_day")
def test_the_hall_times_out_before_and_after_the_meeting_and_for_onlookers(hall: Hall) -> None:
    meeting = hall.meeting(begun=False)
    path = reverse("meeting_session", args=[meeting.case.number])
    assert is_signed_out(idle(hall.zone.accounts["clerk"]), path)
    running = hall.meeting()
    path = reverse("meeting_session", args=[running.case.number])
    assert is_signed_out(idle(hall.zone.accounts["leader"]), path), "has no seat and does not record"
    hall.adjourn(running)
    assert is_signed_out(idle(hall.zone.accounts["clerk"]), path)


def test_a_session_of_yesterday_does_not_come_back(hall: Hall) -> None:
    meeting = hall.meeting()
    path = reverse("meeting_session", args=[meeting.case.number])
    assert is_signed_out(idle(hall.zone.accounts["clerk"], minutes=24 * 60 + 1), path)


def test_a_meeting_of_another_day_keeps_nobody_awake(hall: Hall) -> None:
    meeting = hall.meeting(hall.today - timedelta(days=1))
    path = reverse("meeting_session", args=[meeting.case.number])
    assert is_signed_out(idle(hall.zone.accounts["clerk"]), path)
