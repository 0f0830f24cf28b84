"""Two entries of one firm become one: rows of every ledger go along, and come back when the merge is undone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import models

from wutong.base.errors import NotAllowed, Refused
from wutong.base.money import YI
from wutong.cases.act import act
from wutong.cases.models import Case
from wutong.cases.steps import Holder, NewCase
from wutong.desk.search import search_hits
from wutong.desk.tests.permit_ledger import permit_ledger
from wutong.ledgerkit.testing import Zone, account_with, make_zone
from wutong.ledgerkit.verify import all_faults
from wutong.ledgers.project_push.services import NewProject, enter_projects, open_rectification
from wutong.ledgers.supervision_orders.services import issue_order
from wutong.registers.chains.models import ChainMember
from wutong.registers.chains.services import NewNode, add_node, join_chain, open_chain
from wutong.registers.enterprises.carriers import carriers, columns_without_carrier
from wutong.registers.enterprises.merging import loads, merge_enterprises, undo_merge
from wutong.registers.enterprises.models import Enterprise, EnterpriseTag, YearReport
from wutong.registers.enterprises.services import (
    NewYearReport,
    change_enterprise,
    record_year_reports,
    register_enterprise,
    tag_enterprise,
)
from wutong.registers.enterprises.uscc import check_character
from wutong.registers.industries.services import open_leading_industry
from wutong.registers.organisation.actors import SYSTEM, Actor, actor_of
from wutong.registers.people.models import Person
from wutong.registers.people.services import add_contact
from wutong.registers.projects.models import Project

pytestmark = pytest.mark.django_db
CODE = "91379999MA0000011" + check_character("91379999MA0000011")


@dataclass(frozen=True)
class Scene:
    zone: Zone
    kept: Enterprise
    double: Enterprise
    actor: Actor


@pytest.fixture
def scene(db: None) -> Iterator[Scene]:
    """A firm that was registered twice; on the double hang rows of three ledgers and of five registers."""
    with permit_ledger():
        zone = make_zone()
        on, now = zone.today, zone.now
        told: dict[str, Any] = {"actor": None, "on": on, "now": now}
        kept = register_enterprise(name="示例恒储科技有限公司", code=None, address="示例路1号", **told)
        double = register_enterprise(
            name="示例衡储科技有限公司", code=CODE, registered_on=on - timedelta(days=900), **told
        )
        project = NewProject(
            name="示例储能项目",
            investor_name=double.name,
            total_investment_yuan=2 * YI,
            state="signed",
            opened_on=on - timedelta(days=60),
            host_unit=zone.home,
            host_person=zone.host,
        )
        case = enter_projects([project], actor=SYSTEM, now=now)[0]
        host = Holder("host", zone.home, zone.host)
        problem = open_rectification(
            case, problem="示例卡点", blocking_class="land", measure="示例措施", host=host,
            due_on=on + timedelta(days=9), actor=SYSTEM, on=on, now=now,
        )  # fmt: skip
        issue_order(
            matter="示例督办", demand="示例要求", holders=[host], source=problem, actor=SYSTEM, on=on, now=now,
            enterprise=double,
        )  # fmt: skip
        permit = NewCase("permit", title="示例许可", state="received", enterprise=double)
        act(permit, "open", actor=SYSTEM, now=now, effective_on=on, effective_at=now, holders=[host])
        add_contact(double, name="示例联系人", phone="13900001111", post="经理", **told)
        tag_enterprise(double, "重点", **told)
        tag_enterprise(double, "外贸", **told)
        tag_enterprise(kept, "外贸", **told)
        record_year_reports([NewYearReport(double, 2025, "年报", on, {"staff": 12})], **told)
        industry = open_leading_industry(
            code="demo", name="示例产业", kind="leading", order=1, prefixes=["38"], **told
        )
        chain = open_chain(code="demo", name="示例链", leading_industry=industry, **told)
        node = add_node(chain, NewNode("示例节点", "upstream"), **told)
        join_chain(node, double, role="ordinary", **told)
        account = account_with("merger", zone.home, now, "enterprises.merge", "project_push.see_all")
        yield Scene(zone, kept, double, actor_of(account, on))


def rows_by_column(firm: Enterprise) -> dict[str, list[int]]:
    """Every row of the whole house that points to a firm."""
    found = {}
    for relation in Enterprise._meta.related_objects:
        assert isinstance(relation.field, models.ForeignKey)
        model, column = relation.related_model, relation.field.name
        keys = list(
            model._default_manager.filter(**{column: firm}).order_by("pk").values_list("pk", flat=True)
        )
        if keys and model._meta.model_name not in {"enterprisekey", "merge"}:
            found[f"{model._meta.label_lower}.{column}"] = keys
    return found


def merged(scene: Scene) -> Any:
    return merge_enterprises(
        scene.kept, scene.double, reason="同一家", actor=scene.actor, on=scene.zone.today, now=scene.zone.now
    )


def undone(scene: Scene, merge: Any) -> Any:
    return undo_merge(merge, reason="看错了", actor=scene.actor, on=scene.zone.today, now=scene.zone.now)


def test_every_column_that_points_to_a_firm_has_a_carrier() -> None:
    assert columns_without_carrier() == []
    assert {("cases.case", "enterprise"), ("projects.project", "investor")} <= carriers().keys()


def test_rows_of_three_ledgers_and_of_the_registers_go_along(scene: Scene) -> None:
    before = rows_by_column(scene.double)
    assert {case.case_type for case in Case.objects.filter(enterprise=scene.double)} == {
        "project_push",
        "rectification",
        "supervision_order",
        "permit",
    }
    merged(scene)
    left = rows_by_column(scene.double)
    there_twice = EnterpriseTag.objects.get(enterprise=scene.double)
    assert there_twice.word == "外贸"
    assert left == {"enterprises.enterprisetag.enterprise": [there_twice.pk]}
    after = rows_by_column(scene.kept)
    for column, keys in before.items():
        assert set(keys) - set(left.get(column, [])) <= set(after[column]), column
    kept = Enterprise.objects.get(pk=scene.kept.pk)
    assert (kept.code, kept.address, kept.registered_on) == (CODE, "示例路1号", scene.double.registered_on)
    assert Enterprise.objects.get(pk=scene.double.pk).merged_into == kept
    assert list(all_faults()) == []


def test_undone_everything_is_where_it_was_and_every_chain_holds(scene: Scene) -> None:
    kept, double = rows_by_column(scene.kept), rows_by_column(scene.double)
    columns = ["code", "name", "address", "registered_on", "is_disclosed", "merged_into_id"]
    entries = list(Enterprise.objects.order_by("pk").values_list(*columns))
    identities = list(Project.objects.values_list("identity", flat=True))
    undone(scene, merged(scene))
    assert rows_by_column(scene.kept) == kept
    assert rows_by_column(scene.double) == double
    assert list(Enterprise.objects.order_by("pk").values_list(*columns)) == entries
    assert list(Project.objects.values_list("identity", flat=True)) == identities
    assert list(all_faults()) == []


def test_a_merge_that_was_undone_can_be_made_again_and_undone_again(scene: Scene) -> None:
    double = rows_by_column(scene.double)
    for _again in range(2):
        undone(scene, merged(scene))
    assert rows_by_column(scene.double) == double
    assert list(all_faults()) == []


def test_the_preview_counts_what_goes_along_and_names_what_stays(scene: Scene) -> None:
    found = {(load.model, load.column): load for load in loads(scene.double, scene.kept)}
    assert len(found[Case, "enterprise"].keys) == 4
    tags = found[EnterpriseTag, "enterprise"]
    assert (len(tags.keys), len(tags.kept_back)) == (1, 1)
    assert {Person, YearReport, ChainMember, Project} <= {model for model, _column in found}


def test_the_firm_that_stays_is_found_by_the_name_of_the_double(scene: Scene) -> None:
    def names(text: str) -> list[str]:
        return [hit.name for hit in search_hits(scene.actor, text, 20) if hit.kind == "enterprise"]

    assert names("衡储") == [scene.double.name]
    merge = merged(scene)
    assert names("衡储") == [scene.kept.name]
    assert names(CODE) == [scene.kept.name]
    undone(scene, merge)
    assert names("衡储") == [scene.double.name]
    assert names(CODE) == [scene.double.name]


def test_two_firms_with_codes_of_their_own_are_never_merged(scene: Scene) -> None:
    other = "91379999MA0000012" + check_character("91379999MA0000012")
    change_enterprise(scene.kept, {"code": other}, actor=None, on=scene.zone.today, now=scene.zone.now)
    with pytest.raises(Refused, match="两家法人"):
        merged(scene)


def test_a_row_that_moved_on_since_keeps_the_merge_from_being_undone(scene: Scene) -> None:
    merge = merged(scene)
    third = register_enterprise(
        name="示例第三家公司", code=None, actor=None, on=scene.zone.today, now=scene.zone.now
    )
    Person.objects.filter(enterprise=scene.kept).update(enterprise=third)
    with pytest.raises(Refused, match="1条“人员”"):
        undone(scene, merge)


def test_what_was_filled_in_and_changed_since_stays(scene: Scene) -> None:
    merge = merged(scene)
    kept = Enterprise.objects.get(pk=scene.kept.pk)
    day = scene.zone.today - timedelta(days=5)
    change_enterprise(kept, {"registered_on": day}, actor=None, on=scene.zone.today, now=scene.zone.now)
    undone(scene, merge)
    assert Enterprise.objects.get(pk=scene.kept.pk).registered_on == day
    assert list(all_faults()) == []


def test_both_have_a_project_of_one_name_then_people_decide_first(scene: Scene) -> None:
    same = NewProject(
        name="示例储能项目",
        investor_name=scene.kept.name,
        total_investment_yuan=YI,
        state="signed",
        opened_on=scene.zone.today,
        host_unit=scene.zone.home,
    )
    enter_projects([same], actor=SYSTEM, now=scene.zone.now)
    before = rows_by_column(scene.double)
    with pytest.raises(Refused, match="示例储能项目"):
        merged(scene)
    assert rows_by_column(scene.double) == before


@pytest.mark.parametrize("again", ["merge", "undo", "own"])
def test_a_merge_is_made_once_and_undone_once_and_never_with_itself(scene: Scene, again: str) -> None:
    if again == "own":
        with pytest.raises(Refused, match="两家不同"):
            merge_enterprises(
                scene.kept,
                scene.kept,
                reason="无",
                actor=scene.actor,
                on=scene.zone.today,
                now=scene.zone.now,
            )
        return
    merge = merged(scene)
    if again == "merge":
        with pytest.raises(Refused, match="已并入"):
            merged(scene)
    else:
        undone(scene, merge)
        with pytest.raises(Refused, match="已经撤销"):
            undone(scene, merge)


def test_who_may_not_merge_may_not_merge(scene: Scene) -> None:
    account = account_with("nobody", scene.zone.home, scene.zone.now, "enterprises.register")
    actor = actor_of(account, scene.zone.today)
    with pytest.raises(NotAllowed):
        merge_enterprises(
            scene.kept, scene.double, reason="同一家", actor=actor, on=scene.zone.today, now=scene.zone.now
        )
