"""L11.1 evaluation scheme: written by the officer, approved by his head, bound when the contract is signed."""
from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.rules.jurisdiction import setting
from portal.workflow import Act, Lifecycle, Refusal, Transition, Who, calls_for, consequence, refuse, registered_guard

from . import verbs
from .forms import DraftSchemeForm, EditSchemeForm
from .models import Indicator, Party, Scheme
from .rules import HUNDRED, Node, childless, orphans, unequal_weights

S = Scheme.State
OFFICER = [Who(Role.OFFICER, at="project__agency")]
HEAD = [Who(Role.HEAD, at="project__agency")]
FINANCE = [Who(Role.FINANCE_OFFICER, region="project__region")]
REASONS = [
    ("INCOMPLETE", _("指标不全")), ("NOT_MEASURABLE", _("指标不可衡量")), ("WEIGHTS", _("权重不当")), ("OTHER", _("其他")),
]
#: What must be looked at: quantity, quality, use of the money (R-051).
THREE_ASPECTS = (Indicator.Aspect.QUANTITY, Indicator.Aspect.QUALITY, Indicator.Aspect.FUNDS)


def party_weights_make_100(scheme: Scheme, act: Act) -> Iterator[Refusal]:
    """The three parties' weights add up to one hundred (R-050, S-106)."""
    total = sum(scheme.party_weights().values())
    if total != HUNDRED:
        yield refuse("S-106", _("三方权重合计 %(total)s，必须等于 100。"), total=total, field="purchaser_weight")


def recipients_are_heard(scheme: Scheme, act: Act) -> Iterator[Refusal]:
    """Who receives the service has at least the setting's weight (S-109, L11.1 edge 3)."""
    least = setting("recipients_weight_min", scheme.region, act.now.date())
    if scheme.recipients_weight < least:
        yield refuse("S-109", _("服务对象权重 %(weight)s，不得低于 %(least)s。"), weight=scheme.recipients_weight, least=least,
                     field="recipients_weight")


def tree_is_whole(scheme: Scheme, act: Act) -> Iterator[Refusal]:
    """Three levels everywhere, every level one hundred, children exactly their parent (S-108; 33.33 × 3 is 99.99)."""
    nodes = _nodes(scheme)
    if not nodes:
        yield refuse("S-108", _("还没有指标。"), field="indicators")
        return
    for node in orphans(nodes):
        yield refuse("S-108", _("指标 %(code)s 没有上级指标。"), code=node.code, field="indicators")
    for node in childless(nodes):
        yield refuse("S-108", _("指标 %(code)s 没有下级指标，指标须到第三级。"), code=node.code, field="indicators")
    for fault in unequal_weights(nodes):
        if fault.parent:
            yield refuse("S-108", _("指标 %(code)s 的下级权重合计 %(total)s，必须等于 %(wanted)s。"), code=fault.parent, total=fault.total,
                         wanted=fault.wanted, field="indicators")
        else:
            yield refuse("S-108", _("第 %(level)s 级指标权重合计 %(total)s，必须等于 100。"), level=fault.level, total=fault.total,
                         field="indicators")


def four_dimensions(scheme: Scheme, act: Act) -> Iterator[Refusal]:
    """Decision, process, output and effect each stand at the first level, once named for all below (RPE-F01)."""
    first = {row.code: row.dimension for row in scheme.indicators.filter(level=1)}
    for dimension in Indicator.Dimension:
        if dimension not in first.values():
            yield refuse("RPE-F01", _("缺少一级指标“%(name)s”。"), name=dimension.label, field="indicators")
    for row in scheme.indicators.exclude(level=1):
        top = first.get(row.code.split(".")[0])
        if top and row.dimension != top:
            yield refuse("RPE-F01", _("指标 %(code)s 的维度与所属一级指标不一致。"), code=row.code, field="indicators")


def three_aspects_and_pairs(scheme: Scheme, act: Act) -> Iterator[Refusal]:
    """Quantity, quality and funds; short and lasting, social and economic effect together (R-051, R-052)."""
    aspects = set(scheme.indicators.filter(level=3).values_list("aspect", flat=True))
    for aspect in THREE_ASPECTS:
        if aspect not in aspects:
            yield refuse("R-051", _("第三级指标缺少“%(name)s”方面。"), name=aspect.label, field="indicators")
    for aspect in (Indicator.Aspect.SOCIAL, Indicator.Aspect.ECONOMIC, Indicator.Aspect.LASTING):
        if aspect not in aspects:
            yield refuse("R-052", _("第三级指标缺少“%(name)s”方面。"), name=aspect.label, field="indicators")


