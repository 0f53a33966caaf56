"""What stands against asking for, forming, concluding and publishing an acceptance (L10.1)."""
from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Membership
from portal.accounts.roles import Role
from portal.notices.verbs import notice_refusals
from portal.rules.jurisdiction import setting
from portal.workflow import Act, Duty, Refusal, refuse
from procurement.contracts.models import Acceptance, AcceptanceMember, Contract, Deliverable, SupplierReport
from procurement.contracts.notice import acceptance_notice
from procurement.plans.models import ProjectDuty

FINAL = Acceptance.Stage.FINAL
Capacity = AcceptanceMember.Capacity


def term_is_over_for_final(acceptance: Acceptance, act: Act) -> Iterator[Refusal]:
    contract = acceptance.contract
    if acceptance.stage == FINAL and contract.state != Contract.State.FINISHED:
        yield refuse("R-GP-46", _("合同 %(day)s 期满后才能申请最终验收。"), day=contract.ends_on)
    if acceptance.stage != FINAL and act.now.date() < acceptance.planned_on:
        yield refuse("R22-10", _("中期验收计划在 %(day)s 进行。"), day=acceptance.planned_on)


def reports_are_confirmed(acceptance: Acceptance, act: Act) -> Iterator[Refusal]:
    """Only confirmed figures are accepted (S-104)."""
    reports = acceptance.contract.reports.exclude(state__in=(SupplierReport.State.CONFIRMED, SupplierReport.State.WAIVED))
    if acceptance.stage != FINAL:
        reports = reports.filter(period_until__lte=acceptance.planned_on)
    waiting = list(reports.order_by("number").values_list("number", flat=True))
    if waiting:
        yield refuse("S-104", _("第 %(numbers)s 期承接主体报告尚未确认。"), numbers="、".join(str(number) for number in waiting))
    elif acceptance.stage == FINAL and not acceptance.contract.reports.exists():
        yield refuse("S-104", _("没有任何承接主体报告。"))


def deliverables_are_reported(acceptance: Acceptance, act: Act) -> Iterator[Refusal]:
    if acceptance.stage != FINAL:
        return
    waiting = acceptance.contract.deliverables.filter(state__in=(Deliverable.State.AGREED, Deliverable.State.FAILED))
    names = list(waiting.values_list("name", flat=True))
    if names:
        yield refuse(
            "S-104", _("还有 %(count)s 项服务内容没有申报完成：%(names)s。"), count=len(names), names="、".join(names)
        )


def committee_is_fit(acceptance: Acceptance, act: Act) -> Iterator[Refusal]:
    """Three members at least, led by one who did not buy, none who pays; recipients where the public is served (R-GP-46)."""
    contract, leader = acceptance.contract, act.data["leader"]
    rows = act.data["members"]
    users = [leader, *(row["user"] for row in rows if row.get("user"))]
    least = setting("acceptance_members_min", contract.agency.region)
    if len(rows) + 1 < least:
        yield refuse("S-104", _("验收组至少 %(least)s 人，现在 %(count)s 人。"), least=least, count=len(rows) + 1, field="members")
    if len({user.pk for user in users}) != len(users):
        yield refuse("S-104", _("同一人不能重复列入验收组。"), field="members")
    held = ProjectDuty.objects.filter(project=contract.project_id, user__in=users).select_related("user")
    for duty in held.filter(duty=Duty.BUYING, user=leader):
        yield refuse("S-125", _("%(name)s承办了本项目的采购，不能担任验收组长。"), name=duty.user.name, field="leader")
    payers = {duty.user.name for duty in held.filter(duty=Duty.PAYING)}
    payers |= set(
        Membership.objects.live().filter(user__in=users, organisation=contract.agency, role=Role.PAYER).values_list("user__name", flat=True)
    )
    for name in sorted(payers):
        yield refuse("S-125", _("%(name)s负责支付，不能参加验收。"), name=name, field="members")
    if contract.public_service and not any(row["capacity"] == Capacity.RECIPIENT for row in rows):
        yield refuse("R-GP-46", _("面向公众的服务，验收组须有服务对象。"), field="members")
    for user in users:
        if not _may_sit(user, contract):
            yield refuse("S-104", _("%(name)s不是购买主体人员或评审专家。"), name=user.name, field="members")


def _may_sit(user, contract) -> bool:
    memberships = Membership.objects.live().filter(user=user)
    return memberships.filter(organisation=contract.agency).exists() or memberships.filter(role=Role.EXPERT).exists()


