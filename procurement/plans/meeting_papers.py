"""Papers of the joint meeting as one book, made anew whenever the agenda changes, and the agenda as a workbook (S-24, S-185).

They are for those who sit in the meeting: an edition that another has replaced stays, with the time until which it held.
"""
from __future__ import annotations

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.actor import system_actor
from portal.accounts.models import Organisation
from portal.accounts.roles import OrganisationKind
from portal.files.kinds import register_kind
from portal.money import ZERO, in_figures
from portal.reports.registry import ReportResult, report
from portal.reports.runner import NotInScope
from portal.reports.verbs import make_paper
from portal.reports.workbook import CONTENT_TYPE, Column, render_xlsx
from portal.workflow import Act
from portal.workflow.inputs import ActInputs

from . import sitting
from .models import AgendaItem, LeadingGroup, Meeting, MeetingPaper

TEMPLATE = "plans/paper/meeting.html"
VOLUME = 100  # matters in one volume: what is set in type at once stays within the time of one try
OUTSIDE = frozenset({OrganisationKind.SUPPLIER, OrganisationKind.EXPERTS, OrganisationKind.EVALUATOR})


def for_members(actor) -> Q:
    """The papers of those meetings that the reader's organisation sits in."""
    return Q(pk__in=MeetingPaper.objects.filter(meeting__in=Meeting.objects.sat_by(actor)).values("document"))


register_kind("meeting_papers", _("会议材料"), accepts=("pdf",), readers=for_members)


def organisation_named(name: str, region) -> Organisation | None:
    """The organisation of the region that is called so, in full or short; None when there is none, or more than one."""
    named = Organisation.objects.filter(Q(name=name) | Q(short_name=name), region=region, disabled_at=None)
    found = list(named.exclude(kind__in=OUTSIDE)[:2])
    return found[0] if len(found) == 1 else None


def renew(meeting: Meeting, act: Act) -> list[MeetingPaper]:
    """Make the next edition of a meeting's papers and mark the one before; nothing for cases that are loaded as history."""
    if act.history:
        return []
    former = meeting.papers.order_by("-edition").first()
    edition = former.edition + 1 if former else 1
    meeting.papers.filter(replaced_at=None).update(replaced_at=act.now)
    agenda = sitting.agenda_of(meeting)
    matters = sitting.matters_of(agenda)
    volumes = [matters[start : start + VOLUME] for start in range(0, len(matters), VOLUME)]
    return [
        _volume(meeting, act, agenda, own, edition, number, len(volumes)) for number, own in enumerate(volumes, start=1)
    ]  # fmt: skip


def _volume(meeting: Meeting, act: Act, agenda: list[AgendaItem], matters: list[dict], edition: int, number: int, count: int):
    title = f"{meeting.title}会议材料"
    part = f"第{edition}稿" if count == 1 else f"第{edition}稿 第{number}册，共{count}册"
    data = {
        "number": meeting.number, "title": meeting.title, "held_at": meeting.scheduled_at, "place": meeting.place, "edition": part,
        "made_at": act.now, "convener": meeting.organisation.name, "members": [str(member) for member in meeting.members.all()],
        "office": office_of(meeting),
        "total": in_figures(sum((each.item.amount for each in agenda if each.item), ZERO)), "matters": matters,
    }  # fmt: skip
    document = make_paper(
        TEMPLATE, {"issuer": meeting.organisation.name, "issued_on": act.now}, title=title, data=data,
        name=f"{meeting.number} 会议材料（{part}）.pdf", actor=system_actor(act.actor.request_id), kind="meeting_papers",
    )  # fmt: skip
    return MeetingPaper.objects.create(
        meeting=meeting, edition=edition, volume=number, matters=len(matters), made_at=act.now, document=document,
    )  # fmt: skip


def office_of(meeting: Meeting) -> list[tuple[str, str]]:
    """The leading group of the region with its office, where it has told them (S-184)."""
    group = LeadingGroup.objects.select_related("office").filter(region=meeting.region_id).first()
    return group.facts if group else []


class AgendaForm(ActInputs):
    meeting = forms.IntegerField(label=_("会议"), min_value=1, widget=forms.HiddenInput)


COLUMNS = [
    Column("order", _("序号"), "integer", 6), Column("title", _("议题"), width=36), Column("agency", _("购买主体"), width=24),
    Column("number", _("项目编号"), width=22), Column("leaf", _("目录项"), width=26), Column("principles", _("排序依据"), width=26),
    Column("method", _("拟采购方式")), Column("term", _("期限（月）"), "integer", 10), Column("asked", _("申报金额（元）"), "money"),
    Column("reviews", _("部门审核"), width=36), Column("last", _("上期评价"), width=16), Column("proposal", _("拟议意见"), width=40),
    Column("decision", _("议决"), width=12), Column("granted", _("同意金额（元）"), "money"), Column("reason", _("理由"), width=36),
]  # fmt: skip


def rows_of(agenda: list[AgendaItem]) -> list[dict]:
    """The lines of the workbook: what the book says of each matter in short, and what was decided."""
    rows = []
    for each, matter in zip(agenda, sitting.matters_of(agenda), strict=True):
        item, last = each.item, matter.get("last") or {}
        rows.append({
            "order": matter["order"], "title": matter["title"], "agency": matter["agency"], "number": matter["number"],
            "leaf": item.catalogue_words if item else "", "principles": "、".join(matter["principles"]),
            "method": str(item.get_method_display()) if item else "", "term": item.term_months if item else None,
            "asked": item.amount if item else None, "last": last.get("result", ""), "proposal": matter["proposal"],
            "reviews": "；".join(f"{said['department']}：{said['outcome']}" for said in matter.get("reviews", ())),
            "decision": str(each.get_decision_display()), "granted": each.granted, "reason": each.reason,
        })  # fmt: skip
    return rows


@report("meeting_agenda", title=_("会议议程表"), form=AgendaForm,
        allowed=lambda actor: bool(actor.kind) and actor.kind not in OUTSIDE,
        hint=_("一次联席会议的议程，附排序依据、部门审核、拟议意见和议决；XLSX。"))
def build_agenda(job, progress) -> ReportResult:
    """The agenda of one meeting as a workbook, for those who sit in it (S-185)."""
    meeting = Meeting.objects.sat_by(job.actor).filter(pk=job.parameters["meeting"]).first()
    if meeting is None:
        raise NotInScope
    agenda = sitting.agenda_of(meeting)
    rows = rows_of(agenda)
    progress(1, 2)
    total = {"title": "合计", "asked": sum((row["asked"] or ZERO for row in rows), ZERO),
             "granted": sum((row["granted"] or ZERO for row in rows), ZERO)}  # fmt: skip
    title = f"{meeting.title}议程表"
    notes = [("会议", str(meeting)), ("时间", clock.written(meeting.scheduled_at)), ("地点", meeting.place),
             ("数据时间", clock.written(job.as_of))]  # fmt: skip
    content = render_xlsx(COLUMNS, [*rows, total], title=title, notes=notes)
    return ReportResult(filename=f"{meeting.number} 议程.xlsx", content=content, content_type=CONTENT_TYPE, rows=len(rows), title=title)
