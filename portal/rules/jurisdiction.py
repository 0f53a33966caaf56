"""Where the law is silent the jurisdiction decides: each setting with its type, its default and what it belongs to.

A decision is a stored row with its paper and first day; a region's row beats those of the regions above it, and a
procedure keeps the settings of the day it started (G5). Without a row the default holds, shown as 待核.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from django.utils.functional import Promise, lazystr
from django.utils.translation import gettext_lazy as _

from portal import clock

from .register import Status, rule, rules


class UnknownSetting(LookupError):
    """A setting nobody declared."""


class WrongValue(ValueError):
    """A value that is not of the setting's type, not among its choices, or outside its bounds."""


class MonthDay(NamedTuple):
    """A day that comes back every year: 15 December is MonthDay(12, 15)."""

    month: int
    day: int

    def in_year(self, year: int) -> date:
        return date(year, self.month, self.day)


Value = bool | int | Decimal | str | MonthDay


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing to decide. The type is that of `default`; a text setting has its `choices`, a number its bounds (inclusive)."""

    name: str
    label: Promise | str
    default: Value
    rule_id: str = "SET"
    unit: Promise | str = ""
    choices: tuple[str, ...] = ()
    least: int | Decimal = 0
    most: int | Decimal | None = None

    def within(self, value: Value) -> bool:
        """Whether a number lies in the bounds that law or sense set to the decision."""
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            return True
        return self.least <= value and (self.most is None or value <= self.most)

    def read(self, raw: Any) -> Value:
        """A stored or typed value as the setting's type. Raises WrongValue."""
        kind = type(self.default)
        try:
            if kind is bool:
                value: Value = raw
            elif kind is int:
                value = raw if isinstance(raw, int) else int(str(raw))
            elif kind is Decimal:
                value = Decimal(str(raw))
            elif kind is MonthDay:
                value = MonthDay(*(int(part) for part in raw))
                value.in_year(2004)  # a leap year: 29 February is a day
            else:
                value = raw
        except (TypeError, ValueError, InvalidOperation) as error:
            raise WrongValue(f"{self.name}: {raw!r}") from error
        wrong_type = not isinstance(value, kind) or (kind is int and isinstance(value, bool))
        if wrong_type or (self.choices and value not in self.choices) or not self.within(value):
            raise WrongValue(f"{self.name}: {raw!r}")
        return value

    def write(self, value: Any) -> Any:
        """A value as it is stored. Raises WrongValue."""
        read = self.read(value)
        return str(read) if isinstance(read, Decimal) else list(read) if isinstance(read, MonthDay) else read


@dataclass(frozen=True, slots=True)
class Summary:
    """What a rule says, in the language of whoever reads it."""

    rule_id: str

    def __str__(self) -> str:
        return rule(self.rule_id).summary


_declared: dict[str, Setting] = {}


def declare(setting_: Setting) -> Setting:
    """Make a setting known. Raises ValueError for a second one of that name, UnknownRule for a wrong rule."""
    if setting_.name in _declared:
        raise ValueError(f"setting {setting_.name} is there twice")
    rule(setting_.rule_id)
    setting_.read(setting_.write(setting_.default))
    _declared[setting_.name] = setting_
    return setting_


def declared() -> Mapping[str, Setting]:
    """Every setting by name."""
    return _declared


def setting(name: str, region: Any = None, as_of: date | None = None) -> Any:
    """The value that holds for a region on a day (default: the whole installation, today).

    `region` is an accounts.Region; its own decision beats that of the regions above. One query. Raises UnknownSetting.
    """
    known = _known(name)
    rows = _decisions().filter(name=name).for_region(getattr(region, "path", "")).in_force(as_of or clock.today())
    paths = rows.values_list("region__path", "value")
    nearest = max(paths, key=lambda row: len(row[0] or ""), default=None)  # of equals the first, which is the latest
    return known.default if nearest is None else known.read(nearest[1])


def decide(
    name: str, value: Any, *, source: str, valid_from: date, region: Any = None, decided_by: Any = None, decided_at: Any = None,
    reason: str = "",
) -> Any:
    """Store a jurisdiction's decision, with the paper it rests on, who entered it and why.

    Of two decisions for one day the later holds. Raises UnknownSetting and WrongValue.
    """
    stored = _known(name).write(value)
    if not source.strip():
        raise WrongValue(f"{name}: a decision names its paper")
    return _decisions().create(
        name=name, value=stored, region=region, valid_from=valid_from, source=source.strip(), decided_by=decided_by,
        decided_at=decided_at, reason=reason.strip(),
    )


