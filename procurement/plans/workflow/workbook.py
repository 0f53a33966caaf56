"""A workbook of plan items: uploaded, read, looked through, put into the plan wholly or not at all (BOOK-01…04, S-172)."""
from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.workflow import Act, Lifecycle, Refusal, Transition, Who, refuse
from procurement.plans.forms.workbooks import CommitForm, RowForm, UploadForm
from procurement.plans.models import PlanWorkbook
from procurement.plans.verbs import workbooks

S = PlanWorkbook.State
PLANNER = Who(Role.PLANNER, at="agency")


def not_uploaded_before(book: PlanWorkbook, act: Act) -> Iterator[Refusal]:
    """The same file is in this plan's hands already: nothing is doubled (G7)."""
    same = (
        PlanWorkbook.objects.filter(plan=act.data["plan"], file_digest=act.data["file_digest"])
        .exclude(state__in=[S.FAILED, S.DISCARDED]).order_by("-id").first()
    )
    if same is not None and (same.state != S.COMMITTED or still_in_the_plan(same)):
        yield refuse("BOOK-02", _("同一份工作簿已于 %(time)s 上传，状态是“%(state)s”，不会重复列入。"), field="file",
                     time=same.created_at.astimezone(act.now.tzinfo).strftime("%Y-%m-%d %H:%M"), state=same.get_state_display())


def still_in_the_plan(book: PlanWorkbook) -> bool:
    """Whether any of the items it brought still counts."""
    return book.items.exclude(state__in=["WITHDRAWN", "LAPSED"]).exists()


def plan_is_open(book: PlanWorkbook, act: Act) -> Iterator[Refusal]:
    plan = act.data.get("plan") or book.plan
    if plan.state not in ("DRAFTED", "SENT_BACK"):
        yield refuse("R-003", _("计划已送审或已失效，不能再列入项目。"), field="plan")


def no_errors(book: PlanWorkbook, act: Act) -> Iterator[Refusal]:
    """All or nothing: one cell that cannot be read keeps the whole workbook out (BOOK-04)."""
    if book.error_count:
        yield refuse("BOOK-04", _("还有 %(count)s 处错误，改正后才能整份列入计划。"), count=book.error_count)


def rows_not_there_yet(book: PlanWorkbook, act: Act) -> Iterator[Refusal]:
    """The same rows under another file name are the same workbook."""
    twins = PlanWorkbook.objects.filter(plan=book.plan, rows_digest=book.rows_digest, state=S.COMMITTED).exclude(pk=book.pk)
    if book.rows_digest and any(still_in_the_plan(twin) for twin in twins):
        yield refuse("BOOK-02", _("这些项目已由另一份内容相同的工作簿列入计划，不会重复列入。"))


def as_prepared(book: PlanWorkbook, act: Act) -> Iterator[Refusal]:
    """What goes in is what was looked at: a row changed meanwhile by somebody else calls for another look (BOOK-04)."""
    if book.error_count == 0 and act.data.get("prepared_digest") != book.rows_digest:
        yield refuse("BOOK-04", _("内容刚被改动，请核对后再列入计划。"))


def the_row_is_there(book: PlanWorkbook, act: Act) -> Iterator[Refusal]:
    if not book.staged_rows.filter(number=act.data["row"]).exists():
        yield refuse("BOOK-03", _("工作簿里没有第 %(row)s 项。"), field="row", row=act.data["row"])


def this_attempt(book: PlanWorkbook, act: Act) -> Iterator[Refusal]:
    """A worker that was given up for lost may still finish: what it brings is not taken."""
    if act.data.get("attempt") != book.attempt:
        yield refuse("JOB-02", _("任务已由另一次运行接手，本次结果不再采用。"))


WORKBOOK = Lifecycle(
    code="plans.workbook", reference="BOOK-01", name=_("计划工作簿"), model=PlanWorkbook,
    rows=[
        Transition("upload", "", S.RECEIVED, _("上传工作簿"), who=[Who(Role.PLANNER)], inputs=UploadForm, holds=["plan"],
                   checks=[plan_is_open, not_uploaded_before], effect=workbooks.upload, rules=["BOOK-01", "BOOK-02", "S-173"],
                   sentence=_("上传工作簿 %(file)s")),
        Transition("read", S.RECEIVED, S.READING, _("开始读取"), system=True, effect=workbooks.read),
        Transition("complete", S.READING, S.READ, _("读取完毕"), system=True, checks=[this_attempt], effect=workbooks.complete,
                   rules=["BOOK-03"], sentence=_("读取完毕，%(items)s 项，%(errors)s 处错误")),
        Transition("fail", [S.RECEIVED, S.READING], S.FAILED, _("没有读成"), system=True, checks=[this_attempt], effect=workbooks.fail),
        Transition("requeue", S.READING, S.RECEIVED, _("中断后重新读取"), system=True, checks=[this_attempt], effect=workbooks.requeue),
        Transition("commit", S.READ, S.COMMITTED, _("全部列入计划"), who=[PLANNER], inputs=CommitForm,
                   guards=[plan_is_open, no_errors, rows_not_there_yet], checks=[as_prepared], effect=workbooks.commit,
                   rules=["BOOK-04", "R-003"], task=True, page="plans:commit_workbook", pressed=True,
                   sentence=_("整份列入计划，%(items)s 项，合计 %(total)s 元"),
                   hint=_("每行成为一个草稿项目；一次全部列入，不会只列入一部分。")),
        Transition("correct", S.READ, None, _("逐项改正"), who=[PLANNER], inputs=RowForm, guards=[plan_is_open],
                   checks=[the_row_is_there], effect=workbooks.correct, rules=["BOOK-03"], page="plans:workbook_rows",
                   sentence=_("改正第 %(row)s 项")),
        Transition("discard", [S.RECEIVED, S.READING, S.READ, S.FAILED], S.DISCARDED, _("放弃这份工作簿"), who=[PLANNER],
                   effect=workbooks.discard),
    ],
    tones={S.FAILED: "bad", S.DISCARDED: "idle", S.READ: "wait", S.COMMITTED: "ok"},
)  # fmt: skip
