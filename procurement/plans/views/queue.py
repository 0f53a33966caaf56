"""Everything that waits for a department in one list, and several of it decided at once."""
from __future__ import annotations

import django_filters
from django.db.models import BigIntegerField, Q
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.accounts.access import audience
from portal.paging import page_of
from portal.workdays.models import LegalClock
from portal.workflow.engine import may
from procurement.plans.batch import ROWS, act_on_several, form_of
from procurement.plans.models import PlanItem, ReviewStep
from procurement.plans.workflow import STEP

from .reviews import REVIEWERS, SHOWN, lit

#: What the list can be narrowed to beside words: name, words.
WHICH = [
    ("late", gettext_lazy("已超期")), ("soon", gettext_lazy("临近期限")), ("again", gettext_lazy("再次送审")),
    ("mine", gettext_lazy("我领办的")), ("free", gettext_lazy("没有人领办")),
]  # fmt: skip


class WaitingFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=gettext_lazy("项目、单位、编号"), method="search")
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("种类"), field_name="item__kind", choices=PlanItem.Kind.choices, empty_label=gettext_lazy("全部种类")
    )
    which = django_filters.ChoiceFilter(label=gettext_lazy("范围"), method="narrow", choices=WHICH, empty_label=gettext_lazy("全部待审"))

    class Meta:
        model = ReviewStep
        fields = ["q", "kind", "which"]

    def search(self, queryset, name, value):
        return queryset.filter(
            Q(item__title__icontains=value) | Q(item__project__number__icontains=value) | Q(item__agency__name__icontains=value)
        )

    def narrow(self, queryset, name, value):
        moment = clock.now()
        running = LegalClock.objects.filter(name="REVIEW_STEP", subject_type=STEP.code).live()
        if value in ("late", "soon"):
            found = running.filter(ends_at__lte=moment) if value == "late" else running.filter(yellow_at__lte=moment, ends_at__gt=moment)
            own = found.filter(bearer=self.request.actor.organisation_id).annotate(step=Cast("subject_id", BigIntegerField()))
            return queryset.filter(pk__in=own.values("step"))
        conditions = {"again": Q(round__gt=1), "mine": Q(claimed_by__in=self.request.actor.persons), "free": Q(state="PENDING")}
        return queryset.filter(conditions[value])


def _list(request: HttpRequest, *, outcomes=(), name: str = "", form=None, ticked=None, status: int = 200) -> HttpResponse:
    steps = ReviewStep.objects.owed_to(request.actor).awaiting(request.actor.organisation_id)
    filterset = WaitingFilter(request.GET, queryset=steps, request=request)
    # Keys first: however many wait, only a page of them is read with all that is shown of it.
    page = page_of(filterset.qs.order_by("limit_at", "id").values_list("pk", flat=True), request.GET.get("page"))
    shown = ReviewStep.objects.visible_to(request.actor).filter(pk__in=list(page)).select_related(*SHOWN)
    page.object_list = lit(list(shown.order_by("limit_at", "id")))
    return render(request, "plans/waiting.html", {
        "filter": filterset, "page": page, "outcomes": outcomes, "row": STEP[name] if name else None,
        "forms": {each: form if form and each == name else form_of(each, request.actor, None) for each in ("approve", "send_back")},
        "labels": {each: STEP[each].label for each in ROWS}, "tried": form, "nothing_ticked": ticked == [],
        "doable": doable(page.object_list, request.actor),
        "done": sum(outcome.done for outcome in outcomes), "picked": ticked or [each.key for each in outcomes if not each.done],
        "breadcrumbs": [(_("计划审核"), reverse("plans:queue")), (_("全部待审"), "")],
    }, status=status)  # fmt: skip


def doable(steps: list[ReviewStep], actor) -> dict[str, bool]:
    """Which rows the reader has a right to for any of these steps: nothing is offered that he could never do."""
    return {name: any(may(STEP[name], step, actor) for step in steps) for name in ROWS}


@audience(*REVIEWERS)
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits for the department, the most urgent first."""
    return _list(request)


@audience(*REVIEWERS)
@require_http_methods(["GET", "POST"])
def decide_several(request: HttpRequest) -> HttpResponse:
    """One act to every ticked step; the page names the outcome of each. Looked at again, it is the list."""
    if request.method == "GET":
        return redirect(f"{reverse('plans:waiting')}?{request.GET.urlencode()}")
    name = request.POST.get("act", "approve")
    keys = [int(key) for key in request.POST.getlist("step") if key.isdecimal() and len(key) < 19]
    if name not in ROWS or not keys:
        return _list(request, ticked=[], status=422)
    form = form_of(name, request.actor, request.POST)
    if not form.is_valid():
        return _list(request, name=name, form=form, ticked=keys, status=422)
    outcomes = act_on_several(request.actor, keys, name, form.cleaned_data)
    return _list(request, outcomes=outcomes, name=name, status=200 if all(outcome.done for outcome in outcomes) else 409)
