"""Carrying notices out, at most once.

A delivery is claimed by a committed conditional UPDATE before the adapter is called, so that one worker has it. If
that worker dies before it wrote how it ended, nobody knows whether the message is out: the claim runs out and the
delivery fails instead of being sent again. The inbox has the notice in any case.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from wutong.base.notices.adapters.protocol import UNKNOWN, Adapter, Outcome
from wutong.base.notices.kinds import source_words
from wutong.base.notices.models import REFERENCE_LENGTH, TO_SEND, Delivery, DeliveryState, NoticeAddress
from wutong.base.notices.words import outside_words
from wutong.base.personal.ciphers import Undecryptable

BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
BATCH = 30
CLAIM_LIMIT = timedelta(minutes=20)
"""Longer than BATCH deliveries can take with every time limit run out (30 × about 30 seconds)."""
INTERRUPTED = _("发送中断，结果不明，未重发（收件箱里有）")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """What makes an attempt this worker's own."""

    delivery: Delivery
    attempts: int


def deliver_due(now: datetime, adapters: Mapping[str, Adapter]) -> int:
    """Send what is due at `now`, at most BATCH deliveries; returns how many were tried, so 0 means all done.

    Must be called outside a transaction (RuntimeError otherwise): a claim that is not committed protects nothing.
    """
    fail_interrupted(now)
    due = Delivery.objects.filter(state__in=TO_SEND, claimed_at__isnull=True, next_try_at__lte=now)
    tried = 0
    for pk in list(due.order_by("next_try_at", "pk").values_list("pk", flat=True)[:BATCH]):
        claim = _claim(pk, now)
        if claim is not None:
            tried += 1
            _write(claim, _attempt(claim.delivery, adapters), now)
    return tried


def fail_interrupted(now: datetime) -> int:
    """Give up claims older than CLAIM_LIMIT, without sending again; returns how many."""
    broken = Delivery.objects.filter(state__in=TO_SEND, claimed_at__lt=now - CLAIM_LIMIT)
    return broken.update(state=DeliveryState.FAILED, reason=source_words(INTERRUPTED))


def _claim(pk: int, now: datetime) -> Claim | None:
    """The delivery, if it is ours from now on; None when another worker was faster."""
    with transaction.atomic(durable=True):
        free = Delivery.objects.filter(
            pk=pk, state__in=TO_SEND, claimed_at__isnull=True, next_try_at__lte=now
        )
        if not free.update(claimed_at=now, attempts=F("attempts") + 1):
            return None
        delivery = Delivery.objects.select_related("notice__recipient").get(pk=pk)
    return Claim(delivery, delivery.attempts)


def _attempt(delivery: Delivery, adapters: Mapping[str, Adapter]) -> Outcome:
    adapter = adapters.get(delivery.channel)
    if adapter is None:
        return Outcome("permanent", reason=_("这个渠道未开通"))
    recipient = delivery.notice.recipient
    if not recipient.is_active:
        return Outcome("permanent", reason=_("账号已停用"))
    try:
        kept = NoticeAddress.objects.filter(account=recipient, channel=delivery.channel).first()
        address = kept.value if kept else ""
    except Undecryptable:
        return Outcome("permanent", reason=_("地址无法读取，请在“通知方式”里重新填写"))
    if not address:
        return Outcome("permanent", reason=_("没有登记地址，请在“通知方式”里填写"))
    with translation.override(recipient.language):
        title, text = outside_words(delivery.notice)
    try:
        return adapter.send(address, title, text, delivery.idempotency_key)
    except Exception as error:
        # Whether the message is out cannot be known. The error's text may quote the address: only its class is told.
        log.error("delivery %s by %s broke off: %s", delivery.pk, delivery.channel, type(error).__name__)
        return UNKNOWN


def _write(claim: Claim, outcome: Outcome, now: datetime) -> None:
    """Only onto our own claim: a receipt that was faster, or a claim given up meanwhile, stands."""
    own = Delivery.objects.filter(
        pk=claim.delivery.pk, state__in=TO_SEND, claimed_at__isnull=False, attempts=claim.attempts
    )
    reason = source_words(outcome.reason)[:200]
    if outcome.result == "sent":
        own.update(
            state=DeliveryState.SENT, sent_at=now, reference=outcome.reference[:REFERENCE_LENGTH], reason=""
        )
    elif outcome.result == "temporary" and claim.attempts <= len(BACK_OFF):
        own.update(
            state=DeliveryState.FAILED_TEMPORARILY,
            claimed_at=None,
            next_try_at=now + BACK_OFF[claim.attempts - 1],
            reason=reason,
        )
    else:
        own.update(state=DeliveryState.FAILED, reason=reason)
