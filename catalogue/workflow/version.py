"""L1.1 catalogue version: drafted, consulted on, decided, issued, superseded (R102-15…17, S-06, S-07, S-12, S-17)."""
from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.forms import editing as lines
from catalogue.forms import version as forms
from catalogue.models import CONSULTATION, CatalogueVersion
from catalogue.rules import start_of, unexplained
from catalogue.verbs import editing as edits
from catalogue.verbs import version as verbs
from portal import clock
from portal.accounts.models import Region
from portal.accounts.roles import Role
from portal.rules.jurisdiction import setting
from portal.workflow import Act, Due, Lifecycle, Refusal, Transition, Who, refuse, starts, stops, voids

from . import editing

State = CatalogueVersion.State
#: X-03: who may issue a list is for the province to say; townships refine none here.
ISSUER_LEVELS = (Region.Level.PROVINCE, Region.Level.CITY, Region.Level.COUNTY)

#: How many codes a refusal names before it says there are more.
NAMED = 12

#: Who writes a list: finance that of its region, a department its own; and who signs for either.
WRITERS = [Who(Role.FINANCE_OFFICER, at="issuer"), Who(Role.PLANNER, at="agency")]
SIGNERS = [Who(Role.FINANCE_HEAD, at="issuer"), Who(Role.HEAD, at="agency")]
FINANCE_HEAD = Who(Role.FINANCE_HEAD, region="region")
SECRETARY = Who(Role.MEETING_SECRETARY, region="region")
CONVENER = Who(Role.CONVENER, region="region")


# --- guards ------------------------------------------------------------------------------------------------------
def issuer_level_allowed(version: CatalogueVersion, act: Act) -> Iterator[Refusal]:
    """Provinces, cities and counties and their departments compile catalogues, townships do not (R102-16, X-03)."""
    region = act.actor.organisation.region
    if region.level not in ISSUER_LEVELS:
        yield refuse("R102-16", _("%(region)s不编制指导性目录，适用上级目录"), region=region.name)


def there_is_something_to_copy(version: CatalogueVersion, act: Act) -> Iterator[Refusal]:
    if act.data["start"] == forms.Start.COPY and not CatalogueVersion.objects.in_force_for(act.actor.organisation, clock.today()).exists():
        yield refuse("S-07", _("还没有现行版本可复制，请导入文件"), field="start")


def file_is_sound(version: CatalogueVersion, act: Act) -> Iterator[Refusal]:
    """A file with one broken line is refused whole, with every fault at its line and column (S-06, RCT-01, RCT-04)."""
    if act.data.get("start") == forms.Start.COPY:
        return
    for fault in verbs.reading_of(act).faults:
        place = {"line": fault.line, "column": fault.column, "fault": fault.text % fault.params if fault.params else fault.text}
        text = _("第 %(line)s 行 %(column)s 列：%(fault)s") if fault.column else _("第 %(line)s 行：%(fault)s")
        yield refuse(fault.rule, text, field="file", **place)


def has_leaves(version: CatalogueVersion, act: Act) -> Iterator[Refusal]:
    """A list that is shown to others holds something that can be bought (S-06)."""
    if not version.items.leaves().exists():
        yield refuse("S-06", _("目录里还没有可以购买的条目"))


def deviations_explained(version: CatalogueVersion, act: Act) -> Iterator[Refusal]:
    """Leaves that the list above does not have give their reason (R102-16, X-03)."""
    above = verbs.version_above(version)
    open_lines = unexplained(verbs.lines_of(version), verbs.lines_of(above)) if above else []
    if open_lines:
        yield refuse(
            "R102-16", _("%(count)s 个条目与上级目录“%(above)s”不一致而没有说明理由：%(codes)s"), count=len(open_lines),
            above=above.title, codes="、".join(line.code for line in open_lines[:NAMED]) + ("……" if len(open_lines) > NAMED else ""),
        )


def departments_named(version: CatalogueVersion, act: Act) -> Iterator[Refusal]:
    if not act.data.get("departments", "").strip():
        yield refuse("R102-17", _("请写明征求意见的部门"), field="departments")


def consultation_over(version: CatalogueVersion, act: Act) -> Iterator[Refusal]:
    """Nothing is handed in before departments and public had their time (R102-17, S-17)."""
    period = version.consultation
    if period is None:
        yield refuse("R102-17", _("还没有完成征求意见"))
    elif act.now < period.ends_at:
        yield refuse("S-17", _("征求意见到 %(day)s 为止，期满后才能报审"), day=period.last_day)


