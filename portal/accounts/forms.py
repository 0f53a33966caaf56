"""Forms of signing in and of tokens."""
from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from .models import ApiToken


class SignInForm(AuthenticationForm):
    """Account and password; a wrong account and a wrong password read the same (no enumeration)."""

    error_messages = {
        "invalid_login": _("账号或密码不对。连续输错 5 次将锁定 15 分钟。"),
        "inactive": _("账号或密码不对。连续输错 5 次将锁定 15 分钟。"),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("账号")
        self.fields["username"].widget.attrs.update({"autocomplete": "username"})
        self.fields["password"].label = _("密码")


class TokenForm(forms.Form):
    name = forms.CharField(label=_("用途"), max_length=80, help_text=_("写明哪个系统使用，便于日后撤销。"))
    scope = forms.ChoiceField(label=_("权限"), choices=ApiToken.Scope.choices)
