"""Production: secrets come from the environment or from key files; nothing has a default password."""

import os

from wutong.base.keys import load_keyring

from .base import *  # noqa: F403
from .base import WUTONG_KEY_DIR

DEBUG = False
SECRET_KEY = load_keyring(WUTONG_KEY_DIR, "django", create=False).active_key.hex()
ALLOWED_HOSTS = [host for host in os.environ.get("WUTONG_HOSTS", "").split(",") if host]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
