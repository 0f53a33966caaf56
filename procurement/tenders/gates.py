"""What must hold when a tender goes out, changes, and ends: guards of the rows from `draft` to `restart` (L5.2)."""
from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from catalogue.models import CatalogueVersion
from portal import clock, money
from portal.notices.verbs import notice_refusals
from portal.workdays import UnknownYear, clocks_of, deadline, is_working_day, lead_kept
from portal.workdays.postponing import held
from portal.workdays.register import definition
from portal.workflow import had_a_hand, refuse
from procurement.budgets.models import Encumbrance
from procurement.plans.models import Plan, Stage
from procurement.plans.workflow.intention import before_start

from . import announcements, rules
from .models import Tender
from .reasons import NEED_GONE
from .verbs import end_of_day, unit_of

OFFICE_HOURS = (time(9, 0), time(17, 0))  # TND-01


# --- making, reviewing -----------------------------------------------------------------------------------------------
def project_may_be_tendered(tender: Tender, act):
    """The plan is approved, the project is the actor's own agency's and has no other live tender (R-002)."""
    project = act.data["project"]
    if project.agency_id != act.actor.organisation_id:
        yield refuse("G1", _("只能为本单位的项目编制采购文件。"), field="project")
    if not project.reached(Stage.APPROVED):
        yield refuse("R-002", _("项目“%(project)s”的计划还没有批准。"), field="project", project=project.title)
    live = Tender.objects.live().filter(project=project).first()
    if live is not None:
        yield refuse("G7", _("这个项目已有进行中的采购活动 %(number)s。"), field="project", number=live.number)
    yield from _nothing_is_contracted(project)


def _nothing_is_contracted(project):
    """What a contract serves is not bought twice; a contract that ended early gives its project back first (L2.5)."""
    if project.reached(Stage.CONTRACTED):
        yield refuse("S-01", _("这个项目已经签订合同，不能另行采购。"), field="project")


def reviewer_did_not_write(tender: Tender, act):
    """Nobody who drafted, changed or proposed the document reviews it, however long ago (R22-13)."""
    if had_a_hand(act.actor, "tenders.tender", [tender.pk], "draft", "edit", "propose"):
        yield refuse("R22-13", _("您参与编制了这份招标文件，不能审查。"))


def unit_has_not_spoken(tender: Tender, act):
    """Each of the four units speaks once a round, each by another person (R22-13)."""
    if tender.reviews.filter(round=tender.review_round, reviewer__in=act.actor.persons).exists():
        yield refuse("R22-13", _("您在本轮已经提出审查意见，其他单位的意见由其他人提出。"))
    elif unit_of(tender, act.actor) is None:
        yield refuse("R22-13", _("您所在的内设机构在本轮已经提出审查意见。"))


def key_review_is_written(tender: Tender, act):
    """Projects that must be surveyed get the key review too (R22-12, R22-14)."""
    if rules.survey_is_due(tender.project.catalogue_kind, tender.budget, act.now.date()) and not act.data.get("key_opinion"):
        yield refuse("R22-14", _("本项目须作重点审查，请写明重点审查意见。"), field="key_opinion")


# --- publishing ------------------------------------------------------------------------------------------------------
def project_is_funded(tender: Tender, act):
    """The gate of tendering: plan decided and published, budget there, money reserved (R102-18, R102-20, R-008)."""
    project = tender.project
    if not project.reached(Stage.FUNDED):
        yield refuse("R102-18", _("项目的预算还没有落实，不能发布招标公告。"))
    held = Encumbrance.objects.live().filter(project=project).aggregate(
        total=Sum(F("pledged") + F("reserved") + F("committed") + F("paid"))
    )["total"] or Decimal(0)
    if held < tender.budget:
        yield refuse(
            "R102-20", _("已落实的资金 %(held)s 元，少于预算 %(budget)s 元。"), held=money.in_figures(held),
            budget=money.in_figures(tender.budget),
        )
    item = project.item
    if item is not None and item.plan is not None and item.plan.state not in (Plan.State.PUBLISHED, Plan.State.CLOSED):
        yield refuse("R-008", _("年度购买计划“%(plan)s”还没有公布。"), plan=item.plan)


