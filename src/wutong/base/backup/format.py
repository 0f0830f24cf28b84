"""Values as PostgreSQL writes them in COPY's text format, made from what SQLite stores, and back.

A backup from SQLite is byte for byte the one that PostgreSQL would write of the same rows (UTC, ISO dates, jsonb's
order of keys). Source of the form: PostgreSQL manual, "COPY", text format; jsonb orders keys by length, then by bytes.
"""

import json
import math
import re
from collections.abc import Callable, Sequence
from datetime import date, time
from decimal import Context, Decimal
from typing import Any
from uuid import UUID

from django.db import models

NULL = r"\N"
KINDS = {
    "AutoField": "integer",
    "BigAutoField": "integer",
    "SmallAutoField": "integer",
    "IntegerField": "integer",
    "BigIntegerField": "integer",
    "SmallIntegerField": "integer",
    "PositiveIntegerField": "integer",
    "PositiveBigIntegerField": "integer",
    "PositiveSmallIntegerField": "integer",
    "BooleanField": "boolean",
    "CharField": "text",
    "TextField": "text",
    "SlugField": "text",
    "FileField": "text",
    "GenericIPAddressField": "text",
    "DateField": "date",
    "TimeField": "time",
    "DateTimeField": "moment",
    "DecimalField": "decimal",
    "FloatField": "float",
    "UUIDField": "uuid",
    "JSONField": "json",
    "BinaryField": "binary",
}
"""What a column holds, by Django's name of its type. A type that is not here cannot be backed up."""

