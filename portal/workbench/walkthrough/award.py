"""From the opened tender to the announced award: qualification, panel, scores, report, decision."""
from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

from django.conf import settings

from .story import StepFailed, Story

TITLE = "评审与定标"
SIZE = 5
PLAN = {"supplier_a": 42, "supplier_b": 45, "supplier_c": 33}
RECORD = {"supplier_a": "30", "supplier_b": "30", "supplier_c": "15"}


def play(story: Story) -> None:
    qualify(story)
    draw = seal_and_draw(story)
    members = seat_the_panel(story, draw)
    start(story)
    report = score(story, members)
    award = deliver_and_decide(story, report)
    check(story, award)


def qualify(story: Story) -> None:
    """The purchaser, not the panel, looks at the qualification of each bidder."""
    tender = story.facts["tender_id"]
    story.move_by("资格审查", hours=1)
    story.refused("buyer", f"tenders/{tender}/start_evaluation/", rule="R87-24", what="没有资格审查就开始评审")
    conditions = story.read("buyer", f"public-tenders/{story.facts['tender_number']}/")["qualifications"]
    evidence = {f"condition_{row['id']}": "符合，见资格证明文件。" for row in conditions}
    for bid in story.facts["bids"].values():
        words = {"credit_query": "信用中国、中国政府采购网查询，无不良记录。", "conflict_check": "与其他投标人无控股、管理关系。"}
        story.act("buyer", "bids", bid, "qualify", {**evidence, **words}, "资格审查合格", "QUALIFIED", "R87-24")


def seal_and_draw(story: Story) -> int:
    """The seed is sealed, the witness adds his words, the pool is drawn in an order anybody can compute again."""
    review = story.now() + timedelta(hours=3)
    conditions = {
        "size": SIZE - 1, "subject": "城市管理", "review_at": review.isoformat(), "place": "评审室一（演示）",
        "witness": story.person("witness").user_id, "representatives": [],
    }
    draw = story.create("buyer", "draws", {"tender": story.facts["tender_id"], **conditions}, "设定专家抽取条件", "DRAFTED", "R87-26")["id"]
    story.refused("buyer", f"draws/{draw}/seal_seed/", rule="R87-26", what="评审委员会 4 人")
    later = (story.now() + timedelta(days=12)).isoformat()
    story.act("buyer", "draws", draw, "edit", {**conditions, "size": SIZE, "review_at": later}, "改为 5 人", "DRAFTED", "R87-26")
    sealed = story.act("buyer", "draws", draw, "seal_seed", what="封存种子，固定候选名单和排除原因", state="SEALED", rule="R87-29")
    for row in sealed["pool"]:
        if row["excluded"]:
            story.say(f"    {row['number']} 排除：{row['reason']}（{row['excluded']}）")
    story.refused("buyer", f"draws/{draw}/draw/", rule="REX-01", what="评审前十二日抽取")
    story.act("buyer", "draws", draw, "edit", {**conditions, "size": SIZE}, "定于当日下午评审", "SEALED")
    story.refused("buyer", f"draws/{draw}/draw/", rule="R87-29", what="没有见证就抽取")
    story.refused("buyer", f"draws/{draw}/attest/", {"words": "1234"}, status=403, what="经办人自己见证")
    story.act("witness", "draws", draw, "attest", {"words": "赣江 2026 3817"}, "写下见证数", "SEALED", "R87-29")
    done = story.act("buyer", "draws", draw, "draw", what="抽取专家", state="DRAWN", rule="REX-01")
    story.say(f"    种子摘要 {done['seed_hash'][:16]}…  混合值 {done['mixed'][:16]}…")
    return draw


def seat_the_panel(story: Story, draw: int) -> dict[str, int]:
    """One declines and the next steps up; all declare after seeing the bidders; a leader is elected. Username → seat."""
    invited = asked(story, draw, "DRAWN")
    story.act(invited[0]["username"], "panel-members", invited[0]["id"], "decline", {"reason_code": "BUSY", "reason": "当日有课。"},
              "谢绝", "DECLINED", "REX-01")  # fmt: skip
    for row in asked(story, draw, "DRAWN"):
        story.act(row["username"], "panel-members", row["id"], "confirm", what="应邀", state="CONFIRMED")
    story.refused("buyer", f"tenders/{story.facts['tender_id']}/start_evaluation/", rule="R-GP-20", what="未签回避声明就开始评审")
    story.move_by("评审前", hours=2)
    confirmed = asked(story, draw, "CONFIRMED")
    for row in confirmed:
        story.act(row["username"], "panel-members", row["id"], "declare", {"no_ties": True, "discipline": True},
                  "看到投标人名单，签署回避声明", "SEATED", "R-GP-20")  # fmt: skip
    for row in confirmed[:3]:
        story.act(row["username"], "panel-members", row["id"], "nominate", {"candidate": confirmed[0]["id"]}, "推选组长", rule="R87-25")
    return {row["username"]: row["id"] for row in confirmed}


def asked(story: Story, draw: int, state: str) -> list[dict]:
    rows = [row for row in story.find("buyer", "panel-members/") if row["draw"] == draw and row["state"] == state]
    return sorted(rows, key=lambda row: row["seat"])


def start(story: Story) -> None:
    story.move_by("开始评审", hours=1)
    story.act("buyer", "tenders", story.facts["tender_id"], "start_evaluation", what="开始评审", state="EVALUATING", rule="R87-24")


