"""Settings of the jurisdiction: what holds, on what paper, since when; and new decisions."""
from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.accounts.access import audience
from portal.accounts.models import Organisation, Region
from portal.accounts.roles import Role
from portal.administration.forms.settings import ChainForm, DecisionForm
from portal.administration.readers import READERS
from portal.administration.scope import regions_of
from portal.administration.settings import GROUPS, Group, group_of, in_words, rows_for
from portal.administration.verbs.settings import STEP_FIELDS, decide_chain, decide_settings
from portal.rules.jurisdiction import decisions_for, declared
from procurement.plans.models.review import ORGANISATION_OF, StepKind
from procurement.plans.verbs.reviews import chain_of

from .pages import crumbs, data_of, form_page, record_of


def region_of(request: HttpRequest) -> Region:
    """The region asked about: one's own, or one the administrator looks after."""
    own = request.actor.organisation.region
    wanted = request.GET.get("region", "")
    if not wanted or wanted == str(own.pk):
        return own
    found = regions_of(request.actor).filter(pk=wanted).first() if wanted.isdecimal() else None
    if found is None:
        raise Http404
    return found


def _group_or_404(code: str) -> Group:
    found = group_of(code)
    if found is None:
        raise Http404
    return found


def _trail(request: HttpRequest, *rest: tuple[str, str]) -> list:
    here = [(_("本地区设置"), reverse("administration:settings")), *rest]
    return crumbs(*here) if request.actor.has(Role.ADMINISTRATOR) else here


@audience(*READERS)
@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    """All settings of a region by group: value, source, since when, what is decided for later."""
    region, day = region_of(request), clock.today()
    rows = {row.setting.name: row for row in rows_for(declared().values(), region, day)}
    shown = [(group, [rows[each.name] for each in group.settings()]) for group in GROUPS]
    return render(request, "administration/settings.html", {
        "region": region, "regions": regions_of(request.actor), "groups": [(group, found) for group, found in shown if found], "day": day,
        "may_decide": request.actor.has(Role.ADMINISTRATOR), "query": f"?region={region.pk}",
        "chain": [(step, StepKind(step.kind).label) for step in chain_of(region, day)], "entries": record_of(f"setting:{region.pk}"),
        "breadcrumbs": [*_trail(request)[:-1], (_("本地区设置"), "")],
    })


@audience(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def decide_group(request: HttpRequest, code: str) -> HttpResponse:
    """New values for a whole group, on one paper; only what was changed is decided."""
    group, region = _group_or_404(code), region_of(request)
    if not group.together:
        raise Http404
    return _decision_page(request, group.settings(), region, _("设定：%(group)s") % {"group": group.label})


@audience(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def decide_one(request: HttpRequest, name: str) -> HttpResponse:
    """A new value for one setting."""
    known = declared().get(name)
    if known is None:
        raise Http404
    return _decision_page(request, [known], region_of(request), str(known.label))


def _decision_page(request: HttpRequest, settings: list, region: Region, title: str) -> HttpResponse:
    form = DecisionForm(*data_of(request), actor=request.actor, rows=rows_for(settings, region, clock.today()))

    def do(data: dict) -> None:
        decide_settings(actor=request.actor, region=region, values=form.changed_values(),
                        **{name: data[name] for name in ("valid_from", "source", "reason")})  # fmt: skip

    return form_page(
        request, form, do, title=title, button=_("设定"), back=f"{reverse('administration:settings')}?region={region.pk}",
        done=_("已设定，自生效日期起施行。"), trail=_trail(request),
        hint=_("适用地区：%(region)s及没有另行设定的下级地区。") % {"region": region.name},
    )


@audience(*READERS)
@require_safe
def history(request: HttpRequest, name: str) -> HttpResponse:
    """Every decision on one setting that bears on a region, with who entered it and why."""
    known, region = declared().get(name), region_of(request)
    if known is None:
        raise Http404
    decisions = [row for row in decisions_for(region) if row.name == name]
    [standing] = rows_for([known], region, clock.today())
    rows = [
        [f"{in_words(known, known.read(row.value))} {known.unit}".strip(), row.valid_from, row.region.name if row.region else _("全部地区"),
         row.source, row.reason, row.decided_by.name if row.decided_by else "—",
         row.decided_at.strftime("%Y-%m-%d") if row.decided_at else "—"]
        for row in decisions
    ]  # fmt: skip
    return render(request, "administration/setting.html", {
        "setting": known, "row": standing, "rows": rows, "default": in_words(known, known.default), "region": region,
        "head": [_("取值"), _("生效日期"), {"label": _("地区"), "minor": True}, _("依据"), {"label": _("理由"), "minor": True},
                 {"label": _("录入人"), "minor": True}, {"label": _("录入时间"), "minor": True}],
        "may_decide": request.actor.has(Role.ADMINISTRATOR), "query": f"?region={region.pk}",
        "breadcrumbs": _trail(request, (str(known.label), "")),
    })  # fmt: skip


@audience(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def chain(request: HttpRequest) -> HttpResponse:
    """The review chain of plans: which departments, one after the other or side by side."""
    region = region_of(request)
    steps = [{name: getattr(step, name) for name in STEP_FIELDS} for step in chain_of(region, clock.today())]
    form = ChainForm(*data_of(request), actor=request.actor, initial={"steps": steps})
    missing = _without_department(region)
    hint = _("同一组的环节并联办理，组与组之间依次办理；全部同意后进入联席会议。")
    if missing:
        hint += _("注意：本地区还没有这些部门的单位，送审的项目会停在那里：%(names)s。") % {"names": _("、").join(missing)}
    return form_page(
        request, form, lambda data: decide_chain(actor=request.actor, region=region, **data), title=_("计划审核环节"), button=_("设定"),
        back=f"{reverse('administration:settings')}?region={region.pk}", done=_("已设定，自生效日期起施行。"), trail=_trail(request),
        hint=hint,
    )


def _without_department(region: Region) -> list[str]:
    """The departments of the chain that the region has no organisation for."""
    there = set(Organisation.objects.filter(region=region, disabled_at=None).values_list("kind", flat=True))
    return [str(StepKind(step.kind).label) for step in chain_of(region, clock.today()) if ORGANISATION_OF[StepKind(step.kind)] not in there]


