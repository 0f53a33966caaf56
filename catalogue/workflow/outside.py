"""L1.2 out-of-catalogue request: what no leaf covers goes to finance first, and is a candidate for the next version."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.forms import outside as forms
from catalogue.forms.wording import AskWordingForm, OverruleWordingForm
from catalogue.models import CatalogueItem, CatalogueVersion, OutOfCatalogueRequest
from catalogue.models.outside import NEAREST
from catalogue.scope import within_scope
from catalogue.usage import in_use
from catalogue.verbs import outside as verbs
from catalogue.wording_rules import against, something_to_overrule
from portal import clock
from portal.accounts.roles import Role
from portal.workflow import Act, Due, Lifecycle, Refusal, Transition, Who, consequence, refuse, starts, stops

S = OutOfCatalogueRequest.State
REVIEW = "OUT_OF_CATALOGUE_REVIEW"


@dataclass(frozen=True, slots=True)
class Awaited(Who):
    """A role whose word is a duty only as long as the named text is empty; afterwards it may still be changed."""

    lacking: str = ""

    def of(self, actor) -> Q | None:
        condition = Who.of(self, actor)
        return condition if condition is None else condition & Q(**{self.lacking: ""})


PLANNER, HEAD = Who(Role.PLANNER, at="agency"), Who(Role.HEAD, at="agency")
FINANCE_OFFICER = Who(Role.FINANCE_OFFICER, region="agency__region")
FINANCE_HEAD = Who(Role.FINANCE_HEAD, region="agency__region")
ESTABLISHMENT = Who(Role.ESTABLISHMENT_REVIEWER, region="agency__region")

SENDING_BACK = [
    ("use_leaf", _("现行目录已有可用条目")), ("duty", _("职责依据不足")), ("content", _("服务内容不清")), ("price", _("价格测算不清")),
    ("scope", _("六项核对的理由不足")), ("other", _("其他")),
]  # fmt: skip
REJECTING = [
    ("forbidden", _("属于不得购买的事项")), ("duty", _("不属于本单位职责")), ("merits", _("理由不充分")), ("leaf", _("应归入现有目录项")),
]


def scope_answered(request: OutOfCatalogueRequest, act: Act) -> Iterator[Refusal]:
    yield from within_scope(request)


def wording_clear(request: OutOfCatalogueRequest, act: Act) -> Iterator[Refusal]:
    yield from against(request.wording)


def said_in_full(request: OutOfCatalogueRequest, act: Act) -> Iterator[Refusal]:
    """The need, its reason, its basis in the agency's duties, and a sum or why there is none (S-19)."""
    for name in ("content", "need", "duty_basis"):
        if not getattr(request, name).strip():
            yield refuse("R1787-07", _("“%(what)s”还没有填写。"), field=name, what=request._meta.get_field(name).verbose_name)
    if request.amount is None and not request.hard_to_price:
        yield refuse("S-19", _("请填预计金额；价格难以核定的，请勾选并说明。"), field="amount")
    if request.hard_to_price and not request.pricing_note.strip():
        yield refuse("S-19", _("价格难以核定的，须说明难在哪里、准备怎样测算。"), field="pricing_note")


def nearest_named(request: OutOfCatalogueRequest, act: Act) -> Iterator[Refusal]:
    """Three leaves of the version in force come nearest, and it is said of each why it does not fit (S-19)."""
    rows = list(request.nearest.select_related("leaf__version"))
    version = CatalogueVersion.objects.in_force(request.agency.region, clock.today()).first()
    wanted = min(NEAREST, version.items.leaves().count()) if version else 0
    if len(rows) < wanted:
        yield refuse(
            "S-19", _("须列出最相近的 %(wanted)s 个目录条目，现有 %(found)s 个。"), field="nearest", wanted=wanted, found=len(rows)
        )
    for row in rows:
        if not row.reason.strip():
            yield refuse("S-19", _("“%(leaf)s”为什么不适用，请说明理由。"), field="nearest", leaf=str(row.leaf))
        if version and row.leaf.version_id != version.pk:
            yield refuse("S-19", _("“%(leaf)s”不在现行目录中，请重新选择。"), field="nearest", leaf=str(row.leaf))


