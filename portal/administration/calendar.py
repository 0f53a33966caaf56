"""The life of a notice of working days: entered with its file, put in force by another person, or not (RCV-02, L0.1)."""
from __future__ import annotations

from collections.abc import Iterator

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.roles import Role
from portal.files.forms import DocumentField
from portal.files.verbs import store
from portal.workdays.calendars import load_year
from portal.workdays.counting import UnknownYear, year_table
from portal.workdays.effects import Change, changes_by, table_of
from portal.workflow import Act, Lifecycle, Refusal, Transition, Who, refuse
from portal.workflow.inputs import ActInputs

from . import calendar_file
from .models import CalendarNotice

State = CalendarNotice.State


class CalendarForm(ActInputs):
    """A year, the notice it rests on, and its days as a file; everything wrong with the file is said at once."""

    year = forms.IntegerField(label=_("年度"), min_value=2004, max_value=2100)
    reference = forms.CharField(label=_("通知文号"), max_length=60, required=False, help_text=_("例如国办发明电〔2026〕7号。"))
    days = DocumentField(
        kind="calendar_days", label=_("日历文件（CSV）"),
        help_text=_("每行一天：日期,off（放假）或 work（上班）,名称。只列调休和放假日；周末放假可以列，不影响。"),
    )
    paper = DocumentField(kind="calendar_notice", label=_("通知原件"), required=False)
    demonstration = forms.BooleanField(label=_("这是演示日历，不作为认定逾期的依据"), required=False)

    def prepare(self) -> None:
        self.fields["year"].initial = clock.today().year + 1
        if not settings.DEMO:
            del self.fields["demonstration"]

    def clean(self) -> dict:
        data = super().clean()
        upload, year = data.get("days"), data.get("year")
        if upload is not None and year:
            found = calendar_file.read(upload.read(), year)
            for error in found.errors:
                self.add_error("days", error)
            data["days"] = [[day.isoformat(), worked, name] for day, worked, name in found.days]
        if not data.get("demonstration"):
            for name, sentence in (("reference", _("写明通知的文号。")), ("paper", _("附上通知原件。"))):
                if name in self.fields and not data.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return data


# --- guards -----------------------------------------------------------------------------------------------------------
def nothing_pending(notice: CalendarNotice, act: Act) -> Iterator[Refusal]:
    if CalendarNotice.objects.filter(year=act.data["year"], state=State.PROPOSED).exists():
        yield refuse("G7", _("%(year)s 年已有一份待启用的日历，先启用或退回那一份。"), field="year", year=act.data["year"])


def official_is_not_displaced(notice: CalendarNotice, act: Act) -> Iterator[Refusal]:
    """A demonstration calendar never takes the place of an official one (RCV-02)."""
    year = act.data["year"] if act.row.creates else notice.year
    demonstration = act.data.get("demonstration", False) if act.row.creates else notice.demonstration
    try:
        official = not year_table(year).demonstration
    except UnknownYear:
        official = False
    if demonstration and official:
        yield refuse("RCV-02", _("%(year)s 年已有正式日历，不能用演示日历代替。"), field="demonstration", year=year)


# --- effects ----------------------------------------------------------------------------------------------------------
def propose(notice: CalendarNotice, act: Act) -> dict:
    data = act.data
    notice.region = act.actor.organisation.region
    notice.year, notice.days, notice.demonstration = data["year"], data["days"], data.get("demonstration", False)
    notice.reference = data.get("reference") or ""
    notice.source = str(_("演示日历")) if notice.demonstration else str(_("放假安排通知"))
    paper = store(data["paper"], actor=act.actor, kind="calendar_notice", subject=notice) if data.get("paper") else None
    return {
        "year": notice.year, "reference": notice.reference, "days": notice.days, "demonstration": notice.demonstration,
        "paper": paper.digest if paper else "",
    }


def approve(notice: CalendarNotice, act: Act) -> dict:
    """From now on working days of the year are counted by it; the running periods it changes are counted anew."""
    changed = len(changes_of(notice))
    load_year(
        notice.year, notice.off, notice.worked, source=notice.source, reference=notice.reference, demonstration=notice.demonstration
    )
    return {"year": notice.year, "reference": notice.reference, "changed": changed}


def changes_of(notice: CalendarNotice) -> list[Change]:
    """The running periods that would end at another moment, or for certain, if this notice were in force."""
    return changes_by(notice.year, table_of(notice.off, notice.worked, notice.demonstration))


DECIDERS = [Who(Role.FINANCE_HEAD, region="region"), Who(Role.ADMINISTRATOR, region="region")]
CALENDAR = Lifecycle(
    code="administration.calendar", reference="RCV-02", name=_("工作日历通知"), model=CalendarNotice,
    rows=[
        Transition(
            "propose", sources="", target=State.PROPOSED, label=_("导入工作日历"), who=[Who(Role.ADMINISTRATOR)], inputs=CalendarForm,
            checks=[nothing_pending, official_is_not_displaced], effect=propose, tells=DECIDERS, rules=["RCV-01", "RCV-02"],
            sentence=_("导入 %(year)s 年工作日历 %(reference)s"), hint=_("导入后由另一人核对、启用；启用前可以看到哪些期限会变。"),
        ),
        Transition(
            "approve", sources=[State.PROPOSED], target=State.APPROVED, label=_("启用日历"), who=DECIDERS, not_by=["propose"],
            guards=[official_is_not_displaced], effect=approve, task=True, rules=["RCV-02"],
            sentence=_("启用 %(year)s 年工作日历，%(changed)s 项期限重算"),
            hint=_("核对通知原件后启用；受影响的期限当场重算，原截止时间留存。"),
        ),
        Transition(
            "reject", sources=[State.PROPOSED], target=State.REJECTED, label=_("退回日历"), who=DECIDERS, reason=True,
            tells=[Who(Role.ADMINISTRATOR, region="region")],
        ),
    ],
    tones={State.PROPOSED: "wait"},
)
