"""Importing a workbook: upload, preview with every row accepted or refused, then one import of the right rows."""

import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.errors import DomainError, NotAllowed, Refused
from wutong.exchange.intake import Intake, IntakeRow
from wutong.exchange.models import ImportBatch
from wutong.exchange.services import check_workbook, intake_of, lock_for_import, mark_imported
from wutong.exchange.writing import write_blank_template
from wutong.ledgerkit.imports import ImportPlace, find_import
from wutong.ledgerkit.ledger import Importing, ImportNotes
from wutong.ledgerkit.list_pages import XLSX
from wutong.ledgerkit.middleware import audit_refusal
from wutong.ledgerkit.viewer import account_of, now_of, today_of, viewer
from wutong.ui.forms import HouseForm
from wutong.ui.pages import Action, Crumb, FormPage
from wutong.ui.panels import Stat, StatCards, Step, StepsBar, TablePanel
from wutong.ui.responses import form_response
from wutong.ui.tables import Cell, Column, Row, Table

SHOWN_ROWS = 200
SHOWN_PROBLEMS = 50


class UploadForm(HouseForm):
    workbook = forms.FileField(
        label=gettext_lazy("工作簿"), help_text=gettext_lazy(".xlsx、.xls 或 .csv，一张表，表头在前20行内。")
    )
    request_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


def _found(request: HttpRequest, slug: str) -> ImportPlace:
    place = find_import(slug)
    if place is None:
        raise Http404
    if not viewer(request).has(place.importing.right):
        raise NotAllowed(_("您没有导入的权限。工作需要的，请向安全管理员申请。"))
    return place


