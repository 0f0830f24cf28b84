"""What may be seen of a personal value by everybody who sees the row. Pure functions of the text."""

import re

STAR = "*"
HIDDEN = STAR * 4
PHONE_DIGITS = 11
CITIZEN_ID_LENGTHS = (15, 18)
# What an address may show: down to the first district or county, or the city that has none after it.
AREA = re.compile(r"^[^路街道号]*?(?:(?<!自治)区|县|旗|市(?![^路街道镇乡村号]{0,8}?[区县市旗]))")


def mask_phone(value: str) -> str:
    """138****8000; a landline or a short number shows less."""
    digits = phone_digits(value)
    if len(digits) >= PHONE_DIGITS:
        return f"{digits[:3]}{STAR * (len(digits) - 7)}{digits[-4:]}"
    if len(digits) >= 7:
        return f"{digits[:2]}{STAR * (len(digits) - 4)}{digits[-2:]}"
    return HIDDEN


def mask_id_number(value: str) -> str:
    """110105********0123; a passport shows its first and last two characters."""
    text = "".join(value.split())
    if len(text) in CITIZEN_ID_LENGTHS:
        return f"{text[:6]}{STAR * (len(text) - 10)}{text[-4:]}"
    if len(text) >= 8:
        return f"{text[:2]}{STAR * (len(text) - 4)}{text[-2:]}"
    return HIDDEN


def mask_name(value: str) -> str:
    """张*, 欧**: the first character and a star for each further one, at most three."""
    text = value.strip()
    return text[:1] + STAR * min(max(len(text) - 1, 1), 3) if text else HIDDEN


def mask_address(value: str) -> str:
    """The area down to district or county; without one, the first character."""
    text = value.strip()
    area = AREA.match(text)
    return (area.group() if area else text[:1]) + HIDDEN


def mask_text(value: str) -> str:
    """Nothing but the fact that there is a value."""
    return HIDDEN


def phone_digits(value: str) -> str:
    """The digits of a number as it is dialled within China: 138 0013-8000, +86 13800138000 are the same."""
    digits = "".join(character for character in value if character.isdecimal())
    if len(digits) > PHONE_DIGITS:
        for prefix in ("0086", "86"):
            if digits.startswith(prefix) and len(digits) - len(prefix) >= PHONE_DIGITS - 1:
                return digits.removeprefix(prefix)
    return digits
