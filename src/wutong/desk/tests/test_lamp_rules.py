"""The pages of lamp rules that everybody reads: subjects and editions, one edition in words, trying an edition."""

from datetime import date, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from wutong.base.lamps.models import LampRuleSet
from wutong.base.lamps.queries import rows_of
from wutong.base.lamps.rights import EDIT
from wutong.base.lamps.testing import make_draft, make_edition
from wutong.base.money import YI
from wutong.cases.models import Case
from wutong.ledgerkit.testing import NOBODY, Zone, account_with, client_of, make_zone, queries_of
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.ledgers.project_push.stalled.queries import STALLED
from wutong.registers.organisation.actors import SYSTEM
from wutong.rules.lamps import LampRule as Rule

pytestmark = pytest.mark.django_db
SIGNED = date(2025, 1, 6)
RED = Rule("days_in_stage", "over", 120, "red", "signed", 10 * YI, clause="第1条")
YELLOW = Rule("days_in_stage", "over", 60, "yellow", "signed", 10 * YI, clause="第1条")
LIST_PAGE, EDITION_PAGE = 7, 6
"""Queries of a page at most, the session and the account among them."""


@pytest.fixture
def zone() -> Zone:
    return make_zone()


@pytest.fixture
def reader(zone: Zone) -> Client:
    return client_of(zone.accounts["leader"])


@pytest.fixture
def draft(zone: Zone) -> LampRuleSet:
    return make_draft(STALLED, "2025版", [RED, YELLOW])


def shipped() -> LampRuleSet:
    return LampRuleSet.objects.get(subject=STALLED, published_at__isnull=False)


def enter(zone: Zone, name: str, *, amount: int = 12 * YI) -> Case:
    new = NewProject(
        name=name,
        investor_name=f"{name}投资方",
        total_investment_yuan=amount,
        state="signed",
        opened_on=SIGNED,
        host_unit=zone.home,
        host_person=zone.host,
    )
    return enter_projects([new], actor=SYSTEM, now=zone.now)[0]


def told(answer: HttpResponse) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


# ---- subjects and editions -----------------------------------------------------------------------------------------


def test_everybody_reads_all_editions_with_what_they_are_on_the_day(zone: Zone, draft: LampRuleSet) -> None:
    first = shipped()
    later = make_edition(STALLED, "2027版", [RED], date(2027, 1, 1))
    for account in (zone.accounts[NOBODY], zone.accounts["leader"], zone.accounts["audit_officer"]):
        assert "2027版" in told(client_of(account).get("/rules/lamps/"))
    reader = client_of(zone.accounts[NOBODY])

    def states(day: date) -> dict[str, str]:
        page = reader.get(f"/rules/lamps/?as_of={day}").context["page"]
        return {
            str(row.cells["edition"].text): str(row.cells["state"].text)
            for panel in page.main
            for row in panel.table.rows
        }

    assert states(date(2026, 12, 31)) == {
        first.edition: "现行",
        "2025版": "草稿",
        later.edition: "尚未生效",
        "示例甲市": "示例，不生效",
        "示例乙市": "示例，不生效",
        "示例丙市": "示例，不生效",
    }
    assert states(date(2027, 1, 1))[first.edition] == "已失效"
    assert states(date(2027, 1, 1))["2027版"] == "现行"


def test_visitors_are_sent_to_sign_in(zone: Zone, draft: LampRuleSet) -> None:
    for path in ("/rules/lamps/", f"/rules/lamps/{draft.pk}/", f"/rules/lamps/{draft.pk}/replay/"):
        assert Client().get(path).status_code == 302


def test_the_menu_leads_to_the_rules(reader: Client) -> None:
    menu = {str(group.label): group.items for group in reader.get("/").context["frame"].menu}
    assert "/rules/lamps/" in [item.href for item in menu["规则"]]


# ---- one edition ---------------------------------------------------------------------------------------------------


