"""Other programs see what their account sees, and are refused in the same words as people."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from wutong.base.money import YI
from wutong.cases.models import Case, Change
from wutong.ledgerkit.testing import NOBODY, Zone, client_of, make_zone
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.registers.organisation.actors import SYSTEM

pytestmark = pytest.mark.django_db
BASE = "/api/v1/cases/projects"


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


@pytest.fixture
def project(zone: Zone) -> Case:
    new = NewProject(
        name="示例储能项目",
        investor_name="示例投资有限公司",
        total_investment_yuan=6 * YI,
        state="signed",
        opened_on=zone.today - timedelta(days=100),
        host_unit=zone.home,
        host_person=zone.host,
    )
    return enter_projects([new], actor=SYSTEM, now=zone.now)[0]


@pytest.fixture
def host(zone: Zone, project: Case) -> Client:
    assert zone.host.account is not None
    return client_of(zone.host.account)


def post(client: Client, path: str, told: dict[str, Any], key: str = "k1") -> Any:
    return client.post(
        f"{BASE}/{path}",
        told,
        content_type="application/json",
        headers={"Idempotency-Key": key} if key else {},
    )


def test_nobody_gets_in_without_signing_in(project: Case) -> None:
    answer = Client().get(BASE)
    assert answer.status_code == 401
    assert answer.json()["message"]


def test_what_writes_needs_the_token_of_the_session(zone: Zone, project: Case) -> None:
    assert zone.host.account is not None
    client = Client(enforce_csrf_checks=True)
    client.force_login(zone.host.account)
    assert client.get(BASE).status_code == 200
    answer = post(client, f"{project.number}/steps/note_progress", {"values": {"latest_progress": "示例"}})
    assert answer.status_code in {401, 403}
    assert not Change.objects.filter(verb="note_progress").exists()


def test_the_list_and_the_file_of_ones_own_case(host: Client, project: Case) -> None:
    page = host.get(BASE).json()
    assert (page["count"], [line["number"] for line in page["cases"]]) == (1, [project.number])
    file = host.get(f"{BASE}/{project.number}").json()
    assert (file["state"], file["amount_yuan"], file["gate_step"]) == ("signed", 6 * YI, "start")
    assert {line["state"] for line in file["gate"]} <= {"ok", "missing", "waiting"}
    assert "note_progress" in {step["verb"] for step in file["steps"]}


def test_somebody_elses_case_is_not_found(zone: Zone, project: Case) -> None:
    stranger = client_of(zone.accounts[NOBODY])
    assert stranger.get(BASE).json()["count"] == 0
    for path in (project.number, f"{project.number}/steps/start"):
        assert stranger.get(f"{BASE}/{path}").status_code == 404
    assert post(stranger, f"{project.number}/steps/start", {}).status_code == 404
    assert stranger.get("/api/v1/cases/nothing").status_code == 404


def test_a_step_is_described_and_taken_once(host: Client, project: Case) -> None:
    fields = host.get(f"{BASE}/{project.number}/steps/note_progress").json()
    assert {"latest_progress", "effective_on"} == {field["name"] for field in fields}
    told = {"values": {"latest_progress": "设备已订货"}, "seq": project.last_seq}
    first = post(host, f"{project.number}/steps/note_progress", told)
    again = post(host, f"{project.number}/steps/note_progress", told)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert Change.objects.filter(case=project, verb="note_progress").count() == 1


def test_a_write_without_a_key_is_refused(host: Client, project: Case) -> None:
    answer = post(
        host, f"{project.number}/steps/note_progress", {"values": {"latest_progress": "示例"}}, key=""
    )
    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["message"]


def test_what_is_missing_is_said_by_name(host: Client, project: Case) -> None:
    answer = post(host, f"{project.number}/steps/start", {"seq": project.last_seq})
    assert answer.status_code == 422
    assert "建筑工程施工许可证" in answer.json()["items"]
    project.refresh_from_db()
    assert project.state == "signed"


def test_two_at_once_are_told_of_each_other(host: Client, project: Case) -> None:
    path = f"{project.number}/steps/note_progress"
    assert post(host, path, {"values": {"latest_progress": "一"}, "seq": project.last_seq}).status_code == 200
    answer = post(host, path, {"values": {"latest_progress": "二"}, "seq": project.last_seq}, key="k2")
    assert answer.status_code == 409
    assert answer.json()["changes"]


def test_a_document_is_handed_in(host: Client, zone: Zone, project: Case) -> None:
    file = {"name": "合同.pdf", "content_base64": base64.b64encode(b"%PDF-1.4\n%%EOF\n").decode()}
    values = {"kind": "contract", "dated_on": zone.today.isoformat()}
    path = f"{project.number}/steps/hand_in"
    answer = post(host, path, {"values": values, "files": {"file": {**file, "content_base64": "§"}}})
    assert answer.status_code == 422
    answer = post(host, path, {"values": values, "files": {"file": file}}, key="k2")
    assert answer.status_code == 200, answer.content
    assert project.evidence.get().name == "合同.pdf"


@pytest.mark.parametrize("body", ["{", "[]", '{"values": 3}', '{"seq": "x"}'])
def test_what_is_no_request_is_refused_in_words(host: Client, project: Case, body: str) -> None:
    answer = host.post(
        f"{BASE}/{project.number}/steps/note_progress",
        body,
        content_type="application/json",
        headers={"Idempotency-Key": "k"},
    )
    assert answer.status_code in {400, 422}
    assert not Change.objects.filter(verb="note_progress").exists()


def test_the_description_names_every_address(host: Client) -> None:
    described = host.get("/api/v1/openapi.json").json()
    assert set(described["paths"]) == {
        "/api/v1/cases/{slug}",
        "/api/v1/cases/{slug}/{number}",
        "/api/v1/cases/{slug}/{number}/steps/{verb}",
    }


def test_a_stranger_is_not_told_what_the_zone_has() -> None:
    assert Client().get("/api/v1/openapi.json").status_code == 401
