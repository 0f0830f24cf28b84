"""The lamp rules: subjects with their editions, one edition in words, and what would change under it."""

from collections.abc import Sequence
from datetime import date

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from wutong.base.lamps.faults import faults_of
from wutong.base.lamps.models import LampRule, LampRuleSet
from wutong.base.lamps.queries import editions, rows_of, rule_of, rule_set_of
from wutong.base.lamps.rights import EDIT
from wutong.base.lamps.subjects import LampSubject, Replayed, find_subject, lamp_subjects
from wutong.base.lamps.words import COLOUR_WORDS, action_words, rule_words
from wutong.ledgerkit.viewer import as_of, viewer
from wutong.ui.links import query_link
from wutong.ui.pages import Action, Crumb, DetailPage, ListPage, Tab
from wutong.ui.panels import Block, Fact, FactsPanel, GateLine, GatePanel, TablePanel
from wutong.ui.tables import Cell, Column, Row, Table, Text, place_of

PAGE_SIZE = 50
LARGEST_ID = 2**63 - 1


def lamp_rules(request: HttpRequest) -> HttpResponse:
    """All subjects with their editions: in force, future, draft, past, example."""
    viewer(request)
    day = as_of(request)
    page = DetailPage(
        title=_("亮灯规则"),
        crumbs=[Crumb(_("规则")), Crumb(_("亮灯规则"))],
        main=[_editions_panel(subject, day) for subject in lamp_subjects()],
        foot=_("已发布的版本不再改动；要调整规则，打开一个版本，点“另存为新版本”。"),
    )
    return render(request, "ui/detail.html", {"page": page})


def _editions_panel(subject: LampSubject, day: date) -> TablePanel:
    columns = [
        Column("edition", _("版本"), "name", phone="show"),
        Column("state", _("状态"), phone="show"),
        Column("valid_from", _("生效日期"), "date", phone="show"),
        Column("valid_to", _("失效日期"), "date"),
        Column("source", _("依据"), "long"),
        Column("rules", _("规则行数"), "number"),
    ]
    rows = [
        Row(
            str(item.pk),
            {
                "edition": Cell(item.edition, note=item.title, href=reverse("lamp_edition", args=[item.pk])),
                "state": Cell(state_words(item, day)),
                "valid_from": _day(item.valid_from),
                "valid_to": _day(item.valid_to),
                "source": Cell(item.source),
                "rules": Cell(str(item.rule_count), value=item.rule_count),  # type: ignore[attr-defined]
            },
        )
        for item in editions(subject.code)
    ]
    empty = _("还没有版本。")
    return TablePanel(
        title=subject.label,
        id=f"subject-{subject.code.replace('.', '-')}",
        empty=empty,
        table=Table(subject.label, columns, rows, len(rows), empty=empty),
    )


def state_words(edition: LampRuleSet, day: date) -> Text:
    """What an edition is on a day."""
    if edition.is_example:
        return _("示例，不生效")
    if edition.valid_from is None:
        return _("草稿")
    if day < edition.valid_from:
        return _("尚未生效")
    if edition.valid_to is not None and edition.valid_to < day:
        return _("已失效")
    return _("现行")


def find_edition(pk: int) -> tuple[LampRuleSet, LampSubject]:
    """The edition with its subject, or 404."""
    found = (
        LampRuleSet.objects.select_related("published_by", "copied_from")
        .filter(pk=min(pk, LARGEST_ID))
        .first()
    )
    subject = find_subject(found.subject) if found else None
    if found is None or subject is None:
        raise Http404
    return found, subject


def edition_crumbs(edition: LampRuleSet, label: Text = "") -> list[Crumb]:
    """The way to an edition, and to a page below it."""
    crumbs = [Crumb(_("规则")), Crumb(_("亮灯规则"), reverse("lamp_rules"))]
    if not label:
        return [*crumbs, Crumb(edition.edition)]
    return [*crumbs, Crumb(edition.edition, reverse("lamp_edition", args=[edition.pk])), Crumb(label)]


