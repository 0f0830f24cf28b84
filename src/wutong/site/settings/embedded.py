"""A zone of its own on one machine: embedded SQLite, keys made at the first start, plain HTTP on loopback."""

from wutong.base.keys import load_keyring

from .base import *  # noqa: F403
from .base import WUTONG_KEY_DIR

DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
WUTONG_CREATE_KEYS = True
SECRET_KEY = load_keyring(WUTONG_KEY_DIR, "django", create=True).active_key.hex()