def decisions_for(region: Any = None) -> list[Any]:
    """Every decision that bears on a region, its own and those above, the latest first. One query."""
    found = _decisions().for_region(getattr(region, "path", "")).select_related("region", "decided_by")
    return list(found.order_by("-valid_from", "-pk"))


def standing(decisions: list[Any], name: str, day: date) -> Any:
    """The decision among these that holds on a day, None where the default does."""
    fitting = [row for row in decisions if row.name == name and row.valid_from <= day]
    return max(fitting, key=lambda row: len(row.region.path) if row.region else 0, default=None)


def _known(name: str) -> Setting:
    try:
        return _declared[name]
    except KeyError:
        raise UnknownSetting(name) from None


def _decisions():
    from .models import JurisdictionSetting

    return JurisdictionSetting.objects


_WD: Final = _("工作日")
_D: Final = _("日")
_YUAN: Final = _("元")
_REFUSE_OR_WARN: Final = ("refuse", "warn")

for _setting in (
    Setting("duty_overlap", _("计划、采购、验收、支付由同一人办理时"), "refuse", "G2", choices=_REFUSE_OR_WARN),
    Setting("fixed_dates_roll", _("固定日期遇休息日顺延"), False, "R00-03"),
    Setting("last_day_closing", _("投标截止可以设在期限最后一日"), True, "R-GP-31"),
    Setting("open_tender_threshold", _("公开招标数额标准"), Decimal(4_000_000), "R-GP-06", _YUAN),
    Setting("procurement_threshold", _("分散采购限额标准"), Decimal(500_000), "R-GP-06", _YUAN),
    # catalogue, plans
    Setting("catalogue_by_meeting", _("目录由联席会议审定"), True, "S-12"),
    Setting("implementation_catalogue", _("计划项目须列入实施目录"), False, "S-08"),
    Setting("joint_meeting", _("计划由联席会议审批"), True, "S-24"),
    Setting("meeting_quorum", _("联席会议法定人数占成员的比例"), Decimal("0.5"), "S-185", least=Decimal("0.01"), most=1),
    Setting("resubmit_until", _("按期报送后退回的计划可再报至"), MonthDay(12, 15), "S-22"),
    Setting("former_reviewer_wd", _("再次送审先由原审核人办理"), 1, "S-166", _WD),
    Setting("reviewer_absent_wd", _("领办后没有办理即放回待办（0：不放回）"), 2, "S-168", _WD),
    Setting("returned_reminder_wd", _("退回的计划项目无改动即提醒（0：不提醒）"), 5, "S-131", _WD),
    Setting("plan_reminder_days", _("年度计划截止前提醒未编报单位（0：不提醒）"), 30, "R-001", _D, most=90),
    Setting("adjustment_head_from", _("计划调整达到该金额须财政负责人批准"), Decimal(1_000_000), "ADJ-04", _YUAN),
    Setting("monthly_report_day", _("每月报告上月进展的日期（0：不报告）"), 10, "S-190", _D, most=28),
    Setting("intention_may_be_shorter", _("意向公开不足30日的说明理由后允许"), True, "RYX-02"),
    Setting("intention_restart_share", _("预算变动达到该比例须重新公开意向"), Decimal("0.10"), "RYX-02", least=Decimal("0.01"), most=1),
    # budget
    Setting("carry_over", _("年末结转范围"), "committed", "RTR-05", choices=("committed", "all")),
    Setting("budget_used_share", _("指标使用达到该比例时提示"), Decimal("0.90"), "S-27", least=Decimal("0.01"), most=1),
    Setting("sharing_ratio", _("省市县分级负担比例"), "6:2:2", "S-98", choices=("6:2:2", "8.5:0.5:1")),
    Setting("cash_plan", _("启用用款计划环节"), False, "RTR-04"),
    # tender, opening, evaluation
    Setting("seed_forms", _("限额标准以下可用本地区方式"), True, "S-39"),
    Setting("limited_competition_min", _("有限竞争最少邀请家数"), 3, "R-018", least=2),
    Setting("limited_competition_response_wd", _("有限竞争响应时间"), 5, "R-018", _WD),
    Setting("directed_commission_max", _("定向委托小额上限"), Decimal(100_000), "R-019", _YUAN),
    Setting("directed_commission_months", _("定向委托短期上限"), 6, "R-019", _("个月")),
    Setting("single_source_people", _("单一来源协商人数"), 3, "R74-19", least=1),
    Setting("abnormal_effect", _("列入活动异常名录的影响"), "warn", "RSO-07", choices=("warn", "exclude")),
    Setting("candidate_publicity", _("定标前公示候选人"), False, "S-44"),
    Setting("standstill_wd", _("结果公告后签约静默期"), 0, "R-GP-39", _WD),
    Setting("silence_at_opening_minutes", _("开标记录视同确认的时间"), 30, "R87-22", _("分钟")),
    Setting("expert_answer_hours", _("专家应邀答复时间"), 2, "REX-01", _("小时")),
    Setting("outlying_score_share", _("评分偏离须说明的比例"), Decimal("0.30"), "R87-50", least=Decimal("0.01"), most=1),
    Setting("purchaser_hold_wd", _("采购人自行暂停上限"), 10, "G3", _WD),
    # contract, acceptance, exit
    Setting("report_again_wd", _("承接主体报告退回后重报时间"), 5, "S-77", _WD),
    Setting("inspection_answer_wd", _("检查记录视同已阅的时间"), 3, "S-85", _WD),
    Setting("week_without_workday_due", _("全周无工作日也须周检"), False, "S-85"),
    Setting("delegation_days", _("一次授权代办最长日数"), 90, "DLG-04", _D, least=1, most=366),
    Setting("acceptance_members_min", _("验收组最少人数"), 3, "S-104", least=3),
    Setting("acceptance_objection_wd", _("验收异议时间"), 5, "S-104", _WD),
    Setting("publish_every_acceptance", _("非公共服务的验收结果也公告"), True, "R-GP-46"),
    Setting("rectifications", _("每份合同的整改次数"), 1, "R-057"),
    Setting("exit_years", _("退出期限"), 1, "R-058", _("年"), least=1, most=3),
    Setting("protected_period_days", _("服务对象过渡保护期"), 30, "SET", _D),
    Setting("renewal_grade_min", _("续签所需评价等级"), "GOOD", "S-111", choices=("EXCELLENT", "GOOD", "FAIR")),
    Setting("amendment_clocks", _("变更合同同样公告备案"), True, "R-GP-41"),
    # evaluation
    Setting("evaluate_above", _("必须绩效评价的金额"), Decimal(500_000), "R102-24", _YUAN),
    Setting("third_party_required_above", _("必须三方评价的金额"), Decimal(500_000), "R-050", _YUAN),
    Setting("recipients_weight_min", _("公共服务中服务对象权重下限"), 10, "S-109", most=100),
    Setting("unevaluated_predecessor", _("上期项目没有评价结果时申报下年项目"), "refuse", "NYR-03", choices=("refuse", "explain")),
    # suppliers
    Setting("confirmation_from", _("年度确认起始"), MonthDay(1, 1), "S-55"),
    Setting("confirmation_until", _("年度确认截止"), MonthDay(6, 30), "S-55"),
    Setting("violation_from", _("违法记录起算日"), "effect", "R-GP-12", choices=("effect", "decision")),
    # clocks, reports
    Setting("yellow_share", _("期限经过该比例亮黄灯"), Decimal("0.6667"), "S-131", least=Decimal("0.01"), most=1),
    Setting("yellow_wd", _("剩余工作日不多于该数亮黄灯"), 2, "S-131", _WD),
    Setting("report_kept_days", _("报表文件保存时间"), 90, "SET", _D),
    Setting("report_heartbeat_minutes", _("报表任务失联判定"), 2, "SET", _("分钟"), least=1),
):
    declare(_setting)
#: What was not read in its source is shown as such (待核) until the jurisdiction has checked it.
CHECKED: Final = ("unchecked", "checked")
for _rule in rules().values():
    if _rule.status is Status.SETTING or _rule.article_unsure:
        declare(Setting(f"rule.{_rule.id}", lazystr(Summary(_rule.id)), CHECKED[0], _rule.id, choices=CHECKED))