def test_an_edition_is_told_in_words(reader: Client, draft: LampRuleSet) -> None:
    words = told(reader.get(f"/rules/lamps/{draft.pk}/"))
    assert "签约未开工，10亿元及以上：在本阶段超过60天亮黄灯" in words
    assert "签约未开工，10亿元及以上：在本阶段超过120天亮红灯" in words
    example = LampRuleSet.objects.get(edition="示例乙市")
    words = told(reader.get(f"/rules/lamps/{example.pk}/"))
    assert "签约未开工：无进展达到6个月亮红灯" in words
    assert "移出推进库" in words
    assert "示例，不生效" in words


def test_only_who_may_edit_sees_the_buttons_and_only_a_draft_has_all(zone: Zone, draft: LampRuleSet) -> None:
    def buttons(client: Client, edition: LampRuleSet) -> set[str]:
        page = client.get(f"/rules/lamps/{edition.pk}/").context["page"]
        return {str(action.label) for action in page.actions}

    editor = client_of(zone.accounts["supervisor"])
    reader = client_of(zone.accounts["clerk"])
    assert buttons(reader, draft) == {"按本版试算"}
    assert buttons(editor, shipped()) == {"按本版试算", "另存为新版本"}
    assert buttons(editor, draft) == {
        "按本版试算",
        "另存为新版本",
        "修改名称和依据",
        "加一行",
        "删除草稿",
        "发布",
    }
    assert "/rows/" not in told(reader.get(f"/rules/lamps/{draft.pk}/"))
    assert "/rows/" not in told(editor.get(f"/rules/lamps/{shipped().pk}/"))


def test_a_draft_says_what_keeps_it_from_being_published(zone: Zone) -> None:
    editor = client_of(zone.accounts["leader"])
    empty = make_draft(STALLED, "空版", [], source="")
    page = editor.get(f"/rules/lamps/{empty.pk}/")
    assert "还没有一行规则" in told(page)
    assert "还没有写明依据" in told(page)
    publish = next(action for action in page.context["page"].actions if str(action.label) == "发布")
    assert publish.disabled_by == "faults"
    crossed = make_draft(
        STALLED, "倒版", [RED, Rule("days_in_stage", "over", 300, "yellow", "signed", 10 * YI)]
    )
    assert "应当先到" in told(editor.get(f"/rules/lamps/{crossed.pk}/"))


def test_the_order_of_rows_can_be_changed(zone: Zone, draft: LampRuleSet) -> None:
    editor = client_of(account_with("editor", zone.home, zone.now, EDIT))
    path = f"/rules/lamps/{draft.pk}/rows/{rows_of(draft)[1].pk}/"
    form = editor.get(path).context["page"].form
    typed = {name: form[name].value() for name in form.fields}
    typed = {name: value for name, value in typed.items() if value is not None} | {"position": "1"}
    first = rows_of(draft)[0]
    assert editor.post(path, typed).status_code == 302
    path = f"/rules/lamps/{draft.pk}/rows/{first.pk}/"
    form = editor.get(path).context["page"].form
    typed = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    assert editor.post(path, typed | {"position": "2"}).status_code == 302
    assert [row.colour for row in rows_of(draft)] == ["yellow", "red"]


def test_what_does_not_exist_is_not_found(reader: Client, draft: LampRuleSet) -> None:
    LampRuleSet.objects.filter(pk=draft.pk).update(subject="ledger.switched_off")
    for number in (draft.pk, 0, 2**70):
        assert reader.get(f"/rules/lamps/{number}/").status_code == 404
        assert reader.get(f"/rules/lamps/{number}/replay/").status_code == 404


def test_the_pages_take_few_queries_whatever_the_number_of_editions_and_rows(
    reader: Client, draft: LampRuleSet
) -> None:
    paths = {"/rules/lamps/": LIST_PAGE, f"/rules/lamps/{draft.pk}/": EDITION_PAGE}
    few = {path: queries_of(reader, path) for path in paths}
    assert all(count <= paths[path] for path, count in few.items()), few
    for number in range(20):
        make_draft(STALLED, f"草稿{number}", [RED])
    make = [Rule("days_idle", "over", 10 + band, "red", "signed", band) for band in range(1, 30)]
    bulky = make_draft(STALLED, "长版", make)
    assert queries_of(reader, "/rules/lamps/") == few["/rules/lamps/"]
    assert queries_of(reader, f"/rules/lamps/{bulky.pk}/") == few[f"/rules/lamps/{draft.pk}/"]