def year_not_over(request: OutOfCatalogueRequest, act: Act) -> Iterator[Refusal]:
    """A filing is good for the year of its item; a year that is over needs none (L1.2, edge 4)."""
    if act.now >= request.lapses_at:
        yield refuse("R1787-07", _("%(year)s 年度已结束，不能再报送备案。"), field="year", year=request.year)


def duty_confirmed(request: OutOfCatalogueRequest, act: Act) -> Iterator[Refusal]:
    """The establishment office says whose duty it is before finance files it (R102-09)."""
    if request.duty_confirmed is None:
        yield refuse("R102-09", _("机构编制部门还没有核对是否属于“%(agency)s”的职责。"), agency=request.agency.name)
    elif not request.duty_confirmed:
        yield refuse("R102-09", _("机构编制部门认为不属于“%(agency)s”的职责，不能备案。"), agency=request.agency.name)


def reviewed(request: OutOfCatalogueRequest, act: Act) -> Iterator[Refusal]:
    if not request.review_opinion:
        yield refuse("R1787-07", _("财政经办人还没有提出审核意见。"))


def no_leaf_by_now(request: OutOfCatalogueRequest, act: Act) -> Iterator[Refusal]:
    """A leaf that came into force meanwhile is used instead (L1.2, edge 2)."""
    version = CatalogueVersion.objects.in_force(request.agency.region, clock.today()).first()
    leaf = version and version.items.leaves().filter(name=request.title).first()
    if leaf:
        yield refuse("R102-18", _("现行目录已有“%(leaf)s”，请退回并改用这个条目。"), leaf=str(leaf))


def code_in_version(request: OutOfCatalogueRequest, act: Act) -> Iterator[Refusal]:
    version, code = act.data["version"], act.data["code"]
    if not CatalogueItem.objects.leaves().filter(version=version, code=code).exists():
        yield refuse("S-19", _("“%(version)s”中没有编码为 %(code)s 的末级条目。"), field="code", version=version.title, code=code)


def leaf_in_force(request: OutOfCatalogueRequest, act: Act) -> Iterator[Refusal]:
    """Adopted is what a version in force has under the code named for it."""
    version = request.candidate_version
    if version is None or version.state != CatalogueVersion.State.ISSUED or verbs.candidate_leaf(request) is None:
        yield refuse("S-07", _("含有这一条目的版本还没有发布施行。"))


def year_over_and_unused(request: OutOfCatalogueRequest, act: Act) -> Iterator[Refusal]:
    if act.now < request.lapses_at:
        yield refuse("R1787-07", _("%(year)s 年度还没有结束。"), year=request.year)
    if OutOfCatalogueRequest.objects.filter(in_use(), pk=request.pk).exists():
        yield refuse("R1787-07", _("已有计划项目以本备案为依据。"))


