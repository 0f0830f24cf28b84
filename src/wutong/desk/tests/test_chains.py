"""The pages of industrial chains: list, drawing, gaps, firms, and what a manager does in drawers."""

from datetime import date, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from wutong.ledgerkit.testing import NOBODY, Zone, account_with, client_of, make_zone, queries_of
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.registers.chains.models import Chain, ChainMember, ChainNode
from wutong.registers.chains.rights import MANAGE
from wutong.registers.chains.services import join_chain, leave_chain
from wutong.registers.chains.tests.chain_zone import (
    LATER,
    NOW,
    ON,
    make_chain,
    make_firm,
    make_industry,
    make_node,
)
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.history.services import record
from wutong.registers.history.verify import faults
from wutong.registers.organisation.actors import SYSTEM

pytestmark = pytest.mark.django_db
LIST_PAGE, CHAIN_PAGE = 8, 8
TOLD = {"actor": None, "now": NOW}


@pytest.fixture
def zone() -> Zone:
    return make_zone()


@pytest.fixture
def chain() -> Chain:
    return make_chain()


@pytest.fixture
def nodes(chain: Chain) -> dict[str, ChainNode]:
    rows = [("示例材料", "upstream"), ("示例电芯", "midstream"), ("示例回收", "downstream")]
    return {name: make_node(chain, name, stage, order) for order, (name, stage) in enumerate(rows)}


@pytest.fixture
def reader(zone: Zone) -> Client:
    return client_of(zone.accounts[NOBODY])


@pytest.fixture
def manager(zone: Zone) -> Client:
    return client_of(account_with("chain_manager", zone.home, zone.now, MANAGE))


def secret_firm(zone: Zone) -> Enterprise:
    """A firm known only from a project that is not signed."""
    new = NewProject(
        name="示例秘密项目",
        investor_name="示例秘密企业",
        total_investment_yuan=10**8,
        state="lead",
        opened_on=ON,
        host_unit=zone.home,
        host_person=zone.host,
    )
    enter_projects([new], actor=SYSTEM, now=zone.now)
    return Enterprise.objects.get(name="示例秘密企业")


def told(answer: HttpResponse, status: int = 200) -> str:
    assert answer.status_code == status, (answer.status_code, answer.content.decode()[:3000])
    return answer.content.decode()


def row_of(client: Client, chain: Chain, query: str = "") -> dict[str, str]:
    rows = client.get(f"/chains/{query}").context["page"].table.rows
    return {
        key: str(cell.text) for key, cell in next(row for row in rows if row.key == chain.code).cells.items()
    }


def blocks(client: Client, chain: Chain, query: str = "") -> dict[str, object]:
    page = client.get(f"/chains/{chain.pk}/{query}").context["page"]
    return {getattr(block, "id", "") or type(block).__name__: block for block in page.main}


# ---- reading ------------------------------------------------------------------------------------------------------


def test_the_list_shows_what_a_chain_has_and_lacks(
    reader: Client, chain: Chain, nodes: dict[str, ChainNode]
) -> None:
    one, other = make_firm("示例甲企业"), make_firm("示例乙企业")
    join_chain(nodes["示例材料"], one, role="key", **TOLD, on=ON)
    join_chain(nodes["示例电芯"], one, role="ordinary", **TOLD, on=ON)
    join_chain(nodes["示例电芯"], other, role="backbone", **TOLD, on=ON)
    assert row_of(reader, chain) == {
        "name": "示例链battery",
        "industry": "示例产业battery_industry",
        "nodes": "3",
        "firms": "2",
        "key": "示例甲企业",
        "gaps": "1",
    }


