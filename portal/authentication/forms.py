"""Forms of signing in and of second factors."""
from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils.translation import gettext_lazy as _

from . import factors


class SignInForm(AuthenticationForm):
    """Account and password; a wrong account and a wrong password read the same (no enumeration)."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("账号")
        self.fields["username"].widget.attrs.update({"autocomplete": "username"})
        self.fields["password"].label = _("密码")

    def get_invalid_login_error(self):
        return forms.ValidationError(
            _("账号或密码不对。连续输错 %(limit)s 次将锁定 %(minutes)s 分钟。"), code="invalid_login",
            params={"limit": settings.AXES_FAILURE_LIMIT, "minutes": round(settings.AXES_COOLOFF_TIME * 60)},
        )


class OwnPasswordForm(PasswordChangeForm):
    """The present password, and a new one twice."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = _("现在的密码")
        self.fields["new_password1"].label = _("新密码")
        self.fields["new_password1"].help_text = _("至少 10 个字符，不能是常见密码，不能与账号、姓名相似。")
        self.fields["new_password2"].label = _("再输一次新密码")
        self.fields["new_password2"].help_text = ""


class AppForm(forms.Form):
    """The name of the device and the first code that it shows."""

    name = forms.CharField(label=_("名称"), max_length=60, initial=_("我的手机"), help_text=_("便于日后辨认，如“办公手机”。"))
    code = forms.CharField(
        label=_("动态口令"), max_length=10, help_text=_("扫码后应用里显示的六位数字。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def __init__(self, *args, secret: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.secret, self.step = secret, 0

    def clean_code(self) -> str:
        step = factors.step_of(self.secret, self.cleaned_data["code"])
        if step is None:
            raise forms.ValidationError(_("口令不对。请确认扫的是本页的二维码，并且手机时间准确。"))
        self.step = step
        return self.cleaned_data["code"]


class KeyForm(forms.Form):
    """The name of the key, and what the browser brings from it."""

    name = forms.CharField(label=_("名称"), max_length=60, initial=_("我的安全密钥"), help_text=_("便于日后辨认，如“钥匙串上的密钥”。"))
    answer = forms.CharField(widget=forms.HiddenInput, error_messages={"required": _("没有收到密钥的应答，请重试。")})


class PeriodForm(forms.Form):
    """Why somebody administers now, and for how long."""

    reason = forms.CharField(label=_("事由"), max_length=300, help_text=_("写明要办什么，如“为新进人员开通账号”。审计人员看得到。"))
    minutes = forms.TypedChoiceField(label=_("时长"), coerce=int)

    def __init__(self, *args, longest: int, **kwargs):
        super().__init__(*args, **kwargs)
        offered = [minutes for minutes in (15, 30, 60, 120, 240, 480) if minutes < longest] + [longest]
        self.fields["minutes"].choices = [(minutes, _("%(minutes)s 分钟") % {"minutes": minutes}) for minutes in offered]
