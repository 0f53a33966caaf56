"""L4.1 registration and yearly confirmation of suppliers, and the papers that prove the seven conditions (S-55)."""
from __future__ import annotations

from collections.abc import Iterator

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.roles import Role
from portal.identifiers import InvalidCreditCode, credit_code
from portal.rules.jurisdiction import setting
from portal.workflow import Act, Due, Lifecycle, Refusal, Transition, Who, refuse

from . import forms, verbs
from .conditions import BARRED_TYPES, SupplierType
from .models import Evidence, Supplier
from .rules import is_confirmation_time, may_register, types_of_code

State = Supplier.State
PaperState = Evidence.State

OWN_OFFICER = Who(Role.SUPPLIER_OFFICER, at="organisation")
OWN_HEAD = Who(Role.SUPPLIER_HEAD, at="organisation")
REGISTRAR = Who(Role.REGISTRAR, region="organisation__region")
FINANCE = (Who(Role.FINANCE_OFFICER, region="organisation__region"), Who(Role.FINANCE_HEAD, region="organisation__region"))
JUDGE = Who(Role.REGISTRAR, region="supplier__organisation__region")
PAPER_OWNERS = (
    Who(Role.SUPPLIER_OFFICER, at="supplier__organisation"), Who(Role.SUPPLIER_HEAD, at="supplier__organisation"),
)

FREEZE_REASONS = [("FALSE_IDENTITY", _("身份不实")), ("CODE_STRUCK_OFF", _("统一社会信用代码已注销"))]
REJECT_REASONS = [
    ("INCOMPLETE", _("材料不全")), ("ILLEGIBLE", _("无法辨认")), ("WRONG_PAPER", _("与所选条件不符")),
    ("DIFFERENT", _("与登记信息不一致")), ("EXPIRED", _("已过有效期")),
]


# --- guards: registration ----------------------------------------------------------------------------------------
def not_registered_yet(supplier: Supplier, act: Act) -> Iterator[Refusal]:
    """One living registration for an organisation and for a credit code (S-162)."""
    if Supplier.objects.of(act.actor.organisation):
        yield refuse("S-162", _("本单位已有注册，在原注册上更新即可"))


def code_not_taken(supplier: Supplier, act: Act) -> Iterator[Refusal]:
    code = verbs.normalise_credit_code(act.data["code"])
    if Supplier.objects.live().filter(code=code).exclude(pk=supplier.pk).exists():
        yield refuse("RCV-20", _("统一社会信用代码 %(code)s 已由其他单位注册"), field="code", code=code)


def code_holds(supplier: Supplier, act: Act) -> Iterator[Refusal]:
    """The check digit holds, and the code is that of the organisation whose account this is (RCV-20, RCV-21)."""
    try:
        credit_code(supplier.code)
    except InvalidCreditCode as invalid:
        yield refuse("RCV-21", format_lazy("{}", invalid.fault.sentence), field="code")
        return
    if supplier.code != supplier.organisation.code:
        yield refuse(
            "RCV-20", _("填写的统一社会信用代码与账号所属单位的 %(code)s 不一致"), field="code", code=supplier.organisation.code
        )


def type_may_supply(supplier: Supplier, act: Act) -> Iterator[Refusal]:
    """Class-one institutions and budget-funded mass bodies supply nothing (R102-07)."""
    if supplier.type in BARRED_TYPES:
        yield refuse("R102-07", _("%(type)s不得作为承接主体"), field="type", type=SupplierType(supplier.type).label)


def type_fits_code(supplier: Supplier, act: Act) -> Iterator[Refusal]:
    """The code says what was registered; an institution's code asks for its class (R102-05, RCV-23)."""
    allowed = types_of_code(supplier.code)
    if allowed is not None and supplier.type not in allowed:
        if allowed:
            names = "、".join(str(SupplierType(each).label) for each in SupplierType if each in allowed)
            yield refuse(
                "RCV-23", _("代码以 %(start)s 开头的单位，类型应为：%(types)s"), field="type", start=supplier.code[:2], types=names
            )
        else:
            yield refuse("R102-05", _("代码以 %(start)s 开头的机关不能作为承接主体"), field="type", start=supplier.code[:2])


