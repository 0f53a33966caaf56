"""L6.1 Bid: drafted, handed in, sealed, opened, judged."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.clock import SHANGHAI, written
from portal.workflow import Due, Duty, Lifecycle, Transition, Who, refuse, registered_guard
from procurement.bids import forms, messages, reception, rules
from procurement.bids.models import Bid, SealedPart
from procurement.bids.people import AtStep
from procurement.bids.verbs import bids as verbs
from procurement.suppliers.verbs import standing
from procurement.tenders.models import Tender
from procurement.tenders.verbs import has_taken

State = Bid.State


# --- guards ------------------------------------------------------------------------------------------------------
def documents_taken(bid, act):
    """Only who has taken the tender documents bids, and only while the tender is on (R87-12, R87-14)."""
    tender = act.data["tender"]
    yield from _in_time(tender)
    if tender.state != Tender.State.PUBLISHED:
        yield refuse("R87-14", _("采购活动当前不接收投标文件。"), field="tender")
    elif not has_taken(tender, act.actor.organisation_id):
        yield refuse("R87-12", _("贵单位尚未获取本项目的招标文件，请先获取。"), field="tender")
    if Bid.objects.filter(tender=tender, supplier=act.actor.organisation_id).live().exists():
        yield refuse("R-GP-16", _("贵单位在本项目已有一份投标，可以修改，不能另投。"), field="tender")


def before_closing(bid, act):
    """Strictly before the deadline, by the moment the last byte was read (R87-14, R87-15, SEAL-07)."""
    yield from _in_time(bid.tender)


def _in_time(tender):
    if tender.closes_at and reception.received_at() >= tender.closes_at:
        yield refuse("R87-14", messages.CLOSED, time=written(tender.closes_at, seconds=True))


def good_standing(bid, act):
    """No sanction covers the supplier today (G6)."""
    organisation = bid.supplier if bid.supplier_id else act.actor.organisation
    if organisation:
        yield from standing(organisation, act.now.astimezone(SHANGHAI).date())


def whole_envelope(bid, act):
    """Everything on the check list is there and was test-decrypted; the price is not looked at."""
    for kind in rules.missing_parts(part.kind for part in bid.working_parts()):
        yield refuse("SEAL-05", _("还缺：%(part)s。"), part=SealedPart.Kind(kind).label)


def every_part_in_time(bid, act):
    late = [part.name for part in bid.working_parts() if part.received_at >= bid.tender.closes_at]
    if late:
        yield refuse("R87-14", _("截止时间后才收完：%(names)s。"), names="、".join(late))


def something_changed(bid, act):
    receipt = bid.last_receipt()
    if receipt and {part.pk for part in bid.working_parts()} == set(receipt.parts.values_list("pk", flat=True)):
        yield refuse("R87-15", _("自上次递交以来没有改动。"))


def own_part(bid, act):
    if act.data["part"].bid_id != bid.pk:
        yield refuse("G1", _("这个文件不属于本投标。"), field="part")


def price_can_be_read(bid, act):
    if bid.price is None:
        yield refuse("R87-35", _("报价一览表不能开启，应先听取投标人说明，再认定投标是否有效。"))


def every_condition_seen(bid, act):
    asked = set(bid.tender.qualifications.values_list("pk", flat=True))
    if asked - {pk for pk, text in act.data["evidence"].items() if text.strip()}:
        yield refuse("R87-24", _("每项资格条件都要写明证据。"))


def words_and_figures_differ(bid, act):
    if not bid.price_by_words:
        yield refuse("R87-33", _("报价大小写一致，无需确认。"))
    elif bid.price_confirmed_at:
        yield refuse("G7", _("贵单位已确认修正后的报价。"))


def price_is_settled(bid, act):
    """Words before figures, confirmed by the bidder (R87-33); within ceiling or budget (R87-35)."""
    if bid.price_by_words and not bid.price_confirmed_at:
        yield refuse("R87-33", _("报价大小写不一致，以大写为准，须投标人确认；不确认的投标无效。"))
    if bid.price is None or bid.price > bid.tender.price_limit:
        yield refuse("R87-35", _("报价超过最高限价或预算金额，投标无效。"))


_BIDDER = [Who(Role.SUPPLIER_OFFICER, at="supplier"), Who(Role.SUPPLIER_HEAD, at="supplier")]
_HEAD = [Who(Role.SUPPLIER_HEAD, at="supplier")]
_FILLING = [State.DRAFTED, State.SUBMITTED]
_SEEN = [State.OPENED, State.QUALIFIED, State.RESPONSIVE, State.RANKED, State.SELECTED]

BID = Lifecycle(
    code="bids.bid", reference="L6.1", name=_("投标文件"), model=Bid, personal="R87-12",
    rows=[
        Transition(
            "draft", "", State.DRAFTED, _("准备投标"), who=[Who(Role.SUPPLIER_OFFICER)], inputs=forms.DraftBidForm,
            guards=[good_standing], checks=[documents_taken], effect=verbs.draft, rules=["R87-12"],
        ),
        Transition(
            "put_price", _FILLING, None, _("填写报价一览表"), who=_BIDDER, inputs=forms.PriceForm, guards=[before_closing],
            effect=verbs.put_price, rules=["R87-14", "SEAL-05"],
            hint=_("提交后立即加密，任何人（包括贵单位）在开标前都看不到；要改就重新填写。"),
        ),
        Transition(
            "put_response", _FILLING, None, _("填写响应表"), who=_BIDDER, inputs=forms.ResponseForm, guards=[before_closing],
            effect=verbs.put_response, rules=["R87-14", "SEAL-05"],
            hint=_("提交后立即加密，任何人（包括贵单位）在开标前都看不到；要改就重新填写。"),
        ),
        Transition(
            "put_file", _FILLING, None, _("上传文件"), who=_BIDDER, inputs=forms.FileForm, guards=[before_closing],
            effect=verbs.put_file, rules=["R87-14", "SEAL-05"],
            hint=_("文件边上传边加密。文件名不加密，请不要在文件名中写价格。"),
        ),
        Transition(
            "drop_part", _FILLING, None, _("撤下文件"), who=_BIDDER, inputs=forms.PartForm, guards=[before_closing],
            checks=[own_part], effect=verbs.drop_part, rules=["R87-15"],
        ),
        Transition(
            "submit", State.DRAFTED, State.SUBMITTED, _("递交投标文件"), who=_HEAD, inputs=forms.SubmitForm,
            guards=[before_closing, whole_envelope, every_part_in_time, good_standing], effect=verbs.submit, task=True,
            tells=_BIDDER, rules=["R87-14", "R-GP-14", "R-GP-16"], hint=_("截止前可以补充、修改或撤回。"),
        ),
        Transition(
            "replace", State.SUBMITTED, None, _("递交修改后的投标文件"), who=_HEAD, inputs=forms.SubmitForm,
            guards=[before_closing, whole_envelope, every_part_in_time, something_changed, good_standing],
            effect=verbs.submit, tells=_BIDDER, rules=["R87-15"], hint=_("出具新的回执；以前递交的文件不再开启。"),
        ),
        Transition(
            "withdraw", State.SUBMITTED, State.WITHDRAWN, _("撤回投标"), who=_HEAD, guards=[before_closing], tells=_BIDDER,
            rules=["R87-15"], hint=_("撤回后投标文件不再开启；截止前可以重新投标。"),
        ),
        Transition("lapse", State.DRAFTED, State.LAPSED, _("逾期未递交"), who=[], system=True, tells=_BIDDER, rules=["R87-14"]),
        Transition(
            "return_unopened", State.SUBMITTED, State.UNOPENED, _("未开启退回"), system=True, tells=_BIDDER,
            rules=["R87-21"],
        ),
        Transition(
            "unseal", State.SUBMITTED, State.OPENED, _("开启投标文件"), system=True, effect=verbs.unseal, tells=_BIDDER,
            rules=["R87-20", "SEAL-01"],
        ),
        Transition(
            "report_tampering", State.OPENED, None, _("投标文件与回执不符"), system=True, effect=verbs.tampering,
            tells=[*_BIDDER, Who(Role.HEAD, at="tender__agency"), Who(Role.AUDITOR, region="tender__agency__region")],
            rules=["SEAL-05"],
        ),
        Transition(
            "confirm_price", [State.OPENED, State.QUALIFIED], None, _("确认修正后的报价"), who=_HEAD,
            guards=[words_and_figures_differ], effect=verbs.confirm_price, task=False, rules=["R87-33"],
            hint=_("大小写不一致，以大写金额为准；不确认的，投标无效。"),
        ),
        Transition(
            "qualify", State.OPENED, State.QUALIFIED, _("资格审查合格"), who=[Who(Role.OFFICER, at="tender__agency")],
            inputs=forms.QualifyForm, guards=[price_can_be_read, good_standing], checks=[every_condition_seen],
            effect=verbs.qualify, task=True, duty=Duty.BUYING, rules=["R87-24", "R-GP-21", "R-GP-14", "R-GP-15"],
        ),
        Transition(
            "find_responsive", State.QUALIFIED, State.RESPONSIVE, _("符合性审查合格"), system=True, guards=[price_is_settled],
            rules=["R87-32", "R87-33", "R87-35"],
        ),
        Transition(
            "invalidate", _SEEN, State.INVALIDATED, _("认定投标无效"),
            who=[
                AtStep(Role.OFFICER, at="tender__agency", states=("OPENED",)),
                AtStep(Role.HEAD, at="tender__agency", states=("RANKED", "SELECTED")),
            ],
            system=True, reason=list(verbs.INVALID_CASES), effect=verbs.invalidate, rules=["R87-35"],
        ),
        Transition("rank", State.RESPONSIVE, State.RANKED, _("列入排序"), system=True, rules=["R87-40"]),
        Transition(
            "select", [State.RANKED, State.UNSUCCESSFUL], State.SELECTED, _("确定为中标人"), system=True, tells=_BIDDER,
            rules=["R-GP-40"],
        ),
        Transition(
            "not_select", _SEEN, State.UNSUCCESSFUL, _("未中标"), system=True, tells=_BIDDER, rules=["R87-75"],
        ),
    ],
    due=[
        # closing does it; this is for a draft that was begun in the very moment of closing
        Due("lapse", queryset=lambda: Bid.objects.filter(state=State.DRAFTED).exclude(tender__state=Tender.State.PUBLISHED),
            moment="tender__closes_at"),
    ],
    readers={
        State.OPENED: {"supplier": _("已开启，资格审查中")}, State.QUALIFIED: {"supplier": _("评审中")},
        State.RESPONSIVE: {"supplier": _("评审中")}, State.RANKED: {"supplier": _("评审中")},
    },
)


@registered_guard("tenders.tender", "close")
def nothing_is_arriving(tender, act):
    """What was stamped in time is taken in first; closing is tried again seconds later (SEAL-07)."""
    if reception.still_arriving(tender.pk):
        yield refuse("SEAL-07", _("截止前收讫的投标文件还在处理，处理完毕后再截止。"))


@registered_guard("tenders.tender", "fail")
def ground_is_true(tender, act):
    """A tender fails for too few bidders, none at all, or prices above the budget only where that is so (R-GP-50)."""
    bids = Bid.objects.filter(tender=tender)
    handed_in = bids.filter(state__in=(State.SUBMITTED, *Bid.OPEN_STATES)).count()
    left = bids.filter(state__in=(State.SUBMITTED, *Bid.OPEN_STATES)).exclude(state=State.INVALIDATED)
    if act.reason_code == "NOBODY_BID" and handed_in:
        yield refuse("S-50", _("已收到投标文件，不能以无人投标废标。"), field="reason_code")
    if act.reason_code == "FEWER_THAN_THREE" and left.count() >= rules.MINIMUM_BIDDERS:
        yield refuse("R87-23", _("有效投标人不少于 3 家，不能以不足三家废标。"), field="reason_code")
    if act.reason_code == "ABOVE_BUDGET" and not _all_above_budget(tender, left):
        yield refuse("R-GP-50", _("不是所有投标报价都超过采购预算，不能以此废标。"), field="reason_code")


def _all_above_budget(tender, bids) -> bool:
    prices = list(bids.values_list("price", flat=True))
    return bool(prices) and all(price is not None and price > tender.budget for price in prices)


#: A tender whose opened bids are still being judged.
_JUDGING = (Tender.State.OPENED, Tender.State.EVALUATING, Tender.State.EVALUATED)


@registered_guard("suppliers.supplier", "close")
def bids_are_decided(supplier, act):
    """Nobody leaves with a live bid (L4.1). Of a sealed one only the bidder himself may learn, even so (R87-12)."""
    bids = Bid.objects.filter(supplier=supplier.organisation_id).select_related("tender").order_by("tender__number")
    if act.actor.organisation_id == supplier.organisation_id:
        for bid in bids.filter(state=State.SUBMITTED):
            yield refuse("R87-15", _("采购活动 %(number)s 的投标还没有开启，请先撤回。"), number=bid.tender.number)
    for bid in bids.opened().filter(tender__state__in=_JUDGING):  # all alike: who is out already shows with the result
        yield refuse("R-GP-40", _("采购活动 %(number)s 的投标正在评审。"), number=bid.tender.number)
