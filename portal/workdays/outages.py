"""L0.3 Outage: when the portal itself was down, the periods it made impossible are moved in one approved act."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.actor import system_actor
from portal.accounts.models import Region
from portal.accounts.roles import Role
from portal.workflow import Act, Due, Lifecycle, Refusal, Transition, Who, consequence, perform, refuse
from portal.workflow.inputs import ActInputs

from .deadlines import deadline
from .models import ClockMove, LegalClock, Outage, OutageDeadline
from .postponing import affected, later_end, mover_of
from .verbs import move

State = Outage.State
CAUSES = [
    ("POWER", _("停电")), ("NETWORK", _("网络中断")), ("SOFTWARE", _("软件故障")), ("HARDWARE", _("硬件故障")), ("ATTACK", _("遭受攻击")),
    ("MAINTENANCE", _("停机维护")), ("OTHER", _("其他")),
]


class RecordForm(ActInputs):
    """From when until when the portal could not be reached, in which region."""

    region = forms.ModelChoiceField(label=_("地区"), queryset=Region.objects.none())
    started_at = forms.DateTimeField(label=_("停机起"), widget=forms.DateTimeInput())
    ended_at = forms.DateTimeField(label=_("停机止"), widget=forms.DateTimeInput(), help_text=_("恢复正常的时刻。"))

    def prepare(self) -> None:
        self.fields["region"].queryset = Region.objects.within(self.actor.organisation.region)
        self.fields["region"].initial = self.actor.organisation.region_id


class ApplyForm(ActInputs):
    """Which of the listed periods are moved; all of them unless there is a reason."""

    deadlines = forms.ModelMultipleChoiceField(
        label=_("顺延的期限"), queryset=OutageDeadline.objects.none(), widget=forms.CheckboxSelectMultiple,
        help_text=_("默认全部顺延；去掉的要在理由里说明。"),
    )

    def prepare(self) -> None:
        listed = self.subject.deadlines.all()
        self.fields["deadlines"].queryset = listed
        self.fields["deadlines"].initial = [row.pk for row in listed]
        self.fields["deadlines"].label_from_instance = _in_words


def _in_words(row: OutageDeadline) -> str:
    shown = [clock.written(moment) for moment in (row.ended_at, row.ends_at)]
    return f"{row.label}：{shown[0]} → {shown[1]}"


# --- guards -----------------------------------------------------------------------------------------------------------
def lies_in_the_past(outage: Outage, act: Act) -> Iterator[Refusal]:
    """An outage is recorded when it is over: start before end, both past."""
    if act.data["ended_at"] <= act.data["started_at"]:
        yield refuse("OUT-01", _("停机止要晚于停机起。"), field="ended_at")
    if act.data["ended_at"] > act.now:
        yield refuse("OUT-01", _("停机结束后才能登记。"), field="ended_at")


def region_is_overseen(outage: Outage, act: Act) -> Iterator[Refusal]:
    if not act.actor.is_system and not act.data["region"].path.startswith(act.actor.region_path):
        yield refuse("ADM-01", _("“%(region)s”不在您的管理范围内。"), field="region", region=act.data["region"].name)


def not_recorded_yet(outage: Outage, act: Act) -> Iterator[Refusal]:
    """Overlapping times are one outage: what waits for a decision is not recorded twice."""
    same = Outage.objects.filter(
        region=act.data["region"], state__in=[State.RECORDED, State.PROPOSED], started_at__lt=act.data["ended_at"],
        ended_at__gt=act.data["started_at"],
    ).first()
    if same is not None:
        yield refuse("OUT-01", _("与尚未决定的“%(other)s”重叠；先处理那一条，再登记合并后的时段。"), field="started_at", other=same)


def something_is_listed(outage: Outage, act: Act) -> Iterator[Refusal]:
    if not outage.deadlines.exists():
        yield refuse("OUT-01", _("这段时间没有到期的期限，不需要顺延。"))


# --- effects ----------------------------------------------------------------------------------------------------------
def record(outage: Outage, act: Act) -> dict:
    outage.region, outage.started_at, outage.ended_at = act.data["region"], act.data["started_at"], act.data["ended_at"]
    outage.cause, outage.description = act.reason_code, act.reason[:500]
    outage.escalates_at = deadline(act.now, 1).ends_at
    return {"region": outage.region.name, "started_at": outage.started_at, "ended_at": outage.ended_at, "cause": outage.cause}


def propose(outage: Outage, act: Act) -> dict:
    """List every running period and closing moment within two hours of it, with the end it is to have."""
    lost = outage.ended_at - outage.started_at
    for each in affected(outage.region, outage.started_at, outage.ended_at):
        OutageDeadline.objects.create(
            outage=outage, clock=each, label=f"{each.subject or each.bearer} · {each.label}"[:300], ended_at=each.ends_at,
            ends_at=later_end(each.ends_at, lost),
        )
    return {"deadlines": outage.deadlines.count()}


def apply(outage: Outage, act: Act) -> dict:
    """Move what was chosen and still runs, each once; what is over meanwhile is never reopened."""
    chosen = {row.pk for row in act.data["deadlines"]}
    moved = []
    for row in outage.deadlines.select_related("clock"):
        if row.pk not in chosen:
            row.left_out = act.reason[:200]
        elif row.clock.state not in (LegalClock.State.RUNNING, LegalClock.State.PAUSED) or row.clock.ends_at != row.ended_at:
            row.left_out = str(_("期限已变动或已结束"))
        else:
            row.moved_at = act.now
            mover = mover_of(row.clock)
            if mover is not None:
                mover(row.clock, row.ends_at, act)
            else:
                move(row.clock, act, row.ends_at, cause=ClockMove.Cause.OUTAGE, note=str(outage)[:200])
            moved.append({"what": row.label, "before": row.ended_at, "after": row.ends_at})
        row.save(update_fields=["moved_at", "left_out"])
    return {"moved": len(moved), "deadlines": moved}


def escalate(outage: Outage, act: Act) -> dict:
    outage.escalates_at = None
    return {"deadlines": outage.deadlines.count()}


SUPERVISOR = [Who(Role.FINANCE_HEAD, region="region")]
OUTAGE = Lifecycle(
    code="workdays.outage", reference="L0.3", name=_("系统停机"), model=Outage,
    rows=[
        Transition(
            "record", "", State.RECORDED, _("登记停机"), who=[Who(Role.ADMINISTRATOR)], system=True, inputs=RecordForm, reason=CAUSES,
            checks=[lies_in_the_past, region_is_overseen, not_recorded_yet], effect=record, rules=["OUT-01"],
            hint=_("登记后列出因停机办不成的期限，由财政负责人决定是否顺延；决定前这些期限不届满。"),
        ),
        Transition("propose", State.RECORDED, State.PROPOSED, _("列出受影响的期限"), system=True, effect=propose, tells=SUPERVISOR,
                   rules=["OUT-01"], sentence=_("列出受影响的期限 %(deadlines)s 项")),
        Transition(
            "apply", State.PROPOSED, State.APPLIED, _("批准顺延"), who=SUPERVISOR, not_by=["record"], inputs=ApplyForm, reason=True,
            guards=[something_is_listed], effect=apply, task=True, rules=["OUT-01"], sentence=_("批准顺延 %(moved)s 项期限"),
            tells=[Who(Role.ADMINISTRATOR, region="region"), Who(Role.AUDITOR, region="region")],
            hint=_("一次办理：选中的期限全部顺延，责任单位收到通知，投标截止的顺延发更正公告；已开标的不重开。"),
        ),
        Transition("dismiss", State.PROPOSED, State.DISMISSED, _("不予顺延"), who=SUPERVISOR, not_by=["record"], reason=True,
                   tells=[Who(Role.ADMINISTRATOR, region="region")], rules=["OUT-01"], hint=_("期限按原截止时间届满。")),
        Transition("escalate", [State.RECORDED, State.PROPOSED], None, _("逾期未决定，催办"), system=True, effect=escalate,
                   tells=[*SUPERVISOR, Who(Role.AUDITOR, region="region")]),
    ],
    due=[Due("escalate", lambda: Outage.objects.filter(state__in=[State.RECORDED, State.PROPOSED]), "escalates_at")],
    tones={State.PROPOSED: "wait", State.APPLIED: "ok", State.DISMISSED: "idle"},
)  # fmt: skip


@consequence("workdays.outage", "record")
def list_what_it_made_impossible(outage: Outage, act: Act) -> None:
    act.perform(outage, "propose")


SILENT = timedelta(minutes=10)  # shorter silences of the beat are a restart, not an outage


def record_silence(last_sign: datetime | None, now: datetime) -> list[Outage]:
    """The portal starts again after a silence: one outage a region in which periods ended meanwhile (fired: the health log)."""
    if last_sign is None or now - last_sign < SILENT:
        return []
    regions = Region.objects.filter(
        pk__in=LegalClock.objects.filter(
            state__in=[LegalClock.State.RUNNING, LegalClock.State.PAUSED], ends_at__gte=last_sign, ends_at__lte=now,
        ).values("bearer__region")
    )
    return [
        perform(Outage(), "record", actor=system_actor(), region=region, started_at=last_sign, ended_at=now, reason_code="OTHER",
                reason=str(_("平台进程停止后重新启动")))
        for region in regions
    ]  # fmt: skip
