"""L3.1 budget line and L3.2 encumbrance: who may put money where, and what stops him."""
from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.roles import Role
from portal.money import in_figures
from portal.workflow import (
    Act,
    Due,
    Lifecycle,
    Refusal,
    Transition,
    Who,
    consequence,
    refuse,
    registered_guard,
    starts,
    stops,
)
from procurement.plans.models import PlanItem, Project

from . import rules, verbs
from .forms import AdjustForm, AllocateForm, LineForm, PledgeForm, RefundForm, ReserveForm
from .models import BudgetLine, Encumbrance

L, E = BudgetLine.State, Encumbrance.State
HEAD, PLANNER = Who(Role.HEAD, at="agency"), Who(Role.PLANNER, at="agency")
FINANCE_HEAD = Who(Role.FINANCE_HEAD, region="agency__region")
BUDGET_OFFICER = Who(Role.BUDGET_OFFICER, region="agency__region")
OFFICER = Who(Role.OFFICER, at="project__agency")
TREASURY = Who(Role.BUDGET_OFFICER, region="project__agency__region")
FINANCE = Who(Role.FINANCE_HEAD, region="project__agency__region")
ADJUST_REASONS = [
    ("added", _("年中追加")), ("cut", _("年中核减")), ("moved", _("项目间调剂")), ("corrected", _("更正差错")),
]  # fmt: skip
REFUND_REASONS = [("rejected", _("银行退票")), ("overpaid", _("多付退回")), ("annulled", _("合同无效退回"))]


# --- guards of the line -------------------------------------------------------------------------------------------
def codes_are_known(line: BudgetLine, act: Act) -> Iterator[Refusal]:
    """The classification codes have the shape of the government's tables (RTR-06)."""
    if not rules.is_function_class(act.data["function_class"]):
        yield refuse("RTR-06", _("支出功能分类须为 2 开头的七位编码。"), field="function_class")
    if not rules.is_economic_class(act.data["economic_class"]):
        yield refuse("RTR-06", _("部门预算支出经济分类须为 3 开头的五位编码。"), field="economic_class")


def only_approved_items(line: BudgetLine, act: Act) -> Iterator[Refusal]:
    """Money is asked for only after the meeting approved (R-002)."""
    if line.item is not None and line.item.state not in ("APPROVED", "EXECUTED"):
        yield refuse("R-002", _("项目“%(item)s”还没有批准，不能申请资金。"), item=line.item.title)


def no_more_than_approved(line: BudgetLine, act: Act) -> Iterator[Refusal]:
    """What is asked for an item does not exceed what was approved for that year (S-27)."""
    if line.item is None:
        return
    approved = (line.item.approved_years() or {line.item.year: line.item.effective_amount}).get(line.year)
    if approved is None:
        yield refuse("R1787-05", _("项目没有 %(year)s 年的资金安排。"), year=line.year)
    elif line.requested > approved:
        yield refuse("S-27", _("申报数 %(asked)s 元超过该年批准金额 %(approved)s 元。"), asked=in_figures(line.requested),
                     approved=in_figures(approved))


def allocated_within_request(line: BudgetLine, act: Act) -> Iterator[Refusal]:
    amount = act.data.get("amount")
    if amount is not None and not 0 < amount <= line.requested:
        yield refuse("RTR-03", _("下达数须大于零且不超过申报数 %(asked)s 元。"), field="amount", asked=in_figures(line.requested))


def adjusted_above_used(line: BudgetLine, act: Act) -> Iterator[Refusal]:
    used = line.allocated - line.free
    if act.data["amount"] < used:
        yield refuse("R1787-04", _("调整后不能少于已预留、占用和支付的 %(used)s 元。"), field="amount", used=in_figures(used))
    if act.data["amount"] == line.allocated:
        yield refuse("S-172", _("调整后的金额与现在相同。"), field="amount")


def purpose_stays(line: BudgetLine, act: Act) -> Iterator[Refusal]:
    """Earmarked money keeps its purpose (R-035, S-100)."""
    asked = act.data.get("purpose", "")
    if line.purpose and asked and asked != line.purpose:
        yield refuse("R-035", _("专项资金不得改变用途。"), field="purpose")


