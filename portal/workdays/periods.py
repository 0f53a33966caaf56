"""The periods of the register, in the order of the design (lifecycles 0.6)."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .deadlines import Unit
from .register import ClockDefinition, Kind, register

WD, D, Y, MINUTES = Unit.WORKING_DAYS, Unit.DAYS, Unit.YEARS, Unit.MINUTES
WITHIN, NOT_BEFORE, BY_ITSELF = Kind.WITHIN, Kind.NOT_BEFORE, Kind.BY_ITSELF


def _clock(name, label, length, unit, kind, rules, event="", **more) -> None:
    register(ClockDefinition(name, label, length, unit, kind, tuple(rules.split()), event, **more))


# catalogue and plan
_clock("PLAN_CUTOFF", _("年度计划申报截止"), None, D, WITHIN, "R-001 S-22", rolls=False)
_clock("CATALOGUE_CONSULTATION", _("目录征求意见"), 10, WD, BY_ITSELF, "S-17 R102-17", _("征求意见开始"), setting=True)
_clock("OUT_OF_CATALOGUE_REVIEW", _("目录外事项审核"), 10, WD, WITHIN, "R1787-07", _("申请报送"), setting=True)
_clock("REVIEW_STEP", _("部门审核"), 5, WD, WITHIN, "S-166 S-168", _("环节启动"), setting=True)
_clock("PLAN_PUBLICATION", _("计划公布"), 20, D, WITHIN, "S-33 R1787-06", _("计划批复"), setting=True)
_clock("BUDGET_APPROVAL", _("预算批复"), 20, D, WITHIN, "RTR-03", _("上级批准预算"), variants={"unit": (15, D)})
_clock("METHOD_REVIEW", _("采购方式审批"), 5, WD, WITHIN, "R-GP-07", _("申请报送"), setting=True)
_clock("MONTHLY_REPORT", _("月度进展报告"), None, D, WITHIN, "S-190", rolls=False)
# notices and tender
_clock("SINGLE_SOURCE_PUBLICITY", _("单一来源公示"), 5, WD, NOT_BEFORE, "R-GP-53 R74-17", _("公示发布"), pausable=True)
_clock("SUPPLEMENTARY_ARGUMENT", _("补充论证"), 5, WD, WITHIN, "R74-18", _("有异议的公示期满"))
_clock("INTENTION_LEAD", _("采购意向公开"), 30, D, NOT_BEFORE, "RYX-02", _("意向公开"))
_clock("MEDIA_PUBLICATION", _("媒体发布"), 1, WD, WITHIN, "R101-05", _("媒体收到公告"))
_clock("TENDER_NOTICE", _("公告期限"), 5, WD, BY_ITSELF, "R87-05 R00-06", _("指定媒体首次发布"), pausable=True,
       variants={"CONSULTATION": (3, WD), "NEGOTIATION": (3, WD)})  # fmt: skip
_clock("PREQUALIFICATION", _("资格预审申请"), 5, WD, NOT_BEFORE, "R-GP-32", _("资格预审公告发布"), pausable=True)
_clock("DOCUMENT_OFFER", _("采购文件提供"), 5, WD, NOT_BEFORE, "R-GP-30 R87-06 R214-05", _("开始提供"), pausable=True)
_clock("BID_PERIOD", _("投标准备"), 20, D, NOT_BEFORE, "R-GP-31 R87-18", _("采购文件发出"), pausable=True,
       variants={"CONSULTATION": (10, D), "NEGOTIATION": (3, WD)})  # fmt: skip
_clock("CLARIFICATION_LEAD", _("澄清修改提前量"), 15, D, NOT_BEFORE, "R87-11", _("更正发布"), lead=True,
       variants={"PREQUALIFICATION": (3, D), "CONSULTATION": (5, D), "NEGOTIATION": (3, WD)})  # fmt: skip
_clock("ENQUIRY_ANSWER", _("询问答复"), 3, WD, WITHIN, "R94-01", _("收到询问"))
# evaluation and award
_clock("EXPERT_DRAW", _("专家抽取提前量"), 2, WD, NOT_BEFORE, "REX-01", _("评审日"), lead=True)
_clock("LOW_PRICE_EXPLANATION", _("低价说明"), 30, MINUTES, NOT_BEFORE, "RAL-07", _("评审委员会要求"))
_clock("REPORT_DELIVERY", _("评审报告送达"), 2, WD, WITHIN, "R-GP-37 R87-71 R74-11 R214-14", _("报告签署"), pausable=True)
_clock("AWARD_DECISION", _("定标"), 5, WD, WITHIN, "R87-71 R87-73 R74-11 R214-14", _("收到评审报告"), pausable=True)
_clock("RESULT_PUBLICATION", _("结果公告"), 2, WD, WITHIN, "R-GP-37 R87-74 R74-12 R214-15", _("定标"), pausable=True)
_clock("RESULT_NOTICE", _("结果公告期限"), 1, WD, BY_ITSELF, "R87-74", _("结果发布"))
_clock("SIGNING", _("合同签订"), 30, D, WITHIN, "R-GP-39 R87-77 R74-13 R214-16 R110-09", _("中标（成交）通知书发出"), pausable=True)
_clock("BOND_REFUND", _("保证金退还"), 5, WD, WITHIN, "R-GP-35 R87-13 R87-17 R74-14 R214-17", _("退还事由发生"))
_clock("FRAMEWORK_PUSH", _("入围信息告知"), 3, WD, WITHIN, "R110-10", _("框架协议签订"))
_clock("CALL_OFF_NOTICE", _("单笔成交公告"), 2, WD, WITHIN, "R110-13", _("成交"))
_clock("CALL_OFF_SUMMARY", _("框架汇总公告"), 10, WD, WITHIN, "R110-13", _("协议期满"))
_clock("OPEN_ENTRY_REVIEW", _("加入申请审核"), 7, WD, WITHIN, "R110-14", _("收到申请"))
_clock("OPEN_ENTRY_NOTICE", _("加入公告"), 2, WD, WITHIN, "R110-14", _("审核通过"))
_clock("FRAMEWORK_EXIT", _("退出公告"), 2, WD, WITHIN, "R110-15", _("申请退出"))
# challenge and complaint
_clock("CHALLENGE_WINDOW", _("质疑期"), 7, WD, WITHIN, "R94-02 R94-03", _("应知道权益受损"), right=True)
_clock("CHALLENGE_ANSWER", _("质疑答复"), 7, WD, WITHIN, "R94-06", _("收到质疑函"))
_clock("COMPLAINT_WINDOW", _("投诉期"), 15, WD, WITHIN, "R94-10", _("收到答复或者答复期满"), right=True)
_clock("COMPLAINT_CHECK", _("投诉审查"), 5, WD, WITHIN, "R94-13", _("收到投诉"))
_clock("COMPLAINT_REFUSAL", _("不予受理告知"), 3, WD, WITHIN, "R94-13", _("决定不予受理"))
_clock("COMPLAINT_SERVICE", _("投诉副本送达"), 8, WD, WITHIN, "R94-13", _("收到投诉"))
_clock("COMPLAINT_MENDING", _("投诉补正"), 5, WD, WITHIN, "R94-13", _("补正通知"), setting=True, right=True)
_clock("COMPLAINT_REPLY", _("被投诉人说明"), 5, WD, WITHIN, "R94-14", _("收到投诉副本"), right=True)
_clock("COMPLAINT_DECISION", _("投诉处理决定"), 30, WD, WITHIN, "R94-15", _("收到投诉"), pausable=True)
_clock("HOLD_LIMIT", _("暂停期限"), 30, D, BY_ITSELF, "R94-16", _("暂停决定"), rolls=False)
# contract, delivery, acceptance, payment
_clock("CONTRACT_PUBLICATION", _("合同公告"), 2, WD, WITHIN, "R-GP-41", _("合同签订"))
_clock("CONTRACT_FILING", _("合同备案"), 7, WD, WITHIN, "R-GP-42 R-026", _("合同签订"))
_clock("FILING_RECEIPT", _("备案受理"), 3, WD, WITHIN, "SET", _("报送备案"), setting=True)
_clock("SUPPLIER_REPORT", _("承接主体报告"), None, WD, WITHIN, "R-040 S-77", _("报告期末"), pausable=True)
_clock("WEEKLY_RECORD", _("每周检查记录"), None, D, WITHIN, "R-043 S-85", _("一周开始"), rolls=False)
_clock("MAKE_UP", _("补做"), None, D, WITHIN, "S-87 R-099", _("补做通知"))
_clock("ACCEPTANCE_START", _("启动验收"), 7, WD, WITHIN, "R-GP-46 R22-10", _("承接主体申请"), pausable=True, setting=True)
_clock("ACCEPTANCE_PUBLICATION", _("验收结果公告"), 2, WD, WITHIN, "R-GP-46 R22-10", _("验收结论"), setting=True)
_clock("RECTIFICATION", _("整改"), 30, D, WITHIN, "R-057 S-112", _("收到整改通知"), pausable=True, setting=True)
_clock("INVOICE_PAYMENT", _("收到发票后付款"), 30, D, WITHIN, "R-GP-54", _("收到合格发票且条件具备"))
_clock("SME_PAYMENT", _("中小企业款项"), 30, D, WITHIN, "RPAY-01", _("交付、验收或者确认"))
_clock("RECEIVABLE_CONFIRMATION", _("应收账款确认"), 30, D, WITHIN, "RPAY-04", _("承接主体提出"))
_clock("OVERDUE_DISCLOSURE", _("逾期未付公开"), None, D, WITHIN, "RPAY-04", _("年度终了"), rolls=False)
_clock("TREASURY_EXECUTION", _("国库支付"), 0, D, WITHIN, "RTR-03", _("国库收到支付令"))
# suppliers and credit
_clock("ANNUAL_DISCLOSURE", _("年报公开"), None, D, WITHIN, "R-061", _("报告年度终了"), rolls=False)
_clock("REGISTRAR_REPORT", _("年报报送登记机关"), None, D, WITHIN, "RSO-01", _("报告年度终了"), rolls=False)
_clock("EVENT_DISCLOSURE", _("重大事项公开"), 20, WD, WITHIN, "R-063", _("事项形成或者变更"))
_clock("CORRECTION_ORDER", _("限期改正"), 20, WD, WITHIN, "R-070", _("责令改正送达"), setting=True)
_clock("ABNORMAL_REMOVAL", _("移出异常名录"), 5, WD, WITHIN, "RSO-05", _("履行义务并申请"))
_clock("ABNORMAL_TO_SERIOUS", _("异常名录满两年"), 2, Y, BY_ITSELF, "RSO-06", _("列入名录"), rolls=False)
_clock("SERIOUS_TERM", _("严重失信名单期限"), 2, Y, BY_ITSELF, "RSO-07", _("列入名单"), rolls=False)
_clock("STATEMENT", _("陈述申辩"), 5, WD, NOT_BEFORE, "SET", _("告知送达"), setting=True)
_clock("BAN", _("禁止参加采购"), None, Y, BY_ITSELF, "RBL-02 R74-22 R94-20", _("处罚起始日"), rolls=False)
# evaluation, oversight, participation
_clock("DRAFT_REPORT_REPLY", _("评价报告意见反馈"), 5, WD, WITHIN, "SET", _("征求意见稿送达"), setting=True, right=True)
_clock("ASSESSMENT_OBJECTION", _("评价结果异议"), 5, WD, WITHIN, "SET", _("结果送达"), setting=True, right=True)
_clock("DRAW_PUBLICATION", _("抽查结果公开"), 20, WD, WITHIN, "RSO-09", _("抽查结束"))
_clock("FINDING_ANSWER", _("审计问题答复"), 10, WD, WITHIN, "S-123", _("问题送达"), setting=True)
_clock("MESSAGE_ANSWER", _("公众来信答复"), 15, WD, WITHIN, "S-135", _("来信受理"), setting=True)
_clock("RETENTION", _("档案保存"), 15, Y, NOT_BEFORE, "R-GP-47", _("项目办结"), rolls=False)