def authority_fits_type(supplier: Supplier, act: Act) -> Iterator[Refusal]:
    """Type and registering authority belong together (S-04, R-011)."""
    if supplier.type not in BARRED_TYPES and not may_register(supplier.type, supplier.authority):
        yield refuse("R-011", _("所选登记管理机关不登记这一类型的单位"), field="authority")


def founded_already(supplier: Supplier, act: Act) -> Iterator[Refusal]:
    if supplier.registered_on > act.now.date():
        yield refuse("R-011", _("成立登记日期 %(day)s 还没有到"), field="registered_on", day=supplier.registered_on)


def enterprise_says_its_size(supplier: Supplier, act: Act) -> Iterator[Refusal]:
    """An enterprise declares its size class with the figures behind it (R46-11)."""
    if supplier.type == SupplierType.ENTERPRISE and (not supplier.size or supplier.staff is None or supplier.revenue is None):
        yield refuse("R46-11", _("企业须填写规模、从业人员和上年营业收入"), field="size")


# --- guards: confirmation ----------------------------------------------------------------------------------------
def seven_of_seven(supplier: Supplier, act: Act) -> Iterator[Refusal]:
    """Each of the seven conditions is proved by a confirmed paper that holds today (R-012, R-GP-10, R-GP-11, R-014)."""
    missing = supplier.conditions_open(act.now.date())
    if missing:
        yield refuse("R-012", _("还缺 %(count)s 项条件的有效材料：%(names)s"), count=len(missing),
                     names="、".join(str(condition.label) for condition in missing))


def within_confirmation_time(supplier: Supplier, act: Act) -> Iterator[Refusal]:
    """The year is confirmed between the days the jurisdiction has set (R-014)."""
    region = supplier.organisation.region
    opens, closes = setting("confirmation_from", region=region), setting("confirmation_until", region=region)
    if not is_confirmation_time(act.now.date(), opens, closes):
        yield refuse(
            "R-014", _("年度确认在每年 %(from_month)s 月 %(from_day)s 日至 %(to_month)s 月 %(to_day)s 日办理"),
            from_month=opens.month, from_day=opens.day, to_month=closes.month, to_day=closes.day,
        )


def not_confirmed_this_year(supplier: Supplier, act: Act) -> Iterator[Refusal]:
    if supplier.confirmed_year == act.now.year:
        yield refuse("G7", _("%(year)s 年度已确认"), year=act.now.year)


def vouched_for(supplier: Supplier, act: Act) -> Iterator[Refusal]:
    if not act.data.get("truthful"):
        yield refuse("R46-11", _("请确认内容属实"), field="truthful")


def confirmation_has_run_out(supplier: Supplier, act: Act) -> Iterator[Refusal]:
    """A confirmation is taken away only when the year went by or a condition is no longer proved."""
    year_over = supplier.lapses_at is not None and supplier.lapses_at <= act.now
    if not year_over and not supplier.conditions_open(act.now.date()):
        yield refuse("R-012", _("年度确认有效，七项条件齐全"))


# --- guards: papers ----------------------------------------------------------------------------------------------
def supplier_takes_papers(evidence: Evidence, act: Act) -> Iterator[Refusal]:
    """Papers are taken from suppliers that are registered and not stopped (L4.1)."""
    supplier = Supplier.objects.of(act.actor.organisation)
    if supplier is None or supplier.state not in verbs.OPEN:
        yield refuse("S-55", _("注册完成后才能提交资格材料；已停用的注册不接收材料"))


