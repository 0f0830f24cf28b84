"""Steps on projects and rectifications by hand, through the pages: what is refused, in which words, and what stays."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from wutong.base.files.models import StoredFile
from wutong.base.money import YI
from wutong.cases.models import Case, Change, Evidence
from wutong.cases.steps import Holder
from wutong.ledgerkit.testing import NOBODY, Zone, client_of, make_zone
from wutong.ledgers.project_push.models import ProjectPush, Rectification
from wutong.ledgers.project_push.services import NewProject, enter_projects, open_rectification
from wutong.registers.organisation.actors import SYSTEM
from wutong.registers.organisation.models import Official

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


@pytest.fixture
def project(zone: Zone) -> Case:
    new = NewProject(
        name="示例储能电池项目",
        investor_name="示例恒储有限公司",
        total_investment_yuan=6 * YI,
        state="signed",
        opened_on=zone.today - timedelta(days=100),
        host_unit=zone.home,
        host_person=zone.host,
        leader=zone.leader,
        verifier=zone.verifier,
        facts={"plan_production_on": zone.today + timedelta(days=400)},
    )
    return enter_projects([new], actor=SYSTEM, now=zone.now)[0]


@pytest.fixture
def problem(zone: Zone, project: Case) -> Case:
    return open_rectification(
        project,
        problem="地块控规调整待批复",
        blocking_class="land",
        measure="报规委会",
        host=Holder("host", zone.home, zone.host),
        verifier=Holder("verifier", zone.home, zone.verifier),
        due_on=zone.today + timedelta(days=20),
        actor=SYSTEM,
        on=zone.today - timedelta(days=3),
        now=zone.now,
    )


@pytest.fixture
def host(zone: Zone) -> Client:
    return client_of(zone.host.account)


@pytest.fixture
def verifier(zone: Zone) -> Client:
    return client_of(zone.verifier.account)


def path_of(case: Case, verb: str = "") -> str:
    slug = {"project_push": "projects", "rectification": "rectifications"}[case.case_type]
    return f"/{slug}/{case.number}/" + (f"act/{verb}/" if verb else "")


def form_of(client: Client, path: str) -> dict[str, Any]:
    """What the form holds when it is opened, ready to be sent."""
    form = client.get(path).context["page"].form
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: value for name, value in values.items() if value not in (None, "")}


def send(client: Client, path: str, **typed: Any) -> Any:
    return client.post(path, {**form_of(client, path), **typed})


def words(answer: Any) -> str:
    """The page as it is read; characters that HTML writes as entities are put back."""
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return text.replace("&quot;", '"').replace("&#x27;", "'")


def pdf(text: str = "示例") -> SimpleUploadedFile:
    return SimpleUploadedFile("示例.pdf", f"%PDF-1.4\n% {text}\n%%EOF\n".encode())


# ---- gates -----------------------------------------------------------------------------------------------------


def test_a_step_behind_a_gate_is_refused_with_the_names_of_what_is_missing(
    host: Client, project: Case
) -> None:
    answer = send(host, path_of(project, "start"))
    assert answer.status_code == 422
    told = words(answer)
    assert "“申报开工”还缺4项" in told
    for item in ("招商合同扫描件", "节能审查意见", "建筑工程施工许可证", "带日期的现场照片"):
        assert item in told
    project.refresh_from_db()
    assert project.state == "signed"


def test_what_is_handed_in_but_not_verified_is_named_as_waiting(host: Client, project: Case) -> None:
    assert send(host, path_of(project, "hand_in"), kind="contract", file=pdf()).status_code == 302
    told = words(send(host, path_of(project, "start")))
    assert "招商合同扫描件（已交，待他人核验）" in told


def test_with_all_documents_verified_by_somebody_else_the_project_starts(
    host: Client, verifier: Client, project: Case, zone: Zone
) -> None:
    for kind in ("contract", "energy_review", "construction_permit", "site_photo"):
        assert send(host, path_of(project, "hand_in"), kind=kind, file=pdf(kind)).status_code == 302
    for item in Evidence.objects.filter(case=project):
        answer = send(verifier, path_of(project, "check_evidence"), evidence=item.pk, decision="yes")
        assert answer.status_code == 302, words(answer)
    assert send(host, path_of(project, "start")).status_code == 302
    project.refresh_from_db()
    assert (project.state, project.changed_on) == ("started", zone.today)


def test_whoever_handed_in_a_document_is_not_offered_its_check(
    host: Client, verifier: Client, project: Case, zone: Zone
) -> None:
    send(host, path_of(project, "hand_in"), kind="contract", file=pdf())
    item = Evidence.objects.get()
    assert item.uploaded_by == zone.host.account
    assert host.get(path_of(project, "check_evidence")).status_code == 403
    assert f'value="{item.pk}"' in verifier.get(path_of(project, "check_evidence")).content.decode()


def test_a_document_that_is_not_accepted_stays_missing(host: Client, verifier: Client, project: Case) -> None:
    send(host, path_of(project, "hand_in"), kind="contract", file=pdf())
    path = path_of(project, "check_evidence")
    assert send(verifier, path, evidence=Evidence.objects.get().pk, decision="no").status_code == 302
    told = words(send(host, path_of(project, "start")))
    assert "招商合同扫描件" in told
    assert "招商合同扫描件（已交" not in told


# ---- two people, one row ---------------------------------------------------------------------------------------


def test_the_second_of_two_people_is_told_what_the_first_changed_and_keeps_the_text(
    host: Client, project: Case, zone: Zone
) -> None:
    path = path_of(project, "note_progress")
    seen = form_of(host, path)
    clerk = client_of(zone.accounts["clerk"])
    assert send(clerk, path, latest_progress="设计方案已通过评审").status_code == 302
    answer = host.post(path, {**seen, "latest_progress": "设备招标完成，勿丢这段话"})
    assert answer.status_code == 422
    told = words(answer)
    assert "已被别人改过，您填的内容没有写入" in told
    assert f"示例clerk于{zone.today}：记进展" in told
    assert "设备招标完成，勿丢这段话" in told
    assert ProjectPush.objects.get(case=project).latest_progress == "设计方案已通过评审"


def test_after_a_conflict_the_text_can_be_sent_from_the_form_as_it_is_then(
    host: Client, project: Case, zone: Zone
) -> None:
    path = path_of(project, "note_progress")
    seen = form_of(host, path)
    send(client_of(zone.accounts["clerk"]), path, latest_progress="第一句")
    assert host.post(path, {**seen, "latest_progress": "第二句"}).status_code == 422
    assert send(host, path, latest_progress="第二句").status_code == 302
    assert ProjectPush.objects.get(case=project).latest_progress == "第二句"


def test_a_form_that_is_sent_twice_writes_once(host: Client, project: Case) -> None:
    path = path_of(project, "note_progress")
    typed = {**form_of(host, path), "latest_progress": "示例进展"}
    before = Change.objects.count()
    assert [host.post(path, typed).status_code for _press in range(2)] == [302, 302]
    assert Change.objects.count() == before + 1


# ---- what is typed ---------------------------------------------------------------------------------------------


def test_a_day_that_has_not_come_is_refused_at_its_field(host: Client, project: Case, zone: Zone) -> None:
    tomorrow = zone.today + timedelta(days=1)
    typed = "示例进展不要丢"
    answer = send(host, path_of(project, "note_progress"), effective_on=tomorrow, latest_progress=typed)
    assert answer.status_code == 422
    assert "还没到这一天" in str(answer.context["page"].form.errors["effective_on"])
    assert typed in answer.content.decode()


def test_a_day_before_the_last_change_is_refused_with_that_day(host: Client, project: Case) -> None:
    early = project.opened_on - timedelta(days=1)
    answer = send(host, path_of(project, "note_progress"), effective_on=early, latest_progress="示例")
    assert answer.status_code == 422
    assert str(project.opened_on) in words(answer)


def test_a_day_that_is_no_day_is_told_at_its_field(host: Client, project: Case) -> None:
    answer = send(host, path_of(project, "note_progress"), effective_on="2026-13-45", latest_progress="示例")
    assert answer.status_code == 422
    assert "effective_on" in answer.context["page"].form.errors


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("合同.pdf", b"<html><script>alert(1)</script></html>"),
        ("合同.pdf", b"MZ\x90\x00\x03program"),
        ("照片.jpg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>"),
        ("合同.pdf", b"#!/bin/sh\nrm -rf /\n"),
    ],
    ids=["web page", "program", "svg", "script"],
)
def test_a_file_that_is_not_what_its_name_says_is_refused_in_plain_words(
    host: Client, project: Case, name: str, content: bytes
) -> None:
    before = Change.objects.count()
    answer = send(
        host,
        path_of(project, "hand_in"),
        kind="site_photo",
        dated_on="2026-02-03",
        file=SimpleUploadedFile(name, content, content_type="application/pdf"),
    )
    assert answer.status_code == 422
    told = words(answer)
    assert "这个文件的内容不是可以上传的类型。请上传 PDF、PNG 或 JPEG 图片" in told
    page = answer.content.decode()
    assert 'value="2026-02-03"' in page, "what was typed stays"
    assert re.search(r'<option value="site_photo" selected', page)
    assert (Change.objects.count(), Evidence.objects.count(), StoredFile.objects.count()) == (before, 0, 0)


def test_an_empty_file_is_refused(host: Client, project: Case) -> None:
    answer = send(
        host, path_of(project, "hand_in"), kind="contract", file=SimpleUploadedFile("合同.pdf", b"")
    )
    assert answer.status_code == 422
    assert not Evidence.objects.exists()


def test_a_person_of_another_unit_is_refused_with_the_unit_he_belongs_to(zone: Zone, project: Case) -> None:
    leader = client_of(zone.accounts["leader"])
    stranger = Official.objects.get(account=zone.accounts["handler"])
    path = f"{path_of(project)}open/rectifications/"
    typed = {
        "problem": "示例问题不要丢",
        "blocking_class": "land",
        "measure": "示例措施",
        "host_unit": zone.home.pk,
        "host_person": stranger.pk,
        "due_on": zone.today + timedelta(days=9),
    }
    answer = send(leader, path, **typed)
    assert answer.status_code == 422
    assert f"{stranger}不在{zone.home}，在{zone.elsewhere}。" in words(answer)
    assert "示例问题不要丢" in answer.content.decode()
    assert not Rectification.objects.exists()
    assert send(leader, path, **{**typed, "host_person": zone.host.pk}).status_code == 302
    assert Rectification.objects.get().case.host_person == zone.host


def test_a_step_needs_its_reason(zone: Zone, project: Case) -> None:
    leader = client_of(zone.accounts["leader"])
    assert send(leader, path_of(project, "suspend")).status_code == 422
    assert send(leader, path_of(project, "suspend"), reason="  ").status_code == 422
    assert send(leader, path_of(project, "suspend"), reason="投资方内部调整").status_code == 302


def test_whoever_may_not_take_a_step_gets_neither_its_form_nor_its_effect(zone: Zone, project: Case) -> None:
    clerk = client_of(zone.accounts["clerk"])
    before = Change.objects.count()
    assert clerk.get(path_of(project, "terminate")).status_code == 403
    typed = {"effective_on": zone.today, "reason": "示例", "expected_seq": project.last_seq}
    answer = clerk.post(path_of(project, "terminate"), typed)
    assert answer.status_code in {403, 422}
    assert Change.objects.count() == before


def test_a_step_that_the_state_does_not_allow_is_refused_with_the_state(host: Client, project: Case) -> None:
    answer = host.get(path_of(project, "produce"))
    assert answer.status_code == 422
    assert f"{project.number}现在是“签约”，不能“申报投产”" in words(answer)


def test_the_amount_follows_into_the_register_and_the_list(zone: Zone, project: Case) -> None:
    clerk = client_of(zone.accounts["clerk"])
    answer = send(clerk, path_of(project, "revise_amount"), amount_yi="12.6", reason="增资（示例）")
    assert answer.status_code == 302
    push = ProjectPush.objects.select_related("project", "case").get(case=project)
    assert push.project.total_investment_yuan == push.case.amount_yuan == 1_260_000_000
    assert "12.6" in words(clerk.get("/projects/"))


def test_a_corrected_day_shows_the_original_day_and_moves_the_list(zone: Zone, project: Case) -> None:
    supervisor = client_of(zone.accounts["supervisor"])
    opened, earlier = project.opened_on, project.opened_on - timedelta(days=50)
    signing = Change.objects.get(case=project)
    answer = send(
        supervisor,
        path_of(project, "correct"),
        change=signing.pk,
        effective_on=earlier,
        reason="合同上的日期",
    )
    assert answer.status_code == 302, words(answer)
    told = words(supervisor.get(path_of(project)))
    assert f"原日期{opened}" in told
    assert "签约150天未开工" in words(supervisor.get("/projects/"))


# ---- rectifications --------------------------------------------------------------------------------------------


def test_a_rectification_is_closed_by_somebody_else_with_its_proof(
    host: Client, verifier: Client, problem: Case
) -> None:
    answer = host.post(path_of(problem, "submit"), form_of(host, path_of(problem, "submit")))
    assert answer.status_code == 422, "without proof nothing is handed in"
    assert send(host, path_of(problem, "submit"), file_proof=pdf()).status_code == 302
    assert host.get(path_of(problem, "close")).status_code == 403
    assert send(verifier, path_of(problem, "close")).status_code == 302
    problem.refresh_from_db()
    assert (problem.state, problem.is_open, problem.result) == ("closed", False, "closed")


def test_a_rectification_that_is_sent_back_is_owed_again(
    host: Client, verifier: Client, problem: Case
) -> None:
    send(host, path_of(problem, "submit"), file_proof=pdf())
    assert send(verifier, path_of(problem, "send_back"), reason="照片看不清").status_code == 302
    problem.refresh_from_db()
    assert problem.state == "working"
    assert problem.due_on is not None
    assert "照片看不清" in words(host.get(path_of(problem)))


def test_a_project_with_an_open_problem_is_not_ended(zone: Zone, project: Case, problem: Case) -> None:
    leader = client_of(zone.accounts["leader"])
    answer = send(leader, path_of(project, "terminate"), reason="示例")
    assert answer.status_code == 422
    assert problem.number in words(answer)
    project.refresh_from_db()
    assert project.is_open


# ---- the drawer ------------------------------------------------------------------------------------------------


def test_the_drawer_gets_the_form_alone_and_leads_on_after_saving(host: Client, project: Case) -> None:
    path, asked = path_of(project, "note_progress"), {"HX-Request": "true"}
    answer = host.get(path, headers=asked)
    assert "<html" not in answer.content.decode()
    assert "HX-Request" in answer["Vary"]
    typed = {**form_of(host, path), "latest_progress": "示例"}
    answer = host.post(path, typed, headers=asked)
    assert answer["HX-Redirect"] == path_of(project)
    refused = host.post(path, {**typed, "request_key": "x", "latest_progress": ""}, headers=asked)
    assert refused.status_code == 422


# ---- entered by hand -------------------------------------------------------------------------------------------


def test_a_lead_entered_by_hand_is_seen_by_whoever_entered_it_and_by_its_team_only(zone: Zone) -> None:
    member = client_of(zone.accounts["team_member"])
    typed = {
        "name": "示例𠮷㐂线索",
        "investor": "示例投资人",
        "total_yi": "3.2",
        "state": "lead",
        "opened_on": zone.today,
        "team": zone.team.pk,
        "unit": zone.home.pk,
    }
    answer = member.post("/projects/new/", typed)
    assert answer.status_code == 302, words(answer)
    case = Case.objects.get(title="示例𠮷㐂线索")
    assert member.get(path_of(case)).status_code == 200
    assert client_of(zone.accounts["leader"]).get(path_of(case)).status_code == 200
    for code in ("clerk", "supervisor", "handler", NOBODY):
        assert client_of(zone.accounts[code]).get(path_of(case)).status_code == 404
    again = member.post("/projects/new/", typed)
    assert again.status_code == 422
    assert f"已在库中，编号{case.number}" in words(again)
    later = member.post("/projects/new/", {**typed, "name": "示例另一条", "opened_on": date(2099, 1, 1)})
    assert later.status_code == 422
    assert Case.objects.count() == 1
