"""Django's settings, out of the typed environment. Their meaning stands in `schema.py`."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import environ
from csp import constants as csp
from django.utils.functional import SimpleLazyObject
from django_stubs_ext import monkeypatch

from fishbowl import boot, desk, secrets
from fishbowl.embedded import DATABASE, ROLE, EmbeddedError, explain_os_error
from fishbowl.embedded.postgres import PORT as POSTGRES_PORT
from fishbowl.environment import BASE_DIR, Environment

monkeypatch()  # so that `ForeignKey["Character"]` may be written outside annotations

FISHBOWL: Environment = boot.environment()
PLACES = boot.places()

DEBUG = FISHBOWL.debug
ALLOWED_HOSTS = FISHBOWL.served_hosts()
CSRF_TRUSTED_ORIGINS = list(FISHBOWL.csrf_trusted_origins)
try:
    SECRET_KEY = FISHBOWL.secret_key or secrets.secret_key(PLACES)
except EmbeddedError as error:
    boot.refuse(error, boot.NO_SERVERS)
except OSError as error:
    boot.refuse(explain_os_error(error, PLACES.var), boot.NO_SERVERS)

INSTALLED_APPS = [
    "fishbowl.apps.FishbowlConfig",  # first: it replaces a script of the admin's theme
    "unfold.apps.BasicAppConfig",
    "fishbowl.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "channels",
    "auditlog",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "csp",
    "characters",
    "audit",
    "memories",
    "conversations",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "fishbowl.files.static_files",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "audit.security.middleware.who_acts",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",  # last: it turns a lockout into its page
]
# Where who signs in at /admin/login/ itself, and came from nowhere, is sent.
LOGIN_REDIRECT_URL = "admin:index"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: whoever is locked out gets no further
    "django.contrib.auth.backends.ModelBackend",
]
ROOT_URLCONF = "fishbowl.urls"
ASGI_APPLICATION = "fishbowl.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]


# Rows
def _database() -> dict[str, Any]:
    if FISHBOWL.database_url:
        return dict(environ.Env.db_url_config(FISHBOWL.database_url))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": str(PLACES.sockets),
        "PORT": str(POSTGRES_PORT),
        "NAME": DATABASE,
        "USER": ROLE,
    }


# A connection lasts as long as the request or the task it serves: threads come and go under ASGI,
# and one that kept its connection would keep a dead one after the database has restarted.
DATABASES: dict[str, dict[str, Any]] = {
    "default": {**_database(), "CONN_MAX_AGE": 0, "ATOMIC_REQUESTS": False}
}
# Django's own cursors prepare nothing; recall does (`memories.view.View.planned`).
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("prepare_threshold", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Nudges and live events
REDIS_URL = FISHBOWL.redis_url or PLACES.redis_url
REDIS_PREFIX = "fishbowl"


def redis_number(redis_url: str) -> str:
    """Which of Redis's databases an address names."""
    parts = urlsplit(redis_url)
    path = "" if parts.scheme == "unix" else parts.path.strip("/")
    return parse_qs(parts.query).get("db", [path])[0] or "0"


def live_events(redis_url: str) -> dict[str, Any]:
    """The channel layer. Redis's databases part keys, not what is published: two societies on one
    server would hear each other's talk but for the number in the prefix."""
    return {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [redis_url], "prefix": f"{REDIS_PREFIX}.{redis_number(redis_url)}"},
    }


CHANNEL_LAYERS = {"default": live_events(REDIS_URL)}


