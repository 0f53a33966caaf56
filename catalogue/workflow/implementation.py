"""L1.3 implementation catalogue: the year's concrete items with their methods, approved by the government (S-08…S-10, R-005)."""
from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.entry_files import key_of
from catalogue.forms import implementation as forms
from catalogue.methods import BarredWay, Method
from catalogue.models import FLAGS, ImplementationEntry, ImplementationList
from catalogue.verbs import implementation as verbs
from portal.accounts.roles import Role
from portal.workflow import Act, Due, Lifecycle, Refusal, Transition, Who, refuse

from .version import NAMED

State = ImplementationList.State
FINANCE_OFFICER = Who(Role.FINANCE_OFFICER, region="region")
FINANCE_HEAD = Who(Role.FINANCE_HEAD, region="region")
#: The government speaks through the convener of its joint meeting (lifecycles 0.3).
GOVERNMENT = Who(Role.CONVENER, region="region")
AGENCIES = (Who(Role.PLANNER, region="region"), Who(Role.HEAD, region="region"))
OPEN = [State.DRAFTED, State.SENT_BACK]


# --- what every entry must be ------------------------------------------------------------------------------------
def faults_of(entries: Iterable[ImplementationEntry]) -> Iterator[Refusal]:
    """Each entry rests on something in force, is bought by a method for services, and says why it is in the list."""
    entries = list(entries)
    if bad := [entry for entry in entries if not rests_on_something_in_force(entry)]:
        yield refuse("R102-18", _("这些项目的目录项已不在现行目录，或者目录外备案已失效：%(entries)s"), entries=named(bad))
    if bad := [entry for entry in entries if entry.method == Method.INQUIRY]:
        yield refuse("R-GP-27", _("询价只适用于货物，请为这些项目另选购买方式：%(entries)s"), entries=named(bad))
    if bad := [entry for entry in entries if entry.method in BarredWay.values]:
        yield refuse("R102-13", _("招聘、劳务派遣和公益性岗位不能作为服务购买：%(entries)s"), entries=named(bad))
    if bad := [entry for entry in entries if not any(getattr(entry, flag) for flag in FLAGS)]:
        yield refuse("S-09", _("这些项目没有标明民生、重点还是先易：%(entries)s"), entries=named(bad))
    if bad := [entry for entry in entries if not entry.grounds.strip()]:
        yield refuse("S-09", _("这些项目没有写列入理由：%(entries)s"), entries=named(bad))


def rests_on_something_in_force(entry: ImplementationEntry) -> bool:
    """A leaf of an issued version, or a filed request of the list's year and the entry's agency (R102-18, R1787-07)."""
    if entry.leaf_id:
        return entry.leaf.version.state == "ISSUED" and entry.leaf.is_leaf and not entry.leaf.retired
    request = entry.filed_request
    return request.state == "FILED" and request.agency_id == entry.agency_id and request.year == entry.catalogue.year


def named(entries: list[ImplementationEntry]) -> str:
    return "、".join(entry.title for entry in entries[:NAMED]) + ("……" if len(entries) > NAMED else "")


# --- guards ------------------------------------------------------------------------------------------------------
def once_a_year(catalogue: ImplementationList, act: Act) -> Iterator[Refusal]:
    other = ImplementationList.objects.filter(region=act.actor.organisation.region_id, year=act.data["year"]).first()
    if other:
        yield refuse("S-08", _("%(year)s 年度的实施目录已经在编制或者已公布：%(title)s"), field="year", year=other.year, title=other.title)


def year_not_over(catalogue: ImplementationList, act: Act) -> Iterator[Refusal]:
    if act.data["year"] < act.now.year:
        yield refuse("S-08", _("%(year)s 年度已结束，不能再编制实施目录。"), field="year", year=act.data["year"])


def there_is_one_to_copy(catalogue: ImplementationList, act: Act) -> Iterator[Refusal]:
    if act.data["start"] != forms.Begin.COPY:
        return
    verbs.place(catalogue, act)
    if verbs.latest_before(catalogue) is None:
        yield refuse("S-08", _("以前年度没有公布过实施目录，请从空白目录或者文件开始。"), field="start")


def file_is_sound(catalogue: ImplementationList, act: Act) -> Iterator[Refusal]:
    """A file with one broken line is refused whole, with every fault at its line and column."""
    if act.data.get("start", forms.Begin.FILE) != forms.Begin.FILE:
        return
    for fault in verbs.reading_of(catalogue, act).faults:
        at = {"line": fault.line, "column": fault.column, "fault": fault.text % fault.params if fault.params else fault.text}
        text = _("第 %(line)s 行 %(column)s 列：%(fault)s") if fault.column else _("第 %(line)s 行：%(fault)s")
        yield refuse(fault.rule, text, field="file", **at)


def not_there_yet(catalogue: ImplementationList, act: Act) -> Iterator[Refusal]:
    """The same thing of one agency under one leaf stands in a list once."""
    rows = act.data.get("entries", [act.data])
    own = getattr(act.data.get("entry"), "pk", None)
    there = {
        key_of({"filed_request": entry.filed_request, "leaf": entry.leaf, "agency": entry.agency, "title": entry.title})
        for entry in catalogue.entries.exclude(pk=own).select_related("leaf", "agency", "filed_request")
    }
    for row in rows:
        if key_of(row) in there:
            yield refuse("S-08", _("“%(title)s”在这份目录里已经有了。"), field="title", title=row["title"])
        there.add(key_of(row))