def score(story: Story, members: dict[str, int]) -> int:
    """Conformity by majority, scores by each alone, an objective difference found and mended, every name under the report."""
    sheets = {name: story.read(name, f"panel-members/{seat}/")["sheet"] for name, seat in members.items()}
    names = list(sheets)
    outsider = next(f"expert_{number}" for number in range(1, 8) if f"expert_{number}" not in sheets)
    bids = story.facts["bids"]
    factors = {row["name"]: row["id"] for row in story.read("buyer", f"public-tenders/{story.facts['tender_number']}/")["factors"]}
    probe = {"points": [{"bid": bids["supplier_a"], "factor": factors["养护方案"], "points": "50"}]}
    story.refused(outsider, f"score-sheets/{sheets[names[0]]}/score/", probe, status=404, what="未被抽中的专家评分")
    story.refused(names[1], f"score-sheets/{sheets[names[0]]}/score/", probe, status=404, what="替别的评委评分")
    for name in names:
        if story.read(name, f"bids/{bids['supplier_a']}/")["state"] == "QUALIFIED":
            findings = [{"bid": bid, "responsive": True} for bid in bids.values()]
            story.act(name, "score-sheets", sheets[name], "review_conformity", {"findings": findings}, "符合性审查：均符合", rule="R87-32")
    out = {"points": [{"bid": bids["supplier_a"], "factor": factors["养护方案"], "points": "51"}]}
    story.refused(names[0], f"score-sheets/{sheets[names[0]]}/score/", out, rule="R22-09", what="超出等次范围的评分")
    story.refused(names[0], f"score-sheets/{sheets[names[0]]}/submit/", rule="R87-47", what="没有评完就提交")
    for number, name in enumerate(names):
        record = {**RECORD, "supplier_c": "0"} if number == 1 else RECORD
        fill(story, name, sheets[name], factors, {key: PLAN[key] + number % 3 for key in PLAN}, record)
        story.act(name, "score-sheets", sheets[name], "submit", what="提交全部评分", state="SUBMITTED", rule="R87-47")
    tender = story.facts["tender_id"]
    report = next(row["id"] for row in story.find(names[0], "evaluation-reports/") if row["tender"] == tender)
    story.refused(names[0], f"evaluation-reports/{report}/sign/", {}, rule="PF-10", what="客观分不一致就签署")
    leader, wrong = names[0], names[1]
    story.act(leader, "score-sheets", sheets[wrong], "reopen", {"reason_code": "OBJECTIVE", "reason": "对洁净家园的履约评价份数计错。"},
              "组长要求复核", "REOPENED", "R87-50")  # fmt: skip
    fill(story, wrong, sheets[wrong], factors, {}, {"supplier_c": RECORD["supplier_c"]})
    story.act(wrong, "score-sheets", sheets[wrong], "submit", what="复核后再次提交", state="SUBMITTED")
    for number, name in enumerate(names):
        dissent = {"dissent": True, "reason": "建议合同中约定雨雪天气的应急人员。"} if number == 2 else {}
        story.act(name, "evaluation-reports", report, "sign", dissent, "签署评审报告", "SIGNED" if number == SIZE - 1 else "", "R87-70")
    return report


def fill(story: Story, name: str, sheet: int, factors: dict, plan: dict, record: dict) -> None:
    bids = story.facts["bids"]
    points = [{"bid": bids[key], "factor": factors["养护方案"], "points": str(value)} for key, value in plan.items()]
    points += [{"bid": bids[key], "factor": factors["同类履约评价"], "points": value} for key, value in record.items()]
    story.act(name, "score-sheets", sheet, "score", {"points": points}, f"评分 {len(points)} 项", rule="R22-09")


def deliver_and_decide(story: Story, report: int) -> dict:
    story.move_by("评审报告送达", hours=2)
    delivered = story.act("buyer", "evaluation-reports", report, "deliver", what="评审报告送达采购人", state="DELIVERED", rule="R87-71")
    for row in delivered["content"]["scoring"]["results"]:
        story.say(f"    {row['rank']}. {row['supplier']}  价格分 {row['price_score']}  总分 {row['total']}")
    award = next(row for row in story.find("head", "awards/") if row["tender"] == story.facts["tender_id"])
    credit = {"credit_query": "定标前复查信用中国、中国政府采购网，无不良记录。"}
    story.refused("buyer", f"awards/{award['id']}/decide/", credit, status=403, what="经办人自己定标")
    second = {"candidate": str(story.facts["bids"]["supplier_c"]), **credit, "reason_code": "DECISION", "reason": "看好第三名。"}
    story.refused("head", f"awards/{award['id']}/decide_other/", second, rule="R87-71", what="跳过第二名确定第三名")
    story.act("head", "awards", award["id"], "decide", credit, "确定第一名中标", "DECIDED", "R87-71")
    award = story.act("head", "awards", award["id"], "announce", what="公告结果，发通知书和告知书", state="ANNOUNCED", rule="R87-74")
    story.facts |= {"award_id": award["id"], "winner": award["supplier"]}
    story.keep("buyer", delivered["document"], "评审报告.pdf")
    story.keep("buyer", award["letter"], "中标通知书.pdf")
    return award


def check(story: Story, award: dict) -> None:
    """Anybody takes the published scoring data and computes the ranking again."""
    path = story.keep("supplier_c_head", award["scoring"], "评分数据.json")
    script = settings.BASE_DIR / "verify" / "award.py"
    done = subprocess.run([sys.executable, str(script), str(path)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise StepFailed(f"verify/award.py: {done.stdout}{done.stderr}")
    story.say(f"    verify/award.py：{done.stdout.strip().splitlines()[-1]}")
