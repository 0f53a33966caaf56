"""L3.2 encumbrance: who may take, move, pledge and let go of money, and what stops him."""
from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.roles import Role
from portal.money import in_figures
from portal.workflow import Act, Lifecycle, Refusal, Transition, Who, refuse
from procurement.budgets import verbs, year_end
from procurement.budgets.forms import ChangeForm, PledgeForm, RefundForm, ReserveForm
from procurement.budgets.models import BudgetLine, Encumbrance

L, E = BudgetLine.State, Encumbrance.State
OFFICER = Who(Role.OFFICER, at="project__agency")
TREASURY = Who(Role.BUDGET_OFFICER, region="project__agency__region")
FINANCE = Who(Role.FINANCE_HEAD, region="project__agency__region")
FINANCE_OFFICER = Who(Role.FINANCE_OFFICER, region="project__agency__region")
CHANGE_REASONS = [("tier", _("调整负担级次")), ("line", _("改由其他指标安排")), ("corrected", _("更正差错"))]
REFUND_REASONS = [("rejected", _("银行退票")), ("overpaid", _("多付退回")), ("annulled", _("合同无效退回"))]


# --- guards -------------------------------------------------------------------------------------------------------
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


def same_year_and_another_line(row: Encumbrance, act: Act) -> Iterator[Refusal]:
    """A reservation moves within its year; at the year's end the carried line takes it (L3.2 change)."""
    line = act.data["line"]
    if line.pk == row.line_id:
        yield refuse("S-172", _("资金已经预留在这一指标上。"), field="line")
    elif line.year != row.year and line.carried_from_id != row.line_id:
        yield refuse("RTR-05", _("只能改列 %(year)s 年的指标。"), field="line", year=row.year)


def room_on_the_other_line(row: Encumbrance, act: Act) -> Iterator[Refusal]:
    """The sum is kept, so the other line must be free for all of it (S-27)."""
    line = verbs.locked(act.data["line"].pk)
    if line.free < row.reserved:
        yield refuse("S-27", _("指标 %(line)s 可用数 %(free)s 元，不足已预留的 %(amount)s 元。"), field="line", line=line.number,
                     free=in_figures(line.free), amount=in_figures(row.reserved))


ENCUMBRANCE = Lifecycle(
    code="budgets.encumbrance", reference="L3.2", name=_("资金占用"), model=Encumbrance,
    rows=[
        Transition("reserve", "", E.RESERVED, _("预留资金"), who=[Who(Role.FINANCE_OFFICER)], system=True, inputs=ReserveForm,
                   checks=[own_region, line_fits, needed_that_year, enough_free], effect=verbs.take_reserve, tells=[OFFICER],
                   rules=["R102-20", "R1787-04", "S-27"], sentence=_("从指标 %(line)s 预留 %(amount)s 元")),
        Transition("change", E.RESERVED, None, _("改列指标"), who=[FINANCE_OFFICER], system=True, inputs=ChangeForm, reason=CHANGE_REASONS,
                   checks=[line_fits, same_year_and_another_line, room_on_the_other_line], effect=verbs.change_row, tells=[OFFICER],
                   rules=["S-27", "R-035"], sentence=_("预留的 %(amount)s 元由指标 %(before)s 改列指标 %(after)s")),
        Transition("pledge", "", E.PLEDGED, _("承诺以后年度资金"), who=[Who(Role.FINANCE_HEAD)], system=True, inputs=PledgeForm,
                   checks=[own_region, later_year, needed_that_year], effect=verbs.take_pledge, tells=[OFFICER],
                   rules=["R102-28", "R1787-05", "RTR-05"], sentence=_("承诺 %(year)s 年 %(amount)s 元")),
        Transition("honour", E.PLEDGED, E.COMMITTED, _("兑现承诺"), system=True, checks=[pledge_line_has_money],
                   effect=verbs.honour_pledge, tells=[OFFICER]),
        Transition("commit", E.RESERVED, E.COMMITTED, _("签约占用"), system=True, checks=[within], effect=verbs.commit_row,
                   tells=[OFFICER], sentence=_("签约占用 %(amount)s 元，释放节余 %(saving)s 元")),
        Transition("trim", E.PLEDGED, None, _("按合同核定承诺"), system=True, checks=[within], effect=verbs.trim_pledge),
        Transition("reduce", E.RESERVED, None, _("调减预留"), system=True, checks=[within], effect=verbs.reduce_row, tells=[OFFICER],
                   rules=["ADJ-03"], sentence=_("计划调减，预留减至 %(amount)s 元，释放 %(freed)s 元")),
        Transition("pay", E.COMMITTED, None, pgettext_lazy("act", "支付"), system=True, checks=[settled_amount], effect=verbs.pay_row,
                   sentence=_("支付 %(amount)s 元，凭证 %(voucher)s")),
        Transition("settle", E.COMMITTED, E.SETTLED, _("结清"), system=True, rules=["S-101"]),
        Transition("refund", [E.COMMITTED, E.SETTLED], E.COMMITTED, _("登记国库退回"), step_up=True, who=[TREASURY], inputs=RefundForm,
                   reason=REFUND_REASONS, checks=[refunded_amount], effect=verbs.refund_row, tells=[FINANCE],
                   sentence=_("国库退回 %(amount)s 元，凭证 %(voucher)s")),
        Transition("carry", E.COMMITTED, E.SETTLED, _("结转至下年指标"), system=True, effect=year_end.carry_row, rules=["RTR-05"],
                   sentence=_("未支付的 %(amount)s 元由指标 %(line)s 转出")),
        Transition("take_over", "", E.COMMITTED, _("由上年结转"), system=True, effect=year_end.take_over_row, rules=["RTR-05"],
                   sentence=_("%(year)s 年签约的 %(amount)s 元转入指标 %(line)s")),
        Transition("release", [E.RESERVED, E.COMMITTED, E.PLEDGED], E.RELEASED, _("释放资金"), who=[FINANCE], system=True, reason=True,
                   effect=verbs.release_row, tells=[OFFICER], rules=["S-27"]),
    ],
    tones={E.RESERVED: "run", E.PLEDGED: "wait", E.COMMITTED: "ok", E.SETTLED: "ok"},
)
