"""L7.1 Draw: conditions, sealed seed, witnessed draw, panel complete."""
from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.roles import Role
from portal.workdays import UnknownYear, latest_day_before
from portal.workflow import Duty, Hold, Lifecycle, Transition, Who, calls_for, refuse, registered_guard
from procurement.awards import rules
from procurement.awards.forms import panel as forms
from procurement.awards.models import Draw
from procurement.awards.verbs import panel as verbs
from procurement.bids.models import Bid
from procurement.bids.verbs.consequences import live_session
from procurement.tenders.models import Tender

State = Draw.State
OFFICER = [Who(Role.OFFICER, at="tender__agency")]
WITNESS = [Who(Role.WITNESS, person="witness")]
BEFORE_EVALUATION = (Tender.State.PUBLISHED, Tender.State.CLOSED, Tender.State.OPENED)


# --- guards ------------------------------------------------------------------------------------------------------
def tender_is_ones_own(draw, act):
    tender = act.data["tender"]
    if tender.agency_id != act.actor.organisation_id or tender.state not in BEFORE_EVALUATION:
        yield refuse("G1", _("只能为本单位评审前的采购活动抽取专家。"), field="tender")
    elif Draw.objects.filter(tender=tender).exists():
        yield refuse("G7", _("这个采购活动已有评审委员会。"), field="tender")


def review_is_ahead(draw, act):
    """The panel sits after the opening, which is the closing's own moment (R87-20)."""
    tender = act.data.get("tender") or draw.tender
    if act.data["review_at"] <= act.now or (tender.closes_at and act.data["review_at"] < tender.closes_at):
        yield refuse("R87-21", _("评审时间须在现在之后，并且不早于开标时间。"), field="review_at")


def sealed_conditions_stay(draw, act):
    """What the pool and the seed were frozen for is not changed afterwards (R87-29)."""
    if draw.state != State.SEALED:
        return
    same = all(act.data[name] == getattr(draw, name) for name in ("size", "complex_project", "subject", "witness"))
    if not same or set(act.data["representatives"]) != set(draw.representatives.all()):
        yield refuse("R87-29", _("种子已封存，只能调整评审时间和地点。"))


def panel_is_lawful(draw, act):
    """Size, odd number, share of experts (R87-26, R87-27)."""
    for fault in rules.panel_faults(draw.size, draw.representatives.count(), draw.tender.budget, draw.complex_project):
        yield refuse(fault.rule, fault.text, field="size", **fault.params)


def witness_is_another(draw, act):
    if act.actor.is_person(draw.witness_id):
        yield refuse("G2", _("监督见证人须是经办人以外的人。"), field="witness")


def pool_is_large_enough(draw, act):
    """As many experts without ties as seats: never a smaller panel (R87-29)."""
    free = sum(1 for _expert, why in verbs.candidates(draw, act.now.astimezone(clock.SHANGHAI).date()) if why is None)
    if free < draw.experts_wanted:
        yield refuse(
            "R87-29", _("可抽取的专家有 %(free)s 人，不足 %(wanted)s 人，不得减少评审委员会人数。"), free=free, wanted=draw.experts_wanted
        )


def still_before_evaluation(draw, act):
    if draw.tender.state not in BEFORE_EVALUATION:
        yield refuse("R87-29", _("采购活动现为“%(state)s”，不能再抽取专家。"), state=draw.tender.get_state_display())


def not_yet_attested(draw, act):
    if draw.witnessed_at:
        yield refuse("G7", _("您已见证。"))


def witness_has_attested(draw, act):
    if not draw.witnessed_at:
        yield refuse("R87-29", _("监督见证人%(name)s还没有写下见证数。"), name=draw.witness.name)


def bids_are_open(draw, act):
    """The seed is mixed with the digest that was published at the closing and held at the opening (SEAL-01)."""
    session = live_session(draw.tender)
    if session is None or not session.digest or draw.tender.opened_at is None:
        yield refuse("R87-29", _("开标后才能抽取：种子要与开标的摘要总值混合。"))


def not_too_early(draw, act):
    """At most two working days before the review (REX-01)."""
    try:
        first = latest_day_before(draw.review_at, rules.DRAW_LEAD_DAYS)
    except UnknownYear:
        yield refuse("RCV-02", _("评审所在年度的工作日历尚未公布，不能确定抽取时间。"))
        return
    if act.now.astimezone(clock.SHANGHAI).date() < first:
        yield refuse("REX-01", _("评审时间为 %(review)s，最早 %(first)s 抽取。"), review=clock.written(draw.review_at), first=first)


def review_has_not_begun(draw, act):
    if act.now >= draw.review_at:
        yield refuse("REX-01", _("评审时间 %(review)s 已过，请先调整评审时间。"), review=clock.written(draw.review_at))


