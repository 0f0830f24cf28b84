"""The layouts of official documents: how they stand, a preview, and the form that changes one."""

from dataclasses import asdict
from datetime import date
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from wutong.desk.official_layout_forms import FONT_ROLES, LayoutForm
from wutong.exchange.models import OfficialLayout
from wutong.exchange.official.document import DocTable, Heading, OfficialDocument, Paragraph
from wutong.exchange.official.docx_writing import write_docx
from wutong.exchange.official.layout import Layout
from wutong.exchange.official.pdf_writing import write_pdf
from wutong.exchange.official.rights import LAYOUT
from wutong.exchange.official.typefaces import NO_CHINESE_FONT, has_chinese_font
from wutong.exchange.official.zone_layouts import (
    Kind,
    all_layouts,
    change_layout,
    layout_from,
    layout_of,
    layout_row,
)
from wutong.ledgerkit.saving import answer_form
from wutong.ledgerkit.viewer import holder_of, now_of, today_of, viewer
from wutong.ui.pages import Action, Crumb, DetailPage
from wutong.ui.panels import Fact, FactsPanel, PanelEnd
from wutong.ui.tables import Text

WRITERS = {
    "pdf": (write_pdf, "application/pdf"),
    "docx": (write_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}


def official_layouts(request: HttpRequest) -> HttpResponse:
    """All kinds with their layouts. Everybody reads them; who has the right changes them."""
    may_edit = viewer(request).has(LAYOUT)
    page = DetailPage(
        title=_("公文版式"),
        crumbs=_crumbs(),
        lamp_reason="" if has_chinese_font() else NO_CHINESE_FONT,
        actions=[
            Action(
                _("%(kind)s%(form)s样张") % {"kind": kind.label, "form": form.upper()},
                reverse("official_preview", args=[kind, form]),
            )
            for kind in Kind
            for form in WRITERS
        ],
        main=[_panel(kind, *found, may_edit=may_edit) for kind, found in all_layouts().items()],
        foot=_(
            "版面按GB/T 9704—2012：A4纸，天头37毫米、订口28毫米，版心156毫米×225毫米，每面22行、每行28字。"
            "修改只影响以后生成的公文。"
        ),
    )
    return render(request, "ui/detail.html", {"page": page})


def _panel(kind: Kind, layout: Layout, row: OfficialLayout | None, *, may_edit: bool) -> FactsPanel:
    fonts = asdict(layout.fonts)
    facts = [
        Fact(_("发文机关标志"), layout.mark, wide=True),
        Fact(_("发文字号"), layout.number_of(2026, 12), note=layout.number_pattern),
        Fact(_("版头"), _("红色") if layout.is_red else _("黑色")),
        Fact(_("落款"), _("加盖印章") if layout.is_sealed else _("不加盖印章")),
        Fact(_("抄送机关"), layout.copies_to, wide=True),
        Fact(_("印发机关"), layout.printed_by),
        *(Fact(label, fonts[role]) for role, label in FONT_ROLES.items()),
    ]
    note = _("按标准默认")
    if row is not None:
        on = timezone.localdate(row.changed_at).isoformat()
        note = _("%(who)s修改于%(on)s") % {"who": row.changed_by.display_name, "on": on}
    end = PanelEnd(_("修改"), reverse("official_layout_change", args=[kind]), drawer=True)
    return FactsPanel(title=kind.label, note=note, id=kind, facts=facts, end=end if may_edit else None)


def _crumbs(label: Text = "") -> list[Crumb]:
    crumbs = [Crumb(_("规则")), Crumb(_("公文版式"), reverse("official_layouts") if label else "")]
    return [*crumbs, Crumb(label)] if label else crumbs


def change(request: HttpRequest, document_kind: str) -> HttpResponse:
    """The form of one kind."""
    actor = holder_of(request, LAYOUT)
    kind = _kind(document_kind)
    row = layout_row(kind)
    revision = row.revision if row else 0
    form = LayoutForm(request.POST or None, layout=layout_from(kind, row), revision=revision)

    def save(typed: dict[str, Any]) -> str:
        saved = change_layout(
            kind,
            form.values(),
            revision=typed["revision"],
            actor=actor,
            on=today_of(request),
            now=now_of(request),
        )
        messages.success(request, _("“%(kind)s”的版式已保存，并已记入审计。") % {"kind": saved})
        return reverse("official_layouts")

    label = _("修改%(kind)s的版式") % {"kind": kind.label}
    return answer_form(request, form, label, save, reverse("official_layouts"), _crumbs(label), draft=False)


def preview(request: HttpRequest, document_kind: str, form: str) -> HttpResponse:
    """A sample in the layout as it stands, as PDF or DOCX. Raises Refused without a Chinese font (PDF)."""
    viewer(request)
    kind = _kind(document_kind)
    if form not in WRITERS:
        raise Http404
    write, content_type = WRITERS[form]
    layout = layout_of(kind)
    response = HttpResponse(
        write(sample_document(kind, layout, today_of(request)), layout), content_type=content_type
    )
    name = quote(_("%(kind)s样张.%(form)s") % {"kind": kind.label, "form": form})
    response["Content-Disposition"] = f"attachment; filename=\"sample.{form}\"; filename*=UTF-8''{name}"
    return response


def _kind(code: str) -> Kind:
    if code not in OfficialLayout.Kind.values:
        raise Http404
    return Kind(code)


def sample_document(kind: Kind, layout: Layout, on: date) -> OfficialDocument:
    """A document of invented content that shows every part of a layout."""
    is_minutes = kind == Kind.MINUTES
    text = "这是一份样张，用来核对版面、字体和各要素的位置，内容均为示例。" * 3
    return OfficialDocument(
        mark=layout.mark,
        number=layout.number_of(on.year, 1),
        title="示例项目调度会议纪要" if is_minutes else "关于开展示例工作的通知",
        addressees="" if is_minutes else "各示例单位",
        blocks=[
            Paragraph(text),
            Heading("一、一级标题示例"),
            Paragraph(text),
            Heading("（一）二级标题示例", 2),
            Paragraph(text, bold_lead="小标题示例。"),
            DocTable(
                "示例事项表",
                ["序号", "事项", "牵头单位", "时限"],
                [["1", "示例事项", "示例单位", on.isoformat()]],
                [1, 4, 2, 2],
            ),
        ],
        signatory="" if is_minutes else "示例高新区管理委员会",
        signed_on=None if is_minutes else on,
        attendance=[("出席", "示例甲、示例乙、示例丙"), ("请假", "示例丁"), ("列席", "示例戊")]
        if is_minutes
        else [],
        copies_to=layout.copies_to or "示例单位",
        printed_by=layout.printed_by or "示例办公室",
        printed_on=on,
    )
