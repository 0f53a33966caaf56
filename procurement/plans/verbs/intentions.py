"""Intentions: drafted with the approval, published together, corrected, started early, followed by the purchase (L2.6)."""
from __future__ import annotations

from decimal import Decimal

from portal.files.verbs import make_public
from portal.money import yuan
from portal.notices.models import Notice
from portal.notices.verbs import publish_notice
from portal.rules.jurisdiction import setting
from portal.workdays import start_clock
from portal.workdays.verbs import void_clocks
from portal.workflow import Act
from procurement.plans import announcing, leads
from procurement.plans.models import Intention, IntentionVersion, PlanItem, Project, Stage
from procurement.plans.models.intention import TEXT

LEAD = "INTENTION_LEAD"


def draft(intention: Intention, act: Act) -> dict:
    """Begun by a person for a project of his agency, or by the approval of the project."""
    intention.project = act.data["project"]
    intention.agency = intention.project.agency
    _write(intention, act)
    intention.required = leads.is_owed(intention.budget, intention.agency.region)
    return {"budget": intention.budget, "expected": intention.month, "required": intention.required}


def from_project(project: Project, act: Act) -> Intention:
    """The draft that an approved project begins with: what the plan item already says, asked for nowhere again (S-162)."""
    item = project.item
    starts_on = item.starts_on if item else None
    return act.perform(
        Intention(), "draft", project=project, title=project.title, outline=outline_of(item) or project.title, budget=project.amount,
        expected=leads.expected_month(starts_on, project.year, act.now.date()), remark="",
    )


def outline_of(item: PlanItem | None) -> str:
    """What is bought, how much of it, what it is for and for how long: the outline of needs of RYX-01."""
    if item is None:
        return ""
    lines = [_ended(text.strip()) for text in (item.content, item.objective)]
    if item.quantity:
        lines.append(f"数量：{item.quantity.normalize():f}{item.unit}。")
    if item.term_months:
        lines.append(f"服务期限：{item.term_months}个月。")
    return "\n".join(line for line in lines if line)


def _ended(text: str) -> str:
    """A sentence with its full stop: several stand in one line of the list."""
    return text if not text or text[-1] in "。！？；.!?;" else f"{text}。"


def edit(intention: Intention, act: Act) -> dict:
    _write(intention, act)
    intention.required = intention.required or leads.is_owed(intention.budget, intention.agency.region)
    return {"budget": intention.budget, "expected": intention.month}


def _write(intention: Intention, act: Act) -> None:
    for name in TEXT:
        setattr(intention, name, act.data.get(name, ""))
    intention.budget = yuan(intention.budget)


def publish(intention: Intention, act: Act) -> dict:
    """One notice N-01 and one paper for all that go out together; each counts its own thirty days."""
    others = list(act.data.get("together") or ())
    together = sorted([intention, *others], key=lambda each: (each.expected, each.pk))
    title = announcing.title_of(intention.agency, together)
    notice = publish_notice(
        act=act, kind="N-01", subject=intention, title=title, payload=announcing.payload_of(intention.agency, together, act.now.date()),
        project=intention.project_id, organisation=intention.agency,
    )
    paper = announcing.make_notice_paper(notice, together, act)
    make_public([paper])
    _go_out(intention, act, notice, paper)
    for other in others:
        act.perform(other, "publish_along", notice=notice, paper=paper)
    return {"notice": notice.number, "count": len(together), "may_start": str(intention.may_start_on)}


def publish_along(intention: Intention, act: Act) -> dict:
    _go_out(intention, act, act.data["notice"], act.data["paper"])
    return {"notice": intention.notice.number, "may_start": str(intention.may_start_on)}


def _go_out(intention: Intention, act: Act, notice: Notice, paper) -> None:
    intention.notice, intention.paper = notice, paper
    intention.basis = _basis(intention)
    _keep_version(intention, act, notice, restarts=True)
    _begin_lead(intention, act)


def _basis(intention: Intention) -> str:
    """Before the budget is approved the second draft will do; what comes in the year is said to (RYX-04)."""
    item = intention.project.item
    if item is not None and item.route != PlanItem.Route.ANNUAL:
        return Intention.Basis.IN_YEAR
    return Intention.Basis.BUDGET if intention.project.reached(Stage.FUNDED) else Intention.Basis.DRAFT


def _begin_lead(intention: Intention, act: Act) -> None:
    """Thirty days from this publication; who was told of an earlier one is told anew."""
    intention.may_start_at = leads.earliest_start(act.now, intention.agency.region)
    intention.month_over_at = leads.month_over(intention.expected)
    intention.start_told_at = intention.late_told_at = None
    intention.shortened, intention.shorten_reason = False, ""


def _keep_version(intention: Intention, act: Act, notice: Notice | None, *, restarts: bool) -> None:
    intention.version += 1
    IntentionVersion.objects.create(
        intention=intention, number=intention.version, content=intention.text, reason=act.reason, restarts=restarts, notice=notice,
        made_at=act.now,
    )


def correct(intention: Intention, act: Act) -> dict:
    """A new version beside the old one, told by N-07; weighty changes start the thirty days anew (L2.6, silent)."""
    before = dict(intention.text)
    _write(intention, act)
    share = setting("intention_restart_share", intention.agency.region)
    again = leads.restarts(intention.versions.all(), intention.text, Decimal(share))
    intention.required = intention.required or leads.is_owed(intention.budget, intention.agency.region)
    changes = announcing.changes_between(before, intention.text)
    notice = announcing.publish_correction(intention, changes, act, other=announcing.RESTARTED if again else "")
    _keep_version(intention, act, notice, restarts=again)
    if again:
        _begin_lead(intention, act)
        void_clocks(intention, act, [LEAD], reason=act.reason)
        start_clock(LEAD, intention, act)
    elif intention.month_over_at != leads.month_over(intention.expected):
        intention.month_over_at, intention.late_told_at = leads.month_over(intention.expected), None
    return {"version": intention.version, "notice": notice.number, "restarts": again, "may_start": str(intention.may_start_on)}


def waive(intention: Intention, act: Act) -> dict:
    intention.waive_code, intention.end_reason = act.reason_code, act.reason
    return {}


def shorten(intention: Intention, act: Act) -> dict:
    """The purchase may start before the thirty days are over; this stays marked for finance and audit."""
    before = intention.may_start_on
    intention.may_start_at = leads.midnight_of(act.data["starts_on"])
    intention.shortened, intention.shorten_reason = True, act.reason
    return {"before": str(before), "may_start": str(act.data["starts_on"])}


def withdraw(intention: Intention, act: Act) -> dict:
    """What was disclosed is taken back by N-07; a draft simply falls."""
    intention.end_reason = act.reason
    if intention.published_at is None:
        return {}
    return {"notice": announcing.publish_withdrawal(intention, act).number}


def announce_start(intention: Intention, act: Act) -> dict:
    intention.start_told_at = act.now
    return {"may_start": str(intention.may_start_on)}


def remind_of_month(intention: Intention, act: Act) -> dict:
    intention.late_told_at = act.now
    return {"expected": intention.month}


def recount(intention: Intention, act: Act) -> dict:
    """A calendar that came later moves the end of the lead with its clock."""
    intention.may_start_at = leads.midnight_of(act.data["last_day"])
    return {"may_start": str(intention.may_start_on)}