def lamp_edition(request: HttpRequest, edition_pk: int) -> HttpResponse:
    """One edition: its rows in words, what it rests on, and for a draft what keeps it from being published."""
    may_edit = viewer(request).has(EDIT)
    edition, subject = find_edition(edition_pk)
    rows = rows_of(edition)
    faults = faults_of(subject, [rule_of(row) for row in rows]) if edition.is_draft else []
    if edition.is_draft and not edition.source:
        faults.append(_("还没有写明依据。请点“修改名称和依据”。"))
    main: list[Block] = []
    if faults:
        lines = [GateLine("missing", fault) for fault in faults]
        main.append(GatePanel(title=_("发布前还要改"), id="faults", items=lines))
    main.append(_rows_panel(edition, subject, rows, can_change=may_edit and edition.is_draft))
    page = DetailPage(
        title=f"{subject.label} {edition.edition}",
        crumbs=edition_crumbs(edition),
        lamp_reason=_("%(state)s。%(title)s")
        % {"state": state_words(edition, as_of(request)), "title": edition.title},
        actions=_actions(edition, subject, may_edit=may_edit, has_faults=bool(faults)),
        main=main,
        side=[_facts(edition)],
        foot=subject.only_examples,
    )
    return render(request, "ui/detail.html", {"page": page})


def _actions(edition: LampRuleSet, subject: LampSubject, *, may_edit: bool, has_faults: bool) -> list[Action]:
    def to(name: str) -> str:
        return reverse(name, args=[edition.pk])

    actions = []
    if subject.replay is not None:
        actions.append(Action(_("按本版试算"), to("lamp_replay")))
    if may_edit and edition.is_draft:
        actions += [
            Action(_("修改名称和依据"), to("lamp_rename"), drawer=True),
            Action(_("加一行"), to("lamp_row_new"), drawer=True),
            Action(_("删除草稿"), to("lamp_discard"), stop=True, drawer=True),
        ]
    if may_edit and not subject.only_examples:
        actions.append(Action(_("另存为新版本"), to("lamp_copy"), main=not edition.is_draft, drawer=True))
    if may_edit and edition.is_draft:
        blocked = "faults" if has_faults else ""
        actions.append(Action(_("发布"), to("lamp_publish"), main=True, disabled_by=blocked, drawer=True))
    return actions


def _rows_panel(
    edition: LampRuleSet, subject: LampSubject, rows: Sequence[LampRule], *, can_change: bool
) -> TablePanel:
    columns = [
        Column("rule", _("规则"), "name", phone="show"),
        Column("lamp", _("亮灯"), "lamp", phone="show"),
        Column("action", _("措施"), phone="show"),
        Column("excuse", _("暂停期间")),
        Column("clause", _("条款")),
    ]
    if can_change:
        columns.append(Column("remove", _("处理"), phone="show"))
    drawn = []
    for row in rows:
        rule, keys = rule_of(row), [edition.pk, row.pk]
        cells = {
            "rule": Cell(rule_words(subject, rule)),
            "lamp": Cell(COLOUR_WORDS[rule.colour], lamp=rule.colour),
            "action": Cell(action_words(rule)),
            "excuse": Cell(_("不亮灯") if rule.excuse_allowed else _("照样亮灯")),
            "clause": Cell(rule.clause),
        }
        if can_change:
            change, remove = (reverse(name, args=keys) for name in ("lamp_row", "lamp_row_remove"))
            cells["rule"] = Cell(rule_words(subject, rule), href=change)
            cells["remove"] = Cell(_("删除"), href=remove)
        drawn.append(Row(str(row.pk), cells))
    note = _("颜色以最重的为准；颜色相同的，排在前面的一行说明原因。")
    if can_change:
        note = _("点一行的文字就能修改它。") + note
    if subject.has_bands:
        note = _("同一指标分几档规模的，只看达到的最大一档。") + note
    empty = _("还没有一行规则。")
    return TablePanel(
        title=_("规则"),
        note=note,
        id="rules",
        empty=empty,
        table=Table(_("规则"), columns, drawn, len(drawn), empty=empty),
    )