def paper_holds(evidence: Evidence, act: Act) -> Iterator[Refusal]:
    """A paper begins before it ends, has begun and has not run out (R-GP-11)."""
    first, last, today = act.data["valid_from"], act.data["valid_to"], clock.today()
    if first >= last:
        yield refuse("R-GP-11", _("有效期止须晚于有效期起"), field="valid_to")
    if first > today:
        yield refuse("R-GP-11", _("材料自 %(day)s 起才有效"), field="valid_from", day=first)
    if last < today:
        yield refuse("R-GP-11", _("材料已于 %(day)s 到期"), field="valid_to", day=last)


def not_held_already(evidence: Evidence, act: Act) -> Iterator[Refusal]:
    """What the portal already holds is not asked for again (S-162)."""
    supplier = Supplier.objects.of(act.actor.organisation)
    if supplier is None:
        return
    same = supplier.evidence.filter(condition=act.data["condition"])
    if same.filter(state=PaperState.SUBMITTED).exists():
        yield refuse("S-162", _("这一项已有材料待核，结果出来以后再提交"), field="condition")
    held = same.confirmed(clock.today()).filter(valid_to__gte=act.data["valid_to"]).first()
    if held:
        yield refuse(
            "S-162", _("这一项已有有效材料“%(title)s”，有效至 %(day)s，不必再交"), field="condition", title=held.title, day=held.valid_to
        )


def paper_still_holds(evidence: Evidence, act: Act) -> Iterator[Refusal]:
    if evidence.expires_at <= act.now:
        yield refuse("R-GP-11", _("材料已于 %(day)s 到期，不能确认有效"), day=evidence.valid_to)


def supplier_still_takes_papers(evidence: Evidence, act: Act) -> Iterator[Refusal]:
    if evidence.supplier.state not in verbs.OPEN:
        yield refuse("S-55", _("注册已停用或者注销，不再核对材料"))


def paper_no_longer_counts(evidence: Evidence, act: Act) -> Iterator[Refusal]:
    """A paper expires on its day, or when its supplier has to prove the condition anew."""
    if evidence.expires_at > act.now and evidence.supplier.state != State.OUTDATED:
        yield refuse("R-GP-11", _("材料有效至 %(day)s"), day=evidence.valid_to)


REGISTERING = [
    code_holds, type_may_supply, type_fits_code, authority_fits_type, founded_already, enterprise_says_its_size,
]

