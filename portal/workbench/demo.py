"""Demonstration mode only: tokens of demonstration people for programs, and the clock that can be moved forward."""
from __future__ import annotations

from datetime import datetime, timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from portal import clock
from portal.accounts.access import SIGNED_IN, audience
from portal.accounts.actor import actor_for
from portal.accounts.models import ApiToken, User
from portal.audit.record import note
from portal.workflow import due
from procurement.suppliers.demo import confirm_diligent_suppliers, confirmation_days

from .tasks import make_monthly_reports


class InDemoMode:
    """Mixed into views that do not exist outside demo mode."""

    def initial(self, request, *args, **kwargs):
        if not settings.DEMO:
            raise Http404
        super().initial(request, *args, **kwargs)


class PersonInput(serializers.Serializer):
    username = serializers.CharField(max_length=60)


class MomentInput(serializers.Serializer):
    moment = serializers.DateTimeField()


class DemoToken(InDemoMode, APIView):
    """A token of a demonstration person, good for one day."""

    audience = "public"
    authentication_classes = ()

    def post(self, request):
        given = PersonInput(data=request.data)
        given.is_valid(raise_exception=True)
        user = get_object_or_404(User, username=given.validated_data["username"], is_demo=True, is_active=True)
        actor = actor_for(user, request_id=request._request.request_id)
        token, secret = ApiToken.issue(
            user=user, organisation=actor.organisation, name="demo",
            scope=ApiToken.Scope.SIGN if user.is_one_click else ApiToken.Scope.ACT,  # nothing to show oneself by (AUTH-02)
            expires_at=timezone.now() + timedelta(days=1),
        )
        note(actor=actor, what="token_issued", subject=str(token.pk), label=token.name, facts={"scope": token.scope})
        return Response({
            "token": secret, "user_id": user.pk, "name": user.name, "organisation": actor.organisation.name,
            "roles": sorted(actor.roles),
        })


class DemoClock(InDemoMode, APIView):
    """The demonstration clock: read it, move it forward; everything due until then fires first, in order."""

    audience = "signed-in"

    def get(self, request):
        return Response({"now": clock.now().isoformat()})

    def post(self, request):
        given = MomentInput(data=request.data)
        given.is_valid(raise_exception=True)
        fired = move_clock(request._request.actor, given.validated_data["moment"])
        return Response({"now": clock.now().isoformat(), "fired": fired})


def move_clock(actor, moment: datetime) -> int:
    """Move the demonstration clock and record who did; returns how many events fired on the way.

    On the way the diligent among the demonstration suppliers confirm each year in spring, as people would.
    """
    fired = 0
    try:
        days = confirmation_days(clock.now(), moment)
        for day in days:
            fired += due.advance_demo_clock(day)
            confirm_diligent_suppliers(day)
        if not days or clock.now() < moment:  # the clock runs on while they confirm
            fired += due.advance_demo_clock(moment)
    except clock.ClockMovesForward as error:
        raise serializers.ValidationError({"moment": [_("演示时钟只能向前拨。")]}) from error
    make_monthly_reports.delay()  # its own beat comes every half hour: nobody waits that long for a moved clock
    note(actor=actor, what="clock_moved", facts={"to": moment, "fired": fired})
    return fired


class ClockForm(forms.Form):
    moment = forms.DateTimeField(
        label=gettext_lazy("拨到"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )

    def clean_moment(self):
        if self.cleaned_data["moment"] < clock.now():
            raise forms.ValidationError(_("演示时钟只能向前拨。"))
        return self.cleaned_data["moment"]


@audience(SIGNED_IN)
def clock_page(request: HttpRequest) -> HttpResponse:
    """What will happen by itself next, and the button that lets it happen."""
    if not settings.DEMO:
        raise Http404
    form = ClockForm(request.POST or None, initial={"moment": clock.now() + timedelta(days=1)})
    if request.method == "POST" and form.is_valid():
        fired = move_clock(request.actor, form.cleaned_data["moment"])
        messages.success(request, _("演示时钟已拨到 %(time)s，途中自动办理 %(count)s 件。") % {
            "time": clock.now().strftime("%Y-%m-%d %H:%M"), "count": fired,
        })
        return redirect("workbench:clock")
    events = list(due.next_events(15))
    things = {}
    for event in events:
        things.setdefault(event.lifecycle.code, (event.lifecycle, []))[1].append(event.pk)
    named = {
        (code, obj.pk): obj for code, (cycle, pks) in things.items()
        for obj in cycle.model.objects.visible_to(request.actor).filter(pk__in=pks)
    }
    rows = [
        {"moment": e.moment, "what": e.lifecycle[e.due.transition].label, "thing": named[e.lifecycle.code, e.pk],
         "kind": e.lifecycle.name}
        for e in events if (e.lifecycle.code, e.pk) in named
    ]
    return render(request, "workbench/clock.html", {
        "form": form, "rows": rows, "breadcrumbs": [(_("工作台"), "/workbench/"), (_("演示时钟"), "")],
    })
