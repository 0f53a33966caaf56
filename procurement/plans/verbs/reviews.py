"""Review steps: laid out by the region's chain, decided side by side, heard all at once (L2.3, S-166, S-172)."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Membership, Organisation, User
from portal.accounts.roles import Role
from portal.audit.canonical import canonical_json, digest
from portal.rules.jurisdiction import setting
from portal.workflow import Act, Refusal, refuse
from procurement.plans import rules
from procurement.plans.limits import working_days_later
from procurement.plans.models import PlanItem, ReviewChainStep, ReviewComment, ReviewStep
from procurement.plans.models.review import ORGANISATION_OF, StepKind
from procurement.plans.splitting import sign_of

GOOD = ("APPROVED", "SKIPPED")
OPEN = ("WAITING", "PENDING", "CLAIMED")
#: In which role a step is decided.
ROLE_OF = {
    "ESTABLISHMENT": Role.ESTABLISHMENT_REVIEWER, "HUMAN_RESOURCES": Role.HUMAN_RESOURCES_REVIEWER, "FINANCE": Role.FINANCE_OFFICER,
}  # fmt: skip


def chain_of(region, day) -> list[rules.ChainStep]:
    """The region's chain as of a day, or the default one (X-04, G5)."""
    own = ReviewChainStep.objects.filter(region=region, valid_from__lte=day)
    latest = own.aggregate(day=Max("valid_from"))["day"]
    if latest is None:
        return list(rules.DEFAULT_CHAIN)
    return [
        rules.ChainStep(row.kind, row.group, row.only_posts, row.may_reject)
        for row in own.filter(valid_from=latest).order_by("group", "kind")
    ]


def department_of(item: PlanItem, kind: str) -> Organisation | None:
    """The department of the agency's region that answers for a step."""
    return (
        Organisation.objects.filter(kind=ORGANISATION_OF[kind], region=item.agency.region_id, disabled_at=None)
        .order_by("id").first()
    )


def departments_are_there(item: PlanItem, act: Act) -> Iterator[Refusal]:
    """Every step of the region's chain has a department that can speak."""
    for step in chain_of(item.agency.region, act.now.date()):
        if department_of(item, step.kind) is None:
            yield refuse("S-23", _("本地区没有登记%(step)s的部门，请联系管理员。"), step=step.kind)


def limit_from(moment: datetime, region) -> datetime:
    """Until when a step that opens now is to be decided (S-166)."""
    return working_days_later(moment, setting("clock.REVIEW_STEP", region))


def answered_for(item: PlanItem, kind: str) -> str:
    """Digest of what a department's approval answers for."""
    content = {name: getattr(item, name) for name in rules.ANSWERED_FIELDS[kind]}
    for name in rules.ANSWERED_ROWS[kind]:
        content[name] = [
            {key: value for key, value in row.items() if key not in ("id", "item_id", "approved_amount")}
            for row in getattr(item, name).order_by("id").values()
        ]
    return digest(canonical_json(content))


def lay_out(item: PlanItem, act: Act) -> list[str]:
    """One step a department for this round; an approval of an earlier round whose matter did not change stays good."""
    kinds = []
    for definition in chain_of(item.agency.region, item.project.rules_as_of):
        standing = _standing_approval(item, definition.kind)
        if standing is not None:
            if standing.answered_for == answered_for(item, definition.kind):
                continue
            act.perform(standing, "void")
        step = act.perform(
            ReviewStep(
                item=item, round=item.round, group=definition.group, kind=definition.kind, may_reject=definition.may_reject,
                department=department_of(item, definition.kind),
            ),
            "lay_out",
        )
        kinds.append(definition.kind)
        if definition.only_posts and item.kind != PlanItem.Kind.POST:
            act.perform(step, "skip")
    return kinds


def _standing_approval(item: PlanItem, kind: str) -> ReviewStep | None:
    return item.steps.filter(kind=kind, state="APPROVED").order_by("-round").first()


