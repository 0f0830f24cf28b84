"""A project gets another investor: the case, the register, the search and the counts follow from that day on."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from wutong.base.errors import NotAllowed, Refused
from wutong.base.money import YI
from wutong.cases.act import act
from wutong.cases.models import Case, Change
from wutong.cases.verify import faults
from wutong.ledgerkit.testing import Zone, client_of, make_zone
from wutong.ledgers.project_push.counting.queries import project_counts
from wutong.ledgers.project_push.investors.change import change_investor, investor_named
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.history.queries import facts_at
from wutong.registers.history.verify import faults as register_faults
from wutong.registers.organisation.actors import SYSTEM, actor_of
from wutong.registers.projects.models import Project

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


@pytest.fixture
def project(zone: Zone) -> Case:
    return enter(zone, "示例储能电池项目", "示例甲公司")


def enter(zone: Zone, name: str, investor: str) -> Case:
    new = NewProject(
        name=name, investor_name=investor, total_investment_yuan=6 * YI, state="signed",
        opened_on=zone.today - timedelta(days=100), host_unit=zone.home, host_person=zone.host,
    )  # fmt: skip
    return enter_projects([new], actor=SYSTEM, now=zone.now)[0]


def firm(zone: Zone, name: str) -> Enterprise:
    return investor_named(name, "", actor=SYSTEM, now=zone.now)


def test_the_register_keeps_both_investors_each_for_its_days(zone: Zone, project: Case) -> None:
    old, new = project.enterprise, firm(zone, "示例乙公司")
    tomorrow = zone.today + timedelta(days=1)
    change_investor(
        project, new, reason="示例：股权转让", actor=SYSTEM, on=tomorrow, now=zone.now + timedelta(days=1)
    )
    row = Project.objects.get(push__case=project)
    assert row.investor == new
    assert Case.objects.get(pk=project.pk).enterprise == new
    assert [_investor_on(row, day) for day in (zone.today, tomorrow)] == [old.pk, new.pk]
    assert [*faults(), *register_faults()] == []


def test_a_change_before_the_day_on_which_the_project_was_entered_holds_from_that_day(
    zone: Zone, project: Case
) -> None:
    new, on = firm(zone, "示例乙公司"), zone.today - timedelta(days=10)
    change_investor(project, new, reason="示例：股权转让", actor=SYSTEM, on=on, now=zone.now)
    row = Project.objects.get(push__case=project)
    assert [_investor_on(row, day) for day in (on, zone.today)] == [None, new.pk]


def _investor_on(project: Project, day: date) -> int | None:
    return facts_at("project", "investor", entries=Project.objects.values("pk"), as_of=day).get(project.pk)


def test_what_comes_after_counts_for_the_new_one_and_what_was_counted_stays(
    zone: Zone, project: Case
) -> None:
    old, new, on = project.enterprise, firm(zone, "示例乙公司"), zone.today - timedelta(days=10)
    change_investor(project, new, reason="示例", actor=SYSTEM, on=on, now=zone.now)
    fresh = Case.objects.get(pk=project.pk)
    act(
        fresh,
        "revise_amount",
        actor=SYSTEM,
        now=zone.now,
        effective_on=on,
        reason="示例",
        amount_yuan=10 * YI,
    )
    counts = project_counts(SYSTEM, None, zone.today)
    assert counts.number("contract", f"investor:{old.pk}").value == 6 * YI
    assert counts.number("increase", f"investor:{new.pk}").value == 4 * YI
    assert counts.number("signed", f"investor:{new.pk}").value == 0
    assert counts.number("signed", "all").value == 1


def test_the_corrected_day_of_the_change_moves_what_follows_it_on_no_other_day(
    zone: Zone, project: Case
) -> None:
    """Bookings follow the order of the life; the correction itself tells no other investor."""
    new, on = firm(zone, "示例乙公司"), zone.today - timedelta(days=10)
    change = change_investor(project, new, reason="示例", actor=SYSTEM, on=on, now=zone.now).change
    act(
        Case.objects.get(pk=project.pk), "correct", actor=SYSTEM, now=zone.now, effective_on=on + timedelta(days=3),
        reason="示例：记错", replaces=change,
    )  # fmt: skip
    fresh = Case.objects.get(pk=project.pk)
    act(fresh, "register", actor=SYSTEM, now=zone.now, effective_on=zone.today)
    counts = project_counts(SYSTEM, None, zone.today)
    assert counts.number("registered", f"investor:{new.pk}").value == 1
    assert [*faults(), *register_faults()] == []


def test_impossible_changes_are_refused(zone: Zone, project: Case) -> None:
    told: dict[str, Any] = {"reason": "示例", "actor": SYSTEM, "on": zone.today, "now": zone.now}
    with pytest.raises(Refused, match="投资方已经是"):
        change_investor(project, project.enterprise, **told)
    other = enter(zone, "示例储能电池项目", "示例乙公司")
    with pytest.raises(Refused, match="名下已有同名项目"):
        change_investor(project, other.enterprise, **told)
    third = firm(zone, "示例丙公司")
    with pytest.raises(Refused, match="请写明理由"):
        change_investor(project, third, **{**told, "reason": ""})
    with pytest.raises(NotAllowed):
        change_investor(project, third, **{**told, "actor": actor_of(zone.host.account, zone.today)})
    with pytest.raises(Refused, match="哪家企业"):
        act(project, "change_investor", actor=SYSTEM, now=zone.now, effective_on=zone.today, reason="示例")
    assert Change.objects.filter(verb="change_investor").count() == 0


@pytest.fixture
def leader(zone: Zone) -> Client:
    return client_of(zone.accounts["leader"])


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_by_hand_a_firm_that_nobody_knew_is_registered_with_the_change(
    zone: Zone, project: Case, leader: Client
) -> None:
    path = f"/projects/{project.number}/act/change_investor/"
    assert path in leader.get(f"/projects/{project.number}/").content.decode()
    form = leader.get(path).context["page"].form
    typed = {
        "investor": "示例丁公司", "effective_on": zone.today, "reason": "示例：受让",
        "expected_seq": form["expected_seq"].value(), "request_key": form["request_key"].value(),
    }  # fmt: skip
    assert leader.post(path, {**typed, "investor": "示例甲公司"}).status_code == 422
    late = leader.post(path, {**typed, "effective_on": zone.today + timedelta(days=2)})
    assert "还没到这一天" in words(late)
    assert not Enterprise.objects.filter(name="示例丁公司").exists()
    assert leader.post(path, typed).status_code == 302
    assert leader.post(path, typed).status_code in (302, 422)
    assert Change.objects.filter(verb="change_investor").count() == 1
    new = Enterprise.objects.get(name="示例丁公司")
    assert not new.is_disclosed
    assert Project.objects.get(push__case=project).investor == new
