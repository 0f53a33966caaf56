"""Evaluation: an independent evaluator, three parties, a result that binds next year's plan and stays with the supplier."""
from __future__ import annotations

from datetime import timedelta

from portal.accounts.demo import ORGANISATIONS
from portal.identifiers import check_character

from .payment import contract_of
from .story import StepFailed, Story

TITLE = "绩效评价与结果应用"


def play(story: Story) -> None:
    """From the engagement to the closed project."""
    contract = contract_of(story)
    assessment = next(row for row in story.find("finance_officer", "assessments/") if row["contract"] == contract["id"])
    engagement = engage(story, contract)
    collect(story, engagement)
    report(story, engagement)
    settle(story, assessment["id"])
    use(story, assessment["id"])
    project = story.read("planner", f"projects/{story.facts['project_id']}/")
    story.say(f"    项目阶段 → {project['state_label']}")
    if project["state"] not in ("EVALUATED", "CLOSED"):
        raise StepFailed(f"project {project['state']}, not EVALUATED")


def engage(story: Story, contract: dict) -> int:
    """Chosen by finance, independent by word of every person."""
    choices = {"contract": contract["id"], "fee": "48000.00", "choice": "具备同类公共服务评价经验，与双方没有隶属关系。"}
    evaluator = evaluator_code()
    story.refused("buyer", "engagements/", {**choices, "evaluator": evaluator}, status=403, what="购买主体自己委托评价")
    choices["evaluator"] = evaluator
    key = story.create("finance_officer", "engagements", choices, "拟委托第三方评价", "PROPOSED", "RPE-10")["id"]
    story.act("finance_head", "engagements", key, "engage", what="委托评价", state="ENGAGED", rule="RPE-11")
    story.refused("evaluator_head", f"engagements/{key}/declare/", rule="RPE-11", what="评价人员未声明独立")
    for who in ("evaluator_head", "evaluator"):
        story.act(who, "engagements", key, "sign_independence", {"has_tie": "no", "statement": ""}, "声明与双方没有利害关系")
    story.act("evaluator_head", "engagements", key, "declare", what="机构声明独立", state="DECLARED", rule="S-113")
    return key


def evaluator_code() -> str:
    """The credit code of the demonstration's evaluator."""
    stem = next(each.stem for each in ORGANISATIONS if each.key == "evaluation")
    return stem + check_character(stem)


def collect(story: Story, key: int) -> None:
    """Plan, scores of the third party, recipients heard, a piece of evidence for each indicator."""
    due = (story.now() + timedelta(days=30)).date().isoformat()
    story.act("evaluator", "engagements", key, "plan", {
        "object": "合同约定的全部服务内容", "method": "台账核对、现场抽查与访谈", "sample": "随机抽取街道 12 条、居民 120 人",
        "report_due": due,
    }, "确定评价方案", "PLANNED", "RPE-11")  # fmt: skip
    story.act("evaluator", "engagements", key, "collect", what="开始取证", state="COLLECTING")
    leaves = leaves_of(story, story.read("evaluator", f"engagements/{key}/")["scheme"])
    third = [leaf for leaf in leaves if leaf["scored_by"] in ("ALL", "PROFESSIONAL", "THIRD_PARTY")]
    heard = [leaf for leaf in leaves if leaf["scored_by"] in ("ALL", "RECIPIENTS")]
    story.refused("evaluator", f"engagements/{key}/score/", {"scores": rows(third[:-1], 88)}, rule="R-050", what="漏评一项指标")
    story.act("evaluator", "engagements", key, "score", {"scores": rows(third, 88)}, f"第三方评分 {len(third)} 项", "COLLECTING", "S-113")
    story.act("evaluator", "engagements", key, "hear_recipients", {
        "recipients_asked": 120, "recipients_answered": 103, "recipients_method": "入户访谈与街头随机访问", "scores": rows(heard, 92),
    }, "录入服务对象评分", "COLLECTING", "S-109")  # fmt: skip
    story.refused("evaluator_head", f"engagements/{key}/consult/", {"draft": "征求意见稿"}, rule="S-114", what="没有证据就征求意见")
    for leaf in leaves:
        if leaf["scored_by"] != "PURCHASER":
            story.act("evaluator", "engagements", key, "add_evidence", {
                "indicator": leaf["code"], "available": "yes", "text": f"{leaf['source']}，现场抽查记录。",
            }, f"登记指标 {leaf['code']} 的证据")  # fmt: skip


