"""The life of an invitation: sent, renewed, withdrawn, accepted once or expired (ADM-03)."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.models import Organisation, User
from portal.accounts.roles import ROLES_OF_KIND, OrganisationKind, Role
from portal.workflow import Act, Due, Lifecycle, Refusal, Transition, Who, refuse
from portal.workflow.inputs import ActInputs

from .letters import write_invitation
from .models import Invitation
from .scope import Overseer, organisations_of
from .verbs.people import business_faults, date_faults, give, role_faults, today

State = Invitation.State
LINK_VALID = timedelta(days=7)
OVERSEER = [Overseer(Role.ADMINISTRATOR, region="organisation__region")]


def roles_by_kind(kind: str = "") -> list[tuple[str, list[tuple[str, str]]]]:
    """The roles to choose from, grouped by the kind of organisation they belong to."""
    kinds = [OrganisationKind(kind)] if kind else list(OrganisationKind)
    return [(str(each.label), [(role.value, str(role.label)) for role in Role if role in ROLES_OF_KIND[each]]) for each in kinds]


class RolesField(forms.MultipleChoiceField):
    """Roles as boxes to tick, in the order of the tables."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value) -> list[str]:
        chosen = super().clean(value)
        return [role.value for role in Role if role in chosen]


class InvitationForm(ActInputs):
    """Who is invited where, as what, and how the link reaches him."""

    organisation = forms.ModelChoiceField(label=_("单位"), queryset=Organisation.objects.none())
    person_name = forms.CharField(label=_("姓名"), max_length=60)
    roles = RolesField(
        label=_("角色"), choices=Role.choices, help_text=_("与单位类别相符；同一项目的计划、采购、验收、支付要由不同的人办。"),
    )
    email = forms.EmailField(
        label=_("电子邮箱"), required=False, help_text=_("填了就把链接发到邮箱；不填，请把链接当面或通过可靠渠道交给本人。"),
    )
    phone = forms.CharField(label=_("电话"), max_length=40, required=False)
    since = forms.DateField(label=_("任职起"))
    until = forms.DateField(label=_("任职止"), required=False, help_text=_("不填为不定期。"))

    def prepare(self) -> None:
        self.fields["organisation"].queryset = organisations_of(self.actor).filter(disabled_at=None)
        self.fields["since"].initial = today()
        wanted = str((self.data if self.is_bound else self.initial).get("organisation") or "")
        chosen = self.fields["organisation"].queryset.filter(pk=wanted).first() if wanted.isdecimal() else None
        if chosen is not None:
            self.fields["roles"].choices = roles_by_kind(chosen.kind)[0][1]
        else:
            kinds = {role: kind for kind, roles in reversed(roles_by_kind()) for role, _label in roles}
            self.fields["roles"].choices = [(role.value, f"{role.label} · {kinds[role]}") for role in Role]


class WithdrawForm(ActInputs):
    """Nothing but the reason."""


# --- guards -----------------------------------------------------------------------------------------------------------
def place_is_overseen(invitation: Invitation, act: Act) -> Iterator[Refusal]:
    """An administrator invites into organisations of his own region and those below it."""
    organisation = act.data["organisation"]
    if not organisation.region.path.startswith(act.actor.region_path):
        yield refuse("ADM-01", _("“%(name)s”不在您的管理范围内。"), field="organisation", name=organisation.name)


def roles_fit(invitation: Invitation, act: Act) -> Iterator[Refusal]:
    """The roles belong to the kind of the organisation, the dates are in order, administrators do no business."""
    data = act.data
    yield from role_faults(data["organisation"], data["roles"])
    yield from date_faults(data["since"], data.get("until"))
    yield from business_faults(act.actor, None, data["organisation"], data["roles"])


def not_invited_yet(invitation: Invitation, act: Act) -> Iterator[Refusal]:
    """One open invitation for a person and an organisation."""
    waiting = Invitation.objects.filter(organisation=act.data["organisation"], name=act.data["person_name"].strip(), state=State.SENT)
    if waiting.exists():
        sentence = _("%(name)s已有一份待接受的邀请，可以在那里重发链接或撤回。")
        yield refuse("ADM-03", sentence, field="person_name", name=act.data["person_name"])


