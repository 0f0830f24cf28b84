"""One text for one value, on every database: what a keyed MAC is computed over."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any


def canonical(value: Mapping[str, Any]) -> bytes:
    """UTF-8 JSON with sorted keys. Dates are ISO, moments are ISO in UTC; floats are refused, because two
    databases may give them back differently, and so are moments without a zone."""
    return json.dumps(
        _plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError("a moment without a time zone cannot stand in a chained row")
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    raise TypeError(f"a value of type {type(value).__name__} cannot stand in a chained row")