def leaves_of(story: Story, scheme: int) -> list[dict]:
    return [row for row in story.read("finance_officer", f"schemes/{scheme}/")["indicators"] if row["level"] == 3]


def rows(leaves: list[dict], value: int) -> list[dict]:
    """The same score with small differences, so that the sum is worth computing."""
    return [{"indicator": leaf["code"], "value": f"{value + number % 3}.00"} for number, leaf in enumerate(leaves)]


def report(story: Story, key: int) -> None:
    """Both sides are heard; the report reaches finance and purchaser at once and nobody can change it."""
    draft = {"draft": "服务总体达到合同要求，雨季保洁频次偏低。"}
    story.act("evaluator_head", "engagements", key, "consult", draft, "征求意见", "CONSULTING", "S-113")
    early = {"conclusion": "x", "suggestions": "x"}
    story.refused("evaluator_head", f"engagements/{key}/report/", early, rule="S-113", what="反馈期限未到就出报告")
    story.act(contractor(story), "engagements", key, "reply", {"reason": "雨季已增加班次，请核实 7 月台账。"}, "承接主体反馈意见")
    story.act("head", "engagements", key, "reply", {"reason": "没有不同意见。"}, "购买主体反馈意见")
    done = story.act("evaluator_head", "engagements", key, "report", {
        "conclusion": "服务数量、质量达到合同要求，资金使用合规，服务对象满意。", "suggestions": "完善雨季保洁预案，提高成本节约。",
        "purchaser_answer": "已阅。", "supplier_answer": "已核对 7 月台账，报告采用增加后的班次。",
    }, "出具评价报告，直送财政和购买主体", "REPORTED", "R-056")  # fmt: skip
    story.refused("head", f"engagements/{key}/report/", {"conclusion": "改", "suggestions": "改"}, status=403, what="购买主体修改报告")
    paper = next(row for row in done["documents"] if row["kind"] == "performance_report")
    story.keep("head", paper["url"], "绩效评价报告.pdf")
    story.act("finance_officer", "engagements", key, "check", {"reason": "程序合规，底稿齐全。"}, "质量核查", "CHECKED")


def settle(story: Story, key: int) -> None:
    """The purchaser's scores complete the sum; served, silent for the period, settled by itself, published."""
    scheme = story.read("head", f"assessments/{key}/")["scheme"]
    own = [leaf for leaf in leaves_of(story, scheme) if leaf["scored_by"] in ("ALL", "PROFESSIONAL", "PURCHASER")]
    done = story.act("head", "assessments", key, "score_party", {"scores": rows(own, 86)}, "购买主体评分", "COMPUTED", "S-106")
    story.say(f"    三方得分 {done['score']}（精确 {done['exact']}），等次 {done['grade']} [RPE-02]")
    story.act("finance_officer", "assessments", key, "serve", what="送达评价结果", state="SERVED")
    story.refused("finance_head", f"assessments/{key}/confirm/", rule="S-113", what="异议期未满就确定")
    story.move_by("异议期满，结果自动确定", days=12)
    settled = story.read("finance_head", f"assessments/{key}/")
    if settled["state"] != "CONFIRMED":
        raise StepFailed(f"assessment {settled['state']}, not CONFIRMED")
    story.act("finance_head", "assessments", key, "publish", {"summary": "服务达到合同要求，结果用于下年预算和承接主体履约评价。"},
              "公布评价结果", "PUBLISHED", "R102-24")


def use(story: Story, key: int) -> None:
    """Every use cites the result: on next year's item, on the supplier."""
    for row in story.read("finance_head", f"assessments/{key}/")["uses"]:
        if row["state"] == "PROPOSED":
            what = f"应用结果：{row['kind']}"
            done = story.act("finance_head", "result-uses", row["id"], "apply", what=what, state="APPLIED", rule="S-110")
            story.say(f"    依据 {done['citation']}，金额 {done['amount'] or '—'}")
        else:
            story.say(f"    {row['kind']} {row['state']} [S-110]")
    outcomes = story.read(contractor(story), f"suppliers/{story.find(contractor(story), 'suppliers/')[0]['id']}/")["outcomes"]
    if not outcomes:
        raise StepFailed("the result did not reach the supplier")
    story.say(f"    承接主体页面：{outcomes[0]['contract_ref']} {outcomes[0]['grade']} {outcomes[0]['score']} 分 [S-111]")
    story.facts["assessment_id"] = key


def contractor(story: Story) -> str:
    """The head of the supplier that holds the contract."""
    return f"{story.facts['contractor']}_head"
