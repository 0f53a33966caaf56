"""Messages of planning that need readers of their own."""
from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.notifications.events import TransitionEvent, event
from portal.notifications.models import Message
from portal.rules.register import cite


@event("plans.step", "activate")
class StepOpens(TransitionEvent):
    """On a later round the former reviewer alone hears of it, as long as it is kept for him (S-166)."""

    besides = frozenset({Role.ESTABLISHMENT_REVIEWER, Role.HUMAN_RESOURCES_REVIEWER, Role.FINANCE_OFFICER})

    def recipients(self, row, subject, act) -> QuerySet[User]:
        if subject.reserved_for_id is not None:
            return User.objects.filter(pk=subject.reserved_for_id)
        return super().recipients(row, subject, act)


@event("plans.step", "put_back")
class StepGoesBack(TransitionEvent):
    """Who held it and how long he did nothing; he hears it like his colleagues (S-168)."""

    text = _("%(name)s领办后满 %(days)s 个工作日没有办理，已放回待办：%(thing)s。办理期限不变。")

    def values(self, row, subject, entry, act) -> dict[str, Any]:
        return {**super().values(row, subject, entry, act), "name": entry.facts["name"], "days": entry.facts["days"]}


@event("plans.item", "remind")
class ReturnedLies(TransitionEvent):
    """One message for all that an agency leaves lying (L2.2)."""

    heading = _("退回的项目还没有修改：%(titles)s")
    text = _("退回的 %(count)s 个项目已有多个工作日没有改动：%(titles)s。请按退回理由修改后再报，逾期未再报送即失效。")


class PlanWanting(TransitionEvent):
    """Words about the last day for plans (R-001); the rule is cited in the reader's language."""

    def _words(self, message: Message) -> dict[str, Any]:
        return {**super()._words(message), "citation": cite("R-001")}


@event("plans.plan", "begin")
class PlanNotBegun(PlanWanting):
    heading = _("%(year)s 年度购买计划还没有编报，截止 %(day)s")
    text = _(
        "%(agency)s还没有新建 %(year)s 年度购买计划。年度计划须在 %(day)s 二十四时前报送财政%(citation)s，还剩 %(left)s 日；"
        "逾期不能再报送。"
    )


@event("plans.plan", "late")
class PlansLate(PlanWanting):
    heading = _("%(count)s 个单位没有按期报送 %(year)s 年度购买计划")
    text = _("报送已于 %(day)s 二十四时截止%(citation)s，本地区 %(count)s 个单位没有报送 %(year)s 年度购买计划，名单见编报进度。")
