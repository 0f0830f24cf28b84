"""Settings that hold everywhere. What differs stands in sample.py, production.py and test.py."""

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from wutong.site.databases import database_from_url
from wutong.site.installed import LEDGERS

PACKAGE = Path(__file__).resolve().parents[2]
DATA_DIR = Path(os.environ.get("WUTONG_DATA_DIR", Path.cwd() / "var"))
FRONT_END_DIR = Path(os.environ.get("WUTONG_FRONT_END_DIR", PACKAGE.parents[1] / "node_modules"))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    "django_tasks",
    "django_tasks_db",
    "wutong.base.zone",
    "wutong.base.accounts",
    "wutong.base.audit",
    "wutong.base.files",
    "wutong.base.calendar",
    "wutong.base.jobs",
    "wutong.base.notices",
    "wutong.base.feeds",
    "wutong.base.lamps",
    "wutong.base.search",
    "wutong.ui",
    "wutong.registers.history",
    "wutong.registers.organisation",
    "wutong.registers.places",
    "wutong.registers.industries",
    "wutong.registers.enterprises",
    "wutong.registers.people",
    "wutong.registers.chains",
    "wutong.registers.projects",
    "wutong.registers.leads",
    "wutong.cases",
    "wutong.cases.handover",
    "wutong.cases.rounds",
    "wutong.exchange",
    "wutong.ledgerkit",
    "wutong.desk",
    *LEDGERS,
    "wutong.site",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "wutong.base.accounts.middleware.SessionRules",
    "wutong.ledgerkit.middleware.PlainErrors",
]

ROOT_URLCONF = "wutong.site.urls"
WSGI_APPLICATION = "wutong.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "wutong.desk.frame.frame",
            ],
            "builtins": [
                "wutong.ui.templatetags.wutong_ui",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
        },
    }
]

DATABASES = {"default": database_from_url(os.environ.get("DATABASE_URL", ""), DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- accounts -------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "wutong.base.accounts.backend.AccountBackend",
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "/"
WUTONG_ACCOUNT_RELATED = ("official__unit",)
WUTONG_ACCOUNT_COUNTS = {
    "unread_notices": "wutong.base.notices.queries.unread_of_account",
    "zone_name": "wutong.base.zone.queries.name_with_account",
    "zone_in_setup": "wutong.base.zone.queries.setup_with_account",
    "calendar_stamp": "wutong.base.calendar.services.stamp_with_account",
    "reaches": "wutong.registers.organisation.reach.reaches_with_account",
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "wutong.base.accounts.passwords.ThreeClasses"},
    {"NAME": "wutong.base.accounts.passwords.NotInHistory"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# scrypt is memory-hard and part of Python; a check costs about 50 ms.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
WUTONG_PASSWORD_DAYS = 90
WUTONG_IDLE_MINUTES = 30
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "wutong.base.accounts.pages.locked_out"
AXES_VERBOSE = False
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # trying again does not lengthen the lock
AXES_DISABLE_ACCESS_LOG = True  # the audit has it
AXES_CLIENT_IP_CALLABLE = "wutong.base.audit.addresses.client_address"
WUTONG_PROXY_COUNT = 0  # trusted proxies in front

# ---- sessions, cookies, headers ----------------------------------------------------------------------------
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

# ---- language, time ------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# ---- files -----------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS: list[object] = []
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "wutong.site.front_end.FrontEndFinder",
]
WUTONG_FILE_DIR = DATA_DIR / "files"
WUTONG_KEY_DIR = Path(os.environ.get("WUTONG_KEY_DIR", DATA_DIR / "keys"))
WUTONG_ANCHOR_DIR = Path(os.environ.get("WUTONG_ANCHOR_DIR", DATA_DIR / "anchors"))
WUTONG_CREATE_KEYS = False
WUTONG_UPLOAD_MAX_BYTES = 20 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# ---- the zone ---------------------------------------------------------------------------------------------------
WUTONG_ZONE_NAME = _("梧桐高新区")  # as long as the zone has no name of its own
WUTONG_SAMPLE = False  # pages say "sample data" when true
WUTONG_PERSONAL_CIPHER = "AES-GCM"  # or SM4-GCM
WUTONG_READER_MEMORY_BYTES = 1024 * 1024 * 1024
WUTONG_READER_SECONDS = 60

# ---- notices outside the product: a channel without its address is not offered ------------------------------------
WUTONG_SMS_URL = os.environ.get("WUTONG_SMS_URL", "")
WUTONG_SMS_KEY = os.environ.get("WUTONG_SMS_KEY", "")
WUTONG_SMS_SIGN = os.environ.get("WUTONG_SMS_SIGN", "")
WUTONG_SMS_TEMPLATE = os.environ.get("WUTONG_SMS_TEMPLATE", "")
WUTONG_SMS_RECEIPT_KEY = os.environ.get("WUTONG_SMS_RECEIPT_KEY", "")
WUTONG_WORKCHAT_URL = os.environ.get("WUTONG_WORKCHAT_URL", "")
WUTONG_WORKCHAT_RECEIPT_KEY = os.environ.get("WUTONG_WORKCHAT_RECEIPT_KEY", "")
WUTONG_EMAIL_FROM = os.environ.get("WUTONG_EMAIL_FROM", "")
EMAIL_HOST = os.environ.get("WUTONG_EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("WUTONG_EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("WUTONG_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("WUTONG_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("WUTONG_EMAIL_TLS", "") == "1"
EMAIL_TIMEOUT = 10

FORM_RENDERER = "wutong.ui.forms.HouseRenderer"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
WUTONG_JOB_LEASE_SECONDS = 60  # a worker not seen for so long has lost its job

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
