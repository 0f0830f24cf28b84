"""The words of a notice, in the language in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from wutong.base.notices.kinds import filled, kind_of, shown
from wutong.base.notices.links import is_inside
from wutong.base.notices.models import Notice


@dataclass(frozen=True)
class Line:
    """A line of a digest, ready to be shown."""

    text: str
    link: str = ""
    is_alarm: bool = False


@dataclass(frozen=True)
class Words:
    """What a notice says: `label` its kind, `lines` only in a digest."""

    label: str
    title: str
    text: str
    lines: tuple[Line, ...] = ()


def words_of(notice: Notice) -> Words:
    """A notice whose kind nobody declares any more keeps its place and its link."""
    kind = kind_of(notice.kind)
    if kind is None:
        return Words(_("通知"), _("通知"), _("发出这条通知的功能已停用。"))
    return Words(
        str(kind.label),
        filled(kind.title, notice.params),
        filled(kind.text, notice.params),
        lines=tuple(line_of(stored) for stored in notice.params.get("lines", ())),
    )


def outside_words(notice: Notice) -> tuple[str, str]:
    """Title and text for a channel outside: the label of the kind and its `outside`, nothing of the title."""
    kind = kind_of(notice.kind)
    if kind is None:
        return _("通知"), _("您有一条新通知，请登录梧桐查看。")
    return str(kind.label), filled(kind.outside, notice.params)


def line_of(stored: Mapping[str, Any]) -> Line:
    """A stored line of a digest: the title of another notice, or a template of its own with params."""
    params = stored.get("params") or {}
    if code := stored.get("kind"):
        kind = kind_of(code)
        text = filled(kind.title, params) if kind else _("通知")
    else:
        template = shown(stored.get("words", ""))
        text = filled(template, params) if params else template
    link = str(stored.get("link", ""))
    return Line(text, link if is_inside(link) else "", bool(stored.get("is_alarm")))
