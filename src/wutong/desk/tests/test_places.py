"""The pages of the zone's places and the division lookup: who may do what, what they show, what is refused."""

import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from wutong.base.accounts.models import Role, RoleRight
from wutong.base.accounts.testing import make_account
from wutong.ledgerkit.testing import client_of, queries_of
from wutong.registers.organisation.models import UnitKind
from wutong.registers.organisation.services import open_unit
from wutong.registers.places.divisions import DivisionRow, enter_divisions, load_successors
from wutong.registers.places.models import Division, SpatialUnit
from wutong.registers.places.rights import MANAGE
from wutong.registers.places.tests.drawings import NOW, ON, make_place, square
from wutong.sample.places import build_places
from wutong.site.seeds import load_seeds

pytestmark = pytest.mark.django_db
BOW = {"type": "Polygon", "coordinates": [[[116, 36], [116.1, 36.1], [116.1, 36], [116, 36.1], [116, 36]]]}


@pytest.fixture
def manager(db: None) -> Client:
    return client_of(make_account("manager", display_name="示例管理", rights=(MANAGE,)))


@pytest.fixture
def reader(db: None) -> Client:
    return client_of(make_account("reader", display_name="示例读者"))


def told(answer: HttpResponse) -> str:
    return answer.content.decode()


def file_of(content: object) -> SimpleUploadedFile:
    return SimpleUploadedFile("boundary.geojson", json.dumps(content).encode())


def typed(**given: object) -> dict[str, object]:
    return {"code": "P1", "name": "示例园", "kind": "park", "on": "2026-03-02", **given}


def names_of(answer: HttpResponse) -> list[str]:
    return [str(row.cells["name"].text) for row in answer.context["page"].table.rows]


# ---- who may ---------------------------------------------------------------------------------------------------


def test_everybody_signed_in_may_read_and_only_managers_may_act(reader: Client) -> None:
    place = make_place("P1", boundary=square())
    for path in ("/places/", f"/places/{place.pk}/", "/divisions/"):
        assert reader.get(path).status_code == 200
        assert Client().get(path).status_code == 302
    for path in ("new", f"{place.pk}/change", f"{place.pk}/boundary", f"{place.pk}/close"):
        assert reader.get(f"/places/{path}/").status_code == 403
        assert reader.post(f"/places/{path}/", typed()).status_code == 403
    assert "登记地域单元" not in told(reader.get("/places/"))
    assert "上传边界" not in told(reader.get(f"/places/{place.pk}/"))


def test_the_clerk_manages_places() -> None:
    load_seeds()
    roles = RoleRight.objects.filter(right=MANAGE).values("role")
    assert set(Role.objects.filter(pk__in=roles).values_list("code", flat=True)) == {"clerk"}


# ---- reading -----------------------------------------------------------------------------------------------------


def test_the_list_is_a_tree_that_names_the_other_district(reader: Client) -> None:
    root = open_unit(
        code="root", name="示例管委会", kind=UnitKind.COMMITTEE, parent=None, actor=None, on=ON, now=NOW
    )
    build_places({"root": root}, on=ON, now=NOW)
    answer = reader.get("/places/")
    names = names_of(answer)
    assert names[0] == "梧桐高新区" and "　临湖镇" in names and "　　湖滨社区" in names
    assert names.index("　　湖滨社区") < names.index("　　　湖滨社区第一网格") < names.index("　　柳岸社区")
    rows = {str(row.cells["name"].text).strip(): row for row in answer.context["page"].table.rows}
    assert rows["临湖镇"].cells["division"].note == "属临河县（示例）（379998）"
    assert rows["湖滨社区"].cells["division"].note == ""
    assert rows["梧桐高新区"].cells["manager"].text == "示例管委会"
    assert queries_of(reader, "/places/") <= 8
    assert queries_of(reader, f"/places/{SpatialUnit.objects.get(code='WT').pk}/") <= 8


def test_the_list_is_narrowed_by_kind_word_and_day(reader: Client) -> None:
    zone = make_place("Z", "zone")
    make_place("P1", parent=zone)
    make_place("G1", "grid", parent=zone)
    assert names_of(reader.get("/places/?kind=park&as_of=2026-03-02")) == ["示例P1"]
    assert names_of(reader.get("/places/?q=g1&as_of=2026-03-02")) == ["示例G1"]
    assert names_of(reader.get("/places/?as_of=2026-03-01")) == []
    tabs = {str(tab.label): tab.count for tab in reader.get("/places/").context["page"].tabs}
    assert tabs == {"全部": 3, "高新区": 1, "园区": 1, "网格": 1}


def test_a_place_shows_its_facts_its_children_and_a_drawing_with_links(reader: Client) -> None:
    enter_divisions([DivisionRow("3799", "示例市"), DivisionRow("379901", "示例区")])
    zone = make_place("Z", "zone", boundary=square(size=0.2), division=Division.objects.get(code="379901"))
    park = make_place("P1", parent=zone, boundary=square())
    make_place("P2", parent=zone)
    page = told(reader.get(f"/places/{zone.pk}/"))
    assert "<svg" in page and "<title>示例Z</title>" in page and "style=" not in page.split("<svg")[1]
    assert f'<a href="/places/{park.pk}/" aria-label="示例P1">' in page
    assert "示例P2" in page and "示例市" in page and "/divisions/?q=379901" in page
    assert "还没有上传边界" in told(reader.get(f"/places/{SpatialUnit.objects.get(code='P2').pk}/"))
    assert reader.get("/places/999999999999999999999/").status_code == 404


