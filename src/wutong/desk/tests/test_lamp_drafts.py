"""Editing lamp rules: who may, what a draft takes, how it is published, and what is refused in plain words."""

from datetime import date
from decimal import Decimal

import pytest
from django.http import HttpResponse
from django.test import Client

from wutong.base.accounts.models import Role, RoleRight
from wutong.base.accounts.testing import make_account
from wutong.base.audit.models import AuditEvent
from wutong.base.lamps.models import LampRule, LampRuleSet
from wutong.base.lamps.queries import rows_of, rule_set_on
from wutong.base.lamps.rights import EDIT
from wutong.base.lamps.testing import make_draft, make_edition
from wutong.base.money import YI
from wutong.ledgerkit.testing import client_of
from wutong.ledgers.project_push.stalled.queries import STALLED
from wutong.rules.lamps import LampRule as Rule
from wutong.site.seeds import load_seeds

pytestmark = pytest.mark.django_db
YELLOW = Rule("days_in_stage", "over", 150, "yellow", "signed", clause="第1条")
RED = Rule("days_in_stage", "over", 240, "red", "signed", clause="第1条")
ACTS = ("copy", "rename", "publish", "discard", "rows/new", "rows/1", "rows/1/remove")


@pytest.fixture
def editor(db: None) -> Client:
    return client_of(make_account("editor", display_name="示例编辑", rights=(EDIT,)))


@pytest.fixture
def first(db: None) -> LampRuleSet:
    return make_edition(STALLED, "第一版", [RED, YELLOW], date(2024, 1, 1))


@pytest.fixture
def draft(first: LampRuleSet) -> LampRuleSet:
    return make_draft(STALLED, "第二版", [RED, YELLOW])


def address(edition: LampRuleSet, act: str = "") -> str:
    return f"/rules/lamps/{edition.pk}/{act}/" if act else f"/rules/lamps/{edition.pk}/"


def row_typed(**given: object) -> dict[str, object]:
    row = {
        "revision": 0,
        "group": "signed",
        "metric": "days_idle",
        "comparator": "over",
        "threshold": "60",
        "colour": "yellow",
        "excuse_allowed": "on",
    }
    return {**row, **given}


def told(answer: HttpResponse) -> str:
    return answer.content.decode()


# ---- who may ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ACTS)
def test_only_who_may_edit_gets_a_form_or_changes_anything(draft: LampRuleSet, act: str) -> None:
    reader = client_of(make_account("reader"))
    assert reader.get(address(draft, act)).status_code == 403
    assert reader.post(address(draft, act), {"revision": 0}).status_code == 403
    draft.refresh_from_db()
    assert (draft.revision, draft.is_draft, draft.rules.count()) == (0, True, 2)


def test_leaders_and_supervisors_may_edit_lamp_rules() -> None:
    load_seeds()
    rights = RoleRight.objects.filter(right=EDIT).values("role")
    assert set(Role.objects.filter(pk__in=rights).values_list("code", flat=True)) == {"leader", "supervisor"}


def test_an_act_is_a_post(editor: Client, draft: LampRuleSet) -> None:
    """Looking at a form, with parameters or without, changes nothing."""
    for act in ("publish/?valid_from=2026-01-01&revision=0", "discard/?revision=0", "rows/new/"):
        assert editor.get(f"/rules/lamps/{draft.pk}/{act}").status_code == 200
    draft.refresh_from_db()
    assert (draft.is_draft, draft.revision) == (True, 0)


# ---- from copy to publication ------------------------------------------------------------------------------------


