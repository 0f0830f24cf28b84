"""Who asks to be let past a gate is answered: those who can answer are told, and then the one who asked."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from wutong.base.accounts.models import Account, RoleGrant
from wutong.base.accounts.services import grant_role
from wutong.base.accounts.testing import LONG_AGO
from wutong.base.money import YI
from wutong.base.notices.kinds import filled, kind_of
from wutong.base.notices.models import Notice
from wutong.base.notices.words import words_of
from wutong.cases.act import act
from wutong.cases.models import Assignment, Case
from wutong.ledgerkit.policy import visible_cases, who_may_see
from wutong.ledgerkit.testing import Zone, account_with, client_of, make_zone
from wutong.ledgerkit.waiver_notices import MOST
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.registers.organisation.actors import SYSTEM, actor_of, actors_of
from wutong.registers.organisation.reach_services import arrange_stand_in, put_in_charge

pytestmark = pytest.mark.django_db
GRANT, SEE = "project_push.waive", "project_push.see_all"


@pytest.fixture
def zone() -> Zone:
    return make_zone()


@pytest.fixture
def project(zone: Zone) -> Case:
    return enter(zone)


def enter(zone: Zone, state: str = "signed", name: str = "示例储能项目") -> Case:
    new = NewProject(
        name=name, investor_name="示例恒储有限公司", total_investment_yuan=3 * YI, state=state,
        opened_on=zone.today - timedelta(days=100), host_unit=zone.home, host_person=zone.host,
    )  # fmt: skip
    return enter_projects([new], actor=SYSTEM, now=zone.now)[0]


def take(zone: Zone, case: Case, verb: str, account: Account, reason: str = "示例：证照在办") -> None:
    told: dict[str, Any] = {
        "now": zone.now,
        "effective_on": zone.today,
        "gate_verb": "start",
        "reason": reason,
    }
    act(case, verb, actor=actor_of(account, zone.today), **told)


def ask(zone: Zone, case: Case) -> None:
    take(zone, case, "ask_waiver", zone.accounts["clerk"])


def told(kind: str = "asked") -> set[str]:
    """Names of those who were told."""
    rows = Notice.objects.filter(kind=f"ledgerkit.waiver_{kind}").select_related("recipient")
    return {row.recipient.name for row in rows}


# ---- who is told -------------------------------------------------------------------------------------------------


def test_those_who_can_grant_it_are_told_and_led_to_the_step(zone: Zone, project: Case) -> None:
    ask(zone, project)
    notice = Notice.objects.get()
    assert notice.recipient == zone.accounts["leader"]
    assert notice.link == f"/projects/{project.number}/act/grant_waiver/"
    words = words_of(notice)
    assert words.title == "申报开工：申请容缺办理，请答复"
    assert "示例clerk申请，缺" in words.text
    assert "建筑工程施工许可证" in words.text
    assert "示例：证照在办" in words.text
    page = client_of(zone.accounts["leader"]).get(notice.link).content.decode()
    assert "申报开工" in page
    assert "示例：证照在办" in page


@pytest.mark.parametrize(("verb", "kind", "title"), [
    ("grant_waiver", "granted", "申报开工：已获准容缺办理"),
    ("decline_waiver", "declined", "申报开工：不予容缺办理"),
])  # fmt: skip
def test_whoever_asked_is_told_the_answer_and_nobody_else(
    zone: Zone, project: Case, verb: str, kind: str, title: str
) -> None:
    ask(zone, project)
    take(zone, project, verb, zone.accounts["leader"], "示例：答复的理由")
    notice = Notice.objects.get(kind=f"ledgerkit.waiver_{kind}")
    assert notice.recipient == zone.accounts["clerk"]
    assert notice.link == f"/projects/{project.number}/"
    assert words_of(notice).title == title
    assert "示例：答复的理由" in words_of(notice).text


def test_a_second_request_is_told_again(zone: Zone, project: Case) -> None:
    ask(zone, project)
    take(zone, project, "decline_waiver", zone.accounts["leader"])
    ask(zone, project)
    assert Notice.objects.filter(kind="ledgerkit.waiver_asked").count() == 2


def test_who_asked_himself_is_not_told_though_he_may_grant(zone: Zone, project: Case) -> None:
    both = account_with("both", zone.home, zone.now, "project_push.edit", GRANT, SEE)
    take(zone, project, "ask_waiver", both)
    assert told() == {"role.leader"}


def test_the_host_is_not_told_nor_who_stands_in_for_the_host_nor_the_people_of_a_host_unit(
    zone: Zone, project: Case
) -> None:
    deputy = account_with("deputy", zone.elsewhere, zone.now, GRANT, SEE)
    arrange_stand_in(
        zone.host, deputy.official, from_on=zone.today, to_on=zone.today + timedelta(days=3), reason="示例",
        actor=None, now=zone.now,
    )  # fmt: skip
    grant_role(zone.host.account, "leader", None, LONG_AGO, zone.now)
    account_with("colleague", zone.home, zone.now, GRANT, SEE)
    ask(zone, project)
    assert told() == {"role.leader", "colleague"}
    Notice.objects.all().delete()
    other = enter(zone, name="示例冷链项目")
    Assignment.objects.filter(case=other, role="host").update(person=None)
    ask(zone, other)
    assert told() == {"role.leader", "deputy"}


def test_a_member_of_the_team_that_hosts_the_case_is_not_told(zone: Zone, project: Case) -> None:
    from wutong.registers.organisation.services import join_team

    member = account_with("member", zone.elsewhere, zone.now, GRANT, SEE)
    join_team(zone.team, member.official, is_leader=False, on=LONG_AGO)
    Assignment.objects.filter(case=project, role="host").update(unit=zone.team, person=None)
    ask(zone, project)
    assert told() == {"role.leader"}


def test_who_may_not_see_the_case_or_had_the_right_once_is_not_told(zone: Zone, project: Case) -> None:
    account_with("far", zone.elsewhere, zone.now, GRANT)
    account_with("near", zone.home, zone.now, GRANT)
    overseer = account_with("overseer", zone.elsewhere, zone.now, GRANT)
    put_in_charge(overseer.official, zone.home, actor=None, on=zone.today, now=zone.now)
    was = account_with("was", zone.home, zone.now, GRANT, SEE)
    RoleGrant.objects.filter(account=was).update(to_on=zone.today)
    stopped = account_with("stopped", zone.home, zone.now, GRANT, SEE)
    Account.objects.filter(pk=stopped.pk).update(is_active=False)
    ask(zone, project)
    assert told() == {"role.leader", "near", "overseer"}


def test_a_project_that_is_still_secret_is_told_of_to_those_alone_who_know_it(zone: Zone) -> None:
    secret = enter(zone, "appraised")
    account_with("signed_only", zone.elsewhere, zone.now, GRANT, SEE)
    host = zone.host.account
    assert host is not None
    act(secret, "ask_waiver", actor=actor_of(host, zone.today), now=zone.now, effective_on=zone.today,
        gate_verb="sign", reason="示例")  # fmt: skip
    assert told() == {"role.leader"}


def test_what_leaves_the_product_names_no_project_and_no_person(zone: Zone, project: Case) -> None:
    ask(zone, project)
    take(zone, project, "decline_waiver", zone.accounts["leader"])
    for notice in Notice.objects.all():
        kind = kind_of(notice.kind)
        assert kind is not None
        outside = filled(kind.outside, notice.params)
        assert project.number in outside
        assert not any(word in outside for word in ("示例储能", "示例clerk", "示例leader", "证照"))


# ---- how many, how dear ------------------------------------------------------------------------------------------


def test_twenty_are_told_at_most_always_the_same_with_as_many_queries(zone: Zone, project: Case) -> None:
    taken = []
    for added in (range(1), range(1, 2), range(2, 25)):
        for number in added:
            account_with(f"granter{number:02}", zone.home, zone.now, GRANT)
        with CaptureQueriesContext(connection) as captured:
            ask(zone, project)
        taken.append(len(captured))
        take(zone, project, "decline_waiver", zone.accounts["leader"])
    assert taken[2] <= taken[1] <= taken[0]
    first, second = (told_at(seq) for seq in (4, 6))
    assert (len(first), len(second)) == (3, MOST)
    assert second == sorted(second)
    assert second[:3] == first


def told_at(seq: int) -> list[int]:
    """Accounts told of the request with that number in the case, in the order of the notices."""
    from wutong.cases.models import Change

    key = f"waiver:{Change.objects.get(seq=seq, verb='ask_waiver').pk}:"
    return list(Notice.objects.filter(key__startswith=key).order_by("pk").values_list("recipient", flat=True))


def test_actors_read_together_see_what_each_sees_alone(zone: Zone, project: Case) -> None:
    """Of everybody: the officers without a post, the host, a stand-in, one who leads the firm's unit."""
    overseer = account_with("overseer", zone.elsewhere, zone.now)
    put_in_charge(overseer.official, zone.home, actor=None, on=zone.today, now=zone.now)
    stand_in = account_with("stand_in", zone.elsewhere, zone.now)
    arrange_stand_in(
        zone.host, stand_in.official, from_on=zone.today, to_on=zone.today + timedelta(days=3), reason="示例",
        actor=None, now=zone.now,
    )  # fmt: skip
    RoleGrant.objects.filter(account=zone.accounts["clerk"]).update(to_on=zone.today)
    together = actors_of(Account.objects.order_by("pk"), zone.today, teams=[zone.team.pk, zone.other_team.pk])
    alone = [actor_of(account, zone.today) for account in Account.objects.order_by("pk")]
    assert [(one.rights, one.team_ids, one.reach) for one in together] == [
        (one.rights, one.team_ids, one.reach) for one in alone
    ]
    for case in (project, enter(zone, "lead", "示例线索")):
        seen = [one.account for one in who_may_see(case, together)]
        assert seen == [one.account for one in alone if visible_cases(one).filter(pk=case.pk).exists()]
        assert zone.host.account in seen
        assert overseer in seen or case.state == "lead"
        assert stand_in in seen
