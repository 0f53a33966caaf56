"""L3.1 budget line: who may put money where, and what stops him."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.roles import Role
from portal.money import ZERO, in_figures
from portal.workflow import Act, Due, Lifecycle, Refusal, Transition, Who, refuse, starts, stops
from procurement.budgets import reminding, rules, sharing, verbs, year_end
from procurement.budgets.forms import AdjustForm, AllocateForm, CarryOverForm, LineForm
from procurement.budgets.models import BudgetLine

L = BudgetLine.State
HEAD, PLANNER = Who(Role.HEAD, at="agency"), Who(Role.PLANNER, at="agency")
FINANCE_HEAD = Who(Role.FINANCE_HEAD, region="agency__region")
BUDGET_OFFICER = Who(Role.BUDGET_OFFICER, region="agency__region")
ADJUST_REASONS = [
    ("added", _("年中追加")), ("cut", _("年中核减")), ("moved", _("项目间调剂")), ("corrected", _("更正差错")),
]  # fmt: skip


# --- guards -------------------------------------------------------------------------------------------------------
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
    asked = line.requested + _asked_elsewhere(line)
    if approved is None:
        yield refuse("R1787-05", _("项目没有 %(year)s 年的资金安排。"), year=line.year)
    elif asked > approved:
        yield refuse("S-27", _("申报数 %(asked)s 元超过该年批准金额 %(approved)s 元。"), asked=in_figures(asked),
                     approved=in_figures(approved))


def _asked_elsewhere(line: BudgetLine) -> Decimal:
    """What other lines of the same item and year ask for or hold already, in yuan; money carried over is not asked again."""
    others = BudgetLine.objects.filter(item=line.item_id, year=line.year, carried_from=None).exclude(pk=line.pk)
    asked = others.filter(state=L.SUBMITTED).aggregate(total=Sum("requested"))["total"] or ZERO
    held = others.exclude(state__in=[L.DRAFTED, L.SUBMITTED, L.CANCELLED]).aggregate(total=Sum("allocated"))["total"] or ZERO
    return asked + held


def allocated_within_request(line: BudgetLine, act: Act) -> Iterator[Refusal]:
    amount = act.data.get("amount")
    if amount is not None and not 0 < amount <= line.requested:
        yield refuse("RTR-03", _("下达数须大于零且不超过申报数 %(asked)s 元。"), field="amount", asked=in_figures(line.requested))


def share_is_exact(line: BudgetLine, act: Act) -> Iterator[Refusal]:
    """A line of a shared cost is allocated with exactly its share, or the parts would not be the whole (R-037, R-038)."""
    amount = act.data.get("amount")
    if amount is not None and amount != line.requested and hasattr(line, "share"):
        yield refuse("R-037", _("分级负担的指标须按分担数 %(share)s 元下达。"), field="amount", share=in_figures(line.requested))


def goes_with_its_sharing(line: BudgetLine, act: Act) -> Iterator[Refusal]:
    """One share alone is not taken back: the whole sharing is (R-037)."""
    if not act.actor.is_system and hasattr(line, "share"):
        yield refuse("R-037", _("这条指标属于分级负担方案，请作废整个方案。"))


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


def year_is_ending(line: BudgetLine, act: Act) -> Iterator[Refusal]:
    """Money is carried over from December on, when what will not be paid this year is known (L3.1)."""
    if clock.today() < date(line.year, 12, 1):
        yield refuse("RTR-05", _("%(year)s 年 12 月 1 日起办理结转。"), year=line.year)


def something_to_carry(line: BudgetLine, act: Act) -> Iterator[Refusal]:
    if year_end.to_carry(line) <= 0:
        yield refuse("RTR-05", _("没有可结转的资金：已签约的都已支付。"))


def next_line_is_open(line: BudgetLine, act: Act) -> Iterator[Refusal]:
    """What was carried before went to a line of the next year; more goes there only while it is open."""
    following = BudgetLine.objects.filter(carried_from=line).exclude(state=L.ALLOCATED).first() if line.pk else None
    if following is not None:
        yield refuse("S-98", _("结转指标 %(line)s 已冻结或年结，不能再转入。"), line=following.number)


LINE = Lifecycle(
    code="budgets.line", reference="L3.1", name=_("预算指标"), model=BudgetLine,
    rows=[
        Transition("draft", "", L.DRAFTED, _("编报指标"), who=[Who(Role.PLANNER), Who(Role.BUDGET_OFFICER)], inputs=LineForm,
                   checks=[codes_are_known], effect=verbs.draft_line, rules=["S-27", "S-32"]),
        Transition("share_out", "", L.SUBMITTED, _("按分担方案申报"), system=True, effect=sharing.share_out,
                   clocks=[starts("BUDGET_APPROVAL")], rules=["S-98", "R-037", "R-038"]),
        Transition("submit", L.DRAFTED, L.SUBMITTED, _("申报预算"), who=[HEAD], guards=[only_approved_items, no_more_than_approved],
                   not_by=["draft"], clocks=[starts("BUDGET_APPROVAL")], tells=[FINANCE_HEAD], rules=["R-002"], task=True),
        Transition("allocate", L.SUBMITTED, L.ALLOCATED, _("下达指标"), who=[FINANCE_HEAD], inputs=AllocateForm,
                   checks=[allocated_within_request, share_is_exact], not_by=["draft", "submit"], effect=verbs.allocate_line,
                   clocks=[stops("BUDGET_APPROVAL")], tells=[HEAD, PLANNER], rules=["RTR-03", "R102-20"], task=True,
                   sentence=_("下达 %(allocated)s 元，%(document)s")),
        Transition("adjust", L.ALLOCATED, None, _("调整指标"), who=[FINANCE_HEAD], inputs=AdjustForm, reason=ADJUST_REASONS,
                   checks=[adjusted_above_used, purpose_stays], effect=verbs.adjust_line, tells=[HEAD], rules=["R-031", "R-035"],
                   sentence=_("由 %(before)s 元调整为 %(after)s 元，%(document)s")),
        Transition("freeze", L.ALLOCATED, L.FROZEN, _("冻结可用部分"), who=[FINANCE_HEAD], reason=True, tells=[HEAD]),
        Transition("unfreeze", L.FROZEN, L.ALLOCATED, _("解除冻结"), who=[FINANCE_HEAD], reason=True, tells=[HEAD]),
        Transition("carry_over", [L.ALLOCATED, L.CLOSED], None, _("结转下年"), who=[FINANCE_HEAD], inputs=CarryOverForm, reason=True,
                   guards=[year_is_ending, something_to_carry, next_line_is_open], effect=year_end.carry_line_over, tells=[HEAD],
                   rules=["RTR-05"], sentence=_("结转 %(amount)s 元至指标 %(line)s，%(document)s"),
                   hint=_("已签约未支付的资金转入下年度的结转指标，一出一进两笔记账。")),
        Transition("bring_forward", "", L.ALLOCATED, _("转入结转资金"), system=True, effect=year_end.bring_forward, rules=["RTR-05"],
                   sentence=_("由指标 %(from)s 结转，%(document)s")),
        Transition("run_short", L.ALLOCATED, None, _("指标将用完"), system=True, effect=reminding.run_short,
                   tells=[PLANNER, BUDGET_OFFICER], rules=["S-27"],
                   sentence=_("已使用 %(used)s 元，下达 %(allocated)s 元，可用 %(free)s 元")),
        Transition("tell_unspent", [L.ALLOCATED, L.FROZEN], None, _("提示未用完的指标"), system=True,
                   effect=reminding.tell_unspent, tells=[HEAD, PLANNER, BUDGET_OFFICER], rules=["RTR-05"],
                   sentence=_("可用 %(free)s 元，已预留 %(reserved)s 元，已占用未支付 %(committed)s 元")),
        Transition("close", [L.ALLOCATED, L.FROZEN], L.CLOSED, _("年结"), system=True, effect=year_end.close_line, tells=[HEAD]),
        Transition("cancel", [L.DRAFTED, L.SUBMITTED], L.CANCELLED, _("撤销"), who=[BUDGET_OFFICER], system=True, reason=True,
                   guards=[goes_with_its_sharing], tells=[HEAD]),
    ],
    due=[
        Due("close", lambda: BudgetLine.objects.filter(state__in=[L.ALLOCATED, L.FROZEN]), "closes_at"),
        Due("tell_unspent", lambda: BudgetLine.objects.filter(state__in=[L.ALLOCATED, L.FROZEN], allocated__gt=F("paid")), "unspent_at"),
    ],
    tones={L.SUBMITTED: "wait", L.FROZEN: "warn"},
)
