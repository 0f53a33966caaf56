"""The form of a token."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import ApiToken


class TokenForm(forms.Form):
    name = forms.CharField(label=_("用途"), max_length=80, help_text=_("写明哪个系统使用，便于日后撤销。"))
    scope = forms.ChoiceField(
        label=_("权限"), choices=ApiToken.Scope.choices,
        help_text=_("开标、签署、支付等须本人确认的事项，只有第三种令牌能办理，生成时要确认是您本人。"),
    )
