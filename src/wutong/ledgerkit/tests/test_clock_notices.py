"""Rungs of clocks reach the people who hold the case, once, in words of the moment."""

from datetime import datetime

import pytest

from wutong.base.notices.models import Notice
from wutong.base.notices.words import words_of
from wutong.cases.clocks.sweep import sweep_clocks
from wutong.cases.steps import Holder
from wutong.ledgerkit.testing import Zone, make_zone
from wutong.ledgers.supervision_orders.services import issue_order
from wutong.registers.organisation.actors import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone() -> Zone:
    return make_zone()


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def order(zone: Zone, *, person: bool = True) -> None:
    """Issued on Monday 2 March 2026; to be answered by the 9th."""
    issued = local("2026-03-02 09:00")
    issue_order(
        matter="示例督办", demand="示例", holders=[Holder("host", zone.home, zone.host if person else None)],
        source=None, actor=SYSTEM, on=issued.date(), now=issued,
    )  # fmt: skip


def told() -> list[tuple[str, str]]:
    rows = Notice.objects.select_related("recipient").order_by("pk")
    return [(row.recipient.display_name, words_of(row).title) for row in rows]


def test_the_host_is_told_a_day_before_and_on_the_first_day_after(zone: Zone) -> None:
    order(zone)
    for moment in (
        "2026-03-05 23:59",
        "2026-03-06 00:01",
        "2026-03-06 08:00",
        "2026-03-10 00:01",
        "2026-03-10 09:00",
    ):
        sweep_clocks(local(moment))
    name = zone.host.account.display_name  # type: ignore[union-attr]
    assert told() == [
        (name, "反馈时限：到期前1个工作日亮黄灯"),
        (name, "反馈时限：到期后第1个工作日亮红灯"),
    ]


def test_after_a_week_without_a_sweep_nobody_is_told_that_it_will_be_due(zone: Zone) -> None:
    order(zone)
    sweep_clocks(local("2026-03-16 08:00"))
    assert [title for _name, title in told()] == ["反馈时限：到期后第1个工作日亮红灯"]


def test_where_a_unit_holds_the_case_its_people_are_told(zone: Zone) -> None:
    order(zone, person=False)
    sweep_clocks(local("2026-03-06 08:00"))
    assert {name for name, _title in told()} == {
        official.account.display_name
        for official in zone.home.officials.filter(to_on__isnull=True, account__isnull=False)
    }


def test_a_notice_leads_to_its_case_and_says_little_outside(zone: Zone) -> None:
    from wutong.base.notices.kinds import filled, kind_of

    order(zone)
    sweep_clocks(local("2026-03-06 08:00"))
    notice = Notice.objects.get()
    assert notice.link == "/orders/DB2026-0001/"
    kind = kind_of(notice.kind)
    assert kind is not None
    outside = filled(kind.outside, notice.params)
    assert outside == "DB2026-0001：反馈时限，到期2026-03-09。"