def test_an_edition_is_copied_edited_and_published(editor: Client, first: LampRuleSet) -> None:
    typed = {"edition": "2026版", "title": "示例规则", "source": "示例文件2号"}
    answer = editor.post(address(first, "copy"), typed)
    draft = LampRuleSet.objects.get(edition="2026版")
    assert (answer.status_code, answer["Location"]) == (302, address(draft))

    typed_row = row_typed(band_from_yuan="0.5", threshold="45.5", action="remind", deadline_days="7")
    assert editor.post(address(draft, "rows/new"), typed_row).status_code == 302
    row = LampRule.objects.get(rule_set=draft, metric="days_idle")
    assert (row.band_from_yuan, row.threshold, row.deadline_days, row.position) == (
        YI // 2,
        Decimal("45.5"),
        7,
        3,
    )

    form = editor.get(address(draft, f"rows/{row.pk}")).context["page"].form
    assert (form["band_from_yuan"].value(), form["threshold"].value()) == ("0.5", "45.5")
    changed = row_typed(revision=1, threshold="50", excuse_allowed="")
    assert editor.post(address(draft, f"rows/{row.pk}"), changed).status_code == 302
    row.refresh_from_db()
    assert (row.band_from_yuan, row.threshold, row.excuse_allowed) == (0, 50, False)

    assert editor.post(address(draft, f"rows/{row.pk}/remove"), {"revision": 2}).status_code == 302
    assert [item.metric for item in rows_of(draft)] == ["days_in_stage"] * 2

    renamed = {**typed, "edition": "2026-03版", "revision": 3}
    assert editor.post(address(draft, "rename"), renamed).status_code == 302

    assert "“第一版”" in told(editor.get(address(draft, "publish")))
    answer = editor.post(address(draft, "publish"), {"valid_from": "2026-03-01", "revision": 4}, follow=True)
    assert "“2026-03版”已发布，2026-03-01起生效。" in told(answer)
    first.refresh_from_db()
    assert first.valid_to == date(2026, 2, 28)
    in_force = [rule_set_on(STALLED, day) for day in (date(2026, 2, 28), date(2026, 3, 1))]
    assert [item.edition for item in in_force if item] == ["第一版", "2026-03版"]
    event = AuditEvent.objects.get(action="publish_lamp_rules")
    assert (event.actor.name if event.actor else "", event.target_id) == ("editor", str(draft.pk))


def test_an_example_is_copied_but_never_changed(editor: Client) -> None:
    example = make_draft(STALLED, "示例甲市", [RED])
    LampRuleSet.objects.filter(pk=example.pk).update(is_example=True)
    typed = {"edition": "本区2026版", "title": "示例规则", "source": ""}
    assert editor.post(address(example, "copy"), typed).status_code == 302
    assert LampRuleSet.objects.get(edition="本区2026版").is_draft
    assert editor.post(address(example, "rows/new"), row_typed()).status_code == 422
    assert example.rules.count() == 1


def test_a_discarded_draft_is_gone(editor: Client, draft: LampRuleSet) -> None:
    answer = editor.post(address(draft, "discard"), {"revision": 0}, follow=True)
    assert answer.redirect_chain == [("/rules/lamps/", 302)]
    assert "草稿“第二版”已删除。" in told(answer)
    assert editor.get(address(draft)).status_code == 404


def test_a_form_opens_beside_the_page_and_as_a_page_of_its_own(editor: Client, draft: LampRuleSet) -> None:
    drawer = editor.get(address(draft, "rows/new"), headers={"HX-Request": "true"})
    assert "<html" not in told(drawer)
    saved = editor.post(address(draft, "rows/new"), row_typed(), headers={"HX-Request": "true"})
    assert saved["HX-Redirect"] == address(draft)


# ---- what is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", [act for act in ACTS if act != "copy"])
def test_a_published_edition_opens_no_form(editor: Client, first: LampRuleSet, act: str) -> None:
    for send in (editor.get, lambda path: editor.post(path, row_typed(valid_from="2026-03-01"))):
        answer = send(address(first, act))
        assert answer.status_code == 422
        assert "请点“另存为新版本”" in told(answer)
    assert (first.rules.count(), LampRuleSet.objects.count()) == (2, 1)


def test_rules_with_faults_are_not_published(editor: Client, draft: LampRuleSet) -> None:
    draft.rules.filter(colour="yellow").update(threshold=300)
    answer = editor.post(address(draft, "publish"), {"valid_from": "2026-03-01", "revision": 0})
    assert answer.status_code == 422
    assert "黄灯线（在本阶段超过300天）应当先到" in told(answer)
    draft.refresh_from_db()
    assert draft.is_draft


def test_an_edition_may_not_begin_before_the_one_it_replaces(editor: Client, draft: LampRuleSet) -> None:
    answer = editor.post(address(draft, "publish"), {"valid_from": "2024-01-01", "revision": 0})
    assert answer.status_code == 422
    assert "新版本的生效日期要比它晚" in told(answer)


def test_whoever_comes_second_is_told_and_overwrites_nothing(editor: Client, draft: LampRuleSet) -> None:
    other = client_of(make_account("other", rights=(EDIT,)))
    row = rows_of(draft)[0]
    seen = {"revision": editor.get(address(draft, f"rows/{row.pk}")).context["page"].form["revision"].value()}
    change = row_typed(metric="days_in_stage", colour="red", **seen)
    assert other.post(address(draft, f"rows/{row.pk}"), {**change, "threshold": "200"}).status_code == 302
    answer = editor.post(address(draft, f"rows/{row.pk}"), {**change, "threshold": "220"})
    assert answer.status_code == 422
    assert "这份草稿刚被别人改过" in told(answer)
    row.refresh_from_db()
    assert row.threshold == 200


