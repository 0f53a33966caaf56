"""Settings of the jurisdiction as its pages group them; every declared setting has its place, whatever declares it."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import Region
from portal.rules.jurisdiction import MonthDay, Setting, decisions_for, declared, standing
from portal.rules.models import JurisdictionSetting
from portal.rules.register import rule


@dataclass(frozen=True, slots=True)
class Group:
    """A group of settings; `names` in their order, or what their names begin with."""

    code: str
    label: Any
    names: tuple[str, ...] = ()
    prefix: str = ""
    together: bool = True  # whether one form takes them all

    def settings(self) -> list[Setting]:
        known = declared()
        if self.prefix:
            return [each for name, each in known.items() if name.startswith(self.prefix)]
        if self.names:
            return [known[name] for name in self.names]
        elsewhere = {each.name for group in GROUPS if group is not self for each in group.settings()}
        return [each for name, each in known.items() if name not in elsewhere]


GROUPS = (
    Group("thresholds", gettext_lazy("数额标准"), (
        "open_tender_threshold", "procurement_threshold", "directed_commission_max", "evaluate_above", "third_party_required_above",
    )),
    Group("planning", gettext_lazy("目录、计划与预算"), (
        "catalogue_by_meeting", "implementation_catalogue", "joint_meeting", "meeting_quorum", "resubmit_until", "former_reviewer_wd",
        "reviewer_absent_wd", "returned_reminder_wd", "plan_reminder_days", "monthly_report_day", "adjustment_head_from",
        "intention_may_be_shorter",
        "intention_restart_share", "carry_over", "budget_used_share", "sharing_ratio", "cash_plan",
    )),
    Group("buying", gettext_lazy("采购、开标与评审"), (
        "duty_overlap", "delegation_days", "last_day_closing", "seed_forms", "limited_competition_min", "limited_competition_response_wd",
        "directed_commission_months", "single_source_people", "abnormal_effect", "candidate_publicity", "standstill_wd",
        "silence_at_opening_minutes", "expert_answer_hours", "outlying_score_share", "purchaser_hold_wd",
    )),
    Group("performing", gettext_lazy("履约、验收与退出"), (
        "report_again_wd", "inspection_answer_wd", "week_without_workday_due", "acceptance_members_min", "acceptance_objection_wd",
        "publish_every_acceptance", "rectifications", "exit_years", "protected_period_days", "renewal_grade_min", "amendment_clocks",
        "recipients_weight_min",
    )),
    Group("clocks", gettext_lazy("由本地区规定的期限"), prefix="clock."),
    Group("unchecked", gettext_lazy("待核的规则"), prefix="rule.", together=False),
    Group("others", gettext_lazy("其他")),
)  # fmt: skip
#: Words of the choices of text settings.
WORDS = {
    "refuse": gettext_lazy("不允许"), "explain": gettext_lazy("允许，须说明理由"), "warn": gettext_lazy("允许，标明并记录理由"),
    "exclude": gettext_lazy("不得参加"),
    "6:2:2": "6∶2∶2", "8.5:0.5:1": "8.5∶0.5∶1",
    "committed": gettext_lazy("只结转已占用的资金"), "all": gettext_lazy("全部结转"), "EXCELLENT": gettext_lazy("优"),
    "GOOD": gettext_lazy("良"), "FAIR": gettext_lazy("中"), "effect": gettext_lazy("处罚生效之日"),
    "decision": gettext_lazy("处罚决定之日"),
    "unchecked": gettext_lazy("待核"), "checked": gettext_lazy("已核对原文"),
}


@dataclass(slots=True)
class Row:
    """One setting as it stands for a region on a day."""

    setting: Setting
    decision: JurisdictionSetting | None
    coming: JurisdictionSetting | None

    @property
    def value(self) -> Any:
        return self.setting.read(self.decision.value) if self.decision else self.setting.default

    @property
    def shown(self) -> str:
        return in_words(self.setting, self.value)

    @property
    def coming_shown(self) -> str:
        return in_words(self.setting, self.setting.read(self.coming.value)) if self.coming else ""

    @property
    def source(self) -> str:
        return self.decision.source if self.decision else ""

    @property
    def rule(self):
        return rule(self.setting.rule_id)


def group_of(code: str) -> Group | None:
    return next((group for group in GROUPS if group.code == code), None)


def group_with(name: str) -> Group:
    """The group a setting is shown in."""
    return next(group for group in GROUPS if any(each.name == name for each in group.settings()))


def rows_for(settings: Iterable[Setting], region: Region, day: date) -> list[Row]:
    """How these settings stand for a region: the value of the day, and the next one already decided. One query."""
    decisions = decisions_for(region)
    rows = []
    for each in settings:
        coming = [row for row in decisions if row.name == each.name and row.valid_from > day]
        rows.append(Row(each, standing(decisions, each.name, day), coming[-1] if coming else None))
    return rows


def in_words(setting: Setting, value: Any) -> str:
    """A value as people read it, without its unit."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, MonthDay):
        return _("%(month)s 月 %(day)s 日") % {"month": value.month, "day": value.day}
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}" if value == value.to_integral_value() else f"{value.normalize():f}"
    if isinstance(value, str):
        return str(WORDS.get(value, value))
    return str(value)
