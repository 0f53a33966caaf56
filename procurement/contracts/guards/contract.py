"""What a contract must be before it may be put forward, signed, published, run and ended (L9.1, RCO-01 … RCO-16)."""
from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.money import in_figures
from portal.rules.constants import constant
from portal.workflow import Act, Refusal, refuse
from procurement.budgets.verbs import committed_or_paid
from procurement.contracts import rules
from procurement.contracts.models import Acceptance, Contract, PaymentTerm
from procurement.contracts.models.acceptance import PASSED
from procurement.contracts.models.contract import SIX_PARTS
from procurement.suppliers.verbs import standing
from procurement.tenders.models import ContractTermDraft

Clause = ContractTermDraft.Kind
#: Clauses a contract cannot do without, and the rule that names each (R102-27, RCO-01, RCO-02, RCO-09).
CLAUSES = (
    (Clause.CONTENT, "RCO-01"), (Clause.TERM, "RCO-01"), (Clause.QUANTITY, "RCO-01"), (Clause.QUALITY, "RCO-01"),
    (Clause.PRICE, "RCO-01"), (Clause.SETTLEMENT, "RCO-01"), (Clause.RIGHTS, "RCO-01"), (Clause.LIABILITY, "RCO-01"),
    (Clause.ACCEPTANCE, "RCO-09"), (Clause.DISPUTE, "RCO-02"),
)
BOND_MOST = Decimal(10)


# --- edit --------------------------------------------------------------------------------------------------------------
def bond_within_law(contract: Contract, act: Act) -> Iterator[Refusal]:
    """A performance bond is at most ten percent of the contract (R-GP-36); the table itself keeps no other."""
    percent = act.data.get("bond_percent") or Decimal(0)
    if percent > BOND_MOST:
        yield refuse(
            "R-GP-36", _("履约保证金 %(percent)s%% 超过合同金额的 10%%。"), percent=format(percent.normalize(), "f"),
            field="bond_percent",
        )


# --- propose -----------------------------------------------------------------------------------------------------------
def nine_elements(contract: Contract, act: Act) -> Iterator[Refusal]:
    """Scope, object, quantity, quality, term, payment, rights and duties, liability, no transfer: all or no signing (S-70)."""
    kinds = set(contract.clauses.values_list("kind", flat=True))
    elements = (
        (_("服务范围"), Clause.CONTENT in kinds), (_("服务标的"), contract.deliverables.exists()),
        (_("数量"), Clause.QUANTITY in kinds), (_("质量要求"), Clause.QUALITY in kinds),
        (_("服务期限"), bool(contract.starts_on and contract.ends_on)),
        (_("资金支付方式"), Clause.SETTLEMENT in kinds and contract.payment_terms.exists()), (_("权利义务"), Clause.RIGHTS in kinds),
        (_("违约责任"), Clause.LIABILITY in kinds), (_("严禁转包"), contract.no_transfer),
    )
    missing = [str(label) for label, there in elements if not there]
    if missing:
        yield refuse("S-70", _("合同九项要素缺 %(count)s 项：%(names)s。"), count=len(missing), names="、".join(missing), field="clauses")


def clauses_of_the_law(contract: Contract, act: Act) -> Iterator[Refusal]:
    kinds = set(contract.clauses.values_list("kind", flat=True))
    for kind, rule in CLAUSES:
        if kind not in kinds:
            yield refuse(rule, _("合同缺少“%(clause)s”条款。"), clause=Clause(kind).label, field="clauses")
    if not contract.place:
        yield refuse("RCO-02", _("没有写明履行地点。"), field="place")


def price_is_the_award(contract: Contract, act: Act) -> Iterator[Refusal]:
    """No departure from documents and bid: price and length of the term are those of the award (R87-77, RCO-04)."""
    award, tender = contract.award, contract.tender
    if award is not None and contract.amount != award.amount:
        yield refuse(
            "R87-77", _("合同金额 %(amount)s 元与中标金额 %(award)s 元不一致。"), amount=in_figures(contract.amount),
            award=in_figures(award.amount),
        )
    if tender is not None and tender.service_from and tender.service_until and contract.term_months is not None:
        months = rules.months_of(tender.service_from, tender.service_until)
        if contract.term_months != months:
            yield refuse(
                "RCO-04", _("招标文件载明期限 %(tender)s 个月，合同写成 %(months)s 个月。"), tender=months, months=contract.term_months,
                field="ends_on",
            )


def term_within_law(contract: Contract, act: Act) -> Iterator[Refusal]:
    """Twelve months, or thirty-six where all five conditions hold (R102-28), by the rules of its day (G5)."""
    if contract.term_months is None:
        return
    name = "TERM_MAX_MONTHS_CONDITIONAL" if contract.all_ticks else "TERM_MAX_MONTHS"
    longest = constant(name, contract.rules_as_of)
    if contract.term_months > longest:
        yield refuse(
            "R102-28", _("期限 %(months)s 个月超过上限 %(longest)s 个月；超过一年须五项条件齐全，最长三年。"),
            months=contract.term_months, longest=longest, field="ends_on",
        )
    if contract.starts_on < clock.today():
        yield refuse("R102-28", _("履行起始日 %(day)s 已经过去，请改为今后的日期。"), day=contract.starts_on, field="starts_on")


