"""BOOK-01 to BOOK-04: who may hand in a workbook of budget lines, and what stops it."""
from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.roles import Role
from portal.workflow import Act, Lifecycle, Refusal, Transition, Who, refuse
from procurement.budgets import importing
from procurement.budgets.book_reading import read_book
from procurement.budgets.forms import BookForm
from procurement.budgets.models import LineBook
from procurement.plans.forms.workbooks import digest_of

S = LineBook.State
OWN = [Who(Role.PLANNER, at="organisation"), Who(Role.BUDGET_OFFICER, at="organisation")]


def not_handed_in_before(book: LineBook, act: Act) -> Iterator[Refusal]:
    """The same file twice changes nothing and says when it came, as long as anything of it counts (BOOK-02)."""
    same = LineBook.objects.filter(organisation=act.actor.organisation, digest=digest_of(act.data["file"])).exclude(state=S.DISCARDED)
    known = same.order_by("-id").first()
    if known is not None and (known.state == S.RECEIVED or known.lines.exclude(state="CANCELLED").exists()):
        yield refuse("BOOK-02", _("同一份工作簿已于 %(moment)s 上传（%(count)s 条指标），状态是“%(state)s”，不会重复导入。"), field="file",
                     moment=clock.written(known.created_at), count=known.count, state=known.get_state_display())


def file_is_the_form(book: LineBook, act: Act) -> Iterator[Refusal]:
    """All that is wrong with the file itself, at once (BOOK-01)."""
    yield from read_book(act.data["file"]).faults


def every_cell_is_right(book: LineBook, act: Act) -> Iterator[Refusal]:
    """One cell that is wrong keeps the whole workbook out; which, its page says (BOOK-03, BOOK-04)."""
    if faults := importing.Check(book).faults:
        yield refuse("BOOK-04", _("还有 %(count)s 处错误（%(first)s），改正后重新上传才能整份导入。"), count=len(faults),
                     first=faults[0].message)


BOOK = Lifecycle(
    code="budgets.book", reference="BOOK-01", name=_("指标工作簿"), model=LineBook,
    rows=[
        Transition("upload", "", S.RECEIVED, _("上传指标工作簿"), who=[Who(Role.PLANNER), Who(Role.BUDGET_OFFICER)], inputs=BookForm,
                   checks=[not_handed_in_before, file_is_the_form], effect=importing.upload, rules=["BOOK-01", "BOOK-02"],
                   sentence=_("上传工作簿 %(file)s，%(count)s 条指标"), hint=_("上传后先逐格检查，不会直接编报指标。")),
        Transition("take_in", S.RECEIVED, S.IMPORTED, _("整份导入"), who=OWN, guards=[every_cell_is_right], effect=importing.take_in,
                   rules=["BOOK-03", "BOOK-04"], sentence=_("整份导入 %(count)s 条指标，合计 %(total)s 元"),
                   hint=_("每行成为一条编报中的指标；一次全部导入，不会只导入一部分。")),
        Transition("discard", S.RECEIVED, S.DISCARDED, _("放弃这份工作簿"), who=OWN, effect=importing.discard),
    ],
    tones={S.RECEIVED: "wait", S.IMPORTED: "ok", S.DISCARDED: "idle"},
)  # fmt: skip
