"""The menu of every page, from the ledgers' declarations.

What stands in it depends on the language and on the rights alone, so it is put together once for each of these and
kept; a page only marks where it is.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from django.urls import get_urlconf, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wutong.ledgerkit.ledger import Ledger
from wutong.ledgerkit.registry import ledgers
from wutong.ui.frame import MenuGroup, MenuItem
from wutong.ui.tables import Text

KEPT = 256
"""Languages by sets of rights that a process remembers."""


def menu_of(rights: frozenset[str], path: str, *, in_setup: bool) -> Sequence[MenuGroup]:
    """The groups for somebody with these rights who is at an address. Of the pages whose address begins it, only the
    nearest is marked."""
    groups = _groups(_declared(), rights, in_setup)
    hrefs = [item.href for group in groups for item in group.items if _is_at(item.href, path)]
    return _marked(groups, max(hrefs, key=len, default=""))


def tabbar_of(path: str) -> Sequence[MenuItem]:
    """The few words below a phone's page."""
    return [replace(item, current=_is_at(item.href, path)) for item in _tabs(_declared())]


Declared = tuple[str, str | None, tuple[str, ...]]
"""What the kept menus depend on besides the rights: language, addresses, ledgers."""


def _declared() -> Declared:
    return get_language(), get_urlconf(), tuple(ledger.code for ledger in ledgers())


@lru_cache(KEPT)
def _groups(declared: Declared, rights: frozenset[str], in_setup: bool) -> tuple[MenuGroup, ...]:
    groups: dict[str, list[MenuItem]] = {
        str(_("工作台")): [
            _item(_("今日"), "today"),
            _item(_("超时"), "overdue"),
            _item(_("单位看板"), "unit_board"),
            _item(_("到期日历"), "due_calendar"),
            _item(_("我的填报"), "my_reports"),
            _item(_("填报轮次"), "rounds"),
        ]
    }
    if in_setup and "organisation.manage" in rights:
        groups[str(_("工作台"))].insert(0, _item(_("设置向导"), "setup"))
    for ledger in ledgers():
        groups.setdefault(str(ledger.menu_group), []).extend(_of_ledger(ledger, rights))
    groups.setdefault(str(_("企业")), []).append(_item(_("企业名录"), "enterprises"))
    groups[str(_("企业"))].append(_item(_("人员"), "people"))
    groups[str(_("产业"))] = [_item(_("产业链"), "chains"), _item(_("行业"), "industries")]
    groups[str(_("地域"))] = [_item(_("地域单元"), "places"), _item(_("行政区划"), "divisions")]
    groups.setdefault(str(_("组织")), []).append(_item(_("组织机构"), "organisation"))
    groups[str(_("组织"))].append(_item(_("交接"), "handovers"))
    groups[str(_("规则"))] = [
        _item(_("准入条件"), "gate_rules"),
        _item(_("亮灯规则"), "lamp_rules"),
        _item(_("工作日历"), "calendar_years"),
        _item(_("公文版式"), "official_layouts"),
    ]
    if "audit.read" in rights:
        groups[str(_("审计"))] = [_item(_("审计记录"), "audit")]
    if "jobs.see" in rights:
        groups[str(_("系统"))] = [_item(_("后台任务"), "jobs")]
    return tuple(MenuGroup(label, tuple(items), open=True) for label, items in groups.items() if items)


def _of_ledger(ledger: Ledger, rights: frozenset[str]) -> list[MenuItem]:
    lists = [_item(p.listing.title, "case_list", p.slug) for p in ledger.pages if p.in_menu]
    own = [page for page in ledger.own_pages if page.label and (not page.rights or rights & set(page.rights))]
    return lists + [_item(page.label, page.name) for page in own]


@lru_cache(KEPT * 4)
def _marked(groups: tuple[MenuGroup, ...], nearest: str) -> tuple[MenuGroup, ...]:
    return tuple(
        replace(group, items=tuple(replace(item, current=item.href == nearest) for item in group.items))
        for group in groups
    )


@lru_cache(KEPT)
def _tabs(declared: Declared) -> tuple[MenuItem, ...]:
    lists = [pages for ledger in ledgers()[:1] for pages in ledger.pages[:2]]
    return (_item(_("今日"), "today"), *(_item(p.listing.title, "case_list", p.slug) for p in lists))


def _item(label: Text, name: str, *parts: str) -> MenuItem:
    return MenuItem(str(label), reverse(name, args=parts))


def _is_at(href: str, path: str) -> bool:
    return path == href or (href != "/" and path.startswith(href))