def unchanged_since_consultation(version: CatalogueVersion, act: Act) -> Iterator[Refusal]:
    """What is handed in is what was consulted on; a changed list is consulted on again (S-17)."""
    if version.consulted_digest and version.consulted_digest != verbs.digest_of_items(version):
        yield refuse("S-17", _("征求意见以后条目有改动，须重新征求意见"))


def opinions_answered(version: CatalogueVersion, act: Act) -> Iterator[Refusal]:
    if not act.data.get("consultation_summary", "").strip():
        yield refuse("S-17", _("请写明意见采纳情况"), field="consultation_summary")


def meeting_does_not_decide(version: CatalogueVersion, act: Act) -> Iterator[Refusal]:
    """The joint meeting's minutes approve the list of a region; the finance head does where the jurisdiction has it so, and
    always decides a department's own (S-12, R102-16)."""
    if not act.actor.is_system and version.agency_id is None and setting("catalogue_by_meeting", region=version.region):
        yield refuse("S-12", _("本地区目录由联席会议审定，会议纪要签发后自动生效"))


def comes_before_the_meeting(version: CatalogueVersion, act: Act) -> Iterator[Refusal]:
    """What finance decides is not for the meeting's secretary to return (R102-16)."""
    if version.agency_id and act.actor.has(Role.MEETING_SECRETARY) and not act.actor.has(Role.FINANCE_HEAD):
        yield refuse("R102-16", _("部门目录由财政部门审定，不经联席会议。"))


def decision_recorded(version: CatalogueVersion, act: Act) -> Iterator[Refusal]:
    if not act.data.get("decision", "").strip():
        yield refuse("S-12", _("请写明审定文件"), field="decision")


def has_number(version: CatalogueVersion, act: Act) -> Iterator[Refusal]:
    if not act.data["document_number"].strip():
        yield refuse("R102-15", _("施行的目录须有文号"), field="document_number")


def starts_today_or_later(version: CatalogueVersion, act: Act) -> Iterator[Refusal]:
    if act.data["valid_from"] < clock.today():
        yield refuse("S-07", _("施行日期 %(day)s 已过，须为今天或以后"), field="valid_from", day=act.data["valid_from"])


def starts_after_every_other(version: CatalogueVersion, act: Act) -> Iterator[Refusal]:
    """Validity of one issuer's versions never overlaps: a version starts after all that were issued before it."""
    other = (
        CatalogueVersion.objects.filter(
            region=version.region_id, agency=version.agency_id, state__in=(State.ISSUED, State.SUPERSEDED),
            valid_from__gte=act.data["valid_from"],
        )
        .exclude(pk=version.pk)
        .order_by("-valid_from")
        .first()
    )
    if other:
        yield refuse(
            "S-07", _("“%(title)s”自 %(day)s 起施行，本版本须晚于这一天"), field="valid_from", title=other.title, day=other.valid_from
        )


def successor_holds(version: CatalogueVersion, act: Act) -> Iterator[Refusal]:
    """A version ends when its successor's day has come, not before."""
    if version.ends_at is None or start_of(version.valid_to) > act.now:
        yield refuse("S-07", _("后一版本尚未施行"))


#: Rows that edit one line of a draft: name, label, inputs, check, effect, sentence of the record.
EDITS = (
    ("add_item", _("增加条目"), lines.AddLineForm, editing.new_line_fits, edits.add_item, _("增加条目 %(code)s %(name)s")),
    ("change_item", _("修改条目"), lines.ChangeLineForm, None, edits.change_item, _("修改条目 %(code)s %(name)s")),
    ("move_item", _("移动条目"), lines.MoveLineForm, editing.line_fits_there, edits.move_item,
     _("移动条目 %(code)s %(name)s，现编码 %(to)s")),
    ("retire_item", _("停用条目"), lines.ChosenLine, editing.still_listed, edits.retire_item, _("停用条目 %(code)s %(name)s")),
    ("restore_item", _("恢复条目"), lines.ChosenLine, editing.retired_before, edits.restore_item, _("恢复条目 %(code)s %(name)s")),
)  # fmt: skip

