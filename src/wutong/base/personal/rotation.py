"""Renewing encrypted values after a new key became active, or after the algorithm changed.

Runs beside daily work: one short transaction per batch, rows locked, rows that are current left alone. It can be
stopped and started again. Rows that are written once cannot be renewed; their old keys have to stay.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import models, transaction

from wutong.base.personal.ciphers import Ciphertext
from wutong.base.personal.digests import blind_index
from wutong.base.personal.fields import personal_field

BATCH = 500


def reencrypt(model: type[models.Model], field_name: str, *, batch_size: int = BATCH) -> int:
    """Encrypt again what is not encrypted by the active algorithm and key; returns how many rows were written.

    Raises Undecryptable for a value that cannot be read; the batches before it stay done.
    """
    field = personal_field(model, field_name)

    def renewed(stored: Any) -> dict[str, Any]:
        if not isinstance(stored, Ciphertext) or stored.is_current():
            return {}
        return {field_name: field.decrypted(stored)}

    return sum(_batches(model, field_name, renewed, batch_size))


def reindex(
    model: type[models.Model], field_name: str, index_name: str, *, purpose: str, batch_size: int = BATCH
) -> int:
    """Compute the blind index of every value again, after the key `blind` was rotated."""
    field = personal_field(model, field_name)

    def renewed(stored: Any) -> dict[str, Any]:
        plain = field.decrypted(stored) if isinstance(stored, Ciphertext) else ""
        return {index_name: blind_index(plain, purpose=purpose)}

    return sum(_batches(model, field_name, renewed, batch_size))


def _batches(
    model: type[models.Model],
    field_name: str,
    renewed: Callable[[Any], dict[str, Any]],
    batch_size: int,
) -> Iterator[int]:
    """Rows written per batch."""
    after: Any = None
    while True:
        written = 0
        with transaction.atomic():
            rows = model._base_manager.select_for_update().order_by("pk")
            if after is not None:
                rows = rows.filter(pk__gt=after)
            batch = list(rows.values_list("pk", field_name)[:batch_size])
            for key, stored in batch:
                if values := renewed(stored):
                    model._base_manager.filter(pk=key).update(**values)
                    written += 1
        yield written
        if len(batch) < batch_size:
            return
        after = batch[-1][0]
