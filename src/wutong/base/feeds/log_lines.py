"""Keeps the secret part of a feed's address out of the log: Django logs the path of every request that fails."""

import logging
import re
from collections.abc import Mapping
from typing import Any

PREFIX = "feeds/due/"
"""Where the feeds are; what follows it in an address is a secret."""

SECRET = re.compile(rf"({PREFIX})[^\s\"'?#]+")
LOGGERS = ("django.request", "django.server", "django.security.csrf", "django.security.DisallowedHost")


class HideAddresses(logging.Filter):
    """Puts … in the place of the token, in the message and in its arguments."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _hidden(record.msg)
        if isinstance(record.args, Mapping):
            record.args = {name: _hidden(value) for name, value in record.args.items()}
        elif record.args:
            record.args = tuple(_hidden(value) for value in record.args)
        return True


def _hidden(value: Any) -> Any:
    return SECRET.sub(r"\1…", value) if isinstance(value, str) else value


def hide_addresses() -> None:
    """For every logger that Django gives a path to. Safe to repeat."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(item, HideAddresses) for item in logger.filters):
            logger.addFilter(HideAddresses())