CATALOGUE_VERSION = Lifecycle(
    code="catalogue.version", reference="L1.1", name=_("指导性目录版本"), model=CatalogueVersion,
    rows=[
        Transition(
            "draft", sources="", target=State.DRAFTED, label=_("新建版本"), who=[Who(Role.FINANCE_OFFICER), Who(Role.PLANNER)],
            guards=[issuer_level_allowed], checks=[there_is_something_to_copy, file_is_sound], inputs=forms.DraftForm,
            effect=verbs.draft, rules=["R102-16", "S-07"],
        ),
        Transition(
            "replace_items", sources=[State.DRAFTED, State.SENT_BACK], target=None, label=_("重新导入条目"),
            who=WRITERS, checks=[file_is_sound], inputs=forms.ReplaceItemsForm, effect=verbs.replace_items,
            rules=["S-06"], sentence=_("重新导入条目，共 %(items)s 条，新增 %(added)s 条、取消 %(retired)s 条"),
        ),
        *(Transition(
            name, sources=[State.DRAFTED, State.SENT_BACK], target=None, label=label, who=WRITERS, inputs=inputs,
            checks=[check] if check else [], effect=effect, rules=["S-06", "S-07"], sentence=sentence, page="catalogue:edit",
        ) for name, label, inputs, check, effect, sentence in EDITS),
        Transition(
            "consult", sources=[State.DRAFTED, State.SENT_BACK], target=State.CONSULTING, label=_("公开征求意见"),
            who=SIGNERS, not_by=["draft", "replace_items", *(edit[0] for edit in EDITS)], guards=[has_leaves, deviations_explained],
            checks=[departments_named], inputs=forms.ConsultForm, effect=verbs.consult, clocks=[starts(CONSULTATION)],
            tells=WRITERS, task=True, rules=["R102-16", "R102-17", "S-06", "S-17"],
            hint=_("草案立即公开；期满以前不能报审。"),
        ),
        Transition(
            "submit", sources=[State.CONSULTING, State.SENT_BACK], target=State.SUBMITTED, label=_("报审"),
            who=SIGNERS, guards=[consultation_over, unchanged_since_consultation], checks=[opinions_answered],
            inputs=forms.SubmitForm, effect=verbs.submit, clocks=[stops(CONSULTATION)], tells=[SECRETARY, CONVENER], task=True,
            rules=["R102-17", "S-07", "S-17"], sentence=_("报审目录，新增 %(added)s 条、取消 %(retired)s 条"),
        ),
        Transition(
            "send_back", sources=[State.CONSULTING, State.SUBMITTED], target=State.SENT_BACK, label=_("退回修改"),
            who=[FINANCE_HEAD, Who(Role.HEAD, at="agency"), SECRETARY], system=True, guards=[comes_before_the_meeting], reason=True,
            clocks=[voids(CONSULTATION)], tells=WRITERS, rules=["S-172", "R102-16"],
        ),
        Transition(
            "approve", sources=[State.SUBMITTED], target=State.APPROVED, label=_("审定"), who=[FINANCE_HEAD],
            system=True, not_by=["submit"], guards=[meeting_does_not_decide], checks=[decision_recorded],
            inputs=forms.ApproveForm, effect=verbs.approve, task=Q(agency__isnull=False),
            tells=[*WRITERS, *SIGNERS], rules=["S-12", "R102-16"],
            sentence=_("审定目录（%(decision)s）"),
        ),
        Transition(
            "issue", sources=[State.APPROVED], target=State.ISSUED, label=_("发布施行"), who=SIGNERS,
            checks=[has_number, starts_today_or_later, starts_after_every_other], inputs=forms.IssueForm,
            effect=verbs.issue, task=True, rules=["R102-15", "S-07"],
            sentence=_("发布目录（%(document_number)s），自 %(valid_from)s 起施行"),
            hint=_("立即向社会公开；施行日零时起，前一版本停止施行。"),
        ),
        Transition(
            "supersede", sources=[State.ISSUED], target=State.SUPERSEDED, label=pgettext_lazy("act", "停止施行"), system=True,
            guards=[successor_holds], rules=["S-07"],
        ),
        Transition(
            "cancel", sources=[State.DRAFTED, State.CONSULTING, State.SUBMITTED, State.SENT_BACK, State.APPROVED],
            target=State.CANCELLED, label=_("放弃这一版本"), who=SIGNERS, reason=True, clocks=[voids()], tells=WRITERS,
        ),
        Transition(
            "import_reference", sources="", target=State.ISSUED, label=_("载入参考目录"), system=True,
            effect=verbs.import_reference, rules=["RCT-04"],
        ),
    ],
    due=[Due(
        "supersede", queryset=lambda: CatalogueVersion.objects.filter(state=State.ISSUED, ends_at__isnull=False),
        moment="ends_at", sentence=_("目录停止施行"),
    )],
    readers={
        State.CONSULTING: {"public": _("公开征求意见"), "agency": _("公开征求意见")},
        State.ISSUED: {"public": _("现行"), "agency": _("现行")},
        State.SUPERSEDED: {"public": _("历史版本"), "agency": _("历史版本")},
    },
)