LINE = Lifecycle(
    code="budgets.line", reference="L3.1", name=_("预算指标"), model=BudgetLine,
    rows=[
        Transition("draft", "", L.DRAFTED, _("编报指标"), who=[Who(Role.PLANNER), Who(Role.BUDGET_OFFICER)], inputs=LineForm,
                   checks=[codes_are_known], effect=verbs.draft_line, rules=["S-27", "S-32", "R-030"]),
        Transition("submit", L.DRAFTED, L.SUBMITTED, _("申报预算"), who=[HEAD], guards=[only_approved_items, no_more_than_approved],
                   not_by=["draft"], clocks=[starts("BUDGET_APPROVAL")], tells=[FINANCE_HEAD], rules=["R-002", "R-030"], task=True),
        Transition("allocate", L.SUBMITTED, L.ALLOCATED, _("下达指标"), who=[FINANCE_HEAD], inputs=AllocateForm,
                   checks=[allocated_within_request], not_by=["draft", "submit"], effect=verbs.allocate_line,
                   clocks=[stops("BUDGET_APPROVAL")], tells=[HEAD, PLANNER], rules=["RTR-03", "R102-20"], task=True,
                   sentence=_("下达 %(allocated)s 元，%(document)s")),
        Transition("adjust", L.ALLOCATED, None, _("调整指标"), who=[FINANCE_HEAD], inputs=AdjustForm, reason=ADJUST_REASONS,
                   checks=[adjusted_above_used, purpose_stays], effect=verbs.adjust_line, tells=[HEAD], rules=["R-031", "R-035"],
                   sentence=_("由 %(before)s 元调整为 %(after)s 元，%(document)s")),
        Transition("freeze", L.ALLOCATED, L.FROZEN, _("冻结可用部分"), who=[FINANCE_HEAD], reason=True, tells=[HEAD]),
        Transition("unfreeze", L.FROZEN, L.ALLOCATED, _("解除冻结"), who=[FINANCE_HEAD], reason=True, tells=[HEAD]),
        Transition("close", [L.ALLOCATED, L.FROZEN], L.CLOSED, _("年结"), system=True, effect=verbs.close_line, tells=[HEAD]),
        Transition("cancel", [L.DRAFTED, L.SUBMITTED], L.CANCELLED, _("撤销"), who=[BUDGET_OFFICER], reason=True, tells=[HEAD]),
    ],
    due=[Due("close", lambda: BudgetLine.objects.filter(state__in=[L.ALLOCATED, L.FROZEN]), "closes_at")],
    tones={L.SUBMITTED: "wait", L.FROZEN: "warn"},
)


# --- guards of the encumbrance ------------------------------------------------------------------------------------
def _subject(row: Encumbrance, act: Act, name: str):
    return act.data.get(name) or getattr(row, name)


def line_fits(row: Encumbrance, act: Act) -> Iterator[Refusal]:
    """Agency, year and purpose of the line fit the project, and the line is open (R-035)."""
    line, project = verbs.locked(_subject(row, act, "line").pk), _subject(row, act, "project")
    if line.agency_id != project.agency_id:
        yield refuse("R-035", _("指标不属于项目的购买主体。"), field="line")
    if line.item_id and not project.items.filter(pk=line.item_id).exists():
        yield refuse("R-035", _("指标是为另一个项目下达的。"), field="line")
    if line.purpose and line.item_id is None and not project.items.filter(sources__name=line.purpose).exists():
        yield refuse("R-035", _("专项资金只能用于“%(purpose)s”。"), field="line", purpose=line.purpose)
    if line.state == L.FROZEN:
        yield refuse("S-98", _("指标已冻结，不能预留。"), field="line")
    elif line.state != L.ALLOCATED:
        yield refuse("R102-20", _("指标还没有下达，不能预留。"), field="line")


def needed_that_year(row: Encumbrance, act: Act) -> Iterator[Refusal]:
    """No more is held for a year than the approved plan needs (S-27)."""
    project = _subject(row, act, "project")
    line = act.data.get("line") or (row.line if row.line_id else None)
    year = line.year if line else act.data.get("year", row.year)
    gap = verbs.uncovered(project).get(year, 0)
    if act.data["amount"] <= 0:
        yield refuse("S-27", _("金额须大于零。"), field="amount")
    elif act.data["amount"] > gap:
        yield refuse("S-27", _("%(year)s 年只需再落实 %(gap)s 元。"), field="amount", year=year, gap=in_figures(gap))


