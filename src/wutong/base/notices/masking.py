"""What may be seen of a destination, and no numbers of people in what is told. Pure functions of the text."""

import re

from wutong.base.personal.masking import HIDDEN, mask_id_number, mask_phone

MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
CITIZEN_ID = re.compile(
    r"(?<!\d)\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])"
)


def mask_destination(value: str) -> str:
    """138****8000 for a number, l****@example.org for an e-mail address, the ends of any other id."""
    name, at, domain = value.partition("@")
    if at:
        return f"{name[:1]}{HIDDEN}@{domain}"
    if value.isdecimal():
        return mask_phone(value)
    return f"{value[:1]}{HIDDEN}{value[-1:]}" if len(value) > 3 else HIDDEN


def without_numbers(text: str) -> str:
    """Mobile and citizen ID numbers masked: people write them into titles, and a notice travels far."""
    text = CITIZEN_ID.sub(lambda found: mask_id_number(found.group()), text)
    return MOBILE.sub(lambda found: mask_phone(found.group()), text)