def test_the_chain_is_drawn_in_three_columns_with_its_gaps(
    reader: Client, chain: Chain, nodes: dict[str, ChainNode]
) -> None:
    low = make_node(chain, "示例正极", "upstream", 9, nodes["示例材料"])
    firm = make_firm("示例甲企业")
    join_chain(low, firm, role="key", **TOLD, on=ON)
    shown = blocks(reader, chain)
    drawn = {column.code: list(column.cards) for column in shown["map"].stages}  # type: ignore[attr-defined]
    assert [card.name for card in drawn["upstream"]] == ["示例材料", "示例正极"]
    assert [(card.is_gap, card.is_below, card.parent, card.firms) for card in drawn["upstream"]] == [
        (False, False, "", 0),
        (False, True, "示例材料", 1),
    ]
    assert drawn["upstream"][1].key_firms == "示例甲企业"
    assert [card.is_gap for card in drawn["midstream"] + drawn["downstream"]] == [True, True]
    assert [item.title for item in shown["gaps"].items] == ["示例电芯", "示例回收"]  # type: ignore[attr-defined]
    words = told(reader.get(f"/chains/{chain.pk}/"))
    for card in drawn["upstream"]:
        assert f'href="#{card.anchor}"' in words and f'id="{card.anchor}"' in words
    assert words.count("断点</span>") >= 2
    assert "<style" not in words and "ui/chains.css" in words


def test_each_node_lists_its_firms_as_of_the_day(
    reader: Client, chain: Chain, nodes: dict[str, ChainNode]
) -> None:
    node, firm = nodes["示例材料"], make_firm("示例甲企业")
    leave_chain(join_chain(node, firm, role="backbone", **TOLD, on=ON), **TOLD, on=LATER)

    def rows(day: date) -> list[dict[str, str]]:
        table = blocks(reader, chain, f"?as_of={day}")[f"node-{node.pk}"].table  # type: ignore[attr-defined]
        return [{key: str(cell.text) for key, cell in row.cells.items()} for row in table.rows]

    assert rows(LATER - timedelta(days=1)) == [
        {"name": "示例甲企业", "role": "骨干企业", "from_on": "2026-01-05"}
    ]
    assert rows(LATER) == []
    assert row_of(reader, chain, "?as_of=2026-03-01")["firms"] == "1"
    assert row_of(reader, chain)["firms"] == "0"
    assert told(reader.get("/chains/?as_of=2026-01-04")).count("还没有产业链") == 1


def test_a_firm_that_the_reader_may_not_see_is_counted_and_never_named(
    zone: Zone, reader: Client, manager: Client, chain: Chain, nodes: dict[str, ChainNode]
) -> None:
    node, firm = nodes["示例材料"], secret_firm(zone)
    join_chain(node, firm, role="key", **TOLD, on=ON)
    join_chain(node, make_firm("示例甲企业"), role="ordinary", **TOLD, on=ON)
    keys = [chain.pk, node.pk]
    for client in (reader, manager):
        words = told(client.get("/chains/")) + told(client.get(f"/chains/{chain.pk}/"))
        assert "示例秘密企业" not in words
        assert words.count("另有1家无权查看") == 4, "list, two figures, node"
    assert row_of(reader, chain)["firms"] == "2"
    leaving = reverse("chain_leave", args=keys)
    assert "示例秘密企业" not in told(manager.get(leaving))
    member = ChainMember.objects.get(enterprise=firm)
    told(manager.post(leaving, {"member": member.pk, "on": LATER}), 422)
    removing = told(manager.post(reverse("chain_node_remove", args=keys), {"on": LATER}), 422)
    assert "示例甲企业等" in removing and "示例秘密企业" not in removing
    typed = {"enterprise": "示例秘密企业", "role": "ordinary", "on": LATER}
    joining = manager.post(reverse("chain_join", args=[chain.pk, nodes["示例电芯"].pk]), typed)
    assert "企业名录里没有找到" in told(joining, 422)
    seeing = client_of(
        account_with("all", zone.home, zone.now, "project_push.see_all", "project_push.see_unsigned")
    )
    assert "示例秘密企业" in told(seeing.get(f"/chains/{chain.pk}/"))


def test_visitors_are_sent_to_sign_in_and_the_menu_leads_here(reader: Client, chain: Chain) -> None:
    for path in ("/chains/", f"/chains/{chain.pk}/", "/chains/new/"):
        assert Client().get(path).status_code == 302
    menu = {
        str(group.label): [item.href for item in group.items]
        for group in reader.get("/").context["frame"].menu
    }
    assert menu["产业"] == ["/chains/", "/industries/"]


def test_what_does_not_exist_is_not_found(manager: Client, chain: Chain, nodes: dict[str, ChainNode]) -> None:
    foreign = make_node(make_chain("second"), "示例外")
    for number in (0, 10**6, 2**70):
        assert manager.get(f"/chains/{number}/").status_code == 404
        assert manager.get(f"/chains/{number}/change/").status_code == 404
        assert manager.get(f"/chains/{chain.pk}/nodes/{number}/join/").status_code == 404
    assert manager.get(f"/chains/{chain.pk}/nodes/{foreign.pk}/rename/").status_code == 404


