"""Values made comparable without storing them: keyed digests by the key `blind`, which lies outside the database.

A plain hash would not do: all telephone numbers are tried through in minutes.
"""

import hmac
import unicodedata

from wutong.base.chain.canonical import canonical
from wutong.base.keys import keyed_mac, keyring
from wutong.base.personal.masking import phone_digits


def fold(value: str, *, purpose: str) -> str:
    """One form for all spellings of the same value: full width, case, spaces and dashes do not count."""
    text = unicodedata.normalize("NFKC", value).casefold()
    if purpose == "phone":
        return phone_digits(text)
    return "".join(
        character for character in text if not character.isspace() and unicodedata.category(character) != "Pd"
    )


def blind_index(value: str, *, purpose: str) -> str:
    """64 hexadecimal digits to find an encrypted value by, or "" for an empty one.

    `purpose` keeps columns apart ("phone", "id_number", "name"): the same text has another index in each.
    """
    return _index(value, purpose, keyring("blind").active)


def blind_candidates(value: str, *, purpose: str) -> list[str]:
    """The index under every key: while a key is rotated, search with `phone_index__in=` these."""
    return [_index(value, purpose, number) for number in keyring("blind").keys]


def _index(value: str, purpose: str, key_number: int) -> str:
    folded = fold(value, purpose=purpose)
    if not folded:
        return ""
    return keyed_mac("blind", canonical({"purpose": purpose, "value": folded}), key_number=key_number)


def personal_digest(field_label: str, value: str) -> str:
    """Stands in a change instead of the value, as `<key number>:<64 hexadecimal digits>`.

    `field_label` is `app.model.field`. The value cannot be read from it, but a given value can be compared.
    """
    return _digest(field_label, value, keyring("blind").active)


def is_digest_of(digest: str, field_label: str, value: str) -> bool:
    """Whether a change was made to this value; also after the key was rotated."""
    number = digest.partition(":")[0]
    if not number.isdecimal() or int(number) not in keyring("blind").keys:
        return False
    return hmac.compare_digest(digest, _digest(field_label, value, int(number)))


def _digest(field_label: str, value: str, key_number: int) -> str:
    message = canonical({"digest": field_label, "value": value})
    return f"{key_number}:{keyed_mac('blind', message, key_number=key_number)}"
