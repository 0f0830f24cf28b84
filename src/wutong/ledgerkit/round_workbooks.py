"""The own reports of a round as a workbook: download with what is known, fill in, upload, look at it, import.

The rules are those of the form: what somebody does not hand in is no row of his, here as there.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from wutong.base.errors import DomainError, Refused
from wutong.cases.rounds.declared import ReportKind, report_kind
from wutong.cases.rounds.models import Report, ReportState, Round
from wutong.cases.rounds.services import HandIn, submit_reports
from wutong.exchange.headings import fold
from wutong.exchange.intake import Intake, IntakeRow
from wutong.exchange.models import ImportBatch
from wutong.exchange.services import check_workbook, intake_of, lock_for_import, mark_imported
from wutong.exchange.sheets import Sheet, SheetColumn
from wutong.exchange.writing import LANGUAGE, write_table
from wutong.ledgerkit.import_pages import SHOWN_PROBLEMS, SHOWN_ROWS, UploadForm
from wutong.ledgerkit.middleware import audit_refusal
from wutong.ledgerkit.round_acts import own_of_round
from wutong.ledgerkit.round_forms import sheet_column
from wutong.ledgerkit.round_lists import find_round, report_row, round_title
from wutong.ledgerkit.round_pages import subtitle, workbook_answer
from wutong.ledgerkit.round_words import changed_words
from wutong.ledgerkit.viewer import account_of, now_of, today_of, viewer
from wutong.ui.pages import Action, Crumb, FormPage
from wutong.ui.panels import Stat, StatCards, Step, StepsBar, TablePanel
from wutong.ui.responses import form_response
from wutong.ui.tables import Cell, Column, Row, Table

COMPUTED = "由系统填写，不导入"


def sheet_of(found: Round, kind: ReportKind) -> Sheet:
    """The columns of the workbook. A sheet of one round is not taken for another."""
    return Sheet(
        code=f"rounds.{kind.code}.{found.period}"[:60],
        name=kind.title(found.period),
        columns=(
            SheetColumn("number", _("编号"), synonyms=("项目编号",), required=True),
            SheetColumn("title", _("名称"), synonyms=("项目名称",)),
            SheetColumn("unit", _("责任单位"), ignored_reason=COMPUTED),
            *(sheet_column(item) for item in kind.fields),
        ),
        key_columns=("number",),
    )


def workbook_columns(kind: ReportKind) -> list[Column]:
    return [
        Column("number", _("编号")),
        Column("title", _("名称"), "name"),
        Column("unit", _("责任单位")),
        *(
            Column(item.code, item.label, "money" if item.kind == "money" else "text", item.unit)
            for item in kind.fields
        ),
    ]


def round_workbook(request: HttpRequest, round_pk: int) -> HttpResponse:
    """The own reports, with what they hold so far."""
    found = _open_round(round_pk)
    kind, own = report_kind(found.kind), own_of_round(request, found)
    if not own:
        raise Refused(_("这一轮没有由您填报的。"))
    stream = BytesIO()
    with override(LANGUAGE):
        for report in own:
            report.round = found
        rows = [report_row(kind, report, today_of(request)) for report in own]
        write_table(
            stream,
            workbook_columns(kind),
            rows,
            title=round_title(found),
            subtitle=subtitle(request),
            sums={},
        )
        return workbook_answer(request, found, stream, round_title(found), len(rows))


def _open_round(round_pk: int) -> Round:
    found = find_round(round_pk)
    if found.locked_at is not None:
        raise Refused(
            _("%(round)s已经锁定。要改已报的数，请打开那一项用“更正”。") % {"round": round_title(found)}
        )
    return found


def round_upload(request: HttpRequest, round_pk: int) -> HttpResponse:
    """Take a filled workbook. Nothing is written but the record of the upload."""
    found = _open_round(round_pk)
    form = UploadForm(
        request.POST or None, request.FILES or None, initial={"request_key": secrets.token_hex(16)}
    )
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["workbook"]
        try:
            batch, _intake = check_workbook(
                sheet_of(found, report_kind(found.kind)),
                upload.read(),
                name=upload.name,
                actor=account_of(request),
                now=now_of(request),
                idempotency_key=form.cleaned_data["request_key"],
            )
        except DomainError as error:
            audit_refusal(request, error)
            form.add_error("workbook", str(error.message))
        else:
            return HttpResponseRedirect(reverse("round_batch", args=[found.pk, batch.pk]))
    page = FormPage(
        title=_("上传填报表"),
        form=form,
        submit_label=_("上传并预检"),
        cancel_href=reverse("round_fill", args=[found.pk]),
        intro=_("先预检，不写入任何数据；每一行收下还是退回、改了什么，都列出来。"),
        crumbs=_crumbs(found),
        draft=False,
        actions=[Action(_("下载填报表"), reverse("round_workbook", args=[found.pk]))],
    )
    return form_response(request, page)


def _crumbs(found: Round) -> list[Crumb]:
    fill = reverse("round_fill", args=[found.pk])
    return [
        Crumb(_("工作台")),
        Crumb(_("我的填报"), reverse("my_reports")),
        Crumb(round_title(found), fill),
        Crumb(_("上传填报表")),
    ]


# ---- judging -----------------------------------------------------------------------------------------------------


@dataclass
class Judged:
    """The rows of a workbook against the own reports: what is handed in, what each row changes, what is left out."""

    intake: Intake
    handings: dict[int, HandIn] = field(default_factory=dict)
    changed: dict[int, str] = field(default_factory=dict)
    idle: dict[int, str] = field(default_factory=dict)


def judge_rows(intake: Intake, own: Sequence[Report], kind: ReportKind, found: Round) -> Judged:
    """Rows that nobody may hand in here are unknown; a row without content is left out; one that says nothing new too."""
    by_number = {fold(report.case.number): report for report in own}
    needed = kind.needed([report.case_id for report in own], kind.period_of(found.period))
    present = {column.key for column in intake.columns}
    causes: list[tuple[int, str, str]] = []
    judged = Judged(intake)
    for row in intake.accepted:
        report = by_number.get(fold(str(row.values["number"])))
        if report is None:
            words = _("没有这个编号，或不归您填报；请用下载的填报表")
            causes.append((row.number, "number", words))
            continue
        title = row.values.get("title")
        if title and fold(title) != fold(report.case.title):
            words = _("这个编号的名称是“%(title)s”；请核对是哪一个") % {"title": report.case.title}
            causes.append((row.number, "title", words))
            continue
        before = kind.typed(report.values)
        values = _values(kind, row, before)
        if all(value is None for value in values.values()):
            judged.idle[row.number] = _("没有填，不报")
            continue
        faults = kind.faults_of(values, needed.get(report.case_id, frozenset()))
        if faults:
            causes += [
                (row.number, code if code in present else "number", _named(kind, code, str(words), present))
                for code, words in faults.items()
            ]
            continue
        changes = changed_words(kind, before, values)
        if not changes and report.state == ReportState.SUBMITTED:
            judged.idle[row.number] = _("没有变化")
            continue
        judged.handings[row.number] = HandIn(report, values, report.last_seq)
        judged.changed[row.number] = "；".join(changes)
    judged.intake = intake.with_problems(causes)
    return judged


def _values(kind: ReportKind, row: IntakeRow, before: Mapping[str, Any]) -> dict[str, Any]:
    """A column that the workbook lacks says nothing: what the report holds stays."""
    return {item.code: row.values.get(item.code, before.get(item.code)) for item in kind.fields}


def _named(kind: ReportKind, code: str, words: str, present: set[str]) -> str:
    """The name of a column that the workbook lacks stands before what is wrong with it."""
    return words if code in present else f"{kind.field(code).label}：{words}"


def round_batch(request: HttpRequest, round_pk: int, batch_id: int) -> HttpResponse:
    """The preview of an upload; a POST hands in its right rows, all of them or none."""
    found = find_round(round_pk)
    kind = report_kind(found.kind)
    sheet = sheet_of(found, kind)
    batch = (
        ImportBatch.objects.select_related("stored_file")
        .filter(pk=batch_id, sheet_code=sheet.code, actor=account_of(request))
        .first()
    )
    if batch is None:
        raise Http404
    if request.method == "POST":
        count = _import(request, found, kind, sheet, batch)
        messages.success(request, _("已报%(count)s项。") % {"count": count})
        return HttpResponseRedirect(reverse("round_fill", args=[found.pk]))
    judged = judge_rows(intake_of(batch, sheet), own_of_round(request, found), kind, found)
    return render(request, "ledgerkit/import.html", _preview(found, batch, judged, sheet))


def _import(request: HttpRequest, found: Round, kind: ReportKind, sheet: Sheet, batch: ImportBatch) -> int:
    """One transaction; the rows are judged again against the reports as they are now."""
    with transaction.atomic():
        locked = lock_for_import(batch)
        judged = judge_rows(intake_of(locked, sheet), own_of_round(request, found), kind, found)
        if not judged.handings:
            raise Refused(_("没有可以报送的行。请改正后重新上传。"))
        written = submit_reports(
            found,
            list(judged.handings.values()),
            actor=viewer(request),
            on=today_of(request),
            now=now_of(request),
            source=_("工作簿“%(name)s”") % {"name": batch.file_name},
        )
        mark_imported(locked, actor=account_of(request), now=now_of(request), row_count=len(written))
    return len(written)


# ---- the preview -------------------------------------------------------------------------------------------------


def _preview(found: Round, batch: ImportBatch, judged: Judged, sheet: Sheet) -> dict[str, Any]:
    intake, done = judged.intake, batch.state == ImportBatch.State.IMPORTED
    refused, accepted = len(intake.refused), len(judged.handings)
    steps = StepsBar(
        [
            Step(_("上传"), batch.file_name[:30], "done"),
            Step(_("预检"), _("%(count)s行有错") % {"count": refused}, "done" if done else "current"),
            Step(_("报送"), "", "done" if done else "todo"),
        ],
        label=_("步骤"),
    )
    stats = StatCards(
        [
            Stat(_("要报的"), str(accepted), _("行"), href="#pre"),
            Stat(_("有错"), str(refused), _("行"), href="#pre", alarm=bool(refused)),
            Stat(_("没有填或没有变"), str(len(judged.idle)), _("行"), href="#pre"),
        ],
        label=_("预检结果"),
    )
    return {
        "title": _("上传填报表"),
        "intro": _("“%(file)s”，工作表“%(sheet)s”，表头在第%(row)s行。")
        % {"file": batch.file_name, "sheet": intake.sheet_name, "row": intake.header_row},
        "crumbs": _crumbs(found),
        "notes": [],
        "blocks": [steps, stats],
        "problems": intake.problems[:SHOWN_PROBLEMS],
        "more_problems": max(0, len(intake.problems) - SHOWN_PROBLEMS),
        "accepted": accepted,
        "is_done": done,
        "rows": _rows_panel(judged),
        "columns": _columns_panel(intake, sheet),
        "list_href": reverse("round_fill", args=[found.pk]),
        "again_href": reverse("round_upload", args=[found.pk]),
    }


def _rows_panel(judged: Judged) -> TablePanel:
    """Refused rows first, then those that change something, each with what it changes."""
    intake = judged.intake
    ordered = sorted(intake.rows, key=lambda row: (row.is_accepted, row.number in judged.idle, row.number))
    keys = {column.letter: column.key for column in intake.columns if column.key}
    columns = [
        Column("row", _("行"), "name"),
        Column("verdict", _("处理"), "long", phone="show"),
        *(Column(c.key, c.heading, phone="show") for c in intake.columns if c.key),
    ]
    rows = [Row(str(row.number), _row_cells(row, keys, judged)) for row in ordered[:SHOWN_ROWS]]
    return TablePanel(
        title=_("预检"),
        note=_("有错的在前，最多显示%(count)s行") % {"count": SHOWN_ROWS},
        id="pre",
        table=Table(_("预检"), columns, rows, len(rows)),
    )


def _row_cells(row: IntakeRow, keys: Mapping[str, str], judged: Judged) -> dict[str, Cell]:
    cells = {key: Cell(text) for key, text in row.raw.items()}
    for problem in row.problems:
        key = keys.get(problem.column_letter)
        if key:
            cells[key] = Cell(row.raw.get(key) or _("（空）"), fault=problem.cause)
    cells["row"] = Cell(_("第%(number)s行") % {"number": row.number})
    if not row.is_accepted:
        verdict = Cell(_("有错，不报"), alarm=True)
    elif row.number in judged.idle:
        verdict = Cell(judged.idle[row.number])
    else:
        verdict = Cell(_("报送"), note=judged.changed.get(row.number, ""))
    return cells | {"verdict": verdict}


def _columns_panel(intake: Intake, sheet: Sheet) -> TablePanel:
    rows = [
        Row(
            column.letter,
            {
                "heading": Cell(column.heading or _("（无表头）"), note=column.letter),
                "field": Cell(sheet.column(column.key).label if column.key else _("不导入")),
                "unit": Cell(column.unit or "—"),
                "reason": Cell(column.reason),
            },
        )
        for column in intake.columns
    ]
    columns = (
        Column("heading", _("工作簿的列"), "name"),
        Column("field", _("填报项"), phone="show"),
        Column("unit", _("单位"), phone="show"),
        Column("reason", _("依据"), "long", phone="show"),
    )
    return TablePanel(title=_("对应列"), id="columns", table=Table(_("对应列"), columns, rows, len(rows)))
