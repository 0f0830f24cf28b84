"""What a provider says afterwards: delivered or not.

The body is one JSON object or a list of them: `{"key": …, "state": "delivered" | "failed", "code": …}`, where `key` is
what the message was sent with. The signature is HMAC-SHA256 over `<timestamp>.<body>` in hexadecimal digits.
"""

import hashlib
import hmac
import json
import re
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from wutong.base.audit.queries import events
from wutong.base.audit.services import ANONYMOUS, record_failure
from wutong.base.notices.adapters.http import refused_words
from wutong.base.notices.models import Delivery, DeliveryState

LONGEST_BODY = 64 * 1024
MOST_RECEIPTS = 500
TOLERANCE = timedelta(minutes=5)
QUIET = timedelta(minutes=1)
KEY = re.compile(r"wutong-([0-9]{1,18})-[0-9]{20}")


class Malformed(Exception):
    """A signed body that is no receipt."""


def signature(key: str, timestamp: str, body: bytes) -> str:
    """What a provider sends as signature."""
    return hmac.new(key.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_genuine(key: str, timestamp: str, body: bytes, given: str, now: datetime) -> bool:
    """Signed with the key, within TOLERANCE of `now`; `timestamp` counts seconds since 1970."""
    if not re.fullmatch(r"[0-9]{1,12}", timestamp):
        return False
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        return False
    return hmac.compare_digest(signature(key, timestamp, body).encode(), given.lower().encode())


def record_forgery(channel: str, address: str, now: datetime) -> None:
    """A line in the audit, at most one a minute for each sender: a stranger must not be able to fill it."""
    recent = events(action="refuse_receipt", chain_name=ANONYMOUS, since=now - QUIET)
    if recent.filter(address=address).exists():
        return
    record_failure(
        action="refuse_receipt",
        outcome="refused",
        now=now,
        target_kind="notices.delivery",
        target_id=channel,
        words="送达回执的签名或时间不对，已拒收",
        address=address,
        chain_name=ANONYMOUS,
    )


def accept_receipts(channel: str, body: bytes, now: datetime) -> int:
    """Write down the receipts of a genuine body; returns how many changed something. The same one again does not.

    "delivered" is the last word, whatever came before; "failed" counts only until then. What names no delivery of
    this channel that was tried is passed over. Raises Malformed.
    """
    found = _receipts(body)
    with transaction.atomic():
        return sum(_accept(channel, receipt, now) for receipt in found)


def _receipts(body: bytes) -> list[dict[str, Any]]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed from error
    found = content if isinstance(content, list) else [content]
    if len(found) > MOST_RECEIPTS or not all(isinstance(item, dict) for item in found):
        raise Malformed
    # In one order, so that two bodies about the same deliveries do not lock each other out.
    return sorted(found, key=lambda item: str(item.get("key")))


def _accept(channel: str, receipt: dict[str, Any], now: datetime) -> int:
    key = str(receipt.get("key"))
    match = KEY.fullmatch(key)
    if match is None:
        return 0
    delivery = (
        Delivery.objects.select_related("notice")
        .filter(pk=int(match[1]), channel=channel, attempts__gt=0)
        .first()
    )
    if delivery is None or delivery.idempotency_key != key:
        return 0
    own = Delivery.objects.filter(pk=delivery.pk)
    if receipt.get("state") == "delivered":
        return own.exclude(state=DeliveryState.DELIVERED).update(
            state=DeliveryState.DELIVERED,
            sent_at=Coalesce("sent_at", Value(now)),
            delivered_at=now,
            reason="",
        )
    if receipt.get("state") == "failed":
        return own.exclude(state__in=[DeliveryState.DELIVERED, DeliveryState.FAILED]).update(
            state=DeliveryState.FAILED, reason=refused_words(str(receipt.get("code", "")))
        )
    return 0
