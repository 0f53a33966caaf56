"""Delegation of a role for some days: drafted and granted by its holder, ended by day, by either person, or with its ground."""
from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.workflow import Due, Lifecycle, Transition, Who

from . import guards, verbs
from .forms import DelegationForm
from .models import Delegation

S = Delegation.State


@dataclass(frozen=True, slots=True)
class Delegate(Who):
    """The person into whose hands it was put."""


ANYBODY = [Who(role) for role in Role]
PRINCIPAL = [Who(role, person="membership__user") for role in Role]
DELEGATE = [Delegate(role, person="delegate") for role in Role]
LIVE = [S.GRANTED, S.IN_FORCE]

DELEGATION = Lifecycle(
    code="delegations.delegation", reference="G2", name=_("授权代办"), model=Delegation, personal="DLG-02",
    rows=[
        Transition(
            "draft", sources="", target=S.DRAFTED, label=_("拟定授权"), who=ANYBODY, inputs=DelegationForm, checks=[guards.terms_given],
            effect=verbs.write_down, rules=["DLG-01", "DLG-02"], hint=_("拟定后核对无误，再签发。"),
        ),
        Transition(
            "edit", sources=[S.DRAFTED], target=None, label=_("修改授权"), who=PRINCIPAL, inputs=DelegationForm,
            checks=[guards.terms_given], effect=verbs.write_down, rules=["DLG-01", "DLG-02"],
        ),
        Transition(
            "grant", sources=[S.DRAFTED], target=S.GRANTED, label=_("签发授权"), who=PRINCIPAL, guards=[guards.terms_kept],
            effect=verbs.grant, tells=DELEGATE, rules=["DLG-01", "DLG-03", "DLG-05"],
            sentence=_("将“%(role)s”授权%(delegate)s代办，%(starts_on)s 至 %(ends_on)s"),
            hint=_("受托人代您办理，记录和文书都写明代谁办理；您受到的岗位分离限制，受托人同样受限。"),
        ),
        Transition("begin", sources=[S.GRANTED], target=S.IN_FORCE, label=_("授权生效"), system=True, rules=["DLG-04"]),
        Transition(
            "end", sources=LIVE, target=S.ENDED, label=_("授权结束"), system=True, effect=verbs.end, tells=[*PRINCIPAL, *DELEGATE],
            rules=["DLG-01", "DLG-04"],
        ),
        Transition(
            "revoke", sources=LIVE, target=S.REVOKED, label=_("撤销授权"), who=PRINCIPAL, reason=True, tells=DELEGATE, rules=["DLG-01"],
            hint=_("立即失效；已经代办的事项仍然有效。"),
        ),
        Transition(
            "give_back", sources=LIVE, target=S.ENDED, label=_("退回授权"), who=DELEGATE, reason=True, effect=verbs.give_back,
            tells=PRINCIPAL, rules=["DLG-01"], hint=_("立即失效；已经代办的事项仍然有效。"),
        ),
        Transition("cancel", sources=[S.DRAFTED], target=S.CANCELLED, label=_("放弃拟定"), who=PRINCIPAL),
    ],
    due=[
        Due("begin", queryset=lambda: Delegation.objects.standing().filter(state=S.GRANTED), moment="starts_at"),
        Due("end", queryset=lambda: Delegation.objects.granted(), moment="ends_at"),
        Due("end", queryset=lambda: Delegation.objects.fallen().annotate(fell_at=F("granted_at")), moment="fell_at"),
    ],
    tones={S.GRANTED: "wait", S.IN_FORCE: "run", S.ENDED: "idle"},
)
