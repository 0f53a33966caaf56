"""Settings that let in somebody who should stay outside."""
from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_noop as _

from .findings import Finding, check, error, warning

LEAST_KEY = 50  # characters
LOCAL = {"localhost", "127.0.0.1", "[::1]", "::1", "testserver"}


def is_reached_from_outside() -> bool:
    """Whether others than this machine are meant to use the portal."""
    return bool(set(settings.ALLOWED_HOSTS) - LOCAL) or urlsplit(settings.PUBLIC_URL).hostname not in LOCAL


@check
def secret_key() -> Iterator[Finding]:
    key = settings.SECRET_KEY
    if len(key) < LEAST_KEY or len(set(key)) < 10 or key.startswith("django-insecure"):
        yield error("secret_key", _("SECRET_KEY 太短或太简单，会话可以伪造。请去掉这一设置，由系统生成；或者设为至少 50 个随机字符。"))
    path = settings.VAR_DIR / "secret_key"
    if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield error("secret_key_readable", _("%(path)s 别的账户也能读。请运行 chmod 600 %(path)s。"), path=path)


@check
def debug() -> Iterator[Finding]:
    if settings.DEBUG:
        yield error("debug", _("DEBUG 已打开，出错页面会泄露内部数据。请设为 0。"))


@check
def demonstration() -> Iterator[Finding]:
    if settings.DEMO and is_reached_from_outside():
        yield error("demo", _("演示模式下任何人不用密码就能登录，却可以从外部访问。请设 PORTAL_DEMO=0 并使用没有演示数据的数据库。"))
    from portal.accounts.models import User

    if not settings.DEMO and User.objects.filter(is_demo=True, is_active=True).exists():
        yield error("demo_people", _("库里有演示人员，但这不是演示系统。请停用他们，或者换用没有演示数据的数据库。"))


@check
def https() -> Iterator[Finding]:
    if not is_reached_from_outside():
        return
    if not settings.HTTPS_ONLY:
        yield error("https", _("HTTPS_ONLY 未打开，登录信息可能明文传输。请在前端代理上配置证书，并设 HTTPS_ONLY=1。"))
    elif settings.SECURE_PROXY_SSL_HEADER is None:
        yield error("proxy", _("已设 HTTPS_ONLY 而未设 BEHIND_PROXY，系统不知道请求来自 HTTPS，表单会被拒绝。请设 BEHIND_PROXY=1。"))
    if urlsplit(settings.PUBLIC_URL).scheme != "https":
        yield error("public_url_scheme", _("PUBLIC_URL（%(url)s）不是 https 地址，文书上的二维码会指向不安全的地址。"),
                    url=settings.PUBLIC_URL)  # fmt: skip


@check
def hosts() -> Iterator[Finding]:
    if "*" in settings.ALLOWED_HOSTS:
        yield error("hosts_any", _("ALLOWED_HOSTS 含有 *，任何域名都被接受。请写明域名。"))
    name = urlsplit(settings.PUBLIC_URL).hostname
    if "*" not in settings.ALLOWED_HOSTS and name not in settings.ALLOWED_HOSTS:
        yield error("hosts_public_url", _("PUBLIC_URL 的域名 %(name)s 不在 ALLOWED_HOSTS 中，文书上的地址打不开。"), name=name)
    if is_reached_from_outside() and name in LOCAL:
        yield error("public_url_local", _("PUBLIC_URL 是本机地址 %(url)s，别人扫描文书上的二维码打不开。"), url=settings.PUBLIC_URL)


@check
def second_factor() -> Iterator[Finding]:
    """Only where the installation has such a policy."""
    policy = getattr(settings, "SECOND_FACTOR", None)
    if policy is not None and str(policy).lower() in {"", "off", "none", "optional", "false"} and is_reached_from_outside():
        yield warning("second_factor", _("没有要求第二重验证（SECOND_FACTOR=%(policy)s）。批准、开标、支付的人员至少应当启用。"),
                      policy=policy)  # fmt: skip


@check
def media_permissions() -> Iterator[Finding]:
    if settings.MEDIA_ROOT and Path(settings.MEDIA_ROOT).exists():
        mode = stat.S_IMODE(Path(settings.MEDIA_ROOT).stat().st_mode)
        if mode & 0o007:
            yield warning(
                "media_permissions", _("文件夹 %(path)s 本机所有账户都能进入（权限 %(mode)s）。请运行 chmod 750 %(path)s。"),
                path=settings.MEDIA_ROOT, mode=f"{mode:o}",
            )
    if (settings.VAR_DIR / "portal.sqlite3").exists():
        mode = stat.S_IMODE((settings.VAR_DIR / "portal.sqlite3").stat().st_mode)
        if mode & 0o007:
            yield warning(
                "database_permissions", _("数据库文件 %(path)s 本机所有账户都能读（权限 %(mode)s）。请运行 chmod 640 %(path)s。"),
                path=settings.VAR_DIR / "portal.sqlite3", mode=f"{mode:o}",
            )


@check
def metrics_access() -> Iterator[Finding]:
    if len(settings.METRICS_TOKEN) in range(1, 20):
        yield warning("metrics_token", _("METRICS_TOKEN 不足 20 个字符，容易猜到。"))