def test_queries_do_not_grow_with_chains_nodes_and_firms(
    zone: Zone, manager: Client, chain: Chain, nodes: dict[str, ChainNode]
) -> None:
    firm = make_firm("示例甲企业")
    join_chain(nodes["示例材料"], firm, role="key", **TOLD, on=ON)
    few = queries_of(manager, "/chains/"), queries_of(manager, f"/chains/{chain.pk}/")
    assert few[0] <= LIST_PAGE and few[1] <= CHAIN_PAGE, few
    for number in range(5):
        more = make_chain(f"more{number}")
        node = make_node(more, "示例节点")
        below = make_node(chain, f"示例下级{number}", "upstream", number, nodes["示例材料"])
        for letter in "丙丁戊":
            other = make_firm(f"示例{letter}{number}企业")
            join_chain(node, other, role="backbone", **TOLD, on=ON)
            join_chain(below, other, role="key", **TOLD, on=ON)
    assert (queries_of(manager, "/chains/"), queries_of(manager, f"/chains/{chain.pk}/")) == few


# ---- managing -----------------------------------------------------------------------------------------------------


def test_only_managers_get_buttons_and_forms(
    zone: Zone, manager: Client, chain: Chain, nodes: dict[str, ChainNode]
) -> None:
    node = nodes["示例材料"]
    paths = [
        reverse("chain_new"),
        *(reverse(f"chain_{act}", args=[chain.pk]) for act in ("change", "close", "node_new")),
    ]
    acts = ("chain_node_rename", "chain_node_move", "chain_node_remove", "chain_join", "chain_leave")
    paths += [reverse(act, args=[chain.pk, node.pk]) for act in acts]
    reader = client_of(zone.accounts["handler"])
    for path in paths:
        assert reader.get(path).status_code == 403, path
        assert manager.get(path).status_code == 200, path
        drawer = told(manager.get(path, headers={"HX-Request": "true"}))
        assert '<dialog class="drawer"' in drawer, path
    assert f'href="/chains/{chain.pk}/nodes/' not in told(reader.get(f"/chains/{chain.pk}/"))
    words = told(manager.get(f"/chains/{chain.pk}/"))
    for path in paths[1:-1]:
        assert f'href="{path}" data-drawer' in words, path
    for role in ("clerk", "leader"):
        assert client_of(zone.accounts[role]).get("/chains/new/").status_code == 200


def test_a_chain_is_opened_changed_and_closed(zone: Zone, manager: Client) -> None:
    industry = make_industry("energy")
    day = zone.today.isoformat()
    typed = {
        "code": "new_chain",
        "name": "示例新链",
        "leading_industry": industry.pk,
        "description": "",
        "on": day,
    }
    answer = manager.post("/chains/new/", typed)
    made = Chain.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/chains/{made.pk}/")
    assert "“new_chain”已有" in told(manager.post("/chains/new/", typed), 422)
    facts = {"name": "示例改名", "leading_industry": industry.pk, "description": "说明文字", "on": day}
    assert manager.post(f"/chains/{made.pk}/change/", facts).status_code == 302
    words = told(manager.get(f"/chains/{made.pk}/"))
    assert "示例改名" in words and "说明文字" in words
    late = {"on": (zone.today + timedelta(days=1)).isoformat(), "reason": ""}
    assert "还没有到" in told(manager.post(f"/chains/{made.pk}/close/", late), 422)
    assert manager.post(f"/chains/{made.pk}/close/", {"on": day, "reason": "示例"}).status_code == 302
    words = told(manager.get(f"/chains/{made.pk}/"))
    assert f"已于{day}撤销" in words and "加环节" not in words
    assert "示例改名" not in told(manager.get("/chains/"))
    assert Chain.objects.get().valid_to == zone.today
    assert list(faults()) == []


