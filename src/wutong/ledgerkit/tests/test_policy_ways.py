"""The short ways to the rows somebody may see lead to the same rows as the judgement of every single case."""

import random
from datetime import timedelta

import pytest

from wutong.base.accounts.services import grant_role
from wutong.base.accounts.testing import LONG_AGO, make_account
from wutong.base.money import YI
from wutong.cases.act import act, act_many
from wutong.cases.models import Case, GateRule
from wutong.cases.steps import Holder, NewCase, Step
from wutong.ledgerkit.lists import seen_rows
from wutong.ledgerkit.policy import hidden_states, listed_cases, visible_cases
from wutong.ledgerkit.testing import OPENED_ON, Zone, account_with, make_zone, person
from wutong.ledgers.project_push.models import ProjectPush, Rectification
from wutong.ledgers.project_push.services import NewProject, enter_projects, open_rectification
from wutong.ledgers.supervision_orders.models import SupervisionOrder
from wutong.ledgers.supervision_orders.services import issue_order
from wutong.registers.leads.services import assign_lead
from wutong.registers.organisation.actors import SYSTEM, Actor, actor_of
from wutong.registers.organisation.models import Official
from wutong.registers.organisation.reach_services import arrange_stand_in, put_in_charge
from wutong.registers.organisation.services import open_unit

pytestmark = pytest.mark.django_db
DETAILS = {model.case_type: model for model in (ProjectPush, Rectification, SupervisionOrder)}
TYPES = tuple(DETAILS)
RIGHTS: tuple[tuple[str, ...], ...] = (
    (),
    ("project_push.see_all",),
    ("project_push.see_unsigned",),
    ("project_push.see_all", "project_push.see_unsigned"),
    ("supervision.see_all",),
    ("supervision.see_all", "project_push.see_all", "project_push.see_unsigned"),
)


def told_world(zone: Zone, dice: random.Random) -> list[Official]:
    """Projects in all states with problems and orders, held by people of several units; some lead a firm, have a unit
    in charge or stand in for somebody."""
    GateRule.objects.all().delete()
    below = open_unit(
        code="below",
        name="示例下属科",
        kind="department",
        parent=zone.home,
        actor=None,
        on=LONG_AGO,
        now=zone.now,
    )
    units = [zone.home, zone.elsewhere, below, zone.root]
    people = [person(f"p{n}", f"示例人{n}", units[n % 4], None, zone.now) for n in range(9)]
    cases = enter_projects(
        [
            NewProject(
                name=f"示例项目{number}",
                investor_name=f"示例投资方{number % 4}",
                total_investment_yuan=YI,
                state=dice.choice(["lead", "negotiating", "signed", "signed"]),
                opened_on=zone.today - timedelta(days=50),
                host_unit=host.unit,
                host_person=dice.choice([host, None]),
                leader=dice.choice([*people, None]),
                team=dice.choice([zone.team, zone.other_team]),
            )
            for number in range(24)
            for host in [dice.choice(people)]
        ],
        actor=SYSTEM,
        now=zone.now,
    )
    problems = [_problem(zone, case, dice, people) for case in cases for _each in range(dice.randint(0, 2))]
    for source in [None, None, *dice.sample([*cases, *problems], 12)]:
        holders = [
            Holder(role, one.unit, one)
            for role, one in zip(("host", "supervisor"), dice.sample(people, 2), strict=True)
        ]
        issue_order(
            matter="示例督办",
            demand="示例",
            holders=holders,
            source=source,
            actor=SYSTEM,
            on=zone.today,
            now=zone.now,
        )
    _order_below(zone, dice.choice(cases), dice.choice(people))
    aside = dice.sample(cases, 8)
    act_many(
        [Step(case, "suspend", zone.today, reason="示例") for case in aside[:4]], actor=SYSTEM, now=zone.now
    )
    passed_on = [Holder("host", one.unit, one) for one in dice.sample(people, 4)]
    for case, holder in zip(aside[4:], passed_on, strict=True):
        act(
            case,
            "reassign",
            actor=SYSTEM,
            now=zone.now,
            effective_on=zone.today,
            reason="示例",
            holders=[holder],
        )
    return people


