"""Reason codes of the tender's rows: why it is sent back, moved, failed, ended."""
from django.utils.translation import gettext_lazy as _

SEND_BACK = (
    ("INCOMPLETE", _("内容不完整")), ("NEEDS", _("采购需求不明确")), ("QUALIFICATION", _("资格条件不当")),
    ("SCORING", _("评分办法不当")), ("CONTRACT", _("合同条款不当")), ("BUDGET", _("预算或限价不当")), ("OTHER", _("其他")),
)
EXTEND = (
    ("FEW_TAKERS", _("获取招标文件的供应商不足三家")), ("CLARIFICATION", _("澄清或者修改招标文件")),
    ("DECISION", _("按处理决定顺延")), ("OTHER", _("其他")),
)
FAIL = (
    ("FEWER_THAN_THREE", _("合格供应商或者对招标文件作实质响应的供应商不足三家")), ("VIOLATION", _("出现影响采购公正的违法、违规行为")),
    ("ABOVE_BUDGET", _("投标人的报价均超过采购预算，采购人不能支付")), ("TASK_CANCELLED", _("因重大变故，采购任务取消")),
    ("WINNER_GONE", _("中标人放弃或者拒绝签约，且没有后续候选人")), ("NOBODY_BID", _("无人投标")),
    ("RESERVED_FEW", _("预留项目合格中小企业不足三家")),
)
TERMINATE = (("MAJOR_CHANGE", _("因重大变故，采购任务取消")), ("ORDERED", _("按监督管理部门的决定终止")))
#: Codes after which nothing remains to be bought.
NEED_GONE = frozenset({"TASK_CANCELLED", "MAJOR_CHANGE"})
END_LABELS = dict((*FAIL, *TERMINATE))
