"""L7.2 Score sheet: conformity and scores of one member, alone; submitted, mended on a finding, locked."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.rules.jurisdiction import setting
from portal.workflow import Lifecycle, Transition, Who, refuse
from procurement.awards import content, rules
from procurement.awards.forms import evaluation as forms
from procurement.awards.models import ScoreSheet
from procurement.awards.people import Member, Seated
from procurement.awards.verbs import evaluation as verbs
from procurement.bids.models import Bid
from procurement.bids.workflow.bids import price_is_settled

State = ScoreSheet.State
SELF = [Member(member="member")]
OWNER = [Who(Role.EXPERT, person="member__user")]

REOPEN = (
    ("OBJECTIVE", _("评审委员会成员对客观评审因素评分不一致")),
    ("ABNORMAL", _("经认定评分畸高、畸低")),
)


# --- guards ------------------------------------------------------------------------------------------------------
def member_is_seated(sheet, act):
    if sheet.member.state != "SEATED":
        yield refuse("R87-30", _("您已不在评审委员会。"))


def something_to_review(sheet, act):
    if not Bid.objects.filter(tender=sheet.tender_id, state=Bid.State.QUALIFIED).exists():
        yield refuse("G7", _("符合性审查已有结论。"))


def something_to_score(sheet, act):
    """Only what the panel has found responsive is scored (R87-41)."""
    if not Bid.objects.filter(tender=sheet.tender_id, state=Bid.State.RESPONSIVE).exists():
        yield refuse("R87-41", _("还没有通过符合性审查的投标，先作符合性审查。"))


def only_bids_in_review(sheet, act):
    """Conformity is found of qualified bids, each one once (R87-24, R87-32)."""
    open_ = set(Bid.objects.filter(tender=sheet.tender_id, state=Bid.State.QUALIFIED).values_list("pk", flat=True))
    for row in act.data["findings"]:
        if row["bid"].pk not in open_:
            yield refuse("R87-32", _("%(name)s的符合性审查已有结论。"), name=row["bid"].supplier.name, field="findings")


def price_lets_it_pass(sheet, act):
    """Nobody finds a bid responsive whose price is above the limit or not settled (R87-33, R87-35)."""
    for row in act.data["findings"]:
        if row["responsive"]:
            yield from price_is_settled(row["bid"], act)


def bids_can_be_scored(sheet, act):
    open_ = set(Bid.objects.filter(tender=sheet.tender_id, state=Bid.State.RESPONSIVE).values_list("pk", flat=True))
    for row in act.data["points"]:
        if row["bid"].pk not in open_:
            yield refuse("R87-41", _("%(name)s没有通过符合性审查，不能评分。"), name=row["bid"].supplier.name, field="points")


def points_fit_the_bands(sheet, act):
    """Within a band of the factor; the price is not scored by hand (R22-09, R87-43)."""
    share = setting("outlying_score_share", region=sheet.tender.agency.region, as_of=sheet.tender.rules_as_of)
    for row in act.data["points"]:
        factor, points = row["factor"], row["points"]
        if factor.tender_id != sheet.tender_id or factor.category == "PRICE":
            yield refuse("R87-43", _("“%(factor)s”由公式计算，不评分。"), factor=factor.name, field="points")
        elif rules.band_of(factor.bands, points) is None:
            yield refuse(
                "R22-09", _("“%(factor)s”给 %(points)s 分，不在任何等次之内（%(bands)s）。"), factor=factor.name, points=points,
                bands="；".join(f"{band['label']} {band['from']}–{band['to']}" for band in factor.bands), field="points",
            )
        elif rules.is_outlying(factor.bands, factor.points, points, share) and not row.get("note"):
            yield refuse(
                "R87-50", _("“%(factor)s”给 %(points)s 分，偏离等次中间值超过满分的 %(share)s%%，须写明理由。"), factor=factor.name,
                points=points, share=int(share * 100), field="points",
            )


def conformity_is_decided(sheet, act):
    waiting = Bid.objects.filter(tender=sheet.tender_id, state=Bid.State.QUALIFIED).count()
    if waiting:
        yield refuse("R87-32", _("还有 %(count)s 份投标文件没有完成符合性审查。"), count=waiting)


def every_score_is_there(sheet, act):
    """All factors of all responsive bids; nought is a score, nothing is none."""
    for bid, factors in content.missing_scores(sheet):
        yield refuse(
            "R87-47", _("%(name)s还缺 %(count)s 项：%(factors)s。"), name=bid.supplier.name, count=len(factors),
            factors="、".join(factor.name for factor in factors), field="points",
        )


def system_found_it(sheet, act):
    """Scores are mended for the four grounds of the law alone, and only where the system sees one (R87-50)."""
    kinds = {finding.kind for finding in verbs.open_findings(sheet)}
    if act.reason_code not in kinds:
        yield refuse("R87-50", _("系统没有在这份评分表中发现这种情形，不能修改评分。"), field="reason_code")


SHEET = Lifecycle(
    code="awards.sheet", reference="L7.2", name=_("评分表"), model=ScoreSheet, personal="R87-47",
    rows=[
        Transition("issue", "", State.ISSUED, _("发放评分表"), system=True, effect=verbs.issue, tells=OWNER, rules=["R87-47"]),
        Transition(
            "review_conformity", [State.ISSUED, State.REOPENED], None, _("符合性审查"), who=SELF, inputs=forms.ConformityForm,
            guards=[member_is_seated, something_to_review], checks=[only_bids_in_review, price_lets_it_pass],
            effect=verbs.review_conformity, task=True, rules=["R87-32", "R87-35"], hint=_("全体成员过半数的意见为结论。"),
        ),
        Transition(
            "score", [State.ISSUED, State.REOPENED], None, _("评分"), who=SELF, inputs=forms.ScoreForm,
            guards=[member_is_seated, something_to_score], checks=[bids_can_be_scored, points_fit_the_bands], effect=verbs.score, task=True,
            rules=["R87-47", "R22-09"], page="awards:sheet",
        ),
        Transition(
            "submit", [State.ISSUED, State.REOPENED], State.SUBMITTED, _("提交全部评分"), who=SELF,
            guards=[member_is_seated, conformity_is_decided, every_score_is_there], effect=verbs.submit,
            rules=["R87-47", "R87-50"], confirm=_("提交后不能自行修改，只有法定情形才能复核。现在提交？"),
            hint=_("提交后才能看到其他成员的评分。"),
        ),
        Transition(
            "reopen", State.SUBMITTED, State.REOPENED, _("要求复核评分"), who=[Seated(draw="member__draw", leader=True)],
            reason=REOPEN, checks=[system_found_it], effect=verbs.reopen, tells=OWNER,
            rules=["R87-50", "PF-10"], hint=_("只限法定情形；已有的签名随之失效。"),
        ),
        Transition("lock", State.SUBMITTED, State.LOCKED, _("锁定评分"), system=True, rules=["R87-50"]),
        Transition(
            "void", [State.ISSUED, State.SUBMITTED, State.REOPENED], State.VOIDED, _("评分作废"), system=True, effect=verbs.void,
            rules=["R87-30", "R87-37"],
        ),
    ],
    tones={State.ISSUED: "wait", State.SUBMITTED: "ok", State.LOCKED: "ok", State.REOPENED: "warn", State.VOIDED: "idle"},
)
