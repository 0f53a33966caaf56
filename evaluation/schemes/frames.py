"""Frames of indicators to start from; none is prescribed, weights are checked whatever they are (X-25)."""
from __future__ import annotations

from .models import Indicator

A, D, B = Indicator.Aspect, Indicator.Dimension, Indicator.ScoredBy
FROM_CONTRACT, FROM_LEDGER, FROM_BUDGET = "合同、计划文件", "履约台账、检查记录", "预算指标、支付凭证"
RATIO = "达到目标得满分，未达到按完成比例计分"
SURVEY = "服务对象评分的平均值"
JUDGED = "完全符合得满分，部分符合按程度计分"


def row(code: str, name: str, weight: str, dimension: str, aspect: str = "", source: str = "", rule: str = "", scored_by: str = "") -> dict:
    return {
        "code": code, "name": name, "weight": weight, "dimension": dimension, "aspect": aspect, "source": source, "rule": rule,
        "scored_by": scored_by,
    }


#: Three-level framework for project spending (RPE-F01 … RPE-F08), with the effect split by R-052.
PROJECT_SPENDING = [
    row("1", "决策", "20", D.DECISION),
    row("1.1", "项目立项", "12", D.DECISION),
    row("1.1.1", "立项依据和程序", "6", D.DECISION, A.MANAGEMENT, FROM_CONTRACT, JUDGED, B.THIRD_PARTY),
    row("1.1.2", "绩效目标明确性", "6", D.DECISION, A.MANAGEMENT, FROM_CONTRACT, JUDGED, B.THIRD_PARTY),
    row("1.2", "资金投入", "8", D.DECISION),
    row("1.2.1", "预算编制科学性", "8", D.DECISION, A.FUNDS, FROM_BUDGET, JUDGED, B.THIRD_PARTY),
    row("2", "过程", "20", D.PROCESS),
    row("2.1", "资金管理", "11", D.PROCESS),
    row("2.1.1", "预算执行率", "7", D.PROCESS, A.FUNDS, FROM_BUDGET, RATIO, B.PROFESSIONAL),
    row("2.1.2", "资金使用合规性", "4", D.PROCESS, A.FUNDS, FROM_BUDGET, JUDGED, B.THIRD_PARTY),
    row("2.2", "组织实施", "9", D.PROCESS),
    row("2.2.1", "制度执行有效性", "9", D.PROCESS, A.MANAGEMENT, FROM_LEDGER, JUDGED, B.PROFESSIONAL),
    row("3", "产出", "30", D.OUTPUT),
    row("3.1", "数量与质量", "20", D.OUTPUT),
    row("3.1.1", "实际完成率", "10", D.OUTPUT, A.QUANTITY, FROM_LEDGER, RATIO, B.PROFESSIONAL),
    row("3.1.2", "质量达标率", "10", D.OUTPUT, A.QUALITY, FROM_LEDGER, RATIO, B.ALL),
    row("3.2", "时效与成本", "10", D.OUTPUT),
    row("3.2.1", "完成及时性", "5", D.OUTPUT, A.TIME, FROM_LEDGER, RATIO, B.PROFESSIONAL),
    row("3.2.2", "成本节约率", "5", D.OUTPUT, A.COST, FROM_BUDGET, RATIO, B.THIRD_PARTY),
    row("4", "效益", "30", D.EFFECT),
    row("4.1", "项目效益", "20", D.EFFECT),
    row("4.1.1", "社会效益", "10", D.EFFECT, A.SOCIAL, FROM_LEDGER, JUDGED, B.ALL),
    row("4.1.2", "经济效益", "5", D.EFFECT, A.ECONOMIC, FROM_BUDGET, JUDGED, B.PROFESSIONAL),
    row("4.1.3", "可持续影响", "5", D.EFFECT, A.LASTING, FROM_LEDGER, JUDGED, B.PROFESSIONAL),
    row("4.2", "满意度", "10", D.EFFECT),
    row("4.2.1", "服务对象满意度", "10", D.EFFECT, A.SATISFACTION, "服务对象评分及佐证", SURVEY, B.RECIPIENTS),
]