def case_import(request: HttpRequest, slug: str) -> HttpResponse:
    """Upload a workbook. Nothing is written but the record of the upload."""
    place = _found(request, slug)
    form = UploadForm(
        request.POST or None, request.FILES or None, initial={"request_key": secrets.token_hex(16)}
    )
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["workbook"]
        try:
            batch, _intake = check_workbook(
                place.importing.sheet,
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
            return HttpResponseRedirect(reverse("case_import_batch", args=[slug, batch.pk]))
    return form_response(
        request,
        FormPage(
            title=_("导入%(name)s") % {"name": place.title},
            form=form,
            submit_label=_("上传并预检"),
            cancel_href=place.list_href(),
            intro=_("先预检，不写入任何数据；每一行是收下还是退回、为什么，都列出来。"),
            crumbs=_crumbs(place),
            draft=False,
            actions=[Action(_("下载空白模板"), reverse("case_template", args=[slug]))],
        ),
    )


def _crumbs(place: ImportPlace) -> list[Crumb]:
    return [Crumb(place.menu_group), Crumb(place.title, place.list_href()), Crumb(_("导入"))]


def case_template(request: HttpRequest, slug: str) -> HttpResponse:
    """The blank workbook of the ledger or register."""
    place = _found(request, slug)
    response = HttpResponse(content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="template.xlsx"'
    write_blank_template(response, place.importing.sheet)  # type: ignore[arg-type]
    return response


def checked_intake(batch: ImportBatch, importing: Importing) -> Intake:
    """The rows of the file with the reasons that only the database knows."""
    intake = intake_of(batch, importing.sheet)
    return intake.with_problems(importing.check(intake))


def case_import_batch(request: HttpRequest, slug: str, batch_id: int) -> HttpResponse:
    """The preview; a POST imports its right rows, all of them or none."""
    place = _found(request, slug)
    importing = place.importing
    batch = (
        ImportBatch.objects.select_related("stored_file")
        .filter(pk=batch_id, sheet_code=importing.sheet.code, actor=account_of(request))
        .first()
    )
    if batch is None:
        raise Http404
    if request.method == "POST":
        count = _import(request, batch, importing)
        messages.success(request, _("已入库%(count)s行。") % {"count": count})
        return HttpResponseRedirect(place.list_href())
    intake = checked_intake(batch, importing)
    notes = ImportNotes()
    if importing.notes and batch.state != ImportBatch.State.IMPORTED:
        notes = importing.notes(intake, on=today_of(request), source=importing.source(batch.file_name))
    return render(request, "ledgerkit/import.html", _preview(place, batch, intake, notes))


def _import(request: HttpRequest, batch: ImportBatch, importing: Importing) -> int:
    """One transaction: rows and the mark on the batch. Rows are judged again against the database as it is now."""
    with transaction.atomic():
        locked = lock_for_import(batch)
        intake = checked_intake(locked, importing)
        if not intake.accepted:
            raise Refused(_("没有可以入库的行。请改正后重新上传。"))
        count = importing.write(
            intake.accepted,
            actor=viewer(request),
            now=now_of(request),
            on=today_of(request),
            source=importing.source(batch.file_name),
        )
        mark_imported(locked, actor=account_of(request), now=now_of(request))
    return count


def _preview(place: ImportPlace, batch: ImportBatch, intake: Intake, notes: ImportNotes) -> dict[str, Any]:
    accepted, refused = len(intake.accepted), len(intake.refused)
    skipped = len(intake.skipped)
    done = batch.state == ImportBatch.State.IMPORTED
    steps = StepsBar(
        [
            Step(_("上传"), batch.file_name[:30], "done"),
            Step(_("对应列"), _("%(count)s列") % {"count": sum(bool(c.key) for c in intake.columns)}, "done"),
            Step(_("预检"), _("%(count)s行有错") % {"count": refused}, "done" if done else "current"),
            Step(_("入库"), "", "done" if done else "todo"),
        ],
        label=_("步骤"),
    )
    stats = StatCards(
        [
            Stat(_("可入库"), str(accepted), _("行"), href="#pre"),
            Stat(_("有错"), str(refused), _("行"), href="#pre", alarm=bool(refused)),
            Stat(_("跳过"), str(skipped), _("行"), href="#pre", note=_("空行、合计、说明")),
        ],
        label=_("预检结果"),
    )
    return {
        "title": _("导入%(name)s") % {"name": place.title},
        "intro": _("“%(file)s”，工作表“%(sheet)s”，表头在第%(row)s行。")
        % {
            "file": batch.file_name,
            "sheet": intake.sheet_name,
            "row": intake.header_row,
        },
        "crumbs": _crumbs(place),
        "notes": notes.file,
        "blocks": [steps, stats],
        "problems": intake.problems[:SHOWN_PROBLEMS],
        "more_problems": max(0, len(intake.problems) - SHOWN_PROBLEMS),
        "accepted": accepted,
        "is_done": done,
        "rows": _rows_panel(intake, notes),
        "columns": _columns_panel(intake, place.importing),
        "list_href": place.list_href(),
        "again_href": reverse("case_import", args=[place.slug]),
    }


def _rows_panel(intake: Intake, notes: ImportNotes) -> TablePanel:
    """Refused rows first, each wrong cell with its reason. Columns without any content are left out."""
    ordered = [*intake.refused, *intake.accepted][:SHOWN_ROWS]
    faulty = {problem.column_letter for row in ordered for problem in row.problems}
    mapped = [
        column
        for column in intake.columns
        if column.key and (column.letter in faulty or any(row.raw.get(column.key) for row in ordered))
    ]
    columns = [
        Column("row", _("行"), "name"),
        Column("verdict", _("处理"), phone="show"),
        *(Column(c.key, c.heading, phone="show") for c in mapped),
    ]
    keys = {column.letter: column.key for column in mapped}
    rows = [Row(str(row.number), _preview_cells(row, keys, notes)) for row in ordered]
    return TablePanel(
        title=_("预检"),
        note=_("有错的在前，最多显示%(count)s行") % {"count": SHOWN_ROWS},
        id="pre",
        table=Table(_("预检"), columns, rows, len(rows), empty=_("表头下面没有数据行。")),
    )


def _preview_cells(row: IntakeRow, keys: dict[str, str], notes: ImportNotes) -> dict[str, Cell]:
    """What the cells of the workbook say, and beside a wrong one why; `keys` are the columns shown, by letter."""
    cells = {key: Cell(text) for key, text in row.raw.items()}
    for problem in row.problems:
        key = keys.get(problem.column_letter)
        if key:
            cells[key] = Cell(row.raw.get(key) or _("（空）"), fault=problem.cause)
    cells["row"] = Cell(_("第%(number)s行") % {"number": row.number})
    verdict = _("收下") if row.is_accepted else _("退回")
    cells["verdict"] = Cell(verdict, alarm=not row.is_accepted, note=notes.rows.get(row.number, ""))
    return cells


def _columns_panel(intake: Intake, importing: Importing) -> TablePanel:
    rows = []
    for column in intake.columns:
        declared = importing.sheet.column(column.key) if column.key else None
        words = [column.reason, str(declared.note) if declared else ""]
        rows.append(
            Row(
                column.letter,
                {
                    "heading": Cell(column.heading or _("（无表头）"), note=column.letter),
                    "field": Cell(declared.label if declared else _("不导入")),
                    "unit": Cell(column.unit or "—"),
                    "reason": Cell(
                        "；".join(filter(None, words))
                        or (_("同名或同义") if declared else _("台账里没有这一列"))
                    ),
                },
            )
        )
    columns = (
        Column("heading", _("工作簿的列"), "name"),
        Column("field", _("台账字段"), phone="show"),
        Column("unit", _("单位"), phone="show"),
        Column("reason", _("依据"), "long", phone="show"),
    )
    return TablePanel(title=_("对应列"), id="columns", table=Table(_("对应列"), columns, rows, len(rows)))