def test_of_two_people_who_publish_one_draft_the_second_is_told(editor: Client, draft: LampRuleSet) -> None:
    other = client_of(make_account("other", rights=(EDIT,)))
    sent = {"valid_from": "2026-03-01", "revision": 0}
    assert other.post(address(draft, "publish"), sent).status_code == 302
    assert editor.post(address(draft, "publish"), sent).status_code == 422
    assert AuditEvent.objects.filter(action="publish_lamp_rules").count() == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"threshold": ""}, "请填写"),
        ({"threshold": "六十"}, "界线"),
        ({"threshold": "NaN"}, "界线"),
        ({"threshold": "12345678"}, "界线"),
        ({"group": "unknown"}, "适用范围"),
        ({"metric": "unknown"}, "看什么"),
        ({"band_from_yuan": "-1"}, "规模下限"),
        ({"band_from_yuan": "1e30"}, "规模下限"),
        ({"deadline_days": "7"}, "没有措施就不用写措施期限"),
        ({"clause": "第\x00条"}, "条款"),
        ({"clause": "条" * 31}, "条款"),
        ({"revision": "99999999999999999999"}, ""),
        ({"revision": ""}, ""),
    ],
)
def test_a_row_typed_wrong_is_refused_and_stays_on_the_screen(
    editor: Client, draft: LampRuleSet, given: dict[str, object], words: str
) -> None:
    answer = editor.post(address(draft, "rows/new"), row_typed(**given))
    assert answer.status_code == 422
    assert words in told(answer)
    assert draft.rules.count() == 2


def test_a_name_that_is_taken_is_told_at_its_field(editor: Client, draft: LampRuleSet) -> None:
    typed = {"edition": "第一版", "title": "示例规则", "source": "", "revision": 0}
    for act in ("copy", "rename"):
        answer = editor.post(address(draft, act), typed)
        assert answer.status_code == 422
        assert "已经有一个版本叫“第一版”" in str(answer.context["page"].form.errors["edition"])


def test_rare_characters_and_markup_are_kept_as_they_are(editor: Client, draft: LampRuleSet) -> None:
    typed = {"edition": "𬭎版<b>", "title": "示例𠮷规则", "source": "示例", "revision": 0}
    answer = editor.post(address(draft, "rename"), typed, follow=True)
    assert "𬭎版&lt;b&gt;" in told(answer)
    assert "𬭎版<b>" not in told(answer)


def test_a_row_of_another_edition_is_not_found(
    editor: Client, draft: LampRuleSet, first: LampRuleSet
) -> None:
    foreign = rows_of(first)[0]
    assert editor.get(address(draft, f"rows/{foreign.pk}")).status_code == 404
    assert editor.post(address(draft, f"rows/{foreign.pk}/remove"), {"revision": 0}).status_code == 404
    assert editor.get(f"/rules/lamps/{2**70}/copy/").status_code == 404
    assert editor.get(address(draft, f"rows/{2**70}")).status_code == 404


def test_the_choices_are_those_of_the_subject(editor: Client) -> None:
    clocks = make_draft("clock", "示例", [Rule("working_days_left", "at_most", 1, "yellow", "all")])
    form = editor.get(address(clocks, "rows/new")).context["page"].form
    assert "band_from_yuan" not in form.fields
    assert "consecutive" not in form.fields
    assert [code for code, _label in form.fields["metric"].choices] == ["working_days_left"]


def test_what_follows_another_rule_is_to_be_read_and_not_to_be_changed(editor: Client) -> None:
    """Clocks take their colour from their own rungs: an edition of them would change nothing."""
    example = make_draft("clock", "示例", [Rule("working_days_left", "at_most", 1, "yellow", "all")])
    page = editor.get(f"/rules/lamps/{example.pk}/").content.decode()
    assert "另存为新版本" not in page
    assert "只供参考" in page
    before = LampRuleSet.objects.count()
    assert (
        editor.post(f"/rules/lamps/{example.pk}/copy/", {"edition": "新版", "title": "新"}).status_code == 422
    )
    assert LampRuleSet.objects.count() == before
