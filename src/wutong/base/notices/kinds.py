"""Kinds of notices. A package declares its own; the words are made when somebody reads, in the reader's language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import TextChoices
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wutong.base.notices.masking import without_numbers

Text = str | Promise
Param = str | int | date | Promise
PLACEHOLDER = re.compile(r"%\((\w+)\)(.)")
TO_FILL = re.compile(r"%%|%\((\w+)\)s")
LONGEST_WORDS = 300
MSGID = "msgid"
UNKNOWN = "—"
SAYS_NOTHING = _("您有一条新通知，请登录梧桐查看。")


class Group(TextChoices):
    """What a person chooses a way for."""

    CLOCKS = "clocks", _("时限")
    TASKS = "tasks", _("待办")
    LAMPS = "lamps", _("亮灯")
    SYSTEM = "system", _("系统")


@dataclass(frozen=True)
class NoticeKind:
    """`code` is `<package>.<what>`. `title`, `text` and `outside` are templates with `%(name)s` for the params.

    `outside` is all that leaves the product: a number and a deadline, never a title, which may name a firm.
    """

    code: str
    label: Text
    title: Text
    text: Text
    group: str
    outside: Text = SAYS_NOTHING

    @property
    def names(self) -> frozenset[str]:
        """Names of the params that the templates need."""
        return frozenset(name for words in (self.title, self.text, self.outside) for name in names_in(words))


_kinds: dict[str, NoticeKind] = {}


def declare_kind(kind: NoticeKind) -> NoticeKind:
    """Add a kind to the registry and give it back.

    Raises ValueError for a code declared with other content, or an unknown group.
    """
    if kind.group not in Group.values:
        raise ValueError(f"notice kind {kind.code} is in no known group: {kind.group}")
    known = _kinds.setdefault(kind.code, kind)
    if known is not kind and known != kind:
        raise ValueError(f"notice kind {kind.code} is declared twice")
    return kind


def kind_of(code: str) -> NoticeKind | None:
    """The declared kind; None when the package that told it is switched off."""
    return _kinds.get(code)


def kinds_in(group: str) -> list[str]:
    """Codes of the kinds of a group."""
    return [kind.code for kind in _kinds.values() if kind.group == group]


def source_words(words: Text) -> str:
    """The Simplified Chinese text, which is the msgid that every language is looked up by."""
    with translation.override("zh-hans"):
        return str(words)


def stored_params(params: Mapping[str, Param]) -> dict[str, Any]:
    """Params as they are kept: numbers, words, dates as text; a lazy text keeps its msgid and is translated when
    read. Raises TypeError for anything else (a moment is told as date or words)."""
    return {name: stored_value(value) for name, value in params.items()}


def filled(template: Text, params: Mapping[str, Any]) -> str:
    """The template in the language in force, with stored params. What a template needs and a row lacks is "—".

    Never raises: a stray % or a slip in a translation must not close the inbox to its reader.
    """

    def value(found: re.Match[str]) -> str:
        return "%" if found[1] is None else shown(params.get(found[1], UNKNOWN))

    return TO_FILL.sub(value, str(template))


def shown(value: Any) -> str:
    """A stored param as it is read."""
    if isinstance(value, dict):
        return translated(str(value.get(MSGID, UNKNOWN)))
    return str(value)


def translated(msgid: str) -> str:
    """Stored words in the language in force."""
    return gettext(msgid) if msgid else ""


def stored_value(value: Param) -> Any:
    """One param, or words of their own, as it is kept. Raises TypeError."""
    if isinstance(value, Promise):
        return {MSGID: source_words(value)}
    if isinstance(value, str):
        return without_numbers(value.replace("\0", ""))[:LONGEST_WORDS]
    if isinstance(value, int):
        masked = without_numbers(str(value))
        return value if masked == str(value) else masked
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"a notice holds numbers, words and dates, not {type(value).__name__}")


def names_in(template: Text) -> set[str]:
    """Names of the params that a template needs. Raises ValueError for another conversion than %(name)s."""
    words = source_words(template)
    found = PLACEHOLDER.findall(words.replace("%%", ""))
    if any(conversion != "s" for _name, conversion in found):
        raise ValueError(f"a notice template takes %(name)s only: {words}")
    return {name for name, _conversion in found}