def payments_make_the_whole(contract: Contract, act: Act) -> Iterator[Refusal]:
    """Instalments come to 100 %, each with its condition, its year, and a report that will exist (RCO-03)."""
    terms = list(contract.payment_terms.all())
    percent = sum((term.percent for term in terms), Decimal(0))
    if percent != 100:
        yield refuse("RCO-03", _("支付比例合计 %(sum)s%%，应为 100%%。"), sum=format(percent.normalize(), "f"), field="gates")
    if contract.starts_on is None or contract.ends_on is None:
        return
    reports = len(rules.report_periods(contract.starts_on, contract.ends_on, contract.report_cadence))
    for term in terms:
        if term.year is None or not contract.starts_on.year <= term.year <= contract.ends_on.year + 1:
            yield refuse("RCO-07", _("“%(term)s”的预算年度不在合同期限内。"), term=term.name, field="gates")
        if term.condition == PaymentTerm.Condition.REPORT and not 1 <= (term.report_number or 0) <= reports:
            yield refuse(
                "RCO-03", _("“%(term)s”须写明第几期报告确认后支付，合同共有 %(count)s 期报告。"), term=term.name, count=reports,
                field="gates",
            )


def deliverables_are_quantified(contract: Contract, act: Act) -> Iterator[Refusal]:
    """Number, unit, period; what has no number must say by which standard it is measured (S-76)."""
    for each in contract.deliverables.all():
        if each.quota is None and not (each.standard or each.requirement):
            yield refuse("S-76", _("“%(name)s”没有数量，也没有写明衡量标准。"), name=each.name)
        if each.quota is not None and not each.unit:
            yield refuse("S-76", _("“%(name)s”没有计量单位。"), name=each.name)
        if each.sub_condition and each.quota is not None and each.sub_quota is None:
            yield refuse("S-76", _("“%(name)s”的其中要求没有数量。"), name=each.name)


def acceptance_plan_of_six_parts(contract: Contract, act: Act) -> Iterator[Refusal]:
    for name in SIX_PARTS:
        if not getattr(contract, name).strip():
            yield refuse("R22-10", _("履约验收方案缺少“%(part)s”。"), part=contract._meta.get_field(name).verbose_name, field=name)
    day = contract.interim_acceptance_on
    if day and contract.starts_on and contract.ends_on and not contract.starts_on < day < contract.ends_on:
        yield refuse("R22-10", _("中期验收日期须在履行期限之内。"), field="interim_acceptance_on")


def safeguards(contract: Contract, act: Act) -> Iterator[Refusal]:
    """The bond's terms, no transfer, no guarantee by the purchaser, a named supervisor, a payee."""
    if contract.bond_percent and not contract.bond_terms.strip():
        yield refuse("RCO-05", _("收取履约保证金的，须写明退还的方式、时间和条件。"), field="bond_terms")
    if not contract.no_transfer:
        yield refuse("R102-30", _("合同须约定不得转包。"), field="no_transfer")
    if not contract.no_guarantee:
        yield refuse("R102-33", _("购买主体不得为承接主体提供担保，合同须写明。"), field="no_guarantee")
    if contract.project_officer is None:
        yield refuse("S-84", _("没有指定项目专管员。"), field="project_officer")
    if not (contract.payee_bank and contract.payee_account):
        yield refuse("S-100", _("没有填写乙方收款账户。"), field="payee_account")


def officer_is_another(contract: Contract, act: Act) -> Iterator[Refusal]:
    """Another person of the purchaser who holds the duty looks after the contract (S-84, S-85)."""
    if act.data["project_officer"].pk == contract.project_officer_id:
        yield refuse("S-84", _("%(name)s已是项目专管员。"), field="project_officer", name=act.data["project_officer"].name)
    elif not User.objects.holding(Role.PROJECT_OFFICER, contract.agency_id).filter(pk=act.data["project_officer"].pk).exists():
        yield refuse("S-84", _("%(name)s不是本单位的项目专管员。"), field="project_officer", name=act.data["project_officer"].name)


PROPOSE = [
    nine_elements, clauses_of_the_law, price_is_the_award, term_within_law, payments_make_the_whole, deliverables_are_quantified,
    acceptance_plan_of_six_parts, safeguards,
]


# --- signing -----------------------------------------------------------------------------------------------------------
def supplier_may_act(contract: Contract, act: Act) -> Iterator[Refusal]:
    """The contractor's standing today, asked before each signature (G6)."""
    if act.history:
        return
    yield from standing(contract.supplier, act.now.date())


def agreed(contract: Contract, act: Act) -> Iterator[Refusal]:
    if not act.data.get("agreed"):
        yield refuse("S-172", _("请确认有权签署并同意合同全文。"), field="agreed")


def bond_is_lodged(contract: Contract, act: Act) -> Iterator[Refusal]:
    """A performance bond that was agreed is there before the contractor signs (R-GP-36)."""
    if contract.bond_percent and not act.data.get("bond_paper"):
        yield refuse(
            "R-GP-36", _("须先提交 %(amount)s 元的履约保函。"), amount=in_figures(contract.bond_amount), field="bond_paper"
        )


