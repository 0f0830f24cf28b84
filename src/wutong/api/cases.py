"""Cases: list, one case with its gate, and its steps. A foreign case is not found, as on the pages."""

import base64
import binascii
import math
from typing import Annotated, Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404, HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from ninja import Header, Query, Router
from pydantic import ValidationError

from wutong.api.shapes import (
    CaseFile,
    CaseLine,
    CasePage,
    FieldLine,
    GateLine,
    Problem,
    StepIn,
    StepLine,
    StepOut,
)
from wutong.base.errors import Refused
from wutong.cases.models import Case
from wutong.cases.procedures import Transition
from wutong.cases.registry import case_type_of
from wutong.cases.who import is_allowed
from wutong.ledgerkit.act_forms import StepForm
from wutong.ledgerkit.act_pages import require_step, take_step, unchecked
from wutong.ledgerkit.detail_pages import find_detail, read_case
from wutong.ledgerkit.gate_panel import gate_items
from wutong.ledgerkit.list_pages import found_pages
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.viewer import now_of, today_of, viewer

router = Router(tags=["cases"])
PAGE_SIZE = 100
LONGEST_KEY = 64
REFUSALS = {403: Problem, 404: Problem, 409: Problem, 422: Problem}


@router.get("/{slug}", response={200: CasePage, **REFUSALS})
def list_cases(
    request: HttpRequest, slug: str, page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> CasePage:
    """The cases of one type that the reader may see, the newest first. `slug` is the address of the type's pages."""
    _ledger, pages = found_pages(slug)
    cases = visible_cases(viewer(request), pages.case_type).select_related(
        "host_unit", "host_person", "leader"
    )
    count = cases.count()
    page_count = max(1, math.ceil(count / PAGE_SIZE))
    start = (min(page, page_count) - 1) * PAGE_SIZE
    found = cases.order_by("-opened_on", "-pk")[start : start + PAGE_SIZE]
    return CasePage(
        count=count,
        page=min(page, page_count),
        page_count=page_count,
        cases=[CaseLine(**_line(case)) for case in found],
    )


def _line(case: Case) -> dict[str, Any]:
    return {
        "number": case.number,
        "title": case.title,
        "state": case.state,
        "state_label": str(case_type_of(case).procedure.state(case.state).label),
        "is_open": case.is_open,
        "opened_on": case.opened_on,
        "due_on": case.due_on,
        "amount_yuan": case.amount_yuan,
        "unit": str(case.host_unit or ""),
        "person": str(case.host_person or ""),
        "leader": str(case.leader or ""),
    }


@router.get("/{slug}/{number}", response={200: CaseFile, **REFUSALS})
def one_case(request: HttpRequest, slug: str, number: str) -> CaseFile:
    """One case: what the reader may do now, and what is missing before the next gated state, as of today."""
    file = read_case(request, slug, number)
    gate = gate_items(file, today_of(request))
    steps = [
        StepLine(verb=item.verb, label=str(item.label))
        for item in file.procedure.leads_from(file.case.state)
        if is_allowed(file.actor, item.who, file.assignments_open)
    ]
    return CaseFile(
        **_line(file.case),
        seq=file.case.last_seq,
        steps=steps,
        gate_step=gate.transition.verb if gate else "",
        gate=[
            GateLine(
                kind=item.kind, item=item.item, label=item.label, words=item.words, state=item.state,
                provider=item.provider, edition=item.edition,
            )
            for item in (gate.items if gate else [])
        ],
    )  # fmt: skip


@router.get("/{slug}/{number}/steps/{verb}", response={200: list[FieldLine], **REFUSALS})
def step_fields(request: HttpRequest, slug: str, number: str, verb: str) -> list[FieldLine]:
    """The values that a step takes; asked for by somebody who may not take it, it is refused."""
    case, detail, transition = _found(request, slug, number, verb)
    require_step(request, case, case_type_of(case).procedure, transition)
    form = _form(request, case, detail, transition, None, None)
    return [
        FieldLine(
            name=name,
            label=str(field.label or name),
            kind=type(field).__name__.removesuffix("Field").lower(),
            required=field.required,
            choices=[[str(value), str(label)] for value, label in _choices(field)],
        )
        for name, field in form.fields.items()
        if not isinstance(field.widget, forms.HiddenInput)
    ]


def _choices(field: forms.Field) -> list[tuple[Any, Any]]:
    return [(value, label) for value, label in getattr(field, "choices", ()) if value not in ("", None)]


@router.post(
    "/{slug}/{number}/steps/{verb}",
    response={200: StepOut, **REFUSALS},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": StepIn.model_json_schema()}},
        }
    },
)
def take(
    request: HttpRequest,
    slug: str,
    number: str,
    verb: str,
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key")] = "",
) -> StepOut:
    """Take one step. The header `Idempotency-Key` (at most 64 characters) makes a repeated request harmless: it is
    answered again with what the first one did."""
    case, detail, transition = _found(request, slug, number, verb)
    # Read after the case: whoever may not see it learns nothing from a refused body either.
    told = _told(request)
    if not 0 < len(idempotency_key) <= LONGEST_KEY:
        raise Refused(_("请在请求头Idempotency-Key里给出防重键，最多64个字符。"))
    values = QueryDict(mutable=True)
    for name, value in told.values.items():
        values.setlist(name, [_text(item) for item in (value if isinstance(value, list) else [value])])
    values["request_key"] = idempotency_key
    values["expected_seq"] = "" if told.seq is None else str(told.seq)
    if "effective_on" not in values:
        values["effective_on"] = today_of(request).isoformat()
    files = MultiValueDict({name: [_file(name, item)] for name, item in told.files.items()})
    form = _form(request, case, detail, transition, values, files)
    if not form.is_valid():
        fields = {name: " ".join(str(error) for error in errors) for name, errors in form.errors.items()}
        raise Refused(_("有的内容没有填对。"), fields=fields)
    pending = unchecked(case, request) if transition.checks else []
    take_step(request, form, case, pending)
    case.refresh_from_db()
    state = case_type_of(case).procedure.state(case.state)
    return StepOut(number=case.number, state=case.state, state_label=str(state.label), seq=case.last_seq)


def _told(request: HttpRequest) -> StepIn:
    try:
        return StepIn.model_validate_json(request.body)
    except ValidationError as error:
        fields = {".".join(map(str, item["loc"])) or "body": item["msg"] for item in error.errors()}
        raise Refused(_("请求的格式不对。"), fields=fields) from error


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _file(name: str, given: Any) -> SimpleUploadedFile:
    try:
        content = base64.b64decode(given.content_base64, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(_("文件“%(name)s”不是有效的Base64内容。") % {"name": given.name}) from error
    return SimpleUploadedFile(given.name[:200] or name, content)


def _found(request: HttpRequest, slug: str, number: str, verb: str) -> tuple[Case, Any, Transition]:
    _ledger, _pages, detail = find_detail(request, slug, number)
    case: Case = detail.case
    transition = case_type_of(case).procedure.transition(verb)
    if transition is None:
        raise Http404
    return case, detail, transition


def _form(
    request: HttpRequest, case: Case, detail: Any, transition: Transition, values: Any, files: Any
) -> StepForm:
    return StepForm(
        values,
        files,
        transition=transition,
        procedure=case_type_of(case).procedure,
        case=case,
        detail=detail,
        now=now_of(request),
        pending=unchecked(case, request) if transition.checks else [],
    )
