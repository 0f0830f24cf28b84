"""Writing lamp rules: copy an edition, edit the draft, publish it. What is published is never changed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from wutong.base.accounts.models import Account
from wutong.base.accounts.rights import require_right
from wutong.base.audit.services import record_event
from wutong.base.chain.canonical import canonical
from wutong.base.errors import Conflict, Refused
from wutong.base.lamps.faults import faults_of
from wutong.base.lamps.models import LampRule, LampRuleSet
from wutong.base.lamps.queries import rows_of, rule_of
from wutong.base.lamps.rights import EDIT
from wutong.base.lamps.subjects import LampSubject, find_subject

NOT_A_DRAFT = gettext_lazy("已发布的版本和示例不能再改。请点“另存为新版本”，在新的草稿里修改，然后发布。")
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True)
class RuleValues:
    """The columns of a row as they are typed; `threshold` in the unit of the metric, `deadline_days` calendar days.
    Without `position` a new row becomes the last one, and one that is there keeps its place."""

    group: str
    metric: str
    comparator: str
    threshold: Decimal
    colour: str
    band_from_yuan: int = 0
    consecutive: int = 1
    excuse_allowed: bool = True
    action: str = ""
    deadline_days: int | None = None
    clause: str = ""
    position: int | None = None


@transaction.atomic
def copy_edition(
    original: LampRuleSet, *, edition: str, title: str, source: str, actor: Account, on: date
) -> LampRuleSet:
    """A new draft with the rows of any edition. Raises NotAllowed, and Refused when the name is taken."""
    require_right(actor, EDIT, on)
    draft = LampRuleSet(
        subject=original.subject, edition=edition, title=title, source=source, copied_from=original
    )
    _save_named(draft)
    rows = rows_of(original)
    for row in rows:
        row.pk, row.rule_set = None, draft
        row._state.adding = True
    LampRule.objects.bulk_create(rows)
    return draft


@transaction.atomic
def rename_draft(
    draft: LampRuleSet, *, edition: str, title: str, source: str, revision: int, actor: Account, on: date
) -> None:
    """Change what a draft is called and what it rests on. Raises as `add_rule` does."""
    found = _opened(draft, revision, actor, on)
    found.edition, found.title, found.source = edition, title, source
    _save_named(found)


@transaction.atomic
def add_rule(draft: LampRuleSet, values: RuleValues, *, revision: int, actor: Account, on: date) -> LampRule:
    """A new last row. `revision` is that of the draft as the actor saw it.

    Raises NotAllowed, Conflict when somebody else has changed the draft since, Refused for a published edition, for
    a row like another one, and for values that the subject does not know.
    """
    found = _opened(draft, revision, actor, on)
    last = found.rules.aggregate(last=Max("position"))["last"] or 0
    return _save_rule(LampRule(rule_set=found, position=last + 1), values)


@transaction.atomic
def change_rule(rule: LampRule, values: RuleValues, *, revision: int, actor: Account, on: date) -> LampRule:
    """Raises as `add_rule` does."""
    found = _opened(rule.rule_set, revision, actor, on)
    return _save_rule(_row_of(found, rule), values)


@transaction.atomic
def remove_rule(rule: LampRule, *, revision: int, actor: Account, on: date) -> None:
    """Raises as `add_rule` does."""
    found = _opened(rule.rule_set, revision, actor, on)
    _row_of(found, rule).delete()


@transaction.atomic
def discard_draft(draft: LampRuleSet, *, revision: int, actor: Account, on: date) -> None:
    """Remove a draft for good; what was copied from it counts as copied from its own original."""
    found = _opened(draft, revision, actor, on)
    found.copies.update(copied_from=found.copied_from)
    found.rules.all().delete()
    found.delete()


@transaction.atomic
def publish_edition(
    draft: LampRuleSet, valid_from: date, *, revision: int, actor: Account, on: date, now: datetime
) -> LampRuleSet:
    """Put a draft in force from a day on; the edition before it ends on the day before.

    A day of the past is permitted, because documents are often entered after they took effect; the days since then
    are judged anew. It has to be later than the first day of the last edition, so that no edition is pushed aside.
    Raises NotAllowed, Conflict, and Refused when the rules have faults, the source is missing or the day is too early.
    """
    found = _opened(draft, revision, actor, on, lock_subject=True)
    _refuse_faults(found)
    if not EARLIEST <= valid_from <= LATEST:
        raise Refused(_("生效日期太早或太晚，请核对年份。"), fields={"valid_from": _("请核对年份")})
    before = LampRuleSet.objects.filter(
        subject=found.subject, published_at__isnull=False, valid_to__isnull=True
    ).first()
    if before is not None:
        _end(before, valid_from)
    found.valid_from, found.published_at, found.published_by = valid_from, now, actor
    found.digest = digest_of(found)
    found.save(update_fields=["valid_from", "published_at", "published_by", "digest"])
    record_event(
        action="publish_lamp_rules",
        now=now,
        actor=actor,
        target_kind="lamps.lampruleset",
        target_id=found.pk,
        words=gettext_noop("发布亮灯规则新版本"),
        detail={
            "subject": found.subject,
            "edition": found.edition,
            "valid_from": valid_from,
            "replaces": before.edition if before else "",
            "digest": found.digest,
        },
    )
    return found


def digest_of(edition: LampRuleSet) -> str:
    """SHA-256 of the subject, name and rows of an edition."""
    rows = [asdict(rule_of(row)) | {"threshold": f"{row.threshold:.2f}"} for row in rows_of(edition)]
    told: Mapping[str, object] = {"subject": edition.subject, "edition": edition.edition, "rules": rows}
    return sha256(canonical(told)).hexdigest()


def _end(before: LampRuleSet, valid_from: date) -> None:
    assert before.valid_from is not None, "a published edition has a first day"
    if valid_from <= before.valid_from:
        words = _("“%(edition)s”从%(day)s起生效，新版本的生效日期要比它晚。") % {
            "edition": before.edition,
            "day": before.valid_from,
        }
        raise Refused(words, fields={"valid_from": words})
    before.valid_to = valid_from - timedelta(days=1)
    before.save(update_fields=["valid_to"])


def _refuse_faults(draft: LampRuleSet) -> None:
    if not draft.source:
        raise Refused(_("还没有写明依据。请先点“修改名称和依据”，填写文件名称和文号。"))
    faults = faults_of(_subject_of(draft), [rule_of(row) for row in rows_of(draft)])
    if faults:
        raise Refused(_("还不能发布。%(faults)s") % {"faults": "".join(faults)})


def _opened(
    draft: LampRuleSet, revision: int, actor: Account, on: date, *, lock_subject: bool = False
) -> LampRuleSet:
    """The draft, locked until the transaction ends, with its change counted. To publish, all editions of the subject
    are locked, in one order."""
    require_right(actor, EDIT, on)
    same = {"subject": draft.subject} if lock_subject else {"pk": draft.pk}
    locked = LampRuleSet.objects.select_for_update().filter(**same).order_by("pk")
    found = next((item for item in locked if item.pk == draft.pk), None)
    if found is None:
        raise Conflict(_("这份草稿已经被别人删除了。请回到亮灯规则页面。"))
    if not found.is_draft:
        raise Refused(NOT_A_DRAFT)
    if found.revision != revision:
        raise Conflict(_("这份草稿刚被别人改过。请打开草稿看现在的内容，再改一次。"))
    found.revision += 1
    found.save(update_fields=["revision"])
    return found


def _row_of(draft: LampRuleSet, rule: LampRule) -> LampRule:
    found = draft.rules.filter(pk=rule.pk).first()
    if found is None:
        raise Conflict(_("这一行已经被别人删除了。请打开草稿看现在的内容。"))
    return found


def _save_named(edition: LampRuleSet) -> None:
    try:
        with transaction.atomic():
            edition.save()
    except IntegrityError:
        words = _("已经有一个版本叫“%(edition)s”，请换一个名称。") % {"edition": edition.edition}
        raise Refused(words, fields={"edition": words}) from None


def _save_rule(row: LampRule, values: RuleValues) -> LampRule:
    _refuse_values(_subject_of(row.rule_set), values)
    for name, value in asdict(values).items():
        if name != "position" or value is not None:
            setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refused(
            _("已经有一行适用范围、指标、颜色和措施都一样的规则。请直接修改那一行。"),
        ) from None
    return row


def _refuse_values(subject: LampSubject, values: RuleValues) -> None:
    """Choices outside the subject's own come from an old page or a hand-made request."""
    metric = next((item for item in subject.metrics if item.code == values.metric), None)
    if metric is None or values.group not in dict(subject.groups):
        raise Refused(_("这个范围或指标已经不在可选之列。请重新选择。"))
    if values.consecutive < 1 or (values.consecutive > 1 and not metric.by_period):
        words = _("“%(metric)s”不按期统计，连续期数只能是1。") % {"metric": metric.label}
        raise Refused(words, fields={"consecutive": words})
    if values.band_from_yuan < 0 or (values.band_from_yuan and not subject.has_bands):
        raise Refused(_("这里不分规模，规模下限请空着。"), fields={"band_from_yuan": _("请空着")})
    if values.deadline_days is not None and not values.action:
        words = _("没有措施就不用写措施期限。请选择措施，或清空期限。")
        raise Refused(words, fields={"deadline_days": words})


def _subject_of(edition: LampRuleSet) -> LampSubject:
    subject = find_subject(edition.subject)
    if subject is None:
        raise Refused(_("这类亮灯规则所属的台账没有启用，不能修改。"))
    return subject