OUT_OF_CATALOGUE = Lifecycle(
    code="catalogue.outside", reference="L1.2", name=_("目录外事项"), model=OutOfCatalogueRequest,
    rows=[
        Transition("draft", "", S.DRAFTED, _("申报目录外事项"), who=[Who(Role.PLANNER)], inputs=forms.RequestForm, effect=verbs.draft,
                   rules=["S-19", "R1787-07"]),
        Transition("edit", [S.DRAFTED, S.SENT_BACK], None, _("修改内容"), who=[PLANNER], inputs=forms.RequestForm,
                   effect=verbs.edit),
        Transition("ask_wording", [S.DRAFTED, S.SENT_BACK], None, _("申请核对用语"), who=[PLANNER], inputs=AskWordingForm,
                   guards=[something_to_overrule], effect=verbs.ask_wording, tells=[FINANCE_OFFICER], rules=["R102-13"]),
        Transition("overrule_wording", [S.DRAFTED, S.SENT_BACK], None, _("核对放行用语"), who=[FINANCE_OFFICER],
                   inputs=OverruleWordingForm, reason=True, guards=[something_to_overrule], effect=verbs.overrule_wording,
                   tells=[PLANNER], rules=["R102-13", "R1787-01"], sentence=_("核对放行用语：%(words)s")),
        Transition("submit", [S.DRAFTED, S.SENT_BACK], S.SUBMITTED, _("报送财政审核备案"), who=[HEAD], not_by=["draft", "edit"],
                   guards=[said_in_full, nearest_named, scope_answered, wording_clear, year_not_over], effect=verbs.submit,
                   clocks=[starts(REVIEW)], tells=[FINANCE_OFFICER, FINANCE_HEAD, ESTABLISHMENT], task=True,
                   rules=["R1787-07", "S-19", "R102-09"], hint=_("财政部门和机构编制部门同时收到，内容不再改动。")),
        Transition("confirm_duty", S.SUBMITTED, None, _("核对职责"),
                   who=[Awaited(Role.ESTABLISHMENT_REVIEWER, region="agency__region", lacking="duty_opinion")],
                   inputs=forms.DutyForm, effect=verbs.confirm_duty, tells=[FINANCE_OFFICER], task=True, rules=["R102-09"]),
        Transition("review", S.SUBMITTED, None, _("提出审核意见"),
                   who=[Awaited(Role.FINANCE_OFFICER, region="agency__region", lacking="review_opinion")],
                   inputs=forms.ReviewForm, effect=verbs.review, tells=[FINANCE_HEAD], task=True, rules=["R1787-07"]),
        Transition("link", S.SUBMITTED, None, _("与相同事项并案"), who=[FINANCE_OFFICER], inputs=forms.LinkForm, effect=verbs.link,
                   hint=_("几个单位申报同一事项的，一并决定，各留一行。")),
        Transition("send_back", S.SUBMITTED, S.SENT_BACK, _("退回修改"), who=[FINANCE_OFFICER], reason=SENDING_BACK,
                   effect=verbs.decision, clocks=[stops(REVIEW)], tells=[PLANNER, HEAD], rules=["S-172"]),
        Transition("file", S.SUBMITTED, S.FILED, _("审核备案"), who=[FINANCE_HEAD], system=True, not_by=["review"], reason=True,
                   inputs=forms.DecideForm, guards=[duty_confirmed, reviewed, no_leaf_by_now, year_not_over], effect=verbs.file,
                   clocks=[stops(REVIEW)], tells=[PLANNER, HEAD, FINANCE_OFFICER], task=True, rules=["R1787-07", "R102-18"],
                   sentence=_("审核备案，编号 %(number)s"), hint=_("只对一个计划项目、一个年度有效；预算仍须另行安排。")),
        Transition("reject", S.SUBMITTED, S.REJECTED, _("不予同意"), who=[FINANCE_HEAD], system=True, not_by=["review"],
                   reason=REJECTING, inputs=forms.DecideForm, effect=verbs.reject, clocks=[stops(REVIEW)], tells=[PLANNER, HEAD],
                   rules=["R1787-07"]),
        Transition("withdraw", [S.SUBMITTED, S.SENT_BACK], S.WITHDRAWN, _("撤回申报"), who=[HEAD], clocks=[stops(REVIEW)],
                   tells=[FINANCE_OFFICER]),
        Transition("discard", S.DRAFTED, S.WITHDRAWN, _("删去草稿"), who=[PLANNER]),
        Transition("take_up", S.FILED, None, _("列入新版目录"), who=[FINANCE_OFFICER], inputs=forms.TakeUpForm,
                   checks=[code_in_version], effect=verbs.take_up, rules=["S-19"], sentence=_("拟列入新版目录，编码 %(code)s")),
        Transition("adopt", S.FILED, S.ADOPTED, pgettext_lazy("act", "纳入目录"), system=True, guards=[leaf_in_force],
                   effect=verbs.adopt, tells=[PLANNER, HEAD], rules=["S-19", "S-07"], sentence=_("已纳入目录：%(leaf)s")),
        Transition("lapse", S.FILED, S.LAPSED, _("逾期失效"), system=True, guards=[year_over_and_unused], tells=[PLANNER, HEAD],
                   rules=["R1787-07"]),
    ],
    due=[Due("lapse", lambda: OutOfCatalogueRequest.objects.filter(state=S.FILED).exclude(in_use()), "lapses_at",
             sentence=_("目录外备案失效"))],
    tones={S.SUBMITTED: "wait", S.FILED: "ok", S.ADOPTED: "ok"},
)  # fmt: skip


@consequence("catalogue.version", "issue")
def adopt_what_it_takes_up(version: CatalogueVersion, act: Act) -> None:
    """The requests that this version covers are adopted with it; one whose line was taken out again stays filed."""
    for request in version.candidates.filter(state=S.FILED).order_by("pk"):
        if verbs.candidate_leaf(request):
            act.perform(request, "adopt")
