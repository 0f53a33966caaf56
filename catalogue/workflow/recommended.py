"""The recommended list of social organisations: civil affairs compiles and publishes it, nothing ever asks for it (S-15, R-GP-19)."""
from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.forms import recommended as forms
from catalogue.models import RecommendedList
from catalogue.recommending import SHEET, fields_of
from catalogue.verbs import recommended as verbs
from portal import clock
from portal.accounts.roles import OrganisationKind, Role
from portal.workflow import Act, Due, Lifecycle, Refusal, Transition, Who, refuse

S = RecommendedList.State
REGISTRAR = Who(Role.REGISTRAR, at="issuer")


def issued_by_civil_affairs(catalogue: RecommendedList, act: Act) -> Iterator[Refusal]:
    """Departments of a sector keep registers too; this list is for the department that registers social organisations."""
    if act.actor.kind != OrganisationKind.CIVIL_AFFAIRS:
        yield refuse("S-15", _("社会组织推荐性目录由民政部门编制。"))


def there_is_one_in_use(catalogue: RecommendedList, act: Act) -> Iterator[Refusal]:
    if act.data["start"] == forms.ListStart.COPY:
        verbs.place(catalogue, act)
        if verbs.current(catalogue) is None:
            yield refuse("S-15", _("本地区没有现行的推荐性目录可复制，请从空白目录或者文件开始。"), field="start")


def file_is_sound(catalogue: RecommendedList, act: Act) -> Iterator[Refusal]:
    if act.data.get("start", forms.ListStart.FILE) == forms.ListStart.FILE:
        yield from SHEET.refusals(verbs.reading_of(catalogue, act))


def short_enough_for_a_page(catalogue: RecommendedList, act: Act) -> Iterator[Refusal]:
    if catalogue.entry_count > forms.MOST_ROWS:
        yield refuse("S-15", _("目录有 %(count)s 家，超过 %(most)s 家的请导出、修改后重新导入。"), count=catalogue.entry_count,
                     most=forms.MOST_ROWS)  # fmt: skip


def has_entries(catalogue: RecommendedList, act: Act) -> Iterator[Refusal]:
    if not catalogue.entries.exists():
        yield refuse("S-15", _("推荐性目录里还没有社会组织。"))


def fields_are_in_force(catalogue: RecommendedList, act: Act) -> Iterator[Refusal]:
    """Fields are those of the catalogue by which the region buys today (R102-16)."""
    gone = sorted(set(catalogue.entries.values_list("field_code", flat=True)) - set(fields_of(catalogue.region)))
    if gone:
        yield refuse("S-15", _("现行目录已没有这些类别：%(codes)s"), codes="、".join(gone[:12]))


def still_valid(catalogue: RecommendedList, act: Act) -> Iterator[Refusal]:
    if catalogue.valid_to < clock.today():
        yield refuse("S-15", _("有效期 %(day)s 已过，请先修改。"), day=catalogue.valid_to)


def decided_by_now(catalogue: RecommendedList, act: Act) -> Iterator[Refusal]:
    if act.data["decided_on"] > clock.today():
        yield refuse("S-15", _("批准日期 %(day)s 还没有到。"), field="decided_on", day=act.data["decided_on"])


def its_day_is_over(catalogue: RecommendedList, act: Act) -> Iterator[Refusal]:
    if act.now < catalogue.ends_at:
        yield refuse("S-15", _("目录的有效期还没有满。"))


RECOMMENDED = Lifecycle(
    code="catalogue.recommended", reference="S-15", name=_("社会组织推荐性目录"), model=RecommendedList,
    rows=[
        Transition("draft", "", S.DRAFTED, _("编制推荐性目录"), who=[Who(Role.REGISTRAR)], inputs=forms.DraftRecommendedForm,
                   guards=[issued_by_civil_affairs], checks=[there_is_one_in_use, file_is_sound], effect=verbs.draft, rules=["S-15"]),
        Transition("edit", S.DRAFTED, None, _("修改目录信息"), who=[REGISTRAR], inputs=forms.EditRecommendedForm, effect=verbs.edit),
        Transition("edit_entries", S.DRAFTED, None, _("逐家编辑"), who=[REGISTRAR], inputs=forms.EntriesForm,
                   guards=[short_enough_for_a_page], effect=verbs.edit_entries, rules=["S-15"],
                   sentence=_("编辑推荐的社会组织，现有 %(entries)s 条")),
        Transition("replace_entries", S.DRAFTED, None, _("重新导入"), who=[REGISTRAR], inputs=forms.ReplaceRecommendedForm,
                   checks=[file_is_sound], effect=verbs.replace_entries, rules=["S-15"],
                   sentence=_("重新导入，原有 %(before)s 条，现有 %(entries)s 条")),
        Transition("discard", S.DRAFTED, S.DISCARDED, _("删去草稿"), who=[REGISTRAR]),
        Transition("publish", S.DRAFTED, S.PUBLISHED, _("公布推荐性目录"), who=[REGISTRAR], inputs=forms.PublishRecommendedForm,
                   guards=[has_entries, fields_are_in_force, still_valid], checks=[decided_by_now], effect=verbs.publish, task=True,
                   rules=["S-15", "R-GP-19"], sentence=_("公布推荐性目录（%(decision)s），共 %(entries)s 条"),
                   hint=_("立即向社会公开；现行的推荐性目录同时停用。目录只供参考，不作为参加采购活动的条件。")),
        Transition("strike", S.PUBLISHED, None, _("移出一家"), who=[REGISTRAR], inputs=forms.StrikeForm, reason=True, effect=verbs.strike,
                   rules=["S-15"], sentence=_("移出“%(name)s”（%(code)s）")),
        Transition("withdraw", S.PUBLISHED, S.WITHDRAWN, _("撤回目录"), who=[REGISTRAR], reason=True, effect=verbs.withdraw,
                   rules=["S-15"]),
        Transition("replace", S.PUBLISHED, S.SUPERSEDED, _("被替代"), system=True, effect=verbs.replace, rules=["S-15"]),
        Transition("lapse", S.PUBLISHED, S.LAPSED, pgettext_lazy("act", "有效期满"), system=True, guards=[its_day_is_over],
                   effect=verbs.lapse, rules=["S-15"]),
    ],
    due=[Due("lapse", lambda: RecommendedList.objects.filter(state=S.PUBLISHED), "ends_at", sentence=_("推荐性目录到期"))],
)  # fmt: skip