def go_on(item: PlanItem, act: Act) -> None:
    """Open the next group, or close the round, once the group before has spoken."""
    item = PlanItem.objects.get(pk=item.pk)
    if item.state != "SUBMITTED":
        return
    steps = list(item.steps.filter(round=item.round).order_by("group", "kind"))
    if any(step.state in ("PENDING", "CLAIMED") for step in steps if not _silent(step, steps)):
        return
    if any(step.state == "SENT_BACK" for step in steps):
        reasons = _all_reasons(steps)
        void_open(item, act)
        act.perform(item, "send_back_reviewed", reason=reasons)
        return
    if any(step.state in ("PENDING", "CLAIMED") for step in steps):
        return
    waiting = [step for step in steps if step.state == "WAITING"]
    if waiting:
        for step in waiting:
            if step.group == waiting[0].group:
                act.perform(step, "activate")
        return
    act.perform(item, "complete_review")


def _silent(step: ReviewStep, steps: list[ReviewStep]) -> bool:
    """Past its limit while another of its group sends back: the author hears now, the step speaks in the next round."""
    return step.overdue and any(other.state == "SENT_BACK" and other.group == step.group for other in steps)


def _all_reasons(steps: list[ReviewStep]) -> str:
    """Everything every department wants mended, in one list (S-172)."""
    from procurement.plans.forms.reviews import SEND_BACK_REASONS

    labels = dict(SEND_BACK_REASONS)
    lines = []
    for step in steps:
        if step.state == "SENT_BACK":
            codes = "、".join(str(labels.get(code, code)) for code in step.reason_codes)
            lines.append(f"{step.get_kind_display()}：{codes}。{step.opinion}")
            open_ones = ReviewComment.objects.filter(item=step.item_id, kind=step.kind, state="OPEN").order_by("pk")
            lines += [f"　{comment.field_label}：{comment.text}" for comment in open_ones if comment.field]
        elif step.state in ("PENDING", "CLAIMED"):
            lines.append(f"{step.get_kind_display()}：{_('期限内没有意见，下一轮再审')}")
    return "\n".join(lines)


def void_open(item: PlanItem, act: Act) -> None:
    for step in item.steps.filter(state__in=OPEN):
        act.perform(step, "void")


# --- effects ------------------------------------------------------------------------------------------------------
def activate(step: ReviewStep, act: Act) -> dict:
    """Open the step; on a later round it is kept for who decided the one before, if he still sits there (S-166)."""
    region = step.item.agency.region
    step.limit_at = limit_from(act.now, region)
    former = former_reviewer(step)
    if former is not None:
        step.reserved_for = former
        step.reserved_until = working_days_later(act.now, setting("former_reviewer_wd", region))
    return {"kind": step.kind, "limit": step.limit_at, **({"former_reviewer": former.pk} if former else {})}


def former_reviewer(step: ReviewStep) -> User | None:
    """Who decided this step in the latest round before, while he still reviews for its department and has not left."""
    earlier = step.item.steps.filter(kind=step.kind, round__lt=step.round).exclude(decided_by=None).order_by("-round").first()
    if earlier is None:
        return None
    return colleagues(step).filter(pk=earlier.decided_by_id).first()


def colleagues(step: ReviewStep) -> QuerySet[User]:
    """Who may speak for the department of a step."""
    held = Membership.objects.live().filter(organisation=step.department_id, role=ROLE_OF[step.kind])
    return User.objects.filter(pk__in=held.values("user_id"), is_active=True).order_by("name", "pk")


def claim(step: ReviewStep, act: Act) -> dict:
    keep_watch(step, act)
    return {"kind": step.kind}


def release(step: ReviewStep, act: Act) -> dict:
    """Let go: whoever has it first may take it, also before the former reviewer."""
    step.claimed_by, step.claimed_at, step.idle_until = None, None, None
    step.reserved_for, step.reserved_until = None, None
    return {"kind": step.kind}