def leaves_can_be_scored(scheme: Scheme, act: Act) -> Iterator[Refusal]:
    """Every third-level indicator names its data, its scoring rule and who scores it; every party has something to score."""
    judged: set[str] = set()
    for row in scheme.indicators.filter(level=3):
        judged.update(row.parties)
        if not (row.source and row.rule and row.scored_by and row.aspect):
            yield refuse("S-108", _("指标 %(code)s 须填写评价方面、数据来源、评分规则和评分方。"), code=row.code, field="indicators")
    for party, weight in scheme.party_weights().items():
        if weight > 0 and judged and party not in judged:
            yield refuse("S-106", _("%(party)s有权重，却没有由其评分的指标。"), party=Party(party).label, field="indicators")


def payment_percents_fall(scheme: Scheme, act: Act) -> Iterator[Refusal]:
    """A better grade never pays less; a payment tied to the result pays something (S-95)."""
    if not scheme.pays_by_result:
        return
    percents = list(scheme.payment_percents().values())
    if percents != sorted(percents, reverse=True) or percents[-1] <= 0:
        yield refuse("S-95", _("支付比例须大于零，且等次高的不低于等次低的。"), field="percent_excellent")


def no_other_is_approved(scheme: Scheme, act: Act) -> Iterator[Refusal]:
    other = Scheme.objects.filter(project=scheme.project_id, state=S.APPROVED).exclude(pk=scheme.pk).first()
    if other:
        yield refuse("S-108", _("项目已有可用方案“%(title)s”，先停用再批准。"), title=other.title)


def _nodes(scheme: Scheme) -> list[Node]:
    return [Node(row.code, row.name, row.weight) for row in scheme.indicators.all()]


COMPLETE = [
    party_weights_make_100, recipients_are_heard, tree_is_whole, four_dimensions, three_aspects_and_pairs, leaves_can_be_scored,
    payment_percents_fall,
]

SCHEME = Lifecycle(
    code="schemes.scheme", reference="L11.1", name=_("绩效评价方案"), model=Scheme,
    rows=[
        Transition("draft", "", S.DRAFTED, _("编制评价方案"), who=[Who(Role.OFFICER)], inputs=DraftSchemeForm, effect=verbs.draft,
                   rules=["S-122"], hint=_("从通用框架开始，按项目增减指标。"), sentence=_("编制评价方案“%(title)s”")),
        Transition("edit", [S.DRAFTED, S.SENT_BACK], None, _("修改评价方案"), who=OFFICER, inputs=EditSchemeForm, effect=verbs.edit),
        Transition("propose", [S.DRAFTED, S.SENT_BACK], S.PROPOSED, _("送审批"), who=OFFICER, guards=COMPLETE, effect=verbs.propose,
                   task=True, tells=[*HEAD, *FINANCE], rules=["S-108", "S-109", "R-051", "R-052", "RPE-02"],
                   hint=_("送单位负责人批准，批准前不能修改。")),
        Transition("send_back", S.PROPOSED, S.SENT_BACK, _("退回修改"), who=[*HEAD, *FINANCE], reason=REASONS, effect=verbs.send_back,
                   tells=OFFICER, rules=["S-172"]),
        Transition("approve", S.PROPOSED, S.APPROVED, _("批准方案"), who=HEAD, not_by=["draft", "edit", "propose"],
                   guards=[*COMPLETE, no_other_is_approved], task=True, tells=OFFICER, rules=["S-108"],
                   hint=_("批准后可以据此送审合同。")),
        Transition("bind", S.APPROVED, S.BOUND, _("写入合同"), system=True, effect=verbs.bind, rules=["S-108", "R-055"],
                   sentence=_("评价方案写入合同 %(contract)s，不再变动")),
        Transition("bind_further", S.BOUND, None, _("写入另一合同"), system=True, effect=verbs.bind_further, rules=["S-108", "R-055"],
                   sentence=_("评价方案写入合同 %(contract)s")),
        Transition("retire", S.APPROVED, S.RETIRED, _("停用方案"), who=OFFICER, hint=_("停用后不能再据此送审合同。")),
    ],
    tones={S.PROPOSED: "wait", S.SENT_BACK: "warn", S.RETIRED: "idle", S.BOUND: "ok"},
)


calls_for("schemes.scheme", "draft", of="contracts.contract", sources=["DRAFTED"], given="project", names="project_id",
          who=[Who(Role.OFFICER, at="agency")], waits=~Q(project__schemes__state__in=[state for state in S if state != S.RETIRED]))


@registered_guard("contracts.contract", "propose")
def contract_needs_a_scheme(contract, act: Act) -> Iterator[Refusal]:
    """A contract goes forward only with an approved scheme of its project (S-108)."""
    if verbs.ready_scheme(contract.project_id) is None:
        yield refuse("S-108", _("项目还没有已批准的绩效评价方案。"))


@consequence("contracts.contract", "countersign")
def scheme_is_bound(contract, act: Act) -> None:
    """With the second signature the scheme becomes part of the contract."""
    scheme = verbs.ready_scheme(contract.project_id)
    if scheme is not None:
        act.perform(scheme, "bind" if scheme.state == S.APPROVED else "bind_further", contract=contract)