def every_seat_has_declared(draw, act):
    if not verbs.is_complete(draw):
        found = verbs.progress(draw)
        yield refuse("R-GP-20", _("评审委员会 %(size)s 人中 %(seated)s 人已签署回避声明就位。"), **found)


def leader_is_elected(draw, act):
    if draw.leader_id is None:
        yield refuse("R87-25", _("还没有推选评审组长。"))


DRAW = Lifecycle(
    code="awards.draw", reference="L7.1", name=_("专家抽取"), model=Draw, personal="R87-28",
    rows=[
        Transition(
            "draft", "", State.DRAFTED, _("设定抽取条件"), who=[Who(Role.OFFICER)], inputs=forms.DrawForm,
            checks=[tender_is_ones_own, review_is_ahead], effect=verbs.draft, duty=Duty.BUYING, rules=["R87-26", "R87-29"],
            sentence=_("设定抽取条件：%(size)s 人"),
        ),
        Transition(
            "edit", [State.DRAFTED, State.SEALED], None, _("调整抽取条件"), who=OFFICER, inputs=forms.ConditionsForm,
            guards=[still_before_evaluation], checks=[review_is_ahead, sealed_conditions_stay], effect=verbs.edit, duty=Duty.BUYING,
            rules=["R87-26"], hint=_("封存之后只能改评审时间和地点。"),
        ),
        Transition(
            "seal_seed", State.DRAFTED, State.SEALED, _("封存种子"), who=OFFICER,
            guards=[still_before_evaluation, panel_is_lawful, witness_is_another, pool_is_large_enough], effect=verbs.seal_seed,
            duty=Duty.BUYING, tells=WITNESS, task=True, rules=["R87-29", "R-GP-20", "REX-03"],
            sentence=_("封存种子（摘要 %(seed_hash)s），候选 %(pool)s 人，排除 %(excluded)s 人"),
            hint=_("候选名单和排除原因随之固定，种子的摘要写入记录；种子本身抽取后公布。"),
        ),
        Transition(
            "attest", State.SEALED, None, _("见证"), who=WITNESS, inputs=forms.WordsForm, guards=[not_yet_attested],
            effect=verbs.attest, tells=OFFICER, task=True, rules=["R87-29"], sentence=_("写下见证数“%(words)s”"),
        ),
        Transition(
            "draw", State.SEALED, State.DRAWN, _("抽取专家"), who=OFFICER,
            guards=[
                still_before_evaluation, panel_is_lawful, witness_has_attested, bids_are_open, not_too_early, review_has_not_begun,
            ],
            effect=verbs.draw_experts, duty=Duty.BUYING, hold=Hold.PROCUREMENT, task=True, rules=["REX-01", "R87-29"],
            sentence=_("抽取专家，候选 %(candidates)s 人"),
            hint=_("按混合值排出次序，前面的专家收到邀请；项目名称在应邀后才告知。"),
        ),
        Transition(
            "elect_leader", [State.DRAWN, State.CLOSED], None, _("推选出评审组长"), system=True, effect=verbs.elect_leader,
            rules=["R87-25"],
        ),
        Transition(
            "close_draw", State.DRAWN, State.CLOSED, _("评审委员会组成"), system=True,
            guards=[every_seat_has_declared, leader_is_elected], effect=verbs.close_draw, tells=OFFICER,
            rules=["R87-26", "R-GP-20"],
        ),
    ],
    tones={State.SEALED: "wait", State.DRAWN: "run", State.CLOSED: "ok"},
)


calls_for("awards.draw", "draft", of="tenders.tender", sources=["OPENED"], given="tender",
          who=[Who(Role.OFFICER, at="agency")], waits=Q(panel_draw=None))


@registered_guard("tenders.tender", "start_evaluation")
def bids_are_qualified_and_panel_seated(tender: Tender, act):
    """Qualification done by the purchaser, three left, the panel whole with its leader (R87-24, R87-25, R-GP-20)."""
    waiting = Bid.objects.filter(tender=tender, state=Bid.State.OPENED).count()
    if waiting:
        yield refuse("R87-24", _("还有 %(count)s 份投标文件没有完成资格审查。"), count=waiting)
    qualified = Bid.objects.filter(tender=tender, state=Bid.State.QUALIFIED).count()
    if not waiting and qualified < rules.MINIMUM_BIDDERS:
        yield refuse("R87-24", _("资格合格的投标人 %(count)s 家，不足三家，不得评标。"), count=qualified)
    draw = Draw.objects.filter(tender=tender).first()
    if draw is None or draw.state != State.CLOSED:
        yield refuse("R-GP-20", _("评审委员会还没有组成。"))
    else:
        yield from every_seat_has_declared(draw, act)
        yield from leader_is_elected(draw, act)
