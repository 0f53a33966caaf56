"""L5.3 Notice: approved by the act that publishes it, out to all at once, received by the designated medium, ended."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.audit.canonical import canonical_json, digest
from portal.workflow import Due, Lifecycle, Transition, refuse, starts, stops

from .fields import Unsuitable
from .kinds import NoticeKind, notice_kind
from .models import Notice
from .periods import period_of

State = Notice.State


# --- guards ------------------------------------------------------------------------------------------------------
def payload_refusals(kind: NoticeKind, payload: dict):
    """Every mandatory field that is missing and every value that cannot be held, all at once (N-01 … N-14, S-172)."""
    for key in sorted(set(payload) - {field.key for field in kind.fields}):
        yield refuse(kind.code, _("%(kind)s不载明“%(key)s”，不能公布。"), kind=kind.name, key=key)
    for field in kind.fields:
        value = payload.get(field.key)
        if field.is_blank(value):
            if field.required:
                yield refuse(kind.code, _("%(kind)s缺少“%(name)s”。"), kind=kind.name, field=field.key, name=field.label)
            continue
        try:
            field.take(value)
        except Unsuitable:
            yield refuse(kind.code, _("%(kind)s的“%(name)s”填写不正确。"), kind=kind.name, field=field.key, name=field.label)


def every_field_is_there(notice: Notice, act):
    yield from payload_refusals(notice_kind(notice.kind), notice.payload)


def ceiling_within_budget(notice: Notice, act):
    """Checks before publishing, section 15: the ceiling price never exceeds the budget."""
    from portal.money import yuan

    budget, ceiling = notice.payload.get("budget"), notice.payload.get("ceiling")
    if budget and ceiling and yuan(ceiling) > yuan(budget):
        yield refuse(
            notice.kind, _("最高限价 %(ceiling)s 元超过预算金额 %(budget)s 元。"), ceiling=ceiling, budget=budget, field="ceiling"
        )


def period_is_over(notice: Notice, act):
    """A period counted over a year whose calendar is not published yet is provisional and ends nothing (L0.1)."""
    period = period_of(notice_kind(notice.kind), notice.payload, notice.received_at)
    if period is None or period.provisional or period.ends_at > act.now:
        yield refuse("R00-08", _("公告期限尚未届满，或者所在年度的工作日历尚未公布。"))


# --- effects -----------------------------------------------------------------------------------------------------
def approve(notice: Notice, act) -> dict:
    """Whoever does the act that publishes has signed it; the separation from its drafter is that act's (L5.3)."""
    notice.signed_by_id = act.data.get("signed_by_id")
    return {"kind": notice.kind, "number": notice.number, "signed_by": notice.signed_by_id}


def publish(notice: Notice, act) -> dict:
    notice.published_at = act.now
    notice.digest = digest(canonical_json(notice.content))
    return {"kind": notice.kind, "number": notice.number, "title": notice.title, "digest": notice.digest}


def record_receipt(notice: Notice, act) -> dict:
    """The designated medium's own time starts the legal periods, not ours (R00-06)."""
    notice.received_at = act.data["received_at"]
    notice.medium, notice.medium_address = act.data["medium"], act.data["address"]
    notice.notice_ends_at = act.data.get("notice_ends_at")
    return {
        "number": notice.number, "medium": notice.medium, "address": notice.medium_address,
        "received_at": notice.received_at, "notice_ends_at": notice.notice_ends_at,
    }


def end(notice: Notice, act) -> dict:
    """The text stays; the end is the one counted with the calendar as it is known now."""
    notice.notice_ends_at = period_of(notice_kind(notice.kind), notice.payload, notice.received_at).ends_at
    return {"number": notice.number, "notice_ends_at": notice.notice_ends_at}


NOTICE = Lifecycle(
    code="notices.notice", reference="L5.3", name=_("公告"), model=Notice,
    rows=[
        Transition("draft", sources="", target=State.DRAFTED, label=_("拟定公告"), system=True),
        Transition(
            "approve", sources=[State.DRAFTED], target=State.APPROVED, label=_("批准公告"), system=True,
            guards=[every_field_is_there, ceiling_within_budget], effect=approve, rules=["R101-03"],
        ),
        Transition(
            "publish", sources=[State.APPROVED], target=State.PUBLISHED, label=_("发布公告"), system=True, effect=publish,
            clocks=[starts("MEDIA_PUBLICATION")], rules=["R101-04", "R101-06"], sentence=_("发布公告 %(number)s"),
        ),
        Transition(
            "record_receipt", sources=[State.PUBLISHED], target=None, label=_("登记指定媒体收到"), system=True,
            effect=record_receipt, clocks=[stops("MEDIA_PUBLICATION")], rules=["R00-06"],
        ),
        Transition(
            "end", sources=[State.PUBLISHED], target=State.ENDED, label=_("公告期满"), system=True,
            guards=[period_is_over], effect=end, rules=["R00-06", "R00-08"],
        ),
    ],
    due=[Due("end", queryset=lambda: Notice.objects.filter(state=State.PUBLISHED), moment="notice_ends_at")],
    tones={State.PUBLISHED: "ok", State.ENDED: "idle"},
)