def test_a_name_never_becomes_markup(reader: Client, manager: Client) -> None:
    place = make_place("P1", boundary=square())
    manager.post(f"/places/{place.pk}/change/", typed(name="<script>x</script>\"'", seq=1, reason=""))
    page = told(reader.get(f"/places/{place.pk}/"))
    assert "<script>x" not in page and "&lt;script&gt;x" in page


# ---- acting ------------------------------------------------------------------------------------------------------


def test_a_place_is_opened_with_its_boundary_changed_redrawn_and_closed(manager: Client) -> None:
    enter_divisions([DivisionRow("379901", "示例区")])
    zone = make_place("Z", "zone")
    answer = manager.post(
        "/places/new/", typed(parent=zone.pk, division="379901", boundary=file_of(square()))
    )
    park = SpatialUnit.objects.get(code="P1")
    assert (answer.status_code, answer["Location"]) == (302, f"/places/{park.pk}/")
    assert park.parent == zone and park.division == Division.objects.get() and park.centre_lon is not None

    form = manager.get(f"/places/{park.pk}/change/").context["page"].form
    initial = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    manager.post(f"/places/{park.pk}/change/", {**initial, "name": "示例新园", "reason": "更名"})
    park.refresh_from_db()
    assert (park.name, park.parent, park.last_seq) == ("示例新园", zone, 2)

    manager.post(
        f"/places/{park.pk}/boundary/",
        {"boundary": file_of(square(117)), "seq": 2, "on": "2026-04-01", "reason": ""},
    )
    park.refresh_from_db()
    assert "117.1" in park.boundary

    assert manager.post(f"/places/{park.pk}/close/", {"seq": 3, "on": "2026-05-01"}).status_code == 422
    manager.post(f"/places/{park.pk}/close/", {"seq": 3, "on": "2026-05-01", "reason": "示例撤并"})
    park.refresh_from_db()
    assert park.valid_to == date(2026, 5, 1)
    page = told(manager.get(f"/places/{park.pk}/"))
    assert "已于2026-05-01撤销" in page and "上传边界" not in page


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (BOW, "自相交"),
        ({"type": "Point"}, "不能是点或线"),
        ([], "没有找到边界图形"),
        (None, "这不是GeoJSON文件"),
    ],
)
def test_a_wrong_boundary_is_refused_in_words_and_nothing_is_written(
    manager: Client, content: object, words: str
) -> None:
    assert words in told(manager.post("/places/new/", typed(boundary=file_of(content))))
    assert not SpatialUnit.objects.exists()
    place = make_place("P2")
    answer = manager.post(
        f"/places/{place.pk}/boundary/",
        {"boundary": file_of(content), "seq": 1, "on": "2026-04-01", "reason": ""},
    )
    assert answer.status_code == 422 and words in told(answer)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(manager: Client) -> None:
    place = make_place("P1")
    first = typed(name="示例甲", seq=1, reason="")
    assert manager.post(f"/places/{place.pk}/change/", first).status_code == 302
    answer = manager.post(f"/places/{place.pk}/change/", typed(name="示例乙", seq=1, reason=""))
    assert answer.status_code == 422 and "刚被别人改过" in told(answer)
    place.refresh_from_db()
    assert place.name == "示例甲"


def test_an_unknown_division_is_told_at_its_field(manager: Client) -> None:
    answer = manager.post("/places/new/", typed(division="379977"))
    assert answer.status_code == 422 and "没有这个区划代码" in told(answer)


# ---- divisions ---------------------------------------------------------------------------------------------------


def test_the_lookup_finds_old_codes_names_and_says_what_took_their_place(reader: Client) -> None:
    enter_divisions([DivisionRow("37", "山东省"), DivisionRow("3715", "聊城市")])
    load_successors()
    page = told(reader.get("/divisions/?q=371523"))
    assert "茌平县" in page and "茌平区（371503）" in page and "指“茌平区”（371503）" in page
    assert "指“茌平县”（371523）" in told(reader.get("/divisions/?q=371523&as_of=2018-01-01"))
    enter_divisions([DivisionRow("371503101", "示例镇")])
    assert names_of(reader.get("/divisions/?q=371523101")) == ["示例镇"]
    answer = reader.get("/divisions/?q=茌平")
    assert names_of(answer) == ["茌平区", "茌平县"]
    row = answer.context["page"].table.rows[0]
    assert (row.cells["parents"].text, row.cells["level"].text) == ("山东省　聊城市", "县级")
    assert row.cells["days"].text == "自2019-06-27起"
    assert names_of(reader.get("/divisions/")) == ["山东省"]
    assert "没有找到" in told(reader.get("/divisions/?q=没有这个"))
    assert queries_of(reader, "/divisions/?q=37") <= 8


def test_strange_questions_get_a_plain_answer(reader: Client) -> None:
    for text in ("%00", "%F0%A0%AE%B7" * 60, "-1", "%3Cscript%3E", "%E2%91%A0"):
        for path in ("/places/", "/divisions/"):
            answer = reader.get(f"{path}?q={text}&page={text}&kind={text}")
            assert answer.status_code == 200
            assert b"<script>" not in answer.content