def organisation_acts(invitation: Invitation, act: Act) -> Iterator[Refusal]:
    if invitation.organisation.disabled_at:
        yield refuse("ADM-04", _("“%(name)s”已停用，不能授予角色。"), name=invitation.organisation.name)


def link_is_live(invitation: Invitation, act: Act) -> Iterator[Refusal]:
    if act.now >= invitation.expires_at:
        yield refuse("ADM-03", _("链接已于 %(moment)s 过期，请管理员重发。"), moment=clock.written(invitation.expires_at))


def account_is_free(invitation: Invitation, act: Act) -> Iterator[Refusal]:
    if User.objects.filter(username__iexact=act.data["username"]).exists():
        yield refuse("ADM-01", _("账号“%(name)s”已有人使用，请换一个。"), field="username", name=act.data["username"])


def password_is_strong(invitation: Invitation, act: Act) -> Iterator[Refusal]:
    """Long enough, not common, not like the account or the name."""
    try:
        validate_password(act.data["password"], User(username=act.data["username"], name=invitation.name, email=invitation.email))
    except ValidationError as error:
        for message in error.messages:
            yield refuse("ADM-03", "%(message)s", field="password", message=message)


# --- effects ----------------------------------------------------------------------------------------------------------
def invite(invitation: Invitation, act: Act) -> dict:
    for name in ("organisation", "roles", "email", "phone", "since", "until"):
        setattr(invitation, name, act.data.get(name) or getattr(invitation, name, None))
    invitation.name = act.data["person_name"].strip()
    return {**_facts(invitation), **_new_link(invitation, act)}


def renew(invitation: Invitation, act: Act) -> dict:
    """The link sent before is worth nothing from now on."""
    invitation.round += 1
    return _new_link(invitation, act)


def accept(invitation: Invitation, act: Act) -> dict:
    """The account comes to be, with the password its owner chose and the roles he was invited to."""
    person = User.objects.create_user(
        act.data["username"], act.data["password"], name=invitation.name, email=invitation.email,
        phone=act.data.get("phone") or invitation.phone,
    )
    for role in invitation.roles:
        give(person, invitation.organisation, role, invitation.since, invitation.until)
    invitation.person = person
    return {**_facts(invitation), "account": person.username}


def _new_link(invitation: Invitation, act: Act) -> dict:
    invitation.expires_at = act.now + LINK_VALID
    invitation.save()
    write_invitation(invitation)
    return {"expires_at": invitation.expires_at, "by_letter": bool(invitation.email)}


def _facts(invitation: Invitation) -> dict:
    return {
        "organisation": invitation.organisation.name, "roles": invitation.roles, "since": invitation.since, "until": invitation.until,
    }


INVITATION = Lifecycle(
    code="administration.invitation", reference="ADM-03", name=_("邀请"), model=Invitation,
    rows=[
        Transition(
            "invite", sources="", target=State.SENT, label=_("邀请人员"), step_up=True, who=[Who(Role.ADMINISTRATOR)],
            inputs=InvitationForm, checks=[place_is_overseen, roles_fit, not_invited_yet], effect=invite, rules=["ADM-01", "ADM-03"],
            hint=_("生成一个 7 天内有效、只能用一次的链接；本人打开链接，自己设定账号和密码。"),
        ),
        Transition(
            "renew", sources=[State.SENT, State.EXPIRED], target=State.SENT, label=_("重发链接"), step_up=True, who=OVERSEER,
            guards=[organisation_acts], effect=renew, rules=["ADM-03"], hint=_("生成新的链接，原来的链接随即作废。"),
        ),
        Transition("withdraw", sources=[State.SENT], target=State.WITHDRAWN, label=_("撤回邀请"), who=OVERSEER, reason=True),
        Transition(
            "accept", sources=[State.SENT], target=State.ACCEPTED, label=_("接受邀请"), system=True,
            guards=[link_is_live, organisation_acts], checks=[account_is_free, password_is_strong], effect=accept, rules=["ADM-03"],
            sentence=_("本人接受邀请，开通账号 %(account)s"),
        ),
        Transition("expire", sources=[State.SENT], target=State.EXPIRED, label=_("链接过期"), system=True),
    ],
    due=[Due("expire", lambda: Invitation.objects.filter(state=State.SENT), "expires_at")],
    tones={State.SENT: "wait"},
)


from . import calendar  # noqa: E402,F401  the notices of working days have a table of their own