# ---- trying an edition ---------------------------------------------------------------------------------------------


def test_trying_an_edition_lists_whose_lamp_would_differ_with_both_reasons(
    zone: Zone, reader: Client
) -> None:
    rules = [
        Rule("days_in_stage", "over", 60, "red", "signed", 10 * YI),
        Rule("days_in_stage", "over", 60, "yellow", "signed"),
    ]
    strict = make_draft(STALLED, "2025版", rules)
    differs, _same = enter(zone, "示例大项目"), enter(zone, "示例小项目", amount=2 * YI)
    answer = reader.get(f"/rules/lamps/{strict.pk}/replay/?as_of={SIGNED + timedelta(days=100)}")
    words = told(answer)
    (row,) = answer.context["page"].table.rows
    assert (row.key, row.href) == (differs.number, f"/projects/{differs.number}/")
    assert (
        "按2025版会是红灯：签约100天未开工，超红灯线40天"
        "（现行版黄灯：签约100天未开工，100天无进展，超黄灯线40天）"
    ) in words
    assert "您可以查看的2项中有1项亮灯会不同" in words


def test_each_count_opens_its_rows(zone: Zone, reader: Client, draft: LampRuleSet) -> None:
    strict = make_draft(
        STALLED,
        "严版",
        [
            Rule("days_in_stage", "over", 30, "red", "signed", 10 * YI),
            Rule("days_in_stage", "over", 30, "yellow", "signed"),
        ],
    )
    big, small = enter(zone, "示例大项目"), enter(zone, "示例小项目", amount=2 * YI)
    day = SIGNED + timedelta(days=40)
    path = f"/rules/lamps/{strict.pk}/replay/"
    page = reader.get(f"{path}?as_of={day}").context["page"]
    tabs = {str(tab.label): (tab.count, tab.href) for tab in page.tabs}
    assert {label: count for label, (count, _href) in tabs.items()} == {
        "全部不同": 2,
        "变为红灯": 1,
        "变为黄灯": 1,
    }
    for label, case in (("变为红灯", big), ("变为黄灯", small)):
        found = reader.get(path + tabs[label][1]).context["page"].table.rows
        assert [row.key for row in found] == [case.number]
    everything = reader.get(f"{path}?as_of={day}&to=%00").context["page"].table
    assert everything.row_count == 2


def test_trying_shows_only_what_the_reader_may_see_and_writes_nothing(zone: Zone, draft: LampRuleSet) -> None:
    enter(zone, "示例大项目")
    nobody = client_of(zone.accounts[NOBODY])
    day = SIGNED + timedelta(days=45)
    page = nobody.get(f"/rules/lamps/{draft.pk}/replay/?as_of={day}").context["page"]
    assert page.table.row_count == 0
    assert "示例大项目" not in told(nobody.get(f"/rules/lamps/{draft.pk}/replay/?as_of={day}"))
    draft.refresh_from_db()
    assert (draft.is_draft, draft.revision) == (True, 0)


def test_trying_fills_several_pages_with_a_steady_number_of_queries(
    zone: Zone, reader: Client, draft: LampRuleSet
) -> None:
    strict = make_draft(STALLED, "严版", [Rule("days_in_stage", "over", 30, "red", "signed")])
    path = f"/rules/lamps/{strict.pk}/replay/?as_of={SIGNED + timedelta(days=40)}"
    enter(zone, "示例项目甲")
    few = queries_of(reader, path)
    for number in range(55):
        enter(zone, f"示例项目{number}")
    assert queries_of(reader, path) == few
    table = reader.get(path).context["page"].table
    assert (table.row_count, table.page_count, len(table.rows)) == (56, 2, 50)
    second = reader.get(f"{path}&page=2").context["page"].table
    assert len(second.rows) == 6


def test_a_subject_that_nothing_can_be_tried_on_has_no_such_page(reader: Client) -> None:
    example = LampRuleSet.objects.get(edition="示例丙市")
    assert reader.get(f"/rules/lamps/{example.pk}/replay/").status_code == 404
    assert "试算" not in told(reader.get(f"/rules/lamps/{example.pk}/"))
