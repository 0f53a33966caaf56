"""What bidders, openers and officers give with their acts: the same forms for pages and programs."""
from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import clock, money
from portal.accounts.models import Membership, User
from portal.accounts.roles import Role
from portal.files.forms import DocumentField
from portal.workflow.inputs import ActInputs, SeveralField
from procurement.tenders.models import Tender

from . import rules
from .models import Bid, SealedPart


def _people(organisation, role: str):
    return User.objects.filter(
        pk__in=Membership.objects.live().filter(organisation=organisation, role=role).values("user")
    ).order_by("name", "pk")


class _Password(forms.PasswordInput):
    def __init__(self, autocomplete: str) -> None:
        super().__init__(attrs={"autocomplete": autocomplete})


# --- the key -----------------------------------------------------------------------------------------------------
class OpenersForm(ActInputs):
    """Who opens and who witnesses."""

    openers = SeveralField(
        User.objects.none(), label=_("开标人"), widget=forms.CheckboxSelectMultiple,
        help_text=_("至少两人。多指定一人，可防有人忘记口令或不能到场。"),
    )
    witness = forms.ModelChoiceField(User.objects.none(), label=_("监督见证人"))

    def prepare(self) -> None:
        self.fields["openers"].queryset = _people(self.actor.organisation, Role.OPENER)
        self.fields["witness"].queryset = _people(self.actor.organisation, Role.WITNESS)


class NameOpenersForm(OpenersForm):
    tender = forms.ModelChoiceField(Tender.objects.none(), label=_("采购活动"))
    field_order = ["tender", "openers", "witness"]

    def prepare(self) -> None:
        super().prepare()
        self.fields["tender"].queryset = Tender.objects.filter(
            agency=self.actor.organisation_id, published_at=None, opening_key=None
        ).exclude(state=Tender.State.CANCELLED)


class PassphraseForm(ActInputs):
    passphrase = forms.CharField(
        label=_("开标口令"), strip=False, max_length=200, widget=_Password("new-password"),
        help_text=_("不少于十二个字符，只用于这次开标。系统不保存口令，忘记后无法找回。"),
    )
    again = forms.CharField(label=_("再输一次"), strip=False, max_length=200, widget=_Password("new-password"))

    def clean(self) -> dict:
        data = super().clean()
        first = data.get("passphrase", "")
        if first and len(first) < rules.PASSPHRASE_LENGTH:
            self.add_error("passphrase", ValidationError(_("开标口令不少于十二个字符。"), code="SEAL-02"))
        elif first and self.actor.user.check_password(first):
            self.add_error("passphrase", ValidationError(_("开标口令不得与登录密码相同。"), code="SEAL-02"))
        if first and "again" in data and data["again"] != first:
            self.add_error("again", ValidationError(_("两次输入的口令不一样。"), code="SEAL-02"))
        return data


class OwnPassphraseForm(ActInputs):
    passphrase = forms.CharField(
        label=_("您的开标口令"), strip=False, max_length=200, widget=_Password("off"),
        help_text=_("您为这次开标设置的口令。"),
    )


# --- a bid -------------------------------------------------------------------------------------------------------
class DraftBidForm(ActInputs):
    tender = forms.ModelChoiceField(Tender.objects.none(), label=_("采购活动"))

    def prepare(self) -> None:
        self.fields["tender"].queryset = Tender.objects.visible_to(self.actor)


class PriceForm(ActInputs):
    """The opening form (开标一览表): figures and words are sealed as they were typed."""

    price = forms.DecimalField(label=_("投标报价（小写）"), max_digits=14, decimal_places=2, min_value=0, localize=False)
    price_words = forms.CharField(
        label=_("投标报价（大写）"), max_length=80,
        help_text=_("如：人民币叁佰陆拾捌万元整。大写与小写不一致时以大写为准（财政部令第87号第五十九条）。"),
    )
    price.widget.attrs["data-unit"] = _("元")

    def clean_price_words(self) -> str:
        words = self.cleaned_data["price_words"].strip()
        try:
            money.from_words(words)
        except money.NotMoney as error:
            raise ValidationError(_("读不出金额，请用零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整书写。"), code="RCV-10") from error
        return words