def enough_free(row: Encumbrance, act: Act) -> Iterator[Refusal]:
    """Read again under the line's lock, so that of two who want the last yuan one is refused with what is free."""
    line = verbs.locked(_subject(row, act, "line").pk)
    if act.data["amount"] > line.free:
        yield refuse("S-27", _("指标 %(line)s 可用数 %(free)s 元，不足 %(amount)s 元。"), field="amount", line=line.number,
                     free=in_figures(line.free), amount=in_figures(act.data["amount"]))


def later_year(row: Encumbrance, act: Act) -> Iterator[Refusal]:
    """Only a later year of a term with all five conditions is pledged (R102-28, R1787-05)."""
    project, year = _subject(row, act, "project"), act.data.get("year", row.year)
    if year <= project.year:
        yield refuse("RTR-05", _("当年资金须从已下达的指标预留，不能只作承诺。"), field="year")
    if not any(item.all_ticks for item in project.items.filter(state__in=["APPROVED", "EXECUTED"])):
        yield refuse("R102-28", _("期限超过一年的五项条件没有齐全，不能承诺以后年度资金。"), field="year")


def own_region(row: Encumbrance, act: Act) -> Iterator[Refusal]:
    project = _subject(row, act, "project")
    if not act.actor.is_system and project.agency.region_id != act.actor.organisation.region_id:
        yield refuse("G1", _("项目不属于本地区。"), field="project")


def settled_amount(row: Encumbrance, act: Act) -> Iterator[Refusal]:
    if act.data["amount"] > row.committed:
        yield refuse("R1787-04", _("已占用未支付 %(left)s 元，不足。"), field="amount", left=in_figures(row.committed))


def refunded_amount(row: Encumbrance, act: Act) -> Iterator[Refusal]:
    if not 0 < act.data["amount"] <= row.paid:
        yield refuse("S-101", _("退回金额须大于零且不超过已支付 %(paid)s 元。"), field="amount", paid=in_figures(row.paid))


def pledge_line_has_money(row: Encumbrance, act: Act) -> Iterator[Refusal]:
    """That year's line is allocated and free for the whole pledge (L3.2 honour)."""
    line = verbs.locked(act.data["line"].pk)
    if line.year != row.year or line.agency_id != row.project.agency_id or line.state != L.ALLOCATED:
        yield refuse("R-035", _("指标的年度或单位与承诺不符，或没有下达。"), field="line")
    elif line.free < row.pledged:
        yield refuse("R1787-04", _("%(year)s 年指标可用数 %(free)s 元，少于承诺 %(pledged)s 元。"), field="line", year=row.year,
                     free=in_figures(line.free), pledged=in_figures(row.pledged))


def within(row: Encumbrance, act: Act) -> Iterator[Refusal]:
    """The contract's sum of the year is within what is held (L3.2 commit)."""
    held = row.reserved or row.pledged
    if act.data["amount"] > held:
        yield refuse("R1787-04", _("合同金额 %(wanted)s 元超过已落实的 %(held)s 元。"), field="amount",
                     wanted=in_figures(act.data["amount"]), held=in_figures(held))