def test_nodes_are_added_renamed_moved_and_removed(
    manager: Client, chain: Chain, nodes: dict[str, ChainNode]
) -> None:
    top, low = nodes["示例材料"], nodes["示例回收"]
    typed = {"name": "示例前驱体", "stage": "upstream", "parent": top.pk, "order": 5, "on": LATER}
    assert manager.post(f"/chains/{chain.pk}/nodes/new/", typed).status_code == 302
    made = ChainNode.objects.get(name="示例前驱体")
    assert (made.parent, made.stage, made.order, made.valid_from) == (top, "upstream", 5, LATER)
    assert "已有“示例前驱体”环节" in told(manager.post(f"/chains/{chain.pk}/nodes/new/", typed), 422)
    path = f"/chains/{chain.pk}/nodes/{made.pk}/"
    assert manager.post(f"{path}rename/", {"name": "示例改名环节", "on": LATER}).status_code == 302
    offered = dict(
        manager.get(f"/chains/{chain.pk}/nodes/{top.pk}/move/").context["page"].form.fields["parent"].choices
    )
    assert set(offered) == {"", str(nodes["示例电芯"].pk), str(low.pk)}
    place = {"stage": "downstream", "parent": "", "order": 1, "on": LATER}
    assert manager.post(f"{path}move/", place).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.parent, made.stage) == ("示例改名环节", None, "downstream")
    assert manager.post(f"{path}remove/", {"on": LATER}).status_code == 302
    assert "示例改名环节" not in told(manager.get(f"/chains/{chain.pk}/"))
    assert "已于2026-03-02删除" in told(manager.post(f"{path}remove/", {"on": LATER}), 422)


def test_a_firm_joins_by_its_name_or_a_part_of_it_and_leaves(
    manager: Client, chain: Chain, nodes: dict[str, ChainNode]
) -> None:
    for name in ("示例甲电池企业", "示例乙电池企业", "示例甲"):
        make_firm(name)
    node = nodes["示例电芯"]
    path = f"/chains/{chain.pk}/nodes/{node.pk}/"

    def join(text: str) -> HttpResponse:
        return manager.post(f"{path}join/", {"enterprise": text, "role": "key", "on": LATER})

    assert "不止一家相符：示例乙电池企业、示例甲电池企业" in told(join("电池"), 422)
    assert "没有找到" in told(join("示例丙"), 422)
    answer = join("乙电池")
    assert (answer.status_code, answer["Location"]) == (302, f"/chains/{chain.pk}/#node-{node.pk}")
    assert join("示例甲").status_code == 302, "the whole name is meant before a part of another"
    assert "已经在“示例电芯”环节" in told(join("示例甲"), 422)
    firms = list(ChainMember.objects.order_by("pk").values_list("enterprise__name", "role", "from_on"))
    assert firms == [("示例乙电池企业", "key", LATER), ("示例甲", "key", LATER)]
    member = ChainMember.objects.get(enterprise__name="示例甲")
    form = manager.get(f"{path}leave/?member={member.pk}").context["page"].form
    assert str(form["member"].value()) == str(member.pk)
    gone = {"member": member.pk, "on": LATER + timedelta(days=1), "reason": "示例"}
    assert manager.post(f"{path}leave/", gone).status_code == 302
    member.refresh_from_db()
    assert member.to_on == LATER + timedelta(days=1)
    assert [row.cells["name"].text for row in blocks(manager, chain)[f"node-{node.pk}"].table.rows] == [  # type: ignore[attr-defined]
        "示例乙电池企业"
    ]
    assert list(faults()) == []


def test_a_double_that_was_merged_away_stands_on_no_chain(
    manager: Client, chain: Chain, nodes: dict[str, ChainNode]
) -> None:
    node, firm, double = nodes["示例电芯"], make_firm("示例甲企业"), make_firm("示例甲企业（重复）")
    for enterprise in (firm, double):
        join_chain(node, enterprise, role="ordinary", **TOLD, on=ON)
    record(double, {"merged_into": firm}, actor=None, effective_on=LATER, now=NOW, verb="merge")
    assert row_of(manager, chain)["firms"] == "1"
    assert "重复" not in told(manager.get(f"/chains/{chain.pk}/"))
    path = reverse("chain_join", args=[chain.pk, nodes["示例材料"].pk])
    assert manager.post(path, {"enterprise": "示例甲企业", "role": "key", "on": LATER}).status_code == 302
    assert ChainMember.objects.get(role="key").enterprise == firm