def broker_url(redis_url: str) -> str:
    """The address of Redis as Celery writes it."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    whom = parts.netloc.rpartition("@")[0]
    if named := parse_qs(parts.query).get("password"):
        whom = f":{quote(named[0], safe='')}"
    path = f"{whom}@{parts.path}" if whom else parts.path
    return f"redis+socket://{path}?virtual_host={redis_number(redis_url)}"


CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # for as long as it takes
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": f"{REDIS_PREFIX}:",
    "socket_connect_timeout": 2,
    "socket_timeout": 3,
    # No list of nudges under way is kept in Redis: a lost one is found again in the rows.
    "ack_emulation": False,
}
# A web request that nudges must not hang on a Redis that is gone: the sweep nudges again.
CELERY_TASK_PUBLISH_RETRY = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 2, "interval_start": 0, "interval_max": 0.2}
CELERY_TASK_DEFAULT_QUEUE = "upkeep"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_STORE_ERRORS_EVEN_IF_IGNORED = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_ENABLE_UTC = True
CELERY_TIMEZONE = "UTC"

# Time and language
USE_TZ = True
TIME_ZONE = FISHBOWL.time_zone
LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = ["fishbowl.formats"]
USE_I18N = True

# Files of ours, served by the web process itself, without a step that collects them first
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# What keepers upload: pictures of characters, served by a view that knows pictures alone
MEDIA_ROOT = PLACES.media
MEDIA_URL = "media/"

# The keeper's desk
UNFOLD = desk.UNFOLD

# Browsers
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "audit.security.refusals.form_refused"
# Nothing inline, nothing evaluated, nothing from elsewhere but characters' pictures.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [csp.SELF],
        "script-src": [csp.SELF],
        "style-src": [csp.SELF],
        "font-src": [csp.SELF],
        "connect-src": [csp.SELF],
        "img-src": [csp.SELF, "data:", "https:"],
        "object-src": [csp.NONE],
        "frame-src": [csp.NONE],
        "frame-ancestors": [csp.NONE],
        "base-uri": [csp.NONE],
        "form-action": [csp.SELF],
    }
}
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
if FISHBOWL.is_https:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # asked from this machine
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True

# Signing in: five failures from one address shut it out for a while
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = dt.timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["ip_address"]
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # sign-ins are security events of ours
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "audit.trail.acting.address_of"
AXES_LOCKOUT_CALLABLE = "audit.security.refusals.locked_out"
OTP_TOTP_ISSUER = "Fishbowl"
OTP_ADMIN_HIDE_SENSITIVE_DATA = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# What the model door reads
EMBEDDING = SimpleLazyObject(lambda: _embedding())  # importing a client takes half a second


def _embedding() -> Any:
    from fishbowl.llm.embedding import EmbeddingSettings

    if FISHBOWL.embedding_provider == "wordllama":
        return EmbeddingSettings()
    return EmbeddingSettings(
        provider="server",
        base_url=FISHBOWL.embedding_base_url,
        api_key=FISHBOWL.embedding_api_key,
        model=FISHBOWL.embedding_model,
        dimensions=FISHBOWL.embedding_dimensions,
    )


LLM_ENDPOINTS = SimpleLazyObject(lambda: _endpoints())
LLM_MAX_CONCURRENCY = FISHBOWL.llm_max_concurrency


MODERATION_ENDPOINT = SimpleLazyObject(lambda: _moderation())


def _moderation() -> Any:
    """The endpoint that is asked about what is said; None: there is none."""
    from fishbowl.llm.endpoint import Endpoint

    if not FISHBOWL.moderation_base_url:
        return None
    return Endpoint(
        name="moderation",
        base_url=FISHBOWL.moderation_base_url,
        api_key=FISHBOWL.moderation_api_key,
        model=FISHBOWL.moderation_model,
        timeout_s=FISHBOWL.moderation_timeout_s,
    )


def _endpoints() -> Any:
    """The model servers in the order to try them. Their limit of calls is the ledger's, which
    counts those of every process."""
    from dataclasses import asdict

    from fishbowl.llm.endpoint import Endpoint

    return tuple(
        Endpoint(**{**asdict(server), "max_concurrency": 0}) for server in FISHBOWL.model_servers()
    )


# One line for each event, to standard error; whoever runs the process keeps it.
# `supervise.py` shows lines of WARNING and above at the terminal, by this format.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": FISHBOWL.log_level},
    "loggers": {
        "django": {"handlers": [], "level": FISHBOWL.log_level, "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "asyncio": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "httpx2": {"level": "WARNING"},
    },
}