ENCUMBRANCE = Lifecycle(
    code="budgets.encumbrance", reference="L3.2", name=_("资金占用"), model=Encumbrance,
    rows=[
        Transition("reserve", "", E.RESERVED, _("预留资金"), who=[Who(Role.FINANCE_OFFICER)], system=True, inputs=ReserveForm,
                   checks=[own_region, line_fits, needed_that_year, enough_free], effect=verbs.take_reserve, tells=[OFFICER],
                   rules=["R102-20", "R1787-04", "S-27"], sentence=_("从指标 %(line)s 预留 %(amount)s 元")),
        Transition("pledge", "", E.PLEDGED, _("承诺以后年度资金"), who=[Who(Role.FINANCE_HEAD)], inputs=PledgeForm,
                   checks=[own_region, later_year, needed_that_year], effect=verbs.take_pledge, tells=[OFFICER],
                   rules=["R102-28", "R1787-05", "RTR-05"], sentence=_("承诺 %(year)s 年 %(amount)s 元")),
        Transition("honour", E.PLEDGED, E.COMMITTED, _("兑现承诺"), system=True, checks=[pledge_line_has_money],
                   effect=verbs.honour_pledge, tells=[OFFICER]),
        Transition("commit", E.RESERVED, E.COMMITTED, _("签约占用"), system=True, checks=[within], effect=verbs.commit_row,
                   tells=[OFFICER], sentence=_("签约占用 %(amount)s 元，释放节余 %(saving)s 元")),
        Transition("trim", E.PLEDGED, None, _("按合同核定承诺"), system=True, checks=[within], effect=verbs.trim_pledge),
        Transition("pay", E.COMMITTED, None, pgettext_lazy("act", "支付"), system=True, checks=[settled_amount], effect=verbs.pay_row,
                   sentence=_("支付 %(amount)s 元，凭证 %(voucher)s")),
        Transition("settle", E.COMMITTED, E.SETTLED, _("结清"), system=True, rules=["S-101"]),
        Transition("refund", [E.COMMITTED, E.SETTLED], E.COMMITTED, _("登记国库退回"), step_up=True, who=[TREASURY], inputs=RefundForm,
                   reason=REFUND_REASONS, checks=[refunded_amount], effect=verbs.refund_row, tells=[FINANCE],
                   sentence=_("国库退回 %(amount)s 元，凭证 %(voucher)s")),
        Transition("release", [E.RESERVED, E.COMMITTED, E.PLEDGED], E.RELEASED, _("释放资金"), who=[FINANCE], system=True, reason=True,
                   effect=verbs.release_row, tells=[OFFICER], rules=["S-27"]),
    ],
    tones={E.RESERVED: "run", E.PLEDGED: "wait", E.COMMITTED: "ok", E.SETTLED: "ok"},
)


# --- what follows below and above ---------------------------------------------------------------------------------
@consequence("budgets.encumbrance", "pay")
def settled_when_nothing_is_left(row: Encumbrance, act: Act) -> None:
    if not row.committed:
        act.perform(row, "settle")


@consequence("budgets.encumbrance", "reserve", "pledge")
def project_is_funded(row: Encumbrance, act: Act) -> None:
    verbs.fund_if_covered(act, row.project)


@consequence("budgets.line", "allocate", "adjust", "unfreeze")
def waiting_projects_are_served(line: BudgetLine, act: Act) -> None:
    verbs.reserve_what_waits(act, line)
    for project in Project.objects.filter(agency=line.agency_id, encumbrances__state="PLEDGED", encumbrances__year=line.year).distinct():
        if project.reached("CONTRACTED"):
            verbs.honour(act, project, year=line.year)


@consequence("plans.item", "approve")
def lines_wait_for_the_item(item: PlanItem, act: Act) -> None:
    """Lines allocated before the decision serve the item at once (X-31)."""
    for line in BudgetLine.objects.filter(item=item, state="ALLOCATED").order_by("id"):
        verbs.reserve_what_waits(act, line)


@consequence("plans.project", "abort")
def money_goes_free(project: Project, act: Act) -> None:
    verbs.release(act, project, reason=project.abort_reason)


@registered_guard("plans.project", "fund")
def money_covers_the_year(project: Project, act: Act) -> Iterator[Refusal]:
    """The year is reserved and later years are pledged (R102-20, R1787-04); the past is loaded as it was."""
    if act.history and project.is_history:
        return
    for year, gap in verbs.uncovered(project).items():
        yield refuse("R1787-04", _("%(year)s 年还有 %(gap)s 元没有落实。"), year=year, gap=in_figures(gap))


@registered_guard("plans.item", "submit")
def existing_money_is_named(item: PlanItem, act: Act) -> Iterator[Refusal]:
    """An ad-hoc item names a line of its agency and year with enough free money (S-26, R-036)."""
    if item.route == PlanItem.Route.ANNUAL or (item.route == PlanItem.Route.IN_YEAR and not item.existing_line):
        return
    line = BudgetLine.objects.filter(number=item.existing_line, agency=item.agency_id, year=item.year, state=L.ALLOCATED).first()
    if line is None:
        yield refuse("R-036", _("没有编号为 %(number)s 的本单位当年指标；新增资金请走年中调整。"), field="existing_line",
                     number=item.existing_line)
    elif line.free < item.amount:
        yield refuse("R-036", _("指标 %(number)s 可用数 %(free)s 元，不足 %(amount)s 元；新增资金请走年中调整。"), field="existing_line",
                     number=line.number, free=in_figures(line.free), amount=in_figures(item.amount))