def _problem(zone: Zone, project: Case, dice: random.Random, people: list[Official]) -> Case:
    host = dice.choice(people)
    return open_rectification(
        project, problem="示例问题", blocking_class="land", measure="示例", host=Holder("host", host.unit, host),
        due_on=zone.today, actor=SYSTEM, on=zone.today, now=zone.now,
    )  # fmt: skip


def _order_below(zone: Zone, parent: Case, host: Official) -> None:
    """No ledger opens an order below a project; the engine would permit it, and the policy must hold for it too."""
    new = NewCase(
        "supervision_order", title="示例下级督办", state="issued", detail={"matter": "示例", "demand": "示例"},
        parent=parent,
    )  # fmt: skip
    holder = Holder("host", host.unit, host)
    act(new, "open", actor=SYSTEM, now=zone.now, effective_on=zone.today, holders=[holder])


def readers(zone: Zone, people: list[Official], dice: random.Random) -> list[Actor]:
    accounts = [zone.accounts[code] for code in zone.accounts if zone.accounts[code]]
    units = [zone.root, zone.home, zone.elsewhere]
    accounts += [
        account_with(f"reader{place}", dice.choice(units), zone.now, *rights)
        for place, rights in enumerate(RIGHTS)
    ]
    for place, official in enumerate(people[:3]):
        account = make_account(f"own{place}", display_name="示例本人")
        official.account = account
        official.save()
        accounts.append(account)
    told = {"actor": None, "now": zone.now}
    one, other, third = (actor_of(account, zone.today).official for account in accounts[-3:])
    assert one and other and third
    put_in_charge(one, zone.elsewhere, on=OPENED_ON, **told)
    assign_lead(other, enterprise=Case.objects.exclude(enterprise=None)[0].enterprise, on=OPENED_ON, **told)
    away = next(official for official in people[3:] if official.unit_id != third.unit_id)
    arrange_stand_in(
        away, third, from_on=zone.today, to_on=zone.today + timedelta(days=3), reason="示例", **told
    )
    stranger = make_account("stranger", display_name="示例局外人")
    grant_role(stranger, "clerk", None, LONG_AGO, zone.now)
    return [actor_of(account, zone.today) for account in (*accounts, stranger)]


@pytest.mark.parametrize("seed", range(3))
def test_a_list_holds_exactly_what_may_be_seen(seed: int) -> None:
    dice, zone = random.Random(seed), make_zone()
    people = told_world(zone, dice)
    states: dict[str, set[int]] = {}
    for actor in readers(zone, people, dice):
        judged = {case_type: set() for case_type in TYPES}
        for pk, case_type in visible_cases(actor).values_list("pk", "case_type"):
            judged[case_type].add(pk)
        for case_type in TYPES:
            listed = list(listed_cases(actor, case_type).values_list("pk", flat=True))
            assert set(listed) == judged[case_type], f"{actor.name} {sorted(actor.rights)} {case_type}"
            assert len(listed) == len(set(listed)), "each row once"
            assert listed_cases(actor, case_type).count() == len(listed)
            rows = seen_rows(DETAILS[case_type].objects.all(), actor)
            assert set(rows.values_list("case_id", flat=True)) == judged[case_type]
            states.setdefault(case_type, set()).add(len(listed))
    assert all(len(sizes) > 3 for sizes in states.values()), "readers have to differ"


@pytest.mark.parametrize("seed", range(2))
def test_what_a_right_opens_without_a_look_is_what_the_policy_opens(seed: int) -> None:
    dice, zone = random.Random(seed), make_zone()
    people = told_world(zone, dice)
    rows = Case.objects.filter(parent__isnull=True, changes__state_after__in=["signed", "started", "issued"])
    for actor in readers(zone, people, dice):
        for case_type in TYPES:
            hidden = hidden_states(actor, case_type)
            if hidden is None:
                continue
            of_type = rows.filter(case_type=case_type).exclude(state__in=hidden).distinct()
            opened = set(of_type.values_list("pk", flat=True))
            assert opened <= set(visible_cases(actor, case_type).values_list("pk", flat=True))