def text_is_unchanged(contract: Contract, act: Act) -> Iterator[Refusal]:
    """What is signed is what was offered, to the letter (R87-77)."""
    from procurement.contracts.papers import text_digest

    if contract.text_digest != text_digest(contract):
        yield refuse("R87-77", _("合同文本与发送时不一致，须退回重新发送。"))


def paper_is_ready(contract: Contract, act: Act) -> Iterator[Refusal]:
    """Nobody signs a paper that is not there to be read (R87-77)."""
    if contract.paper and not contract.paper.is_ready:
        yield refuse("R87-77", _("合同文本正在排版，请稍候再签署。"))


def term_not_over(contract: Contract, act: Act) -> Iterator[Refusal]:
    if contract.ends_on and contract.ends_on < act.now.date() and not act.history:
        yield refuse("R102-28", _("合同期限在 %(day)s 已经届满，不能再签。"), day=contract.ends_on)


SIGNING = [supplier_may_act, text_is_unchanged, paper_is_ready, term_not_over]


# --- after signing -----------------------------------------------------------------------------------------------------
def not_published_yet(contract: Contract, act: Act) -> Iterator[Refusal]:
    if contract.published_at:
        yield refuse("G7", _("合同已经公告。"))


def term_has_begun(contract: Contract, act: Act) -> Iterator[Refusal]:
    if contract.begins_at is None or act.now < contract.begins_at:
        yield refuse("R102-28", _("履行起始日 %(day)s 还没有到。"), day=contract.starts_on)


def year_is_funded(contract: Contract, act: Act) -> Iterator[Refusal]:
    """Nothing is performed on a promise: the first year's money is committed (R1787-04, L3.2 edge 3)."""
    year = contract.starts_on.year
    wanted, held = contract.years().get(year, Decimal(0)), committed_or_paid(contract.project, year)
    if held < wanted:
        yield refuse(
            "R1787-04", _("%(year)s 年应占用 %(wanted)s 元，已占用 %(held)s 元，资金落实后才能开始履行。"), year=year,
            wanted=in_figures(wanted), held=in_figures(held),
        )


def term_is_over(contract: Contract, act: Act) -> Iterator[Refusal]:
    if not contract.ended_by(act.now):
        yield refuse("R102-28", _("合同期限到 %(day)s 才届满。"), day=contract.ends_on)


def finally_accepted(contract: Contract, act: Act) -> Iterator[Refusal]:
    """Nothing is complete that was not accepted (R-GP-46)."""
    if not contract.acceptances.filter(stage=Acceptance.Stage.FINAL, state__in=PASSED).exists():
        yield refuse("R-GP-46", _("最终验收尚未合格。"))


def bond_is_returned(contract: Contract, act: Act) -> Iterator[Refusal]:
    if contract.bond_percent and contract.bond_returned_at is None:
        yield refuse("RCO-05", _("履约保证金尚未退还。"))


def bond_to_return(contract: Contract, act: Act) -> Iterator[Refusal]:
    if not contract.bond_percent:
        yield refuse("RCO-05", _("本合同没有收取履约保证金。"))
    elif contract.bond_returned_at:
        yield refuse("G7", _("履约保证金已经退还。"))


def agreement_is_there(contract: Contract, act: Act) -> Iterator[Refusal]:
    """Ending by agreement rests on a paper that both have signed (R-GP-45)."""
    if act.reason_code == "AGREED" and not act.data.get("agreement"):
        yield refuse("R-GP-45", _("协商解除须上传双方签署的解除协议。"), field="agreement")


def only_history(thing, act: Act) -> Iterator[Refusal]:
    if not act.history:
        yield refuse("G4", _("只有装载历史案例时可以补录合同。"))


# --- filing --------------------------------------------------------------------------------------------------------------
def signed_file_is_there(filing, act: Act) -> Iterator[Refusal]:
    """What is filed is the signed text, by its digest (R-GP-42)."""
    if act.history:
        return
    paper = filing.contract.paper
    if paper is None or not paper.is_ready or filing.digest not in ("", paper.digest):
        yield refuse("R-GP-42", _("没有双方签署的合同文件。"))


def number_is_free(filing, act: Act) -> Iterator[Refusal]:
    number = (act.data.get("number") or "").strip()
    if number and type(filing).objects.filter(number=number).exclude(pk=filing.pk).exists():
        yield refuse("S-72", _("备案号 %(number)s 已经用过。"), number=number, field="number")


# --- the supplier --------------------------------------------------------------------------------------------------------
def contracts_are_ended(supplier, act: Act) -> Iterator[Refusal]:
    """A supplier leaves when his contracts are over: completed, or ended in due form (L4.1, R-GP-45)."""
    running = Contract.objects.live().filter(supplier=supplier.organisation_id)
    for contract in running.order_by("number"):
        yield refuse("R-GP-45", _("合同 %(number)s 当前为“%(state)s”，还没有结束。"), number=contract.number,
                     state=contract.get_state_display())
