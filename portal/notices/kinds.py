"""The standard notices N-01 to N-14 as data: official name, parts in their order, what each must say, how long it hangs.

From the format norm for procurement notices （财办库〔2020〕50号） and the rules each kind cites. Headings keep their Chinese
numerals. Money is in yuan, moments in Asia/Shanghai. A payload holds exactly the keys of its kind, nothing else: what is
not in the table cannot slip out to the public (experts before the result, R87-28).
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from .fields import Field, date, flag, integer, moment, money, month, party, rows, text, wan


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a notice: its heading ("" = none) and its fields in order."""

    heading: str
    fields: tuple[Field, ...] = ()
    sentence: str = ""  # printed as it is, whatever the payload says


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One kind of notice. `clock`: the legal period that publication starts; `days`: its working days, for the text."""

    code: str
    name: str
    parts: tuple[Part, ...]
    rules: tuple[str, ...] = ()
    clock: str = ""
    days: int = 0
    facts: tuple[str, ...] = ()  # keys shown in the box of facts
    deadlines: tuple[str, ...] = ()  # keys of moments and dates that go into a calendar; the first one is counted down

    @property
    def fields(self) -> Iterator[Field]:
        return (field for part in self.parts for field in part.fields)

    def field(self, key: str) -> Field:
        return next(field for field in self.fields if field.key == key)


def _period(heading: str, days: int) -> Part:
    return Part(heading, sentence=f"自本公告发布之日起{days}个工作日。")


def _contacts(heading: str, agent: bool = True) -> Part:
    parties = [party("purchaser", _("采购人信息"))]
    if agent:
        parties.append(party("agent", _("采购代理机构信息"), required=False))
    return Part(heading, (*parties, party("contact", _("项目联系方式"))))


def _other(heading: str) -> Part:
    return Part(heading, (text("other", _("其他补充事宜"), required=False, bare=True),))


_IDENTITY = (text("project_number", _("项目编号")), text("project_name", _("项目名称")))
_BASICS = (
    *_IDENTITY,
    money("budget", _("预算金额（元）"), short=_("预算（元）")),
    money("ceiling", _("最高限价（元）")),
    text("requirement", _("采购需求")),
    text("term", _("合同履行期限"), short=_("履行期限")),
    flag("consortium", _("本项目是否接受联合体投标"), short=_("接受联合体")),
)
_QUALIFICATION = Part("二、申请人的资格要求", (
    text("statutory", _("满足《中华人民共和国政府采购法》第二十二条规定")),
    text("policy", _("落实政府采购政策需满足的资格要求")),
    text("specific", _("本项目的特定资格要求")),
))


def _documents(heading: str) -> Part:
    return Part(heading, (
        date("documents_from", _("开始时间")), date("documents_until", _("截止时间"), short=_("获取文件截止")),
        text("documents_place", _("地点")),
        text("documents_method", _("方式")), money("documents_price", _("售价（元）")),
    ))


KINDS: dict[str, NoticeKind] = {kind.code: kind for kind in (
    NoticeKind("N-01", _("采购意向公开"), (
        Part("", (rows("items", _("采购意向"), (
            text("name", _("采购项目名称")), text("outline", _("采购需求概况")), wan("budget", _("预算金额（万元）")),
            month("expected", _("预计采购时间")), text("remark", _("备注"), required=False),
        )),)),
        Part("", sentence="本次公开的采购意向是本单位政府采购工作的初步安排，具体采购项目情况以相关采购公告和采购文件为准。"),
        Part("", (text("purchaser_name", _("单位")), date("dated", _("日期")))),
    ), ("RYX-01", "RYX-06")),  # each line counts its own thirty days (plans.intention)
    NoticeKind("N-02", _("资格预审公告"), (
        Part("项目概况", (text("summary", _("项目概况"), bare=True),)),
        Part("一、项目基本情况", _BASICS),
        _QUALIFICATION,
        _documents("三、获取资格预审文件"),
        Part("四、资格预审申请文件的提交及审查", (
            moment("closes_at", _("申请文件提交截止时间"), short=_("申请截止")), text("opening_place", _("提交地点")),
            date("examined_on", _("资格预审日期")),
        )),
        _period("五、公告期限", 5), _other("六、其他补充事宜"), _contacts("七、凡对本次资格预审提出询问，请按以下方式联系"),
    ), ("R87-03", "R-GP-32"), clock="PREQUALIFICATION", days=5, facts=("budget", "ceiling", "consortium"),
        deadlines=("closes_at", "documents_until")),
    NoticeKind("N-03", _("公开招标公告"), (
        Part("项目概况", (text("summary", _("项目概况"), bare=True),)),
        Part("一、项目基本情况", _BASICS),
        _QUALIFICATION,
        _documents("三、获取招标文件"),
        Part("四、提交投标文件截止时间、开标时间和地点", (
            moment("closes_at", _("提交投标文件截止时间"), short=_("投标截止")), moment("opens_at", _("开标时间"), short=_("开标")),
            text("opening_place", _("地点")),
        )),
        _period("五、公告期限", 5), _other("六、其他补充事宜"), _contacts("七、对本次招标提出询问，请按以下方式联系"),
    ), ("R87-03", "R87-05"), clock="TENDER_NOTICE", days=5, facts=("budget", "ceiling", "term", "consortium"),
        deadlines=("closes_at", "opens_at", "documents_until")),
    NoticeKind("N-04", _("竞争性磋商（谈判）公告"), (
        Part("项目概况", (text("summary", _("项目概况"), bare=True),)),
        Part("一、项目基本情况", (*_IDENTITY, text("method", _("采购方式")), *_BASICS[2:])),
        _QUALIFICATION,
        _documents("三、获取采购文件"),
        Part("四、响应文件提交", (moment("closes_at", _("截止时间"), short=_("响应截止")), text("submission_place", _("提交地点")))),
        Part("五、开启", (moment("opens_at", _("开启时间"), short=_("开启")), text("opening_place", _("开启地点")))),
        _period("六、公告期限", 3), _other("七、其他补充事宜"), _contacts("八、凡对本次采购提出询问，请按以下方式联系"),
    ), ("R214-20",), clock="TENDER_NOTICE", days=3, facts=("method", "budget", "ceiling", "term"),
        deadlines=("closes_at", "opens_at", "documents_until")),
    NoticeKind("N-05", _("框架协议征集公告"), (
        Part("一、征集项目基本情况", (
            party("purchaser", _("征集人")), *_IDENTITY, text("requirement", _("采购需求")),
            money("ceiling_unit_price", _("最高限制单价（元）")), text("applies_to", _("适用框架协议的采购人或者服务对象范围")),
            text("quantity", _("预估采购数量")),
        )),
        Part("二、资格条件", (text("qualification", _("资格条件"), bare=True),)),
        Part("三、框架协议期限", (text("term", _("框架协议期限"), bare=True),)),
        _documents("四、获取征集文件"),
        Part("五、响应文件的提交与开启", (
            moment("closes_at", _("提交截止时间"), short=_("响应截止")), moment("opens_at", _("开启时间"), short=_("开启")),
            text("opening_place", _("地点")),
        )),
        Part("六、公告期限", (date("displayed_until", _("公告期限届满日")),)),
        _other("七、其他补充事宜"), Part("八、联系方式", (party("contact", _("项目联系方式")),)),
    ), ("N-05",), facts=("ceiling_unit_price", "quantity", "term"), deadlines=("closes_at", "documents_until")),
    NoticeKind("N-06", _("单一来源采购公示"), (
        Part("一、项目信息", (
            text("purchaser_name", _("采购人")), text("project_name", _("项目名称")), text("content", _("项目内容")),
            text("service", _("拟采购的服务的说明")), text("grounds", _("采用单一来源采购方式的原因及相关说明")),
        )),
        Part("二、拟定供应商信息", (text("supplier_name", _("名称")), text("supplier_address", _("地址")))),
        Part("三、专业人员论证意见", (rows("opinions", _("论证意见"), (
            text("name", _("姓名")), text("employer", _("工作单位")), text("title", _("职称")), text("opinion", _("论证意见")),
        )),)),
        Part("四、公示期限", (date("displayed_from", _("开始日期")), date("displayed_until", _("截止日期"), short=_("公示截止")))),
        _other("五、其他补充事宜"),
        Part("六、联系方式", (
            party("purchaser", _("采购人")), party("agent", _("采购代理机构"), required=False), party("finance", _("财政部门")),
        )),
    ), ("R74-17", "R-GP-53"), clock="SINGLE_SOURCE_PUBLICITY", days=5, facts=("supplier_name",),
        deadlines=("displayed_until",)),
    NoticeKind("N-07", _("更正公告"), (
        Part("一、项目基本情况", (
            text("original_number", _("原公告编号")), *_IDENTITY, date("first_published_on", _("首次公告日期")),
        )),
        Part("二、更正信息", (
            text("concerns", _("更正事项")), rows("changes", _("更正内容"), (
                text("item", _("内容")), text("before", _("更正前")), text("after", _("更正后")),
            )), date("corrected_on", _("更正日期")),
        )),
        _other("三、其他补充事宜"), _contacts("四、凡对本次公告内容提出询问，请按以下方式联系"),
    ), ("R87-11",)),
    NoticeKind("N-08", _("中标（成交）结果公告"), (
        Part("一、项目编号", (text("project_number", _("项目编号"), bare=True),)),
        Part("二、项目名称", (text("project_name", _("项目名称"), bare=True),)),
        Part("三、中标（成交）信息", (
            text("supplier_name", _("供应商名称"), short=_("供应商")), text("supplier_address", _("供应商地址")),
            money("amount", _("中标（成交）金额（元）"), short=_("金额（元）")),
        )),
        Part("四、主要标的信息", (rows("subjects", _("服务类"), (
            text("name", _("名称")), text("scope", _("服务范围")), text("requirement", _("服务要求")),
            text("term", _("服务时间")), text("standard", _("服务标准")),
        )),)),
        Part("五、评审专家名单", (text("experts", _("评审专家（含采购人代表）"), bare=True),)),
        Part("六、代理服务收费标准及金额", (text("agency_fee", _("代理服务收费"), bare=True),)),
        _period("七、公告期限", 1), _other("八、其他补充事宜"),
        _contacts("九、凡对本次公告内容提出询问，请按以下方式联系"),
        Part("十、附件", (rows("attachments", _("附件"), (text("name", _("名称")), text("digest", _("摘要")))),)),
    ), ("R-GP-37", "R87-74", "R46-13"), clock="RESULT_NOTICE", days=1, facts=("supplier_name", "amount")),
    NoticeKind("N-09", _("废标（终止）公告"), (
        Part("一、项目基本情况", _IDENTITY),
        Part("二、项目废标（终止）的原因", (text("grounds", _("原因"), bare=True),)),
        _other("三、其他补充事宜"), _contacts("四、凡对本次公告内容提出询问，请按以下方式联系"),
    ), ("R-GP-50",)),
    NoticeKind("N-10", _("政府采购合同公告"), (
        Part("一、合同编号", (text("contract_number", _("合同编号"), bare=True),)),
        Part("二、合同名称", (text("contract_name", _("合同名称"), bare=True),)),
        Part("三、项目编号", (text("project_number", _("项目编号"), bare=True),)),
        Part("四、项目名称", (text("project_name", _("项目名称"), bare=True),)),
        Part("五、合同主体", (party("purchaser", _("采购人（甲方）")), party("supplier", _("供应商（乙方）"), short=_("供应商")))),
        Part("六、合同主要信息", (
            text("subject", _("主要标的名称")), text("requirement", _("规格型号（或服务要求）")), text("quantity", _("主要标的数量")),
            money("unit_price", _("主要标的单价（元）")), money("amount", _("合同金额（元）")), text("term", _("履约期限")),
            text("place", _("履约地点")), text("method", _("采购方式")),
        )),
        Part("七、合同签订日期", (date("signed_on", _("合同签订日期"), bare=True, short=_("签订日期")),)),
        Part("八、合同公告日期", (date("announced_on", _("合同公告日期"), bare=True),)),
        _other("九、其他补充事宜"),
        Part("附件", (rows("attachments", _("附件"), (text("name", _("名称")), text("digest", _("摘要")))),)),
    ), ("R-GP-41",), facts=("supplier", "amount", "term", "signed_on")),
    NoticeKind("N-11", _("履约验收结果公告"), (
        Part("一、合同与项目", (text("contract_number", _("合同编号")), text("contract_name", _("合同名称")), *_IDENTITY)),
        Part("二、合同主体", (party("purchaser", _("采购人（甲方）")), party("supplier", _("供应商（乙方）"), short=_("供应商")))),
        Part("三、合同主要信息", (
            text("subject", _("服务内容")), text("requirement", _("服务要求")), money("amount", _("合同金额（元）")),
            text("term", _("履约期限")),
        )),
        Part("四、验收情况", (
            text("accepted_items", _("本次验收内容")), date("accepted_on", _("验收日期")),
            rows("members", _("验收组成员（应当邀请服务对象参与）"), (
                text("name", _("姓名")), text("employer", _("单位")), text("capacity", _("身份")),
            )), text("opinion", _("验收意见")),
        )),
        _other("五、其他补充事宜"),
    ), ("R-GP-46",), facts=("supplier", "amount", "accepted_on")),
    NoticeKind("N-12", _("投诉处理、监督检查结果公告"), (
        Part("一、项目基本情况", _IDENTITY),
        Part("二、相关当事人", (rows("parties", _("当事人"), (text("capacity", _("身份")), text("name", _("名称")))),)),
        Part("三、基本情况", (text("circumstances", _("基本情况"), bare=True),)),
        Part("四、处理依据及结果", (text("decision", _("处理依据及结果"), bare=True),)),
        _other("五、其他补充事宜"),
        Part("", (text("authority", _("执法机关")), date("dated", _("日期")))),
    ), ("R101-01",)),
    NoticeKind("N-13", _("框架协议入围结果公告"), (
        Part("一、项目基本情况", (*_IDENTITY, party("purchaser", _("征集人")))),
        Part("二、入围供应商", (rows("suppliers", _("入围供应商"), (
            integer("rank", _("排序")), text("name", _("名称")), text("price", _("入围价或得分")),
            text("service", _("服务内容、标准及单价")),
        )),)),
        Part("三、评审小组", (text("experts", _("评审小组成员"), bare=True),)),
        Part("四、代理服务收费", (text("agency_fee", _("代理服务收费"), bare=True),)),
        Part("五、框架协议期限", (text("term", _("框架协议期限"), bare=True),)),
        _other("六、其他补充事宜"),
    ), ("R110-13",)),
    NoticeKind("N-14", _("中小企业预留项目执行情况公告"), (
        Part("", (
            text("purchaser_name", _("单位")), integer("year", _("年度")), money("reserved", _("预留总额（元）")),
            money("reserved_small", _("其中：预留给小微企业（元）")),
        )),
        Part("", (rows("items", _("预留项目"), (
            text("name", _("项目名称")), text("option", _("预留选项")), money("amount", _("合同金额（元）")),
            text("contract", _("合同链接")),
        )),)),
        Part("", (date("dated", _("日期")),)),
    ), ("R46-14",)),
)}


def notice_kind(code: str) -> NoticeKind:
    """The kind of a code N-01 … N-14. Raises KeyError."""
    return KINDS[code]