SUPPLIER = Lifecycle(
    code="suppliers.supplier", reference="L4.1", name=_("承接主体注册"), model=Supplier,
    rows=[
        Transition(
            "draft", sources="", target=State.DRAFTED, label=_("填写注册信息"),
            who=[Who(Role.SUPPLIER_OFFICER), Who(Role.SUPPLIER_HEAD)], guards=[not_registered_yet], checks=[code_not_taken],
            inputs=forms.RegistrationForm, effect=verbs.draft, rules=["S-04"],
        ),
        Transition(
            "revise", sources=[State.DRAFTED], target=None, label=_("修改注册信息"), who=[OWN_OFFICER, OWN_HEAD],
            checks=[code_not_taken], inputs=forms.RegistrationForm, effect=verbs.revise, rules=["S-04"],
        ),
        Transition(
            "register", sources=[State.DRAFTED], target=State.REGISTERED, label=_("提交注册"), who=[OWN_HEAD],
            guards=REGISTERING, effect=verbs.register, tells=[REGISTRAR], task=True,
            rules=["S-04", "R-011", "R102-05", "R102-07", "RCV-21"], hint=_("注册后即可领取采购文件和投标；资格在每个项目里审查。"),
        ),
        Transition(
            "confirm", sources=[State.REGISTERED, State.OUTDATED], target=State.CONFIRMED, label=_("七项条件齐全"),
            system=True, guards=[seven_of_seven], effect=verbs.confirm, tells=[OWN_OFFICER, OWN_HEAD],
            rules=["R-012", "R-GP-10", "R-GP-11", "R-014"],
        ),
        Transition(
            "confirm_year", sources=[State.CONFIRMED], target=None, label=_("年度确认"), who=[OWN_HEAD],
            guards=[within_confirmation_time, not_confirmed_this_year], checks=[vouched_for], inputs=forms.YearForm,
            effect=verbs.confirm_year, tells=[REGISTRAR], rules=["R-014", "R46-11"], sentence=_("办理 %(year)s 年度确认"),
        ),
        Transition(
            "lapse", sources=[State.CONFIRMED], target=State.OUTDATED, label=_("核验失效"), system=True,
            guards=[confirmation_has_run_out], effect=verbs.lapse, tells=[OWN_OFFICER, OWN_HEAD], rules=["R-012", "R-014"],
        ),
        Transition(
            "freeze", sources=[State.REGISTERED, State.CONFIRMED, State.OUTDATED], target=State.FROZEN, label=_("停用注册"),
            who=FINANCE, reason=FREEZE_REASONS, effect=verbs.leave_confirmed, tells=[OWN_OFFICER, OWN_HEAD], rules=["G6"],
            hint=_("只用于身份不实或者代码已注销，不是处罚。"),
        ),
        Transition(
            "unfreeze", sources=[State.FROZEN], target=State.OUTDATED, label=_("恢复注册"), who=FINANCE, not_by=["freeze"],
            reason=True, tells=[OWN_OFFICER, OWN_HEAD], rules=["G2"],
        ),
        Transition(
            "close", sources=[State.REGISTERED, State.CONFIRMED, State.OUTDATED, State.FROZEN], target=State.CLOSED,
            label=_("注销注册"), who=[OWN_HEAD, REGISTRAR], reason=True, effect=verbs.leave_confirmed,
            tells=[OWN_OFFICER, OWN_HEAD, REGISTRAR], rules=["S-04"],
        ),
    ],
    due=[Due("lapse", queryset=lambda: Supplier.objects.filter(state=State.CONFIRMED), moment="lapses_at",
             sentence=_("年度确认到期"))],
    readers={State.OUTDATED: {"supplier": _("资料待更新")}},
)

EVIDENCE = Lifecycle(
    code="suppliers.evidence", reference="L4.1", name=_("资格材料"), model=Evidence,
    rows=[
        Transition(
            "submit_evidence", sources="", target=PaperState.SUBMITTED, label=_("提交资格材料"),
            who=[Who(Role.SUPPLIER_OFFICER)], guards=[supplier_takes_papers], checks=[paper_holds, not_held_already],
            inputs=forms.EvidenceForm, effect=verbs.submit_evidence, tells=[JUDGE], rules=["S-55", "R-GP-11", "S-162"],
        ),
        Transition(
            "confirm_evidence", sources=[PaperState.SUBMITTED], target=PaperState.CONFIRMED, label=_("确认有效"), who=[JUDGE],
            guards=[supplier_still_takes_papers, paper_still_holds], effect=verbs.judged, tells=PAPER_OWNERS, task=True,
            rules=["S-55", "R-GP-11"],
        ),
        Transition(
            "reject_evidence", sources=[PaperState.SUBMITTED], target=PaperState.REJECTED, label=_("认定不符"), who=[JUDGE],
            guards=[supplier_still_takes_papers], reason=REJECT_REASONS, effect=verbs.reject_evidence, tells=PAPER_OWNERS,
            rules=["S-172"],
        ),
        Transition(
            "expire_evidence", sources=[PaperState.CONFIRMED], target=PaperState.EXPIRED, label=_("材料到期"), system=True,
            guards=[paper_no_longer_counts], effect=verbs.judged, tells=PAPER_OWNERS, rules=["R-GP-11"],
        ),
    ],
    due=[Due("expire_evidence", queryset=lambda: Evidence.objects.filter(state=PaperState.CONFIRMED), moment="expires_at",
             sentence=_("资格材料到期"))],
    tones={PaperState.SUBMITTED: "wait"},
)
