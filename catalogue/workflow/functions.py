"""The function list: compiled by the department, handed in by its head, approved by the establishment office (S-14, R102-10)."""
from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from catalogue.forms import functions as forms
from catalogue.functions import SHEET
from catalogue.models import FunctionList
from catalogue.verbs import functions as verbs
from portal import clock
from portal.accounts.roles import Role
from portal.workflow import Act, Lifecycle, Refusal, Transition, Who, refuse

S = FunctionList.State
OPEN = [S.DRAFTED, S.SENT_BACK]
PLANNER, HEAD = Who(Role.PLANNER, at="agency"), Who(Role.HEAD, at="agency")
ESTABLISHMENT = Who(Role.ESTABLISHMENT_REVIEWER, region="region")


def there_is_one_in_use(catalogue: FunctionList, act: Act) -> Iterator[Refusal]:
    if act.data["start"] == forms.FunctionStart.COPY:
        verbs.place(catalogue, act)
        if verbs.current(catalogue) is None:
            yield refuse("S-14", _("本部门没有现行的职能清单可复制，请从空白清单或者文件开始。"), field="start")


def file_is_sound(catalogue: FunctionList, act: Act) -> Iterator[Refusal]:
    if act.data.get("start", forms.FunctionStart.FILE) == forms.FunctionStart.FILE:
        yield from SHEET.refusals(verbs.reading_of(act))


def short_enough_for_a_page(catalogue: FunctionList, act: Act) -> Iterator[Refusal]:
    if catalogue.function_count > forms.MOST_ROWS:
        yield refuse("S-14", _("清单有 %(count)s 项，超过 %(most)s 项的请导出、修改后重新导入。"), count=catalogue.function_count,
                     most=forms.MOST_ROWS)  # fmt: skip


def has_functions(catalogue: FunctionList, act: Act) -> Iterator[Refusal]:
    if not catalogue.functions.exists():
        yield refuse("S-14", _("职能清单里还没有职能。"))


def decided_by_now(catalogue: FunctionList, act: Act) -> Iterator[Refusal]:
    if act.data["decided_on"] > clock.today():
        yield refuse("S-14", _("批准日期 %(day)s 还没有到。"), field="decided_on", day=act.data["decided_on"])


FUNCTIONS = Lifecycle(
    code="catalogue.functions", reference="S-14", name=_("政府职能清单"), model=FunctionList,
    rows=[
        Transition("draft", "", S.DRAFTED, _("编制职能清单"), who=[Who(Role.PLANNER)], inputs=forms.DraftFunctionsForm,
                   checks=[there_is_one_in_use, file_is_sound], effect=verbs.draft, rules=["S-14"]),
        Transition("edit", OPEN, None, _("逐项编辑"), who=[PLANNER], inputs=forms.EditFunctionsForm, guards=[short_enough_for_a_page],
                   effect=verbs.edit, rules=["S-14"], sentence=_("编辑职能清单，现有 %(functions)s 项")),
        Transition("replace_functions", OPEN, None, _("重新导入"), who=[PLANNER], inputs=forms.ReplaceFunctionsForm,
                   checks=[file_is_sound], effect=verbs.replace_functions, rules=["S-14"],
                   sentence=_("重新导入，原有 %(before)s 项，现有 %(functions)s 项")),
        Transition("discard", OPEN, S.DISCARDED, _("删去草稿"), who=[PLANNER]),
        Transition("submit", OPEN, S.SUBMITTED, _("报编办审核"), who=[HEAD], not_by=["draft", "edit", "replace_functions"],
                   guards=[has_functions], effect=verbs.submit, tells=[ESTABLISHMENT], task=True, rules=["S-14"],
                   sentence=_("报编办审核，共 %(functions)s 项")),
        Transition("send_back", S.SUBMITTED, S.SENT_BACK, _("退回修改"), who=[ESTABLISHMENT], reason=True, tells=[PLANNER, HEAD],
                   rules=["S-172"]),
        Transition("approve", S.SUBMITTED, S.PUBLISHED, _("批准并公布"), who=[ESTABLISHMENT], inputs=forms.ApproveFunctionsForm,
                   checks=[decided_by_now], effect=verbs.approve, tells=[PLANNER, HEAD], task=True, rules=["S-14"],
                   sentence=_("批准职能清单（%(decision)s）：保留 %(keep)s 项、转移 %(transfer)s 项、购买 %(buy)s 项"),
                   hint=_("立即向社会公开；现行清单同时停用。列为保留的职能不得申报购买。")),
        Transition("supersede", S.PUBLISHED, S.SUPERSEDED, _("被替代"), system=True, effect=verbs.supersede,
                   rules=["S-14"]),
    ],
)  # fmt: skip
