"""Writing the audit."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise

from wutong.base.audit.models import WORDS_LENGTH, AuditChain, AuditEvent
from wutong.base.chain.canonical import canonical

OutcomeCode = Literal["ok", "refused", "failed"]
SYSTEM = "system"
ANONYMOUS = "anonymous"


def record_event(
    *,
    action: str,
    now: datetime,
    actor: AbstractBaseUser | None = None,
    outcome: OutcomeCode = "ok",
    target_kind: str = "",
    target_id: object = "",
    words: str | Promise = "",
    detail: Mapping[str, Any] | None = None,
    address: str = "",
    chain_name: str = "",
) -> AuditEvent:
    """Append one event to the chain of `actor`, in the caller's transaction: what it reports and the event are
    kept together or not at all. Something that did *not* happen is reported by `record_failure`.

    `action` is a lower_snake code ("export_list"), `target_kind` the label of a model ("cases.case") or a code,
    `words` a short Chinese sentence for the audit officer. `detail` holds plain facts (whole numbers, texts,
    dates) and never a personal value. Without an actor the event belongs to the system, or to `chain_name`
    (ANONYMOUS for visitors who are not signed in).

    The head of the chain stays locked until the transaction ends: call this last in a transaction.
    """
    name = chain_name or (SYSTEM if actor is None else f"account:{actor.pk}")
    with transaction.atomic():
        chain, _created = AuditChain.objects.select_for_update().get_or_create(account_name=name)
        event = AuditEvent(
            chain=chain,
            actor_id=None if actor is None else actor.pk,
            action=action,
            outcome=outcome,
            target_kind=target_kind,
            target_id=_storable(str(target_id)),
            address=_storable(address),
            words=_storable(_simplified(words))[:WORDS_LENGTH],
            detail=_storable(json.loads(canonical(detail or {}))),
        )
        head = event.seal(after=chain.head(), now=now)
        event.save()
        chain.set_head(head, chain.chain_name)
        chain.save(update_fields=["last_seq", "head_hash", "head_mac"])
    return event


def record_failure(
    *,
    action: str,
    now: datetime,
    actor: AbstractBaseUser | None = None,
    outcome: Literal["refused", "failed"] = "failed",
    target_kind: str = "",
    target_id: object = "",
    words: str | Promise = "",
    detail: Mapping[str, Any] | None = None,
    address: str = "",
    chain_name: str = "",
) -> AuditEvent:
    """Like `record_event`, for an act that was refused or failed.

    Call it *outside* the transaction of the act, after that was rolled back; otherwise the event would vanish
    with it. This is enforced: inside an open transaction it raises RuntimeError.
    """
    with transaction.atomic(durable=True):
        return record_event(
            action=action,
            now=now,
            actor=actor,
            outcome=outcome,
            target_kind=target_kind,
            target_id=target_id,
            words=words,
            detail=detail,
            address=address,
            chain_name=chain_name,
        )


def _simplified(words: str | Promise) -> str:
    """The audit is kept in one language, whatever the actor reads."""
    with translation.override("zh-hans"):
        return str(words)


def _storable(value: Any) -> Any:
    """Without NUL characters, which PostgreSQL takes neither in text nor in JSON."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return value
