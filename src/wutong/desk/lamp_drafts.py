"""What is done to lamp rules: copy an edition to a draft, change the draft row by row, publish it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.base.errors import Refused
from wutong.base.lamps import services
from wutong.base.lamps.models import LampRule, LampRuleSet
from wutong.base.lamps.queries import editions, rule_of
from wutong.base.lamps.rights import EDIT
from wutong.base.lamps.subjects import LampSubject
from wutong.base.lamps.words import rule_words
from wutong.desk.lamp_forms import DraftForm, NamesForm, PublishForm, RenameForm, RuleForm
from wutong.desk.lamp_rules import LARGEST_ID, edition_crumbs, find_edition
from wutong.ledgerkit.saving import answer_form
from wutong.ledgerkit.viewer import holder_of, now_of, today_of
from wutong.ui.forms import HouseForm

Save = Callable[[dict[str, Any]], LampRuleSet | None]
"""Takes what was typed and returns the edition whose page comes next; None: the list comes next."""


def copy(request: HttpRequest, edition_pk: int) -> HttpResponse:
    """A new draft with the rows of this edition."""
    actor = holder_of(request, EDIT)
    original, subject = find_edition(edition_pk)
    if subject.only_examples:
        raise Refused(subject.only_examples)

    def save(typed: dict[str, Any]) -> LampRuleSet:
        made = services.copy_edition(original, **typed, actor=actor, on=today_of(request))
        messages.success(request, _("已存为草稿。草稿不影响亮灯，发布以后才生效。"))
        return made

    form = NamesForm(request.POST or None, initial={"title": original.title})
    intro = _("把“%(edition)s”的规则复制到一份草稿，再在草稿里修改。") % {"edition": original.edition}
    return _answer(request, original, form, _("另存为新版本"), save, intro=intro)


def rename(request: HttpRequest, edition_pk: int) -> HttpResponse:
    """Change what a draft is called and what it rests on."""
    actor = holder_of(request, EDIT)
    draft, _subject = _found_draft(edition_pk)

    def save(typed: dict[str, Any]) -> LampRuleSet:
        services.rename_draft(draft, **typed, actor=actor, on=today_of(request))
        return draft

    form = RenameForm(request.POST or None, draft=draft)
    return _answer(request, draft, form, _("修改名称和依据"), save)


def new_row(request: HttpRequest, edition_pk: int) -> HttpResponse:
    """A new last row."""
    actor = holder_of(request, EDIT)
    draft, subject = _found_draft(edition_pk)
    form = RuleForm(request.POST or None, subject=subject, draft=draft)

    def save(typed: dict[str, Any]) -> LampRuleSet:
        values, revision = form.values(), typed["revision"]
        services.add_rule(draft, values, revision=revision, actor=actor, on=today_of(request))
        return draft

    return _answer(request, draft, form, _("加一行"), save)


def row(request: HttpRequest, edition_pk: int, row_pk: int) -> HttpResponse:
    """Change one row."""
    actor = holder_of(request, EDIT)
    draft, subject = _found_draft(edition_pk)
    found = _found_row(draft, row_pk)
    form = RuleForm(request.POST or None, subject=subject, draft=draft, row=found)

    def save(typed: dict[str, Any]) -> LampRuleSet:
        values, revision = form.values(), typed["revision"]
        services.change_rule(found, values, revision=revision, actor=actor, on=today_of(request))
        return draft

    return _answer(request, draft, form, _("修改这一行"), save, intro=rule_words(subject, rule_of(found)))


def remove_row(request: HttpRequest, edition_pk: int, row_pk: int) -> HttpResponse:
    """Ask, then remove one row."""
    actor = holder_of(request, EDIT)
    draft, subject = _found_draft(edition_pk)
    found = _found_row(draft, row_pk)

    def save(typed: dict[str, Any]) -> LampRuleSet:
        services.remove_rule(found, revision=typed["revision"], actor=actor, on=today_of(request))
        return draft

    form = DraftForm(request.POST or None, initial={"revision": draft.revision})
    return _answer(request, draft, form, _("删除这一行"), save, intro=rule_words(subject, rule_of(found)))


def discard(request: HttpRequest, edition_pk: int) -> HttpResponse:
    """Ask, then remove a draft for good."""
    actor = holder_of(request, EDIT)
    draft, subject = _found_draft(edition_pk)
    name = draft.edition

    def save(typed: dict[str, Any]) -> None:
        services.discard_draft(draft, revision=typed["revision"], actor=actor, on=today_of(request))
        messages.success(request, _("草稿“%(edition)s”已删除。") % {"edition": name})

    form = DraftForm(request.POST or None, initial={"revision": draft.revision})
    intro = _("删除后不能恢复。已发布的版本不受影响。")
    return _answer(request, draft, form, _("删除草稿"), save, intro=intro)


def publish(request: HttpRequest, edition_pk: int) -> HttpResponse:
    """Put a draft in force from a day on."""
    actor = holder_of(request, EDIT)
    draft, _subject = _found_draft(edition_pk)

    def save(typed: dict[str, Any]) -> LampRuleSet:
        made = services.publish_edition(
            draft, **typed, actor=actor, on=today_of(request), now=now_of(request)
        )
        words = _("“%(edition)s”已发布，%(day)s起生效。")
        messages.success(request, words % {"edition": made.edition, "day": made.valid_from})
        return made

    form = PublishForm(request.POST or None, initial={"revision": draft.revision})
    return _answer(request, draft, form, _("发布"), save, intro=_publishing_words(draft))


def _publishing_words(draft: LampRuleSet) -> str:
    words = _("发布以后不能再改，也不能收回。发布会记入审计。")
    before = editions(draft.subject).filter(published_at__isnull=False, valid_to__isnull=True).first()
    if before is None:
        return words
    return _("现在最新的版本是“%(edition)s”（%(day)s起生效），会在新版本生效的前一天失效。%(words)s") % {
        "edition": before.edition,
        "day": before.valid_from,
        "words": words,
    }


# ---- what all of them share --------------------------------------------------------------------------------------


def _found_draft(edition_pk: int) -> tuple[LampRuleSet, LampSubject]:
    """Raises Refused for an edition that is published or an example, as the services do."""
    draft, subject = find_edition(edition_pk)
    if not draft.is_draft:
        raise Refused(services.NOT_A_DRAFT)
    return draft, subject


def _found_row(draft: LampRuleSet, pk: int) -> LampRule:
    found = draft.rules.filter(pk=min(pk, LARGEST_ID)).first()
    if found is None:
        raise Http404
    return found


def href_of(edition: LampRuleSet) -> str:
    return reverse("lamp_edition", args=[edition.pk])


def _answer(
    request: HttpRequest,
    edition: LampRuleSet,
    form: HouseForm,
    label: str,
    save: Save,
    *,
    intro: str = "",
) -> HttpResponse:
    """The pages of one edition."""

    def saved(typed: dict[str, Any]) -> str:
        made = save(typed)
        return href_of(made) if made else reverse("lamp_rules")

    crumbs = edition_crumbs(edition, label)
    return answer_form(request, form, label, saved, href_of(edition), crumbs, intro=intro, draft=False)