def put_back(step: ReviewStep, act: Act) -> dict:
    """Its holder did nothing for the days the region sets: whoever is there may take it; its limit runs on (S-168)."""
    holder = step.claimed_by
    facts = {"holder": holder.pk, "name": holder.name, "days": _days_of_absence(step)}
    return {**release(step, act), **facts}


def keep_watch(step: ReviewStep, act: Act) -> None:
    """From now its holder has the days the region sets to do something; while the agency owes an answer nothing counts (S-168)."""
    days = _days_of_absence(step)
    owed = ReviewComment.objects.filter(item=step.item_id, kind=step.kind, state="OPEN").exists()
    step.idle_until = working_days_later(act.now, days) if days and step.claimed_by_id and not owed else None


def watch_the_holder(comment: ReviewComment, act: Act) -> None:
    """An answer, a settled question or one asked again: the days of who holds the step count anew."""
    held = ReviewStep.objects.filter(item=comment.item_id, kind=comment.kind, state="CLAIMED")
    step = held.select_related("item__agency__region").first()
    if step is not None:
        keep_watch(step, act)
        step.save(update_fields=["idle_until"])


def _days_of_absence(step: ReviewStep) -> int:
    return setting("reviewer_absent_wd", step.item.agency.region)


def delegate(step: ReviewStep, act: Act) -> dict:
    """Put the step into the hands of one colleague (L2.3)."""
    colleague = act.data["colleague"]
    step.claimed_by, step.claimed_at = colleague, act.now
    step.reserved_for, step.reserved_until = None, None
    keep_watch(step, act)
    return {"kind": step.kind, "to": colleague.name, "to_user": colleague.pk}


def ask(step: ReviewStep, act: Act) -> dict:
    """Ask or remark at one field, or of the whole item; the agency answers where it stands (L2.3)."""
    field = act.data.get("field") or ""
    comment = act.perform(
        ReviewComment(
            item=step.item, step=step, kind=step.kind, field=field, text=act.reason, asked_by_id=act.actor.user_id,
        ), "note",
    )
    keep_watch(step, act)
    return {"kind": step.kind, "comment": comment.pk, "field": field}


def _decide(step: ReviewStep, act: Act) -> dict:
    if step.claimed_by_id is None:
        step.claimed_by_id, step.claimed_at = act.actor.user_id, act.now
    step.decided_by_id, step.decided_at = act.actor.user_id, act.now
    step.answered_for = answered_for(step.item, step.kind)
    return {"kind": step.kind, "round": step.round}


def approve(step: ReviewStep, act: Act) -> dict:
    """Agree; what the department had still asked is settled with it. Past a sign of splitting, the record says which and why (R-GP-08)."""
    step.opinion = act.data.get("opinion", "")
    settle(ReviewComment.objects.filter(item=step.item_id, kind=step.kind), act)
    sign = sign_of(step.item) if step.kind == StepKind.FINANCE else None
    return {**_decide(step, act), **({"splitting": sign.facts, "splitting_reason": step.opinion} if sign else {})}


def settle(comments: QuerySet[ReviewComment], act: Act) -> None:
    """Nothing is left to answer: the matter is decided."""
    for comment in comments.filter(state__in=["OPEN", "ANSWERED"]).order_by("pk"):
        act.perform(comment, "resolve")


def send_back(step: ReviewStep, act: Act) -> dict:
    step.opinion, step.reason_codes = act.reason, list(act.data["codes"])
    return {**_decide(step, act), "codes": step.reason_codes}


def reject(step: ReviewStep, act: Act) -> dict:
    step.opinion, step.reason_codes = act.reason, [act.reason_code]
    return _decide(step, act)


def escalate(step: ReviewStep, act: Act) -> dict:
    """The limit has passed: one level up, and again after three working days; silence never becomes approval."""
    step.escalations += 1
    step.limit_at = working_days_later(act.now, rules.ESCALATION_WORKING_DAYS)
    return {"kind": step.kind, "times": step.escalations}
