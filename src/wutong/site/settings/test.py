"""Tests: a throw-away directory for keys and files, fast password hashing, the database of DATABASE_URL."""

import os
import tempfile
from pathlib import Path

from .base import *  # noqa: F403
from .base import DATABASES

_DIR = Path(tempfile.mkdtemp(prefix="wutong-test-"))
DEBUG = False
SECRET_KEY = "only-for-tests-" + _DIR.name
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WUTONG_FILE_DIR = _DIR / "files"
WUTONG_KEY_DIR = _DIR / "keys"
WUTONG_ANCHOR_DIR = _DIR / "anchors"
WUTONG_CREATE_KEYS = True
AXES_ENABLED = False
if "DATABASE_URL" not in os.environ:
    DATABASES["default"]["NAME"] = ":memory:"
