"""What happens with every sign-in, and how the record tells it."""
from __future__ import annotations

from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal.accounts.models import User
from portal.accounts.presence import HAS_FACTOR, STEPPED_UP_AT, STEPPED_UP_BY
from portal.audit.sentences import register_renderer

from . import sessions
from .devices import client_address, coarse, device_of
from .factors import has_factor

_SENTENCES = {
    "sign_in": gettext_noop("%(who)s登录"),
    "demo_sign_in": gettext_noop("%(who)s以演示人员身份登录"),
    "factor_added": gettext_noop("%(who)s登记第二验证方式：%(thing)s"),
    "factor_removed": gettext_noop("%(who)s移除第二验证方式：%(thing)s"),
    "own_password_changed": gettext_noop("%(who)s修改了自己的密码"),
    "codes_made": gettext_noop("%(who)s重新生成备用码"),
    "sessions_ended": gettext_noop("%(who)s结束了自己的其他会话"),
    "identity_bound": gettext_noop("%(who)s绑定统一身份：%(thing)s"),
    "identity_unbound": gettext_noop("%(who)s解除统一身份绑定：%(thing)s"),
    "administration_opened": gettext_noop("%(who)s开始管理时段，事由：%(thing)s"),
    "administration_closed": gettext_noop("%(who)s结束管理时段"),
    "token_issued": gettext_noop("%(who)s生成接口令牌：%(thing)s"),
    "token_revoked": gettext_noop("%(who)s撤销接口令牌：%(thing)s"),
}


@receiver(user_logged_in)
def session_begins(sender, request, user, **more) -> None:
    """Note device and coarse address, start the two time limits, forget what an earlier person showed."""
    session = request.session
    for name in (STEPPED_UP_AT, STEPPED_UP_BY):
        session.pop(name, None)
    sessions.begin(
        session, device=device_of(request.META.get("HTTP_USER_AGENT", "")), address=coarse(client_address(request))
    )
    session[HAS_FACTOR] = has_factor(user)


@receiver(post_save, sender=User)
def disabled_people_are_out(sender, instance: User, **more) -> None:
    """Who is disabled loses his sessions for good; enabled again, he signs in anew."""
    if not instance.is_active:
        sessions.end_sessions(instance)


@register_renderer
def sentence_of(entry) -> str | None:
    """Acts of signing in as sentences of the record."""
    if entry.lifecycle != "note" or entry.transition not in _SENTENCES:
        return None
    who = " ".join(filter(None, (entry.organisation_name, entry.actor_name)))
    return _(_SENTENCES[entry.transition]) % {"who": who, "thing": entry.subject_label}
