"""What each role does here, in five sentences, and what an empty to-do list tells it."""
from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.accounts.roles import Role

COMES = _("轮到您办理的事会自动出现在这里，按期限排列；办完即消失。")


@dataclass(frozen=True, slots=True)
class Guide:
    """One role: five sentences, where it goes, and how things come to it."""

    sentences: tuple
    links: tuple = ()  # (url name, label)
    empty: Any = COMES

    @property
    def places(self) -> list[dict]:
        return [{"url": reverse(name), "label": label} for name, label in self.links]


PROJECTS = ("workbench:projects", _("采购项目"))
RECORD = _("您办理的每一步都写进记录，改不掉；办错了用退回、撤回或更正，不用删除。")
GUIDES: dict[str, Guide] = {
    Role.PLANNER: Guide((
        _("您编本单位的年度购买计划，逐项写明内容、数量、金额、绩效目标和必答的几问。"),
        _("项目填完整后报送，由编办、财政并联审核，人社随后，联席会议议决。"),
        _("被退回的项目写明了全部问题，改好后在截止日前再报一次。"),
        _("上年有评价结果的项目，新计划要回应结果，金额不能高于给定的上限。"), RECORD,
    ), (("plans:list", _("购买计划")), ("budgets:list", _("预算")), ("catalogue:tree", _("指导性目录"))),
        _("没有要补正的计划。可以新编一项，或看看各项目走到哪一步。")),
    Role.OFFICER: Guide((
        _("预算落实的项目由您写招标文件，四个内部单位审查通过后由负责人发公告。"),
        _("投标在截止时刻前一直密封，您也看不到谁投了标。"),
        _("开标后由随机抽取的专家评审，您按评审报告办理定标、合同、公告和备案。"),
        _("不能办的事按钮是灰的，原因和依据写在下面。"), RECORD,
    ), (("tenders:list", _("采购活动")), PROJECTS)),
    Role.HEAD: Guide((
        _("计划、招标文件、定标、合同和付款由您批准；批准人和经办人不能是同一个人。"),
        _("每个按钮写明按下去会发生什么；不能批的，原因列在下面。"),
        _("退回时选理由、写清问题，一次说全。"),
        _("项目页从计划到评价是一页，金额、期限和记录都在上面。"), RECORD,
    ), (PROJECTS, ("plans:list", _("购买计划")))),
    Role.AUDITOR: Guide((
        _("本地区所有项目您都能看，看的时候什么也不会被改动。"),
        _("项目页可以导出卷宗：一份 PDF，或者连同全部文件、记录和摘要清单的压缩包。"),
        _("记录是首尾相接的链，“核验记录链”当场重算每一条；改过、删过、换过顺序的都会指出位置。"),
        _("压缩包里的记录可以用公开的 verify/audit.py 在自己的电脑上核验，不依赖本平台。"),
        _("开标之前，密封的投标对您同样不可见。"),
    ), (PROJECTS, ("publicity:record", _("记录核验")), ("reports:list", _("报表"))),
        _("审计没有排队的任务。可以查项目、导出卷宗、核验记录链。")),
    Role.SUPPLIER_HEAD: Guide((
        _("先完成登记，再从招标项目里领取招标文件，领取即留记录。"),
        _("报价和文件上传时当场加密，开标之前任何人都打不开，包括平台管理员。"),
        _("截止前可以撤回或替换；晚一秒也不收，以收到最后一个字节的时刻为准。"),
        _("中标后在这里签合同、交履约报告、申请验收和付款。"), RECORD,
    ), (("tenders:public_tenders", _("招标项目")), ("bids:list", _("我的投标")), ("suppliers:mine", _("本单位注册"))),
        _("没有等您办的事。可以看看正在招标的项目。")),
    Role.FINANCE_OFFICER: Guide((
        _("您审核各单位的购买计划，预算下达后预留资金，备案合同，审核支付。"),
        _("一件事的四个数——下达、预留、占用、支付——任何时候加起来不超过下达数。"),
        _("审核时同意、退回或不同意；退回写明理由，一次说全。"),
        _("超过期限没办的会逐级提醒，到点也不会自动替您同意。"), RECORD,
    ), (("plans:queue", _("计划审核")), ("budgets:list", _("预算")), PROJECTS)),
    Role.EXPERT: Guide((
        _("您被抽中后会收到通知，先声明有没有应当回避的关系。"),
        _("评审在开标之后、评审室里进行；资格由采购人审查，您审查符合性并打分。"),
        _("分数一格一格保存；提交之后不能改，别人看不到您没提交的分。"),
        _("明显偏离平均的分数要写理由。"), RECORD,
    ), (), _("没有抽中的评审。抽中时这里和收件箱都会出现。")),
    Role.EVALUATOR: Guide((
        _("您按购买主体确定的指标体系评价项目，每个指标要有证据。"),
        _("得分由指标和权重算出，不能手填总分。"),
        _("初稿送被评价方，他们在期限内可以回复，您逐条采纳或说明不采纳的理由。"),
        _("报告定稿后进入结果运用：下一年的计划、支付和承接主体的记录都引用它。"), RECORD,
    ), (PROJECTS,)),
    Role.ADMINISTRATOR: Guide((
        _("您管本地区的单位、人员和设置；人员由邀请产生，密码由本人设定。"),
        _("有人离开，先交接工作，再结束任职或停用账号；每一步都有记录和理由。"),
        _("您看平台是否正常，重新排队失败的任务，重发没有送到的通知，但看不到里面写了谁的什么。"),
        _("记录每十分钟封存一次，封存的摘要公布在记录核验页。"),
        _("您看不到密封的投标，也不能替任何人办理业务。"),
    ), (("administration:home", _("平台管理")), ("publicity:record", _("记录核验")))),
}  # fmt: skip
GUIDES[Role.SUPPLIER_OFFICER] = GUIDES[Role.SUPPLIER_HEAD]
GUIDES[Role.EVALUATOR_HEAD] = GUIDES[Role.EVALUATOR]
GUIDES[Role.FINANCE_HEAD] = GUIDES[Role.FINANCE_OFFICER]
GUIDES[Role.BUDGET_OFFICER] = replace(GUIDES[Role.FINANCE_OFFICER], links=(("budgets:list", _("预算")), PROJECTS))
GENERAL = Guide((
    _("轮到您办的事在工作台左边，按期限排；点开就是要办的那一步。"), _("按钮写明按下去会发生什么；不能办的是灰的，原因和依据写在下面。"),
    _("项目页是一项购买的全部：计划、预算、采购、合同、履约、付款、评价和记录。"),
    _("上方的查找框可以按名称、编号、单位或文号找。"), RECORD,
), (("catalogue:tree", _("指导性目录")),))


def guides_of(actor: Actor) -> list[tuple[str, Guide]]:
    """The guide of each role the actor holds; several roles with one guide share it."""
    found: dict[int, tuple[list[str], Guide]] = {}
    for role in sorted(actor.roles):
        guide = GUIDES.get(role, GENERAL)
        found.setdefault(id(guide), ([], guide))[0].append(str(Role(role).label))
    return [("、".join(names), guide) for names, guide in found.values()] or [("", GENERAL)]


def welcome(actor: Actor) -> dict:
    """What the workbench says when nothing waits."""
    _name, guide = guides_of(actor)[0]
    places = guide.places
    return {
        "empty": guide.empty, "sentences": guide.sentences, "links": places, "url": places[0]["url"] if places else "",
        "label": places[0]["label"] if places else "",
    }
