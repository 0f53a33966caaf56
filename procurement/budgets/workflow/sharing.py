"""S-98, S-99 sharing of a cost: who may split it, what must hold, who notes what has come in."""
from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.roles import Role
from portal.money import ZERO, in_figures
from portal.workflow import Act, Lifecycle, Refusal, Transition, Who, refuse
from procurement.budgets import sharing as verbs
from procurement.budgets.forms import ReceiptForm, SharingForm
from procurement.budgets.models import BudgetLine, Receipt, Sharing
from procurement.budgets.rules import ratio_of

from .line import codes_are_known

S = Sharing.State
HEAD, PLANNER = Who(Role.HEAD, at="item__agency"), Who(Role.PLANNER, at="item__agency")
BUDGET_OFFICER = Who(Role.BUDGET_OFFICER, region="item__agency__region")
FINANCE_HEAD = Who(Role.FINANCE_HEAD, region="item__agency__region")
CLOSED = (BudgetLine.State.CANCELLED, BudgetLine.State.DRAFTED)


# --- guards -------------------------------------------------------------------------------------------------------
def one_of_ours(sharing: Sharing, act: Act) -> Iterator[Refusal]:
    """An agency shares the cost of its own items, finance of those of its region (G1)."""
    agency, own = act.data["item"].agency, act.actor.organisation
    if agency.pk != own.pk and not (act.actor.has(Role.BUDGET_OFFICER) and agency.region_id == own.region_id):
        yield refuse("G1", _("只能分担本单位或本地区项目的费用。"), field="item")


def approved_for_the_year(sharing: Sharing, act: Act) -> Iterator[Refusal]:
    """What is shared is what the meeting approved for that year (R-002, R1787-05)."""
    item, year = act.data["item"], act.data["year"]
    if item.state not in ("APPROVED", "EXECUTED"):
        yield refuse("R-002", _("项目“%(item)s”还没有批准，不能申请资金。"), field="item", item=item.title)
    approved = item.approved_years().get(year)
    if approved is None:
        yield refuse("R1787-05", _("项目没有 %(year)s 年的资金安排。"), field="year", year=year)
    elif act.data["beneficiary"] > approved:
        yield refuse("R-039", _("受益人负担不能超过该年批准金额 %(approved)s 元。"), field="beneficiary", approved=in_figures(approved))


def nothing_asked_yet(sharing: Sharing, act: Act) -> Iterator[Refusal]:
    """Money already asked for elsewhere would be asked for twice (S-27)."""
    item, year = act.data["item"], act.data["year"]
    if Sharing.objects.live().filter(item=item, year=year).exists():
        yield refuse("S-98", _("这一项目 %(year)s 年已有分担方案。"), field="item", year=year)
    elif (line := BudgetLine.objects.filter(item=item, year=year).exclude(state__in=CLOSED).first()) is not None:
        yield refuse("S-27", _("这一项目 %(year)s 年已申报指标 %(line)s，不能再分担。"), field="item", year=year, line=line.number)


def levels_exist(sharing: Sharing, act: Act) -> Iterator[Refusal]:
    """Every level that bears a part is one the purchaser lies in (R-037, R-038)."""
    regions = verbs.regions_of(Sharing(item=act.data["item"]))
    for level, number in zip(verbs.TIERS, ratio_of(act.data["ratio"]), strict=True):
        if number and level not in regions:
            yield refuse("R-037", _("单位不属于任何%(level)s地区，该级的比例应为 0。"), field="ratio", level=level.label)


def still_as_approved(sharing: Sharing, act: Act) -> Iterator[Refusal]:
    """The sum, and that nobody else asked for it, still hold when the head signs (S-27)."""
    approved = sharing.item.approved_years().get(sharing.year, ZERO)
    if sharing.item.state not in ("APPROVED", "EXECUTED") or approved != sharing.amount:
        yield refuse("S-27", _("该年批准金额现为 %(approved)s 元，与分担总额不符，请作废后重新拟定。"), approved=in_figures(approved))
    others = BudgetLine.objects.filter(item=sharing.item_id, year=sharing.year).exclude(state__in=CLOSED)
    if (line := others.first()) is not None:
        yield refuse("S-27", _("这一项目 %(year)s 年已申报指标 %(line)s，不能再分担。"), year=sharing.year, line=line.number)


def within_what_is_missing(sharing: Sharing, act: Act) -> Iterator[Refusal]:
    """No party gives more than its part, no voucher counts twice, and what is to come has not come (S-99)."""
    share = act.data["share"]
    share.refresh_from_db(fields=["received", "amount"])
    if not 0 < act.data["amount"] <= share.missing:
        yield refuse("S-99", _("这一方还应到位 %(missing)s 元。"), field="amount", missing=in_figures(share.missing))
    if Receipt.objects.filter(share=share, voucher=act.data["voucher"]).exists():
        yield refuse("S-99", _("凭证 %(voucher)s 已登记过。"), field="voucher", voucher=act.data["voucher"])
    if act.data["received_on"] > clock.today():
        yield refuse("S-99", _("到位日期不能晚于今天。"), field="received_on")


def nothing_has_come_of_it(sharing: Sharing, act: Act) -> Iterator[Refusal]:
    """Once a part is allocated or has come in, the sharing stands."""
    shares = sharing.shares.all()
    if shares.exclude(line=None).exclude(line__state__in=["SUBMITTED", "CANCELLED"]).exists() or shares.filter(received__gt=0).exists():
        yield refuse("R-037", _("已有分担资金下达或到位，不能作废；请调整指标。"))


SHARING = Lifecycle(
    code="budgets.sharing", reference="L3.1", name=_("分级负担方案"), model=Sharing,
    rows=[
        Transition("draft", "", S.DRAFTED, _("拟定分级负担"), who=[Who(Role.PLANNER), Who(Role.BUDGET_OFFICER)], inputs=SharingForm,
                   checks=[one_of_ours, codes_are_known, approved_for_the_year, nothing_asked_yet, levels_exist],
                   effect=verbs.draft_sharing, rules=["S-98", "R-037", "R-038", "R-039"],
                   sentence=_("按 %(ratio)s 分担 %(amount)s 元")),
        Transition("submit", S.DRAFTED, S.SUBMITTED, _("申报分级负担"), who=[HEAD], guards=[still_as_approved], not_by=["draft"],
                   effect=verbs.submit_sharing, tells=[FINANCE_HEAD], rules=["S-98", "R-002"], task=True,
                   hint=_("每一方的分担数生成一条预算指标，报财政部门下达。")),
        Transition("receive", S.SUBMITTED, None, _("登记到位资金"), who=[BUDGET_OFFICER], inputs=ReceiptForm,
                   checks=[within_what_is_missing], effect=verbs.record_receipt, tells=[PLANNER], rules=["S-99"],
                   sentence=_("%(party)s到位 %(amount)s 元，凭证 %(voucher)s")),
        Transition("cancel", [S.DRAFTED, S.SUBMITTED], S.CANCELLED, _("作废分担方案"), who=[BUDGET_OFFICER], reason=True,
                   guards=[nothing_has_come_of_it], effect=verbs.cancel_sharing, tells=[HEAD]),
    ],
    tones={S.DRAFTED: "wait", S.SUBMITTED: "ok"},
)  # fmt: skip