def _facts(edition: LampRuleSet) -> FactsPanel:
    published = ""
    if edition.published_at is not None:
        published = timezone.localtime(edition.published_at).strftime("%Y-%m-%d %H:%M")
    facts = [
        Fact(_("依据"), edition.source, wide=True),
        Fact(_("生效日期"), edition.valid_from.isoformat() if edition.valid_from else ""),
        Fact(_("失效日期"), edition.valid_to.isoformat() if edition.valid_to else ""),
        Fact(_("发布人"), edition.published_by.display_name if edition.published_by else ""),
        Fact(_("发布时间"), published),
    ]
    if edition.copied_from is not None:
        href = reverse("lamp_edition", args=[edition.copied_from_id])
        facts.append(Fact(_("复制自"), edition.copied_from.edition, href=href))
    return FactsPanel(title=_("基本情况"), facts=facts)


def _day(day: date | None) -> Cell:
    return Cell(day.isoformat(), value=day) if day else Cell()


# ---- what would change -----------------------------------------------------------------------------------------


def lamp_replay(request: HttpRequest, edition_pk: int) -> HttpResponse:
    """What the reader may see and would show another lamp under this edition, with both reasons."""
    actor, day = viewer(request), as_of(request)
    edition, subject = find_edition(edition_pk)
    if subject.replay is None:
        raise Http404
    all_items = subject.replay(actor, day, rule_set_of(edition))
    changed = [item for item in all_items if item.is_changed]
    wanted = request.GET.get("to", "")
    shown = [item for item in changed if wanted not in COLOUR_WORDS or item.other_colour == wanted]
    pages = Paginator(shown, PAGE_SIZE)
    part = pages.get_page(request.GET.get("page", "1"))
    query = query_link("", ("as_of", day), *([("to", wanted)] if wanted in COLOUR_WORDS else []))
    title = _("按%(edition)s试算") % {"edition": edition.edition}
    table = Table(
        title,
        _replay_columns(edition),
        [_replay_row(item, edition) for item in part.object_list],
        **place_of(part),
        query=query.removeprefix("?"),
        empty=_("没有亮灯会不同的。"),
    )
    page = ListPage(
        title=title,
        intro=_(
            "数据日%(day)s，您可以查看的%(all)s项中有%(changed)s项亮灯会不同。只是试算，不改变现在的亮灯。"
        )
        % {"day": day, "all": len(all_items), "changed": len(changed)},
        table=table,
        crumbs=edition_crumbs(edition, _("试算")),
        tabs=_replay_tabs(changed, wanted, day),
    )
    return render(request, "ui/list.html", {"page": page})


def _replay_tabs(changed: Sequence[Replayed], wanted: str, day: date) -> list[Tab]:
    """Each count opens its rows."""
    tabs = [
        Tab(_("全部不同"), len(changed), query_link("", ("as_of", day)), current=wanted not in COLOUR_WORDS)
    ]
    for colour, words in COLOUR_WORDS.items():
        count = sum(item.other_colour == colour for item in changed)
        if count or wanted == colour:
            label = _("变为%(lamp)s") % {"lamp": words}
            href = query_link("", ("as_of", day), ("to", colour))
            tabs.append(Tab(label, count, href, current=wanted == colour))
    return tabs


def _replay_columns(edition: LampRuleSet) -> list[Column]:
    return [
        Column("name", _("名称"), "name", phone="show"),
        Column("other", _("按%(edition)s") % {"edition": edition.edition}, "lamp", phone="show"),
        Column("now", _("现行版"), "lamp", phone="show"),
        Column("reason", _("原因"), "long", phone="show"),
    ]


def _replay_row(item: Replayed, edition: LampRuleSet) -> Row:
    reason = _("按%(edition)s会是%(other)s：%(other_reason)s（现行版%(now)s：%(reason)s）") % {
        "edition": edition.edition,
        "other": COLOUR_WORDS[item.other_colour],
        "other_reason": item.other_reason,
        "now": COLOUR_WORDS[item.colour],
        "reason": item.reason,
    }
    cells = {
        "name": Cell(item.name, note=item.number, href=item.href),
        "other": Cell(COLOUR_WORDS[item.other_colour], lamp=item.other_colour),
        "now": Cell(COLOUR_WORDS[item.colour], lamp=item.colour),
        "reason": Cell(reason),
    }
    return Row(item.number, cells, href=item.href)