def leaf_is_in_force(tender: Tender, act):
    """What is bought stands in the catalogue in force on the day, or was filed outside it (R102-18, R1787-07, X-02)."""
    leaf, item = tender.project.leaf, tender.project.item
    if leaf is None and item is not None and item.filed_request is not None:
        if item.filed_request.state not in ("FILED", "ADOPTED"):
            yield refuse("R1787-07", _("目录外事项“%(title)s”没有有效的备案。"), title=item.filed_request.title)
        return
    if leaf is None:
        yield refuse("R102-18", _("项目没有对应的目录项。"))
        return
    version = CatalogueVersion.objects.in_force_for(tender.agency, clock.today()).first()
    if version is None or not version.items.leaves().filter(code=leaf.code).exists():
        yield refuse("R102-18", _("目录项 %(code)s %(name)s 不在现行指导性目录中。"), code=leaf.code, name=leaf.name)


def intention_is_over(tender: Tender, act):
    """The market was told thirty days before, sooner with a reason, or need not be told (RYX-02, RYX-03, RYX-05)."""
    yield from before_start(tender.project, act)


def times_are_legal(tender: Tender, act):
    """Documents on offer at least 5 working days, 20 days to bid, closing in working hours (R-GP-30, R87-18, TND-01)."""
    today = act.now.date()
    yield from offer_is_long_enough(act.data["offer_until"], today)
    closes_at = act.data["closes_at"]
    length, unit = definition("BID_PERIOD").period(tender.method, rules_as_of=today)
    earliest = deadline(today, length, unit).last_day
    if _day(closes_at) < earliest:
        yield refuse(
            "R87-18", _("自招标文件发出之日起至投标截止不得少于 %(length)s 日：今天发布的，最早为 %(day)s。"), field="closes_at",
            length=length, day=earliest,
        )
    yield from closing_is_in_hours(closes_at)
    if end_of_day(act.data["offer_until"]) > closes_at:
        yield refuse("R87-06", _("招标文件提供期限须在投标截止之前结束。"), field="offer_until")


def offer_is_long_enough(until: date, start: date):
    length, unit = definition("DOCUMENT_OFFER").period(rules_as_of=start)
    earliest = deadline(start, length, unit).last_day
    if until < earliest:
        yield refuse(
            "R-GP-30", _("招标文件的提供期限不得少于 %(length)s 个工作日：今天发布的，最早到 %(day)s。"), field="offer_until",
            length=length, day=earliest,
        )


def no_outage_undecided(tender: Tender, act):
    """Bids do not close by time while it is not decided whether an outage moves the closing (L0.3)."""
    waiting = next(filter(None, map(held, clocks_of(tender).live().filter(name="BID_PERIOD"))), None)
    if waiting is not None:
        yield refuse("OUT-01", _("“%(outage)s”是否顺延投标截止尚未决定。"), outage=waiting.outage)


def postponed_is_later(tender: Tender, act):
    """An outage moves a closing later only, and never one that has taken place."""
    closes_at = act.data.get("closes_at")
    if closes_at is not None and closes_at <= tender.closes_at:
        yield refuse("R87-11", _("投标截止时间只能延后，现为 %(moment)s。"), field="closes_at", moment=clock.written(tender.closes_at))


def closing_is_in_hours(closes_at: datetime):
    """Bids are opened at the closing moment, so it lies in the office hours of a working day (TND-01)."""
    moment = closes_at.astimezone(clock.SHANGHAI)
    try:
        works = is_working_day(moment.date())
    except UnknownYear:
        works = True  # shown as provisional; nothing is refused on a guess
    if not works or not OFFICE_HOURS[0] <= moment.time() <= OFFICE_HOURS[1]:
        yield refuse(
            "TND-01", _("投标截止时间 %(moment)s 不在工作日的工作时间（9:00 至 17:00）内。"), field="closes_at",
            moment=clock.written(closes_at),
        )


def notice_is_complete(tender: Tender, act):
    """Every field that N-03 must have is there, with the times given (N-03, R87-03)."""
    tender.offer_from, tender.offer_until = act.now.date(), act.data["offer_until"]
    tender.closes_at = act.data["closes_at"]
    yield from notice_refusals("N-03", announcements.tender_notice(tender))


# --- changing --------------------------------------------------------------------------------------------------------
def before_closing(tender: Tender, act):
    """After the closing moment nothing moves any more (R87-11)."""
    if tender.closes_at is not None and act.now >= tender.closes_at:
        yield refuse("R87-11", _("投标截止时间 %(moment)s 已过，不能再变更。"), moment=clock.written(tender.closes_at))