def actor_leads(acceptance: Acceptance, act: Act) -> Iterator[Refusal]:
    """The named leader keeps the checklist and pronounces the result."""
    if not act.actor.is_system and not act.actor.is_person(acceptance.leader_id):
        yield refuse("S-104", _("由验收组长%(name)s办理。"), name=acceptance.leader.name if acceptance.leader else "")


def items_exist(acceptance: Acceptance, act: Act) -> Iterator[Refusal]:
    """Findings name items of the checklist; a failed one says why; a reduction stands only where something failed."""
    orders = set(acceptance.items.values_list("deliverable__order", flat=True))
    for row in act.data["items"]:
        if row["order"] not in orders:
            yield refuse("R-GP-46", _("验收清单没有第 %(order)s 项。"), order=row["order"], field="items")
        elif not row["passed"] and not (row.get("opinion") or "").strip():
            yield refuse("S-104", _("第 %(order)s 项不合格，须写明意见。"), order=row["order"], field="items")
        elif row["passed"] and row.get("reduction"):
            yield refuse("S-104", _("第 %(order)s 项合格，不能减价。"), order=row["order"], field="items")


def nobody_signed_yet(acceptance: Acceptance, act: Act) -> Iterator[Refusal]:
    """What was signed for is not changed behind the signature."""
    if acceptance.members.exclude(signed_at=None).exists():
        yield refuse("S-104", _("已有成员签字，不能再改验收结论。"))


def all_items_judged(acceptance: Acceptance, act: Act) -> Iterator[Refusal]:
    """Every technical, service and safety item is judged before anything is concluded or signed (R-GP-46)."""
    waiting = [str(order) for order in acceptance.items.filter(passed=None).values_list("deliverable__order", flat=True)]
    if waiting:
        yield refuse("R-GP-46", _("第 %(orders)s 项还没有验收意见。"), orders="、".join(waiting))


def all_members_signed(acceptance: Acceptance, act: Act) -> Iterator[Refusal]:
    waiting = list(acceptance.members.filter(signed_at=None).values_list("name", flat=True))
    if waiting:
        yield refuse("S-104", _("还没有签字：%(names)s。"), names="、".join(waiting))


def actor_is_an_unsigned_member(acceptance: Acceptance, act: Act) -> Iterator[Refusal]:
    member = acceptance.members.filter(user=act.actor.user_id).first() if act.actor.user_id else None
    if member is None:
        yield refuse("S-104", _("您不是验收组成员。"))
    elif member.signed_at:
        yield refuse("G7", _("您已签字。"))


def nothing_failed(acceptance: Acceptance, act: Act) -> Iterator[Refusal]:
    failed = [str(order) for order in acceptance.items.filter(passed=False).values_list("deliverable__order", flat=True)]
    if failed:
        yield refuse("R-GP-46", _("第 %(orders)s 项不合格，不能结论为合格。"), orders="、".join(failed))


def only_optional_failed(acceptance: Acceptance, act: Act) -> Iterator[Refusal]:
    """In part: only where the contract says what a shortfall costs, for what was not mandatory, each with its price."""
    failed = acceptance.items.filter(passed=False)
    if not failed.exists():
        yield refuse("R-GP-46", _("没有不合格的项，应当结论为合格。"))
    if not acceptance.contract.reduction_terms.strip():
        yield refuse("R22-10", _("合同没有约定部分合格时的减价办法。"))
    for item in failed.select_related("deliverable"):
        if item.deliverable.mandatory:
            yield refuse("R-GP-46", _("“%(name)s”是必达项，不合格只能结论为不合格。"), name=item.deliverable.name)
        elif item.reduction is None:
            yield refuse("S-104", _("“%(name)s”没有写明减价金额。"), name=item.deliverable.name)


def something_mandatory_failed(acceptance: Acceptance, act: Act) -> Iterator[Refusal]:
    """A failure rests on a mandatory item, or on any item where the contract knows no reduction."""
    failed = acceptance.items.filter(passed=False)
    if not failed.exists():
        yield refuse("R-GP-46", _("没有不合格的项，不能结论为不合格。"))
    elif not failed.filter(deliverable__mandatory=True).exists() and acceptance.contract.reduction_terms.strip():
        yield refuse("R22-10", _("不合格的都不是必达项，应按合同约定减价、部分合格。"))


def not_published_yet(acceptance: Acceptance, act: Act) -> Iterator[Refusal]:
    if acceptance.published_at:
        yield refuse("G7", _("验收结果已经公告。"))


def notice_is_whole(acceptance: Acceptance, act: Act) -> Iterator[Refusal]:
    yield from notice_refusals("N-11", acceptance_notice(acceptance))
