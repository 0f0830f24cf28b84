"""What a password must be, and the one-time passwords that are given out."""

import secrets
import unicodedata
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account

MIN_LENGTH = 10
MIN_CLASSES = 3
HISTORY = 5
ONE_TIME_LENGTH = 14
# Without characters that look alike on paper: 0 O o, 1 l I, 2 Z, 5 S, 8 B.
ONE_TIME_CLASSES = ("abcdefghijkmnpqrstuvwxyz", "ACDEFGHJKLMNPQRTUVWXY", "34679", "#%+=@?*")


def one_time_password() -> str:
    """14 random characters of four classes, for the first sign-in only."""
    letters = "".join(ONE_TIME_CLASSES)
    while True:
        password = "".join(secrets.choice(letters) for _position in range(ONE_TIME_LENGTH))
        if all(set(password) & set(of_class) for of_class in ONE_TIME_CLASSES):
            return password


def classes_of(password: str) -> set[str]:
    """Which of lower, upper, digit and other occur. Chinese characters are "other"."""
    found = set()
    for character in password:
        category = unicodedata.category(character)
        found.add({"Ll": "lower", "Lu": "upper", "Nd": "digit"}.get(category, "other"))
    return found


def is_expired(account: Account, now: datetime) -> bool:
    """Whether the password is older than WUTONG_PASSWORD_DAYS."""
    return now - account.password_changed_at > timedelta(days=settings.WUTONG_PASSWORD_DAYS)


class ThreeClasses:
    """At least 10 characters, of three of the four classes."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < MIN_LENGTH or len(classes_of(password)) < MIN_CLASSES:
            raise ValidationError(self.get_help_text(), code="password_too_simple")

    def get_help_text(self) -> str:
        return _("密码至少%(length)d位，并含有大写字母、小写字母、数字、符号中的三种。") % {
            "length": MIN_LENGTH
        }


class NotInHistory:
    """None of the account's last five passwords, the current one included."""

    def validate(self, password: str, user: Any = None) -> None:
        if not isinstance(user, Account) or user.pk is None:
            return
        last = user.passwords.order_by("-set_at", "-pk").values_list("password", flat=True)[:HISTORY]
        if any(check_password(password, encoded) for encoded in last):
            raise ValidationError(self.get_help_text(), code="password_used_before")

    def get_help_text(self) -> str:
        return _("新密码不能与最近%(count)d次用过的密码相同。") % {"count": HISTORY}
