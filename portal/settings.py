"""Settings of the portal. Everything that differs between installations is an environment variable.

The table of variables stands in docs/operations.md; a test holds the two together.
"""
import os
import secrets
from pathlib import Path

import environ

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# --- where state lives -------------------------------------------------------------------------------------------
VAR_DIR = Path(env("PORTAL_VAR", default=str(BASE_DIR / "var"))).resolve()
for folder in ("media", "log", "static", "metrics", "broker/queue", "broker/processed", "broker/control"):
    (VAR_DIR / folder).mkdir(parents=True, exist_ok=True)


def _secret_key() -> str:
    """A key of this installation's own, made once and kept beside its data."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.write_text(secrets.token_urlsafe(64))
        path.chmod(0o600)
    return path.read_text().strip()


SECRET_KEY = env("SECRET_KEY", default="") or _secret_key()
DEBUG = env.bool("DEBUG", default=False)
# Demonstration people, one-click sign-in and the movable clock exist only in demo mode.
_mode = VAR_DIR / "mode"  # written by script/server, so that commands agree with the server they stand beside
DEMO = env.bool("PORTAL_DEMO", default=_mode.exists() and _mode.read_text().strip() == "demo")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_URL = env("PUBLIC_URL", default="http://127.0.0.1:8000")  # printed as the address of QR codes on paper

# --- applications: listed floor by floor, bottom to top; the order is the order in which consequences run --------
PORTAL_APPS = [
    "portal.rules",
    "portal.audit",
    "portal.accounts",
    "portal.workflow",
    "portal.workdays",
    "portal.search",
    "portal.files",
    "portal.notices",
    "portal.notifications",
    "portal.authentication",
    "portal.signing",
    "portal.delegations",
    "portal.reports",
    "catalogue",
    "procurement.suppliers",
    "procurement.plans",
    "procurement.budgets",
    "procurement.tenders",
    "procurement.bids",
    "procurement.awards",
    "procurement.contracts",
    "procurement.payments",
    "evaluation.schemes",
    "evaluation.assessments",
    "portal.administration",
    "portal.workbench",
    "portal.publicity",
    "portal.operations",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "axes",
    *PORTAL_APPS,
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.accounts.middleware.RequestIdMiddleware",
    "portal.operations.observing.ObservingMiddleware",
    "portal.accounts.middleware.ContentSecurityPolicyMiddleware",
    "procurement.bids.reception.SealedReceptionMiddleware",  # before everything that reads a body
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.accounts.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "portal.authentication.middleware.SessionLimitsMiddleware",
    "portal.authentication.middleware.SecondFactorMiddleware",
    "portal.authentication.middleware.StepUpMiddleware",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "portal.context.surroundings",
            ],
            "builtins": ["portal.templatetags.components"],
            "libraries": {"i18n": "portal.templatetags.translation"},
        },
    }
]

# --- database: SQLite embedded, PostgreSQL for everything bigger -------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-20000; "
            "PRAGMA mmap_size=134217728; PRAGMA temp_store=MEMORY;"
        ),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["PREPARED_STATEMENTS"] = env.bool("PREPARED_STATEMENTS", default=True)
    if DATABASES["default"]["PREPARED_STATEMENTS"]:
        # What is prepared is a long statement of many small parts: planning it for the values of each reader costs ten times
        # what it takes to run, and PostgreSQL would go on doing so where some agencies have much more than others.
        options = DATABASES["default"].setdefault("OPTIONS", {})
        options["options"] = f"{options.get('options', '')} -c plan_cache_mode=force_generic_plan".strip()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)  # believe what the proxy says of the visitor's address and scheme

# --- people ------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["portal.authentication.backends.GuardedBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "authentication:sign_in"
LOGIN_REDIRECT_URL = "/workbench/"
LOGOUT_REDIRECT_URL = "/"
AXES_FAILURE_LIMIT = env.int("SIGN_IN_FAILURE_LIMIT", default=5)
AXES_COOLOFF_TIME = env.float("SIGN_IN_LOCK_HOURS", default=0.25)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "portal.authentication.views.sign_in.locked"
AXES_CLIENT_IP_CALLABLE = "portal.authentication.devices.client_address"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the page says when the lock ends; trying on does not move it
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_VERBOSE = False
SIGN_IN_PERSON_LIMIT = env.int("SIGN_IN_PERSON_LIMIT", default=30)  # failures of one account in an hour, from anywhere
SIGN_IN_ADDRESS_LIMIT = env.int("SIGN_IN_ADDRESS_LIMIT", default=100)  # failures from one address in an hour
SECOND_FACTOR = env("SECOND_FACTOR", default="acting")  # who must have one: none, acting, everybody
ADMINISTRATION_MINUTES = env.int("ADMINISTRATION_MINUTES", default=60)  # longest period of administration; 0 = no periods
STEP_UP_MINUTES = env.int("STEP_UP_MINUTES", default=10)
STEP_UP_BY_PASSWORD = env.bool("STEP_UP_BY_PASSWORD", default=True)  # for people who have no second factor

# A government's unified identity (OpenID Connect); offered where an issuer is named.
IDENTITY_ISSUER = env("IDENTITY_ISSUER", default="")
IDENTITY_NAME = env("IDENTITY_NAME", default="统一身份认证")
IDENTITY_CLIENT_ID = env("IDENTITY_CLIENT_ID", default="")
IDENTITY_CLIENT_SECRET = env("IDENTITY_CLIENT_SECRET", default="")

# --- language, time ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_THOUSAND_SEPARATOR = False

# --- files -------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = Path(env("MEDIA_DIR", default=str(VAR_DIR / "media")))  # one folder that all hosts share
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if env("S3_BUCKET", default=""):  # needs requirements-s3.txt
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env("S3_BUCKET"), "endpoint_url": env("S3_ENDPOINT", default="") or None,
            "region_name": env("S3_REGION", default="") or None, "access_key": env("S3_ACCESS_KEY", default="") or None,
            "secret_key": env("S3_SECRET_KEY", default="") or None, "default_acl": None, "file_overwrite": False,
        },
    }
FILE_SIZE_LIMIT = env.int("FILE_SIZE_LIMIT", default=50 * 1024 * 1024)  # bytes, per file; a kind may set a lower one
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024  # fields beside the files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_HANDLERS = [
    "portal.files.uploads.QuotaUploadHandler",  # first: counts, and drops what is over the limit
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

BACKUP_RECIPIENTS = env.list("BACKUP_RECIPIENT", default=[])  # public keys of age that backups are encrypted to

# --- tasks -------------------------------------------------------------------------------------------------------
REDIS_URL = env("REDIS_URL", default="")
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CACHES = {
        "default": {
            "BACKEND": "portal.cache.ForgivingRedisCache", "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},  # seconds; a dead broker must not hold up a page
        }
    }
else:
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT = "portal.broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR_DIR / "broker/queue"),
        "data_folder_out": str(VAR_DIR / "broker/queue"),
        "processed_folder": str(VAR_DIR / "broker/processed"),
        "control_folder": str(VAR_DIR / "broker/control"),
        "store_processed": False,
        "polling_interval": 0.05,
    }
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BEAT_MAX_LOOP_INTERVAL = 2
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_ALWAYS_EAGER = env.bool("TASKS_EAGER", default=False)
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True

# --- mail --------------------------------------------------------------------------------------------------------
EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
if EMAIL_CONFIG["EMAIL_BACKEND"].endswith("console.EmailBackend"):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="portal@localhost")

# --- API ---------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "portal.accounts.api.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["portal.accounts.api.RolesDeclared", "portal.workflow.rest.KnownWords"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "portal.workflow.rest.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "NUM_PROXIES": int(BEHIND_PROXY),  # a visitor does not choose the address he is counted by
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": env("API_RATE", default="6000/min")},
    "EXCEPTION_HANDLER": "portal.workflow.rest.answer_refusal",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "COERCE_DECIMAL_TO_STRING": True,
    "PAGE_SIZE": 25,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "政府购买服务门户 API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "portal.workflow.schema.describe_acts"],
}

# --- browser -----------------------------------------------------------------------------------------------------
HTTPS_ONLY = env.bool("HTTPS_ONLY", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS_ONLY
# Over HTTPS the names bind the cookies to this very host: no neighbour under the same domain can set them.
SESSION_COOKIE_NAME = "__Host-session" if HTTPS_ONLY else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS_ONLY else "csrftoken"
CSRF_COOKIE_HTTPONLY = True  # pages carry the token in their forms
CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "portal.authentication.sessions"
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=12) * 3600
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=60)
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS_ONLY
SECURE_SSL_REDIRECT = False  # the proxy in front redirects
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)

# --- who may read /metrics: a bearer token, or addresses (never through a proxy) -----------------------------------
METRICS_TOKEN = env("METRICS_TOKEN", default="")
METRICS_ADDRESSES = env.list("METRICS_ADDRESSES", default=[])
METRICS_DIR = VAR_DIR / "metrics"
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS_DIR)  # read when prometheus_client is first imported

# --- the record, jurisdiction ------------------------------------------------------------------------------------
JURISDICTION = env("JURISDICTION", default="赣江市（演示）" if DEMO else "")  # name on the public pages
AUDIT_DIGEST = env("AUDIT_DIGEST", default="sha256")
SIGNATURE_DIGEST = env("SIGNATURE_DIGEST", default="sha256")  # of what a person signs: sha256 or sm3
# The seal on papers: the organisation's certificate with its key, or one that this installation makes itself.
SEAL_PAPERS = env.bool("SEAL_PAPERS", default=True)
SEAL_DIR = Path(env("SEAL_DIR", default=str(VAR_DIR / "seal")))  # of the seal made here; one folder that all hosts share
SEAL_CERTIFICATE = env("SEAL_CERTIFICATE", default="")
SEAL_KEY = env("SEAL_KEY", default="")
SEAL_PASSPHRASE = env("SEAL_PASSPHRASE", default="")
SEAL_ROOTS = env("SEAL_ROOTS", default="")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "portal.logs.JsonFormatter"}, "line": {"()": "portal.logs.LineFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": env("LOG_FORMAT", default="json")}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},  # in place of Django's own handlers, which print everything
        "django.request": {"level": "ERROR"},  # refusals stand in the access log; this one adds what broke
        "weasyprint": {"level": "WARNING"}, "fontTools": {"level": "WARNING"}, "pikepdf": {"level": "WARNING"},
        "axes": {"level": "ERROR"},  # attempts stand in their table, with the names that a log must not hold
    },
}
SILENCED_SYSTEM_CHECKS = ["axes.W003", "templates.W003"]  # the second: our i18n tags stand before Django's, on purpose
