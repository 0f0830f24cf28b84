"""Invented accounts, made without the services above the audit."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser

LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def make_account(name: str = "zhang.san") -> AbstractBaseUser:
    account: AbstractBaseUser = get_user_model().objects.create(
        name=name, display_name=name, created_at=LONG_AGO, password_changed_at=LONG_AGO
    )
    return account
