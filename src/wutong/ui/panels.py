"""Panels of a detail page: declared facts in, one house look out. `{% panel p %}` draws any of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal, Protocol

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from wutong.ui.table_drawing import DrawnTable, draw_plain_table
from wutong.ui.tables import Table, Text


class Block(Protocol):
    """Anything that `{% panel %}` can draw: it names its template and is handed to it as `panel`."""

    template: ClassVar[str]


@dataclass(frozen=True)
class PanelEnd:
    """What stands at the end of a panel's header: a link, or without `href` a few dim words.

    `drawer` opens the form behind `href` beside the page when scripts run.
    """

    label: Text
    href: str = ""
    drawer: bool = False


@dataclass(frozen=True, kw_only=True)
class Panel:
    """`note` stands dim beside the title, `id` is the anchor, `empty` is what a panel without content says."""

    template: ClassVar[str]
    title: Text
    note: Text = ""
    end: PanelEnd | None = None
    id: str = ""
    empty: Text = _("暂无记录")

    @property
    def title_id(self) -> str:
        """Anchor of the heading, for `aria-labelledby` and for buttons that point here."""
        return f"{self.id}-title" if self.id else ""


@dataclass(frozen=True)
class Fact:
    """A fact of a register entry. `wide` takes the whole row; `note` is a second line. Empty text prints a dash."""

    label: Text
    text: Text
    href: str = ""
    wide: bool = False
    note: Text = ""

    @property
    def is_figure(self) -> bool:
        """A linked text that begins with a digit is a figure: it opens its rows and is underlined with dots."""
        return bool(self.href) and str(self.text)[:1].isdigit()


@dataclass(frozen=True)
class FactsPanel(Panel):
    template: ClassVar[str] = "ui/panels/facts.html"
    facts: Sequence[Fact]


@dataclass(frozen=True)
class TablePanel(Panel):
    """A plain ledger: no running number, no fixed columns."""

    template: ClassVar[str] = "ui/panels/table.html"
    table: Table

    @property
    def drawn(self) -> DrawnTable:
        return draw_plain_table(self.table, row_id_prefix=f"{self.id}-row-" if self.id else "")


@dataclass(frozen=True)
class GateLine:
    """One condition of the next step: met, missing, or handed in and waiting for somebody's check.

    Its action is a form, which opens in a drawer when scripts run; what can be answered in another way has a second one.
    """

    state: Literal["ok", "missing", "waiting"]
    label: Text
    note: Text = ""
    action_label: Text = ""
    action_href: str = ""
    other_label: Text = ""
    other_href: str = ""

    @property
    def css(self) -> str:
        return {"ok": "is-ok", "missing": "is-no", "waiting": "is-ask"}[self.state]

    @property
    def tick(self) -> str:
        return {"ok": "✓", "missing": "✕", "waiting": "?"}[self.state]

    @property
    def state_label(self) -> Text:
        return {"ok": _("已具备"), "missing": _("缺少"), "waiting": _("待核")}[self.state]


@dataclass(frozen=True)
class GatePanel(Panel):
    """What is missing for the next step."""

    template: ClassVar[str] = "ui/panels/gate.html"
    items: Sequence[GateLine]


@dataclass(frozen=True)
class TimelineEntry:
    """Something that happened `on` a day. `key` is a turning point, `bad` a lapse."""

    on: date
    text: Text
    note: Text = ""
    weight: Literal["", "key", "bad"] = ""
    href: str = ""


@dataclass(frozen=True)
class TimelinePanel(Panel):
    """Entries as they are handed over, newest first by custom."""

    template: ClassVar[str] = "ui/panels/timeline.html"
    entries: Sequence[TimelineEntry]


@dataclass(frozen=True)
class ListItem:
    """A line with something short at its end; `side_class` is a class of the kit (mut, alarm, warn, lamp lamp--red)."""

    title: Text
    href: str = ""
    side: Text = ""
    side_class: str = "mut"
    note: Text = ""


@dataclass(frozen=True)
class ListPanel(Panel):
    template: ClassVar[str] = "ui/panels/list.html"
    items: Sequence[ListItem]


@dataclass(frozen=True)
class DiagramPanel(Panel):
    """A drawing of trusted markup with the same content as a table below: `headings` over `text_rows`."""

    template: ClassVar[str] = "ui/panels/diagram.html"
    svg: SafeString
    text_rows: Sequence[Sequence[Text]]
    headings: Sequence[Text]


@dataclass(frozen=True)
class Step:
    """A stage with a line below its name (usually the day it was reached or is planned)."""

    label: Text
    note: Text = ""
    state: Literal["done", "current", "todo"] = "todo"


@dataclass(frozen=True)
class StepsBar:
    template: ClassVar[str] = "ui/panels/steps.html"
    steps: Sequence[Step]
    label: Text = _("阶段")


@dataclass(frozen=True)
class Stat:
    """A figure card: name, value with unit, comparison in words, data date. `href` opens the rows behind it."""

    label: Text
    value: Text
    unit: Text = ""
    href: str = ""
    note: Text = ""
    date_note: Text = ""
    alarm: bool = False


@dataclass(frozen=True)
class StatCards:
    template: ClassVar[str] = "ui/panels/stats.html"
    stats: Sequence[Stat]
    label: Text = _("主要数字")
