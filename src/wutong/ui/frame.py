"""What stands around every signed-in page: top bar, menu, phone bar.

`ui/frame.html` reads one context variable, `frame`. Whoever knows the ledgers builds it; the kit only draws it.
`ui/bare.html` (sign-in, errors) reads the same variable when it is there; for visitors it reads `bare` with
`zone_name` and `sample`, and has defaults when neither is there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from wutong.ui.tables import Text

Theme = Literal["light", "dark"]
TextSize = Literal["normal", "large"]
Density = Literal["normal", "compact"]
Language = Literal["zh-Hans", "zh-Hant", "en"]


@dataclass(frozen=True)
class MenuItem:
    """A link of the menu. `count` stands at its end (None: no number); `alarm` says that red lamps are meant."""

    label: Text
    href: str
    count: int | None = None
    alarm: bool = False
    current: bool = False


@dataclass(frozen=True)
class MenuGroup:
    """A foldable group of the menu tree; `open` unfolds it without script."""

    label: Text
    items: Sequence[MenuItem]
    open: bool = False


@dataclass(frozen=True)
class Frame:
    """Everything the frame shows.

    `sample` draws the badge that says the data are invented; `as_of` is the day whose state the page shows and
    `as_of_href` where to change it; `tabbar` are the few words below a phone's page (the menu follows by itself).
    `inbox_href` draws the bell, with what `unread` gives when the bar is drawn.
    `single_keys` lets "/" jump to the search box; people who dictate or slip on keys can switch it off.
    """

    zone_name: Text
    sample: bool
    as_of: date
    as_of_href: str
    menu: Sequence[MenuGroup]
    tabbar: Sequence[MenuItem]
    user_name: str
    user_href: str
    theme: Theme = "light"
    text_size: TextSize = "normal"
    density: Density = "normal"
    language: Language = "zh-Hans"
    single_keys: bool = True
    inbox_href: str = ""
    unread: Callable[[], int] | None = None