_ESCAPES = {"\\": r"\\", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v"}
_ESCAPED = re.compile(r"[\\\b\f\n\r\t\v\x00\ud800-\udfff]")
_UNESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?")
_SCIENTIFIC_FROM, _SCIENTIFIC_BELOW = 15, -4
_SQLITE_DIGITS = Context(prec=15)
"""SQLite keeps decimals as floats; Django reads them with this precision."""


class Unportable(ValueError):
    """A stored value that has no place in the portable form, with what is wrong in words."""


def kind_of(field: "models.Field[Any, Any]") -> str:
    """The kind of a column; of a foreign key, that of what it points to. Raises KeyError for an unknown type."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    kind = KINDS[field.get_internal_type()]
    return f"decimal:{field.decimal_places}" if isinstance(field, models.DecimalField) else kind


def escaped(text: str) -> str:
    return _ESCAPED.sub(_escape, text) if _ESCAPED.search(text) else text


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if character not in _ESCAPES:
        raise Unportable("含有空字符（NUL）或不成对的代理字符")
    return _ESCAPES[character]


def unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: _UNESCAPES.get(found[1], found[1]), text)


# ---- one value: what SQLite stores → text of the copy ---------------------------------------------------------


def _integer(value: Any) -> str:
    if not isinstance(value, int):
        raise Unportable("不是整数")
    return str(value)


def _boolean(value: Any) -> str:
    if value not in (0, 1):
        raise Unportable("不是真假值")
    return "t" if value else "f"


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Unportable("不是文字")
    return escaped(value)


def _date(value: Any) -> str:
    return _checked(value, date)


def _time(value: Any) -> str:
    return _trimmed(_checked(value, time))


def _checked(value: Any, form: type[date] | type[time]) -> str:
    try:
        form.fromisoformat(value)
    except (TypeError, ValueError):
        raise Unportable("日期或时间的写法不对") from None
    return str(value)


def _trimmed(clock: str) -> str:
    """Without the zeros at the end of a fraction of a second."""
    return clock.rstrip("0").rstrip(".") if "." in clock else clock


def _moment(value: Any) -> str:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise Unportable("日期时间的写法不对")
    return f"{_trimmed(value)}+00"


def _decimal(places: int) -> Callable[[Any], str]:
    smallest = Decimal(1).scaleb(-places)

    def encode(value: Any) -> str:
        if not isinstance(value, int | float):
            raise Unportable("不是数")
        return _plain(_SQLITE_DIGITS.create_decimal_from_float(value).quantize(smallest))

    return encode


def _plain(number: Decimal) -> str:
    """Without an exponent; PostgreSQL's numeric knows no negative zero."""
    return format(abs(number) if number.is_zero() else number, "f")


def _float(value: Any) -> str:
    """The shortest digits that give the same double, laid out as PostgreSQL does."""
    if not isinstance(value, int | float):
        raise Unportable("不是数")
    number = float(value)
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else ("Infinity" if number > 0 else "-Infinity")
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    assert isinstance(exponent, int), "finite"
    shown = "".join(map(str, digits))
    power = exponent + len(shown) - 1
    minus = "-" if sign else ""
    if number and not _SCIENTIFIC_BELOW <= power < _SCIENTIFIC_FROM:
        fraction = f".{shown[1:]}" if len(shown) > 1 else ""
        return f"{minus}{shown[0]}{fraction}e{power:+03d}"
    return minus + format(abs(Decimal(repr(number)).normalize()), "f")


def _uuid(value: Any) -> str:
    try:
        return str(UUID(hex=value))
    except (AttributeError, TypeError, ValueError):
        raise Unportable("不是唯一标识") from None


def _json(value: Any) -> str:
    """As jsonb prints it, so that the order of keys does not depend on the database."""
    try:
        parsed = json.loads(value, parse_float=Decimal, parse_constant=_refuse_constant)
    except (TypeError, ValueError):
        raise Unportable("不是可移植的 JSON") from None
    return escaped(_json_text(parsed))


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _json_text(value: Any) -> str:
    if isinstance(value, str):
        if "\0" in value:
            raise Unportable("JSON 中含有空字符（NUL）")
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        keys = sorted(value, key=_key_order)
        return "{" + ", ".join(f"{_json_text(key)}: {_json_text(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_json_text, value)) + "]"
    return _plain(value) if isinstance(value, Decimal) else json.dumps(value)


def _key_order(key: str) -> tuple[int, bytes]:
    encoded = key.encode(errors="surrogatepass")
    return len(encoded), encoded


def _binary(value: Any) -> str:
    if not isinstance(value, bytes | memoryview):
        raise Unportable("不是二进制内容")
    return rf"\\x{value.hex()}"


# ---- one value: text of the copy → what SQLite stores ----------------------------------------------------------


def _to_boolean(text: str) -> int:
    return {"t": 1, "f": 0}[text]


def _to_moment(text: str) -> str:
    """As Django stores it: six digits or none."""
    return _to_time(text.removesuffix("+00"))


def _to_time(text: str) -> str:
    whole, point, fraction = text.partition(".")
    return f"{whole}.{fraction:0<6}" if point else whole


def _to_uuid(text: str) -> str:
    return text.replace("-", "")


def _to_binary(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix(r"\\x"))


def _same(text: str) -> str:
    return text


_ENCODERS: dict[str, Callable[[Any], str]] = {
    "integer": _integer,
    "boolean": _boolean,
    "text": _text,
    "date": _date,
    "time": _time,
    "moment": _moment,
    "float": _float,
    "uuid": _uuid,
    "json": _json,
    "binary": _binary,
}
_DECODERS: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "boolean": _to_boolean,
    "text": unescaped,
    "date": _same,
    "time": _to_time,
    "moment": _to_moment,
    "decimal": _same,
    "float": float,
    "uuid": _to_uuid,
    "json": unescaped,
    "binary": _to_binary,
}


def encoder(kind: str) -> Callable[[Any], str]:
    """What SQLite stores → text of the copy; NULL is not for it. Raises Unportable."""
    name, _colon, places = kind.partition(":")
    return _decimal(int(places)) if name == "decimal" else _ENCODERS[name]


def decoder(kind: str) -> Callable[[str], Any]:
    """Text of the copy → what Django would store in SQLite."""
    return _DECODERS[kind.partition(":")[0]]


def line_of(row: Sequence[Any], encoders: Sequence[Callable[[Any], str]]) -> str:
    """One row as a line of the copy. Raises Unportable."""
    return (
        "\t".join(
            [NULL if value is None else encode(value) for value, encode in zip(row, encoders, strict=True)]
        )
        + "\n"
    )


def row_of(line: str, decoders: Sequence[Callable[[str], Any]]) -> list[Any]:
    """The values of a line, without its end. Raises ValueError when it has another number of columns."""
    return [
        None if text == NULL else decode(text)
        for text, decode in zip(line.split("\t"), decoders, strict=True)
    ]
