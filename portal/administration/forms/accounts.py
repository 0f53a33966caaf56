"""What somebody without an account, or without his password, types."""
from __future__ import annotations

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

ACCOUNT = RegexValidator(r"^[A-Za-z][A-Za-z0-9_.-]{2,59}$", _("账号用字母开头，3 至 60 位字母、数字、点、横线或下划线。"))


class PasswordForm(forms.Form):
    """A password, twice."""

    password = forms.CharField(
        label=_("密码"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("至少 10 位，不用常见密码，不与账号、姓名相似。"),
    )
    again = forms.CharField(label=_("再输一次密码"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def clean(self) -> dict:
        data = super().clean()
        if "password" in data and "again" in data and data["password"] != data["again"]:
            self.add_error("again", _("两次输入的密码不一样。"))
        return data


class AcceptForm(PasswordForm):
    """The account of an invited person."""

    username = forms.CharField(
        label=_("账号"), max_length=60, validators=[ACCOUNT], widget=forms.TextInput(attrs={"autocomplete": "username"}),
        help_text=_("登录时用，开通后不改。字母开头，可用数字、点、横线、下划线。"),
    )
    phone = forms.CharField(label=_("电话"), max_length=40, required=False)
    field_order = ("username", "phone", "password", "again")


class ForgottenForm(forms.Form):
    word = forms.CharField(label=_("账号或电子邮箱"), max_length=254, widget=forms.TextInput(attrs={"autocomplete": "username"}))


class SetupForm(PasswordForm):
    """Jurisdiction, operating organisation and first administrator."""

    province_code = forms.CharField(label=_("省级区划代码"), max_length=6, help_text=_("2 或 6 位数字。"))
    province_name = forms.CharField(label=_("省级名称"), max_length=80)
    city_code = forms.CharField(label=_("市级区划代码"), max_length=6, required=False, help_text=_("省级平台不填市、县。"))
    city_name = forms.CharField(label=_("市级名称"), max_length=80, required=False)
    county_code = forms.CharField(label=_("县级区划代码"), max_length=6, required=False, help_text=_("市级平台不填县。"))
    county_name = forms.CharField(label=_("县级名称"), max_length=80, required=False)
    organisation = forms.CharField(label=_("平台运维单位"), max_length=200, help_text=_("系统管理员所在的单位，例如政务信息中心。"))
    code = forms.CharField(label=_("统一社会信用代码"), max_length=30)
    name = forms.CharField(label=_("管理员姓名"), max_length=60)
    email = forms.EmailField(label=_("电子邮箱"), required=False)
    username = forms.CharField(
        label=_("账号"), max_length=60, validators=[ACCOUNT], widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    field_order = (
        "province_code", "province_name", "city_code", "city_name", "county_code", "county_name", "organisation", "code", "name", "email",
        "username", "password", "again",
    )

    def clean(self) -> dict:
        """A level has both code and name, and no level is left out in between."""
        data = super().clean()
        for level in ("city", "county"):
            code, name = data.get(f"{level}_code"), data.get(f"{level}_name")
            if bool(code) != bool(name):
                self.add_error(f"{level}_name" if code else f"{level}_code", _("代码和名称要一起填。"))
        return data

    def places(self) -> list[tuple[str, str]]:
        """Code and name of each level that was filled in, from the province down."""
        data = self.cleaned_data
        levels = [level for level in ("province", "city", "county") if data.get(f"{level}_code")]
        return [(data[f"{level}_code"], data[f"{level}_name"]) for level in levels]
