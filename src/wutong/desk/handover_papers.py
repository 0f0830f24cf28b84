"""The list of a handover on paper, to be signed, and as a workbook."""

from collections.abc import Sequence
from io import BytesIO
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from wutong.base.audit.addresses import client_address
from wutong.base.audit.services import record_event
from wutong.cases.handover.models import Handover, HandoverLine, Outcome
from wutong.desk.handovers import (
    LINE_COLUMNS,
    facts_panel,
    find_handover,
    handover_crumbs,
    line_rows,
    lines_of,
    lines_panel,
    receivers_panel,
)
from wutong.exchange.writing import write_table
from wutong.ledgerkit.list_pages import XLSX
from wutong.ledgerkit.viewer import now_of, viewer
from wutong.ui.pages import DetailPage
from wutong.ui.panels import TablePanel
from wutong.ui.tables import Cell, Column, Row, Table


def handover_print(request: HttpRequest, number: str) -> HttpResponse:
    """The list to be signed on paper."""
    actor, found = viewer(request), find_handover(request, number)
    lines = [line for line in lines_of(found) if line.outcome != Outcome.GONE]
    page = DetailPage(
        title=_("交接清单 %(number)s") % {"number": found.number},
        crumbs=handover_crumbs(found, _("打印清单")),
        main=[
            facts_panel(found),
            lines_panel(found, lines, actor, may_choose=False),
            receivers_panel(lines),
            _paper_signatures(found, lines),
        ],
        foot=_("移交人和接收人各执一份。"),
    )
    return render(request, "ui/detail.html", {"page": page})


def _paper_signatures(found: Handover, lines: Sequence[HandoverLine]) -> TablePanel:
    people = [(found.giver.name, _("移交人"))]
    receivers = {line.receiver.pk: line.receiver.name for line in lines if line.receiver is not None}
    people += [(name, _("接收人")) for name in receivers.values()]
    rows = [
        Row(
            str(index),
            {
                "name": Cell(name, note=role),
                "sign": Cell("＿＿＿＿＿＿＿＿"),
                "day": Cell("＿＿＿＿年＿＿月＿＿日"),
            },
        )
        for index, (name, role) in enumerate(people)
    ]
    columns = [
        Column("name", _("姓名"), "name", phone="show"),
        Column("sign", _("签字"), phone="show"),
        Column("day", _("日期"), phone="show"),
    ]
    return TablePanel(title=_("签字"), id="paper", table=Table(_("签字"), columns, rows, len(rows)))


def handover_export(request: HttpRequest, number: str) -> HttpResponse:
    """The list as a workbook."""
    actor, found = viewer(request), find_handover(request, number)
    lines = lines_of(found)
    title = f"交接清单 {found.number}"
    stream = BytesIO()
    subtitle = [
        _("移交人：%(name)s（%(unit)s）") % {"name": found.giver.name, "unit": found.giver.unit.name},
        _("交接日期：%(on)s") % {"on": found.effective_on},
        _("移交人签字："),
        _("接收人签字："),
    ]
    columns = (LINE_COLUMNS[0], Column("title", _("标题"), "long"), *LINE_COLUMNS[1:])
    rows = [
        Row(
            row.key,
            {**row.cells, "label": Cell(row.cells["label"].text), "title": Cell(row.cells["label"].note)},
        )
        for row in line_rows(lines, actor)
    ]
    write_table(stream, columns, rows, title=title, subtitle=subtitle)
    record_event(
        action="export_list",
        now=now_of(request),
        actor=actor.account,
        target_kind="handover",
        target_id=found.number,
        words=_("下载交接清单"),
        detail={"rows": len(rows)},
        address=client_address(request),
    )
    response = HttpResponse(stream.getvalue(), content_type=XLSX)
    name = quote(f"{title}.xlsx")
    response["Content-Disposition"] = f"attachment; filename=\"handover.xlsx\"; filename*=UTF-8''{name}"
    return response