class ResponseForm(ActInputs):
    """Answers to every condition, requirement, factor and service content of the tender document."""

    service_term = forms.CharField(label=_("服务期限"), max_length=120)
    contact = forms.CharField(label=_("授权代表和联系方式"), max_length=120)
    related = forms.CharField(
        label=_("单位负责人、控股和管理关系"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000,
        help_text=_("写明单位负责人姓名，与本单位存在控股、管理关系的其他单位；没有的写“无”（政府采购法实施条例第十八条）。"),
    )
    #: answer kind → (related name of the tender, field prefix, name of the text, question)
    ASKED = (
        ("qualifications", "condition", "text"),
        ("requirements", "requirement", "text"),
        ("factors", "factor", "name"),
        ("deliverables", "deliverable", "name"),
    )

    def prepare(self) -> None:
        for related, prefix, text in self.ASKED:
            rows = getattr(self.subject.tender, related).all()
            if related == "factors":
                rows = rows.exclude(category="PRICE")
            for row in rows:
                self.fields[f"{prefix}_{row.pk}"] = forms.CharField(
                    label=getattr(row, text), widget=forms.Textarea(attrs={"rows": 2}), max_length=4000,
                )
        self.order_fields([name for name in self.fields if "_" in name and name[-1].isdigit()])

    def answers(self) -> dict:
        """The form as it is sealed: each answer beside the words of the question it answers."""
        data = self.cleaned_data
        found = {name: data[name] for name in ("service_term", "contact", "related")}
        for related, prefix, text in self.ASKED:
            found[related] = [
                {"id": row.pk, "asked": getattr(row, text), "answer": data[f"{prefix}_{row.pk}"]}
                for row in getattr(self.subject.tender, related).all() if f"{prefix}_{row.pk}" in data
            ]
        return found

    def clean(self) -> dict:
        data = super().clean()
        if not self.errors:
            return {"answers": self.answers()}
        return data


class FileForm(ActInputs):
    kind = forms.ChoiceField(label=_("文件类别"), choices=[
        (kind.value, kind.label) for kind in SealedPart.Kind if kind not in (SealedPart.Kind.PRICE, SealedPart.Kind.RESPONSE)
    ])
    file = DocumentField(kind="bid_part", label=_("文件"))


class PartForm(ActInputs):
    part = forms.ModelChoiceField(SealedPart.objects.none(), label=_("要撤下的部分"), to_field_name="uuid")

    def prepare(self) -> None:
        self.fields["part"].queryset = SealedPart.objects.filter(bid=self.subject, dropped_at=None)


class SubmitForm(ActInputs):
    independent = forms.BooleanField(
        label=_("声明：本单位与其他投标人没有单位负责人为同一人或直接控股、管理关系，未与他人串通，也未以联合体另行投标。"),
    )
    complete = forms.BooleanField(label=_("确认：检查清单上的文件就是我方的全部投标文件，已按要求签署、盖章。"))


class QualifyForm(ActInputs):
    """Each condition with the evidence it was seen by; what is not met is `invalidate`, not this."""

    credit_query = forms.CharField(
        label=_("信用查询结果"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000,
        help_text=_("查询渠道、时间、结果和截图存放处。"),
    )
    conflict_check = forms.CharField(
        label=_("利害关系核查"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000,
        help_text=_("与其他投标人的负责人、控股、管理关系，是否为本项目提供过整体设计、规范编制、管理、监理、检测等服务。"),
    )

    def prepare(self) -> None:
        for condition in self.subject.tender.qualifications.all():
            self.fields[f"condition_{condition.pk}"] = forms.CharField(
                label=condition.text, widget=forms.Textarea(attrs={"rows": 2}), max_length=2000,
                help_text=_("符合；写明看到的证据（文件、页码）。"),
            )
        self.order_fields([name for name in self.fields if name.startswith("condition_")])

    def clean(self) -> dict:
        data = super().clean()
        if self.errors:
            return data
        return {
            "credit_query": data["credit_query"], "conflict_check": data["conflict_check"],
            "evidence": {int(name.removeprefix("condition_")): text for name, text in data.items() if name.startswith("condition_")},
        }


# --- the opening -------------------------------------------------------------------------------------------------
class StartForm(OwnPassphraseForm):
    recording = forms.CharField(
        label=_("录音录像存放处"), max_length=200, help_text=_("开标活动全程录音录像（财政部令第87号第三十九条）。"),
    )


class ReplaceOpenerForm(ActInputs):
    leaving = forms.ModelChoiceField(User.objects.none(), label=_("离任的开标人"))
    newcomer = forms.ModelChoiceField(User.objects.none(), label=_("接任的开标人"))

    def prepare(self) -> None:
        openers = self.subject.key.openers.filter(replaced_at=None).values("user")
        self.fields["leaving"].queryset = User.objects.filter(pk__in=openers).order_by("name", "pk")
        people = _people(self.subject.tender.agency, Role.OPENER)
        self.fields["newcomer"].queryset = people.filter(~Q(pk__in=openers), ~Q(pk=self.subject.key.witness_id))


class ResumeForm(ActInputs):
    scheduled_at = forms.DateTimeField(label=_("新的开启时间"))

    def clean_scheduled_at(self):
        moment = self.cleaned_data["scheduled_at"]
        if moment <= clock.now():
            raise ValidationError(_("新的开启时间必须在现在之后。"), code="R87-20")
        return moment


class DoubtForm(ActInputs):
    text = forms.CharField(label=_("疑义或回避申请"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


class AnswerForm(ActInputs):
    doubt = forms.ModelChoiceField(None, label=_("疑义"))
    answer = forms.CharField(label=_("当场答复"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)

    def prepare(self) -> None:
        self.fields["doubt"].queryset = self.subject.doubts.filter(answered_at=None)


def bid_of(session, actor) -> Bid | None:
    """The actor's own bid in an opening."""
    return session.bids().filter(supplier=actor.organisation_id).first()