def has_entries(catalogue: ImplementationList, act: Act) -> Iterator[Refusal]:
    if not catalogue.entries.exists():
        yield refuse("S-08", _("实施目录里还没有项目。"))


def every_entry_holds(catalogue: ImplementationList, act: Act) -> Iterator[Refusal]:
    yield from faults_of(catalogue.entries.select_related("leaf__version", "filed_request", "catalogue").order_by("position", "pk"))


def added_entries_hold(catalogue: ImplementationList, act: Act) -> Iterator[Refusal]:
    yield from faults_of(verbs.added_of(catalogue, act))


def decided_by_now(catalogue: ImplementationList, act: Act) -> Iterator[Refusal]:
    """A decision is recorded when it has been taken (R-005)."""
    if act.data["decided_on"] > act.now.date():
        yield refuse("R-005", _("批准日期 %(day)s 还没有到。"), field="decided_on", day=act.data["decided_on"])


def year_running(catalogue: ImplementationList, act: Act) -> Iterator[Refusal]:
    if act.now >= catalogue.ends_at:
        yield refuse("S-08", _("%(year)s 年度已结束，不能再公布。"), year=catalogue.year)


def year_over(catalogue: ImplementationList, act: Act) -> Iterator[Refusal]:
    if act.now < catalogue.ends_at:
        yield refuse("S-08", _("%(year)s 年度还没有结束。"), year=catalogue.year)


#: Rows that edit one entry of a draft: name, label, inputs, checks, effect, sentence of the record.
EDITS = (
    ("add_entry", _("增加项目"), forms.EntryForm, [not_there_yet], verbs.add_entry, _("增加项目“%(title)s”")),
    ("change_entry", _("修改项目"), forms.ChangeEntryForm, [not_there_yet], verbs.change_entry, _("修改项目“%(title)s”")),
    ("drop_entry", _("删去项目"), forms.ChosenEntry, [], verbs.drop_entry, _("删去项目“%(title)s”")),
)  # fmt: skip

IMPLEMENTATION = Lifecycle(
    code="catalogue.implementation", reference="L1.3", name=_("实施目录"), model=ImplementationList,
    rows=[
        Transition("draft", "", State.DRAFTED, _("编制实施目录"), who=[Who(Role.FINANCE_OFFICER)], inputs=forms.DraftListForm,
                   checks=[once_a_year, year_not_over, there_is_one_to_copy, file_is_sound], effect=verbs.draft, rules=["S-08"]),
        Transition("replace_entries", OPEN, None, _("重新导入项目"), who=[FINANCE_OFFICER], inputs=forms.ReplaceEntriesForm,
                   checks=[file_is_sound], effect=verbs.replace_entries, rules=["S-08"],
                   sentence=_("重新导入项目，原有 %(before)s 项，现有 %(entries)s 项")),
        *(Transition(name, OPEN, None, label, who=[FINANCE_OFFICER], inputs=inputs, checks=checks, effect=effect, rules=["S-08", "S-09"],
                     sentence=sentence, page="catalogue:implementation-edit")
          for name, label, inputs, checks, effect, sentence in EDITS),
        Transition("submit", OPEN, State.SUBMITTED, _("报政府批准"), who=[FINANCE_HEAD],
                   not_by=["draft", "replace_entries", *(edit[0] for edit in EDITS)], guards=[has_entries, every_entry_holds],
                   effect=verbs.submit, tells=[GOVERNMENT], task=True, rules=["S-08", "S-09", "R-005", "R-GP-27", "R102-13"],
                   sentence=_("报政府批准，共 %(entries)s 项，其中试点 %(pilots)s 项")),
        Transition("send_back", State.SUBMITTED, State.SENT_BACK, _("退回修改"), who=[GOVERNMENT], reason=True,
                   tells=[FINANCE_OFFICER, FINANCE_HEAD], rules=["S-172"]),
        Transition("approve", State.SUBMITTED, State.APPROVED, pgettext_lazy("act", "批准"), who=[GOVERNMENT], inputs=forms.DecideListForm,
                   checks=[decided_by_now], effect=verbs.approve, tells=[FINANCE_OFFICER, FINANCE_HEAD], task=True, rules=["R-005"],
                   sentence=_("批准实施目录（%(decision)s）")),
        Transition("issue", State.APPROVED, State.ISSUED, _("公布实施目录"), who=[FINANCE_HEAD], guards=[year_running], effect=verbs.issue,
                   tells=AGENCIES, task=True, rules=["S-08"], sentence=_("公布 %(year)s 年度实施目录，共 %(entries)s 项"),
                   hint=_("立即向社会公开；公布后只能凭新的政府批准增列项目。")),
        Transition("add_entries", State.ISSUED, None, _("增列项目"), who=[FINANCE_HEAD], inputs=forms.AddEntriesForm, reason=True,
                   guards=[year_running], checks=[not_there_yet, added_entries_hold, decided_by_now], effect=verbs.add_entries,
                   tells=AGENCIES, rules=["S-08", "R-005"], sentence=_("增列 %(added)s 项（%(decision)s）")),
        Transition("supersede", State.ISSUED, State.SUPERSEDED, pgettext_lazy("act", "年度结束"), system=True, guards=[year_over],
                   rules=["S-08"]),
    ],
    due=[Due("supersede", lambda: ImplementationList.objects.filter(state=State.ISSUED), "ends_at", sentence=_("实施目录年度结束"))],
    readers={
        State.ISSUED: {"public": _("现行"), "agency": _("现行")},
        State.SUPERSEDED: {"public": _("历史年度"), "agency": _("历史年度")},
    },
)  # fmt: skip
