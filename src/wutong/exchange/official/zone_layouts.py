"""The layouts of this zone: reading them, and changing one."""

import re
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.accounts.rights import require_right
from wutong.base.accounts.violations import is_unique_violation
from wutong.base.audit.services import record_event
from wutong.base.errors import Conflict, Refused
from wutong.base.zone.queries import zone_name
from wutong.exchange.models import OfficialLayout
from wutong.exchange.official.layout import STANDARD, FontNames, Layout
from wutong.exchange.official.rights import LAYOUT
from wutong.exchange.official.texts import one_line

Kind = OfficialLayout.Kind
MARK_ENDINGS = {Kind.MINUTES: "会议纪要", Kind.NOTICE: "文件"}
PLACES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class LayoutValues:
    """What an office sets, as it was typed."""

    mark: str
    number_pattern: str
    copies_to: str = ""
    printed_by: str = ""
    is_red: bool = True
    is_sealed: bool = True
    fonts: FontNames = field(default_factory=FontNames)


def layout_row(kind: Kind) -> OfficialLayout | None:
    return OfficialLayout.objects.select_related("changed_by").filter(kind=kind).first()


def layout_of(kind: str) -> Layout:
    """How documents of this kind look now: "minutes" or "notice". One or two queries. Raises ValueError for another."""
    known = Kind(kind)
    return layout_from(known, layout_row(known))


def all_layouts() -> dict[Kind, tuple[Layout, OfficialLayout | None]]:
    """Every kind with its layout, and the row that an office set. Two queries."""
    rows = {row.kind: row for row in OfficialLayout.objects.select_related("changed_by")}
    name = _name_of_zone() if len(rows) < len(Kind) else ""
    return {kind: (layout_from(kind, rows.get(kind), name), rows.get(kind)) for kind in Kind}


def _name_of_zone() -> str:
    return zone_name() or str(settings.WUTONG_ZONE_NAME)


def layout_from(kind: Kind, row: OfficialLayout | None, name: str = "") -> Layout:
    """The layout of a row; without one the standard, with the name of the zone in the mark."""
    if row is None:
        mark = f"{name or _name_of_zone()}{MARK_ENDINGS[kind]}"
        return Layout(mark=mark, number_pattern=STANDARD.number_pattern)
    return Layout(
        mark=row.mark,
        number_pattern=row.number_pattern,
        copies_to=row.copies_to,
        printed_by=row.printed_by,
        is_red=row.is_red,
        is_sealed=row.is_sealed,
        fonts=FontNames(
            title=row.title_font,
            body=row.body_font,
            heading=row.heading_font,
            subheading=row.subheading_font,
            number=row.number_font,
        ),
    )


def change_layout(
    kind: Kind, values: LayoutValues, *, revision: int, actor: Account, on: date, now: datetime
) -> OfficialLayout:
    """Set how documents of a kind look from now on; documents that were written stay as they are.

    `revision` is what the actor saw, 0 for the standard. Raises NotAllowed, Conflict when somebody else has changed it
    since, Refused for an empty mark and for a number pattern without a number.
    """
    require_right(actor, LAYOUT, on)
    cleaned = _checked(values)
    fonts = {f"{role}_font": name for role, name in asdict(cleaned.fonts).items()}
    told = {name: value for name, value in asdict(cleaned).items() if name != "fonts"} | fonts
    try:
        with transaction.atomic():
            row = OfficialLayout.objects.select_for_update().filter(kind=kind).first()
            if (row.revision if row else 0) != revision:
                raise _conflict(row)
            row = row or OfficialLayout(kind=kind, revision=0)
            for name, value in told.items():
                setattr(row, name, value)
            row.revision += 1
            row.changed_at, row.changed_by = now, actor
            row.save()
            record_event(
                action="change_official_layout",
                now=now,
                actor=actor,
                target_kind="exchange.officiallayout",
                target_id=row.pk,
                words="修改公文版式",
                detail={"kind": str(kind), "revision": row.revision, **told},
            )
    except IntegrityError as error:
        if not is_unique_violation(error):
            raise
        raise _conflict(layout_row(kind)) from None
    return row


def _checked(values: LayoutValues) -> LayoutValues:
    mark, pattern = one_line(values.mark), one_line(values.number_pattern)
    fields = {}
    if not mark:
        fields["mark"] = _("请填写发文机关标志，例如“示例高新区管理委员会会议纪要”。")
    places = PLACES.findall(pattern)
    has_stray_brace = "{" in PLACES.sub("", pattern) or "}" in PLACES.sub("", pattern)
    if places.count("number") != 1 or set(places) - {"year", "number"} or has_stray_brace:
        fields["number_pattern"] = _(
            "发文字号里用{year}表示年份、{number}表示序号，序号要写一次，例如“示高管纪〔{year}〕{number}号”。"
        )
    if fields:
        raise Refused(_("公文版式没有保存，请改正后再保存。"), fields=fields)
    return LayoutValues(
        mark,
        pattern,
        one_line(values.copies_to),
        one_line(values.printed_by),
        values.is_red,
        values.is_sealed,
        values.fonts,
    )


def _conflict(row: OfficialLayout | None) -> Conflict:
    who = row.changed_by.display_name if row else ""
    return Conflict(_("%(who)s刚刚修改了这份版式。请重新打开后再改。") % {"who": who or _("别人")})