def subject_is_unchanged(tender: Tender, act):
    """A clarification changes neither what is bought nor who may bid (R87-11)."""
    for number, row in enumerate(act.data["items"], 1):
        if row["part"] in ("SUBJECT", "QUALIFICATION"):
            yield refuse("R87-11", _("第 %(number)s 项：澄清、修改不得改变采购标的和资格条件。"), field="items", number=number)


def clarification_is_drafted(tender: Tender, act):
    if not tender.clarifications.filter(published_at=None).exists():
        yield refuse("R87-11", _("还没有经办人起草的澄清。"))


def lead_is_kept(tender: Tender, act):
    """What may affect bids comes 15 days before the closing, else the closing moves in the same act (R87-11)."""
    draft = tender.clarifications.filter(published_at=None).first()
    new = act.data.get("closes_at")
    if new is not None:
        yield from closing_moves_later(tender, new)
    if draft is not None and draft.affects_bids:
        closing = new or tender.closes_at
        length, unit = definition("CLARIFICATION_LEAD").period(tender.method, rules_as_of=tender.rules_as_of)
        if not lead_kept(act.now, closing, length, unit):
            yield refuse(
                "R87-11", _("今天距投标截止 %(moment)s 不足 %(length)s 日，须同时顺延投标截止时间。"), field="closes_at",
                moment=clock.written(closing), length=length,
            )


def closing_moves_later(tender: Tender, new: datetime):
    if new <= tender.closes_at:
        yield refuse("R87-11", _("投标截止时间只能延后，现为 %(moment)s。"), field="closes_at", moment=clock.written(tender.closes_at))
    yield from closing_is_in_hours(new)


def extension_is_later(tender: Tender, act):
    """Later only, the same for all; the offer is extended alone where fewer than three took the documents (R87-06)."""
    new, until = act.data.get("closes_at"), act.data.get("offer_until")
    if new is not None:
        yield from closing_moves_later(tender, new)
    if until is not None:
        if until <= tender.offer_until:
            yield refuse("R87-06", _("招标文件提供期限只能延后，现至 %(day)s。"), field="offer_until", day=tender.offer_until)
        if end_of_day(until) > (new or tender.closes_at):
            yield refuse("R87-06", _("招标文件提供期限须在投标截止之前结束。"), field="offer_until")
    if act.reason_code == "FEW_TAKERS" and not tender.few_takers:
        yield refuse("R87-06", _("只有提供期限届满且获取招标文件的供应商不足三家的，才能以此延长。"), field="reason_code")


# --- ending ----------------------------------------------------------------------------------------------------------
def closing_time_has_come(tender: Tender, act):
    """Nobody is shut out a second early (R87-14)."""
    if tender.closes_at is None or act.now < tender.closes_at:
        yield refuse("R87-14", _("投标截止时间还没有到。"))


def offer_is_over(tender: Tender, act):
    if tender.offer_ends_at is None or act.now < tender.offer_ends_at:
        yield refuse("R87-06", _("招标文件的提供期限还没有结束。"))


def ground_fits(tender: Tender, act):
    """Each ground of failure has its own facts (R-GP-50, R-GP-40, R46-10, S-50)."""
    code = act.reason_code
    if code == "RESERVED_FEW" and tender.sme_policy != Tender.SmePolicy.RESERVED:
        yield refuse("R46-10", _("本项目没有专门面向中小企业，不能以此废标。"), field="reason_code")
    if code == "WINNER_GONE" and tender.state not in (Tender.State.EVALUATED, Tender.State.AWARDED):
        yield refuse("R-GP-40", _("还没有中标人，不能以此废标。"), field="reason_code")
    if code == "NOBODY_BID" and tender.state != Tender.State.CLOSED:
        yield refuse("S-50", _("已经开启投标文件，不能以无人投标废标。"), field="reason_code")


def need_remains(tender: Tender, act):
    """A failed or ended procedure has one successor, and only where there is still something to buy (R-GP-50)."""
    if tender.end_code in NEED_GONE:
        yield refuse("R87-13", _("采购任务已经取消，不能重新开展。"))
    successor = tender.successors.exclude(state=Tender.State.CANCELLED).first()
    if successor is not None:
        yield refuse("G7", _("已由 %(number)s 重新开展采购。"), number=successor.number)
    elif Tender.objects.live().filter(project=tender.project_id).exists():
        yield refuse("G7", _("这个项目已有一个进行中的采购活动。"))
    if not tender.project.reached(Stage.APPROVED):
        yield refuse("R-002", _("项目已经终止。"))
    yield from _nothing_is_contracted(tender.project)


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.SHANGHAI).date()
