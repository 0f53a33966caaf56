"""L6.2, before the notice: openers and witness are named, the key is made and proved (SEAL-01, SEAL-04)."""
from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Membership
from portal.accounts.roles import Role
from portal.workflow import Lifecycle, Transition, Who, calls_for, refuse, registered_guard
from procurement.bids import forms, rules
from procurement.bids.models import OpeningKey
from procurement.bids.people import NamedOpener
from procurement.bids.verbs import keys as verbs

from .passphrases import not_locked, passphrase_is_set, passphrase_opens

State = OpeningKey.State


def notice_is_not_out(key, act):
    if key.tender.published_at is not None:
        yield refuse("SEAL-04", _("公告已经发布，不能重新指定开标人；要换人，由单位负责人更换。"))


def own_tender_without_key(key, act):
    tender = act.data["tender"]
    if tender.agency_id != act.actor.organisation_id:
        yield refuse("G1", _("只能为本单位的采购活动指定开标人。"), field="tender")
    elif OpeningKey.objects.filter(tender=tender).exists():
        yield refuse("G7", _("这次采购活动已指定过开标人。"), field="tender")


def enough_people(key, act):
    """Two openers and a witness, all of the agency, none twice, none the author of the document (SEAL-01, SEAL-06)."""
    openers, witness = act.data["openers"], act.data["witness"]
    people = Membership.objects.live().filter(organisation=act.actor.organisation_id)
    for person, role in (*((opener, Role.OPENER) for opener in openers), (witness, Role.WITNESS)):
        if not people.filter(user=person, role=role).exists():
            yield refuse("SEAL-01", _("%(name)s不是本单位的%(role)s。"), name=person.name, role=role.label)
    if len(openers) < rules.OPENERS_NEEDED:
        yield refuse("SEAL-01", _("至少指定两名开标人。"), field="openers")
    if witness in openers:
        yield refuse("SEAL-06", _("见证人不能同时是开标人。"), field="witness")
    drafter = key.tender.created_by_id if key.tender_id else getattr(act.data.get("tender"), "created_by_id", None)
    if drafter and any(opener.pk == drafter for opener in openers):
        yield refuse("G2", _("编制采购文件的人不能任开标人。"), field="openers")


def passphrase_not_yet_set(key, act):
    opener = key.opener_of(act.actor)
    if opener and opener.set_at:
        yield refuse("SEAL-02", _("您已设置开标口令，不能再改。需要更换时，请经办人重新指定开标人。"))


def not_yet_proved(key, act):
    opener = key.opener_of(act.actor)
    if opener and opener.proved_at:
        yield refuse("SEAL-04", _("您已验证过密钥。"))


def somebody_to_hand_to(key, act):
    if not verbs.newcomers(key):
        yield refuse("SEAL-01", _("没有等待交接的开标人：接任人须先设置口令。"))
    elif not key.layers.filter(first=key.opener_of(act.actor)).exists():
        yield refuse("SEAL-01", _("您没有可以交接的密钥封层。"))


def enough_remain(key, act):
    """After the hand-over two openers must be able to open: the newcomer first, somebody who stays second."""
    giver = key.opener_of(act.actor)
    for newcomer in verbs.newcomers(key):
        if not key.layers.filter(first=giver).exclude(second=newcomer.replaces_id).exists():
            yield refuse("SEAL-01", _("只有离任的%(name)s本人能向接任人交接。"), name=newcomer.replaces.user.name)


OPENING_KEY = Lifecycle(
    code="bids.key", reference="L6.2", name=_("开标密钥"), model=OpeningKey, personal="SEAL-01",
    rows=[
        Transition(
            "name_openers", "", State.NAMED, _("指定开标人和见证人"), who=[Who(Role.OFFICER)],
            inputs=forms.NameOpenersForm, checks=[own_tender_without_key, enough_people], effect=verbs.name_openers,
            rules=["SEAL-01", "SEAL-04", "R87-21"],
        ),
        Transition(
            "name_again", [State.NAMED, State.MADE, State.PROVED], State.NAMED, _("重新指定开标人"),
            who=[Who(Role.OFFICER, at="tender__agency")], guards=[notice_is_not_out], inputs=forms.OpenersForm,
            checks=[enough_people], effect=verbs.name_openers, rules=["SEAL-01", "SEAL-04"],
            hint=_("原密钥作废，每名开标人都要重新设置口令。"),
        ),
        Transition(
            "set_passphrase", [State.NAMED, State.PROVED], None, _("设置开标口令"), step_up=True,
            who=[NamedOpener(until="set_at")],
            guards=[passphrase_not_yet_set], inputs=forms.PassphraseForm, effect=verbs.set_passphrase, task=True,
            rules=["SEAL-01", "SEAL-02"], hint=_("口令只有您知道，忘记后无法找回；开标时须由您亲自输入。"),
        ),
        Transition("make", State.NAMED, State.MADE, _("生成开标密钥"), system=True, effect=verbs.make, rules=["SEAL-01"]),
        Transition(
            "prove", [State.MADE, State.PROVED], None, _("验证开标密钥"), step_up=True,
            who=[NamedOpener(until="proved_at")],
            guards=[passphrase_is_set, not_yet_proved, not_locked], inputs=forms.OwnPassphraseForm,
            checks=[passphrase_opens], effect=verbs.prove, task=True, rules=["SEAL-04"],
            hint=_("再输一次口令，解开一段已知文字，证明您的密钥可用。"),
        ),
        Transition("complete", State.MADE, State.PROVED, _("开标密钥可用"), system=True, rules=["SEAL-04"]),
        Transition(
            "succeed", State.PROVED, None, _("指定接任开标人"), system=True, effect=verbs.succeed, rules=["SEAL-01"],
        ),
        Transition(
            "hand_over", State.PROVED, None, _("交接密钥封层"), step_up=True, who=[NamedOpener()],
            guards=[passphrase_is_set, somebody_to_hand_to, enough_remain, not_locked], inputs=forms.OwnPassphraseForm,
            checks=[passphrase_opens], effect=verbs.hand_over, rules=["SEAL-01"],
            hint=_("把您的外层封层交给接任人；密钥本身不会被打开。"),
        ),
        Transition(
            "note_failure", [State.NAMED, State.MADE, State.PROVED], None, _("开标口令输错"), system=True,
            effect=verbs.note_failure, rules=["SEAL-03"],
        ),
        Transition(
            "destroy", [State.NAMED, State.MADE, State.PROVED], State.DESTROYED, _("销毁开标密钥"), system=True,
            effect=verbs.destroy, rules=["R87-14"],
        ),
    ],
    tones={State.PROVED: "ok", State.MADE: "wait", State.DESTROYED: "idle"},
)


calls_for("bids.key", "name_openers", of="tenders.tender", sources=["REVIEWED"], given="tender",
          who=[Who(Role.OFFICER, at="agency")], waits=Q(opening_key=None))


@registered_guard("tenders.tender", "publish")
def key_is_proved(tender, act):
    """No notice before bids can be sealed: the key is made for two openers or more, and each has proved it."""
    key = OpeningKey.objects.filter(tender=tender).first()
    if key is None:
        yield refuse("SEAL-04", _("还没有指定开标人和见证人。"))
    elif key.state != State.PROVED:
        waiting = [opener.user.name for opener in key.sitting() if not opener.proved_at]
        yield refuse("SEAL-04", _("开标密钥还不可用，等待：%(names)s。"), names="、".join(waiting))
