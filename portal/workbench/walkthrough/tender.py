"""The open tender: document, internal review, key of the openers, notice."""
from __future__ import annotations

from datetime import datetime, timedelta

from .story import SHANGHAI, Story

TITLE = "公开招标：招标文件、内部审查、开标密钥、招标公告"
REVIEWERS = ("reviewer_procurement", "reviewer_finance", "reviewer_business", "reviewer_supervision")
OPENERS = ("opener_a", "opener_b")


def play(story: Story) -> None:
    year = story.facts["year"]
    story.move_to(datetime(year, 2, 10, 9, 30, tzinfo=SHANGHAI), "编制招标文件")
    tender = story.create("buyer", "tenders", {"project": story.facts["project_id"]}, "起草招标文件", "DRAFTED", "R87-08")
    story.facts["tender_id"] = tender["id"]
    story.act("buyer", "tenders", tender["id"], "edit", {**document(story), "factors": unbalanced()}, "先保存权重不足的草稿")
    story.refused("buyer", f"tenders/{tender['id']}/propose/", rule="R87-44", what="分值合计不是 100 的文件送审")
    story.act("buyer", "tenders", tender["id"], "edit", document(story), "写全招标文件")
    story.act("buyer", "tenders", tender["id"], "propose", what="送内部审查", state="PROPOSED", rule="R22-12")
    story.refused("buyer", f"tenders/{tender['id']}/review/", {"general_opinion": "同意"}, status=403, what="编制人自己审查")
    for person in REVIEWERS:
        tender = story.act(person, "tenders", tender["id"], "review", {"general_opinion": "符合规定。", "key_opinion": "风险可控。"},
                           "内部审查同意", rule="R22-13")  # fmt: skip
    publish_when_sealed(story, tender, year)


def publish_when_sealed(story: Story, tender: dict, year: int) -> None:
    """No notice before the openers' key is made and proved by each of them."""
    published = datetime(year, 3, 3, 10, 0, tzinfo=SHANGHAI)
    story.move_to(published, "发布招标公告")
    closes = closing_time(published)
    times = {"offer_until": (published + timedelta(days=9)).date().isoformat(), "closes_at": closes.isoformat()}
    story.refused("head", f"tenders/{tender['id']}/publish/", times, rule="SEAL-04", what="没有开标密钥就发公告")
    key = story.create("buyer", "opening-keys", {
        "tender": tender["id"], "openers": [story.person(name).user_id for name in OPENERS], "witness": story.person("witness").user_id,
    }, "指定两名开标人和见证人", "NAMED", "R87-21")  # fmt: skip
    for name in OPENERS:
        story.act(name, "opening-keys", key["id"], "set_passphrase",
                      {"passphrase": passphrase(name), "again": passphrase(name)}, "设置开标口令")  # fmt: skip
    for name in OPENERS:
        key = story.act(name, "opening-keys", key["id"], "prove", {"passphrase": passphrase(name)}, "验证开标密钥")
    story.refused("head", f"tenders/{tender['id']}/publish/", {**times, "closes_at": (published + timedelta(days=10)).isoformat()},
                  rule="R87-18", what="投标时间不足 20 日")  # fmt: skip
    tender = story.act("head", "tenders", tender["id"], "publish", times, "发布招标公告", "PUBLISHED", "R87-13")
    story.facts |= {"tender_number": tender["number"], "closes_at": closes}


def closing_time(published: datetime) -> datetime:
    """A working morning at least 20 days on; the first days after are tried in turn by the rule itself."""
    closes = (published + timedelta(days=22)).replace(hour=9, minute=30)
    while closes.weekday() >= 5:
        closes += timedelta(days=1)
    return closes


def passphrase(username: str) -> str:
    return f"{username} 当天当众开启"


def bands(*rows: tuple[str, str, str]) -> list[dict]:
    return [{"label": label, "from": low, "to": high, "points": high, "text": ""} for label, low, high in rows]


def unbalanced() -> list[dict]:
    return [{"name": "投标报价", "category": "PRICE", "points": "20", "objective": True, "standard": "低价优先法", "bands": []}]


def document(story: Story) -> dict:
    """The document beyond the clauses it starts from. 24 months, quarterly duties, payment by progress (W-09)."""
    year, budget = story.facts["year"], 2 * story.facts["yearly"]
    return {
        "need_goal": "道路清扫保洁与绿化养护，保持市容整洁。", "need_standards": "《城市道路清扫保洁与质量评价标准》CJJ/T 126—2022。",
        "need_quality": "路面本色率不低于 92%，绿地完好率不低于 95%。", "need_quantity": "道路 12 万平方米，服务期内每日作业。",
        "need_service": "投诉两小时内到场处理。", "need_acceptance": "按季检查，期满验收合格。",
        "service_from": f"{year}-06-01", "service_until": f"{year + 2}-05-31", "budget": f"{budget}.00", "ceiling": f"{budget - 40_000}.00",
        "budget_shown": True, "consortium": "REFUSED", "sme_policy": "DEDUCTION", "sme_deduction": "15", "sme_industry": "其他未列明行业",
        "bond_percent": "0", "opening_place": "赣江市公共资源交易中心第二开标室（演示）", "contact_name": "林晓东",
        "contact_phone": "0791-1234 5678", "challenge_department": "赣江市城市管理局采购办", "challenge_phone": "0791-1234 5679",
        "challenge_address": "赣江市演示路 1 号", "survey_on": f"{year}-01-15", "survey_respondents": 4,
        "survey_findings": "市场供应充分，价格稳定。",
        "lots": [{"name": "城市保洁绿化道路养护", "amount": f"{budget}.00", "ceiling": None}],
        "requirements": [{"text": "作业人员统一着装，夜间作业穿反光衣。"}],
        "factors": [
            {"name": "投标报价", "category": "PRICE", "points": "20", "objective": True, "standard": "低价优先法", "bands": []},
            {"name": "养护方案", "category": "TECHNICAL", "points": "50", "objective": False, "standard": "按方案的针对性评分",
             "bands": bands(("优", "35", "50"), ("良", "20", "35"), ("一般", "0", "20"))},
            {"name": "同类履约评价", "category": "PERFORMANCE", "points": "30", "objective": True, "standard": "按合格的履约评价份数",
             "bands": bands(("两份", "30", "30"), ("一份", "15", "15"), ("没有", "0", "0"))},
        ],
        "deliverables": [
            {"name": "道路清扫保洁", "quota": None, "unit": "", "period": "TERM", "sub_condition": "", "sub_quota": None,
             "standard": "每日普扫两遍，巡回保洁。"},
            {"name": "绿地修剪", "quota": "12", "unit": "次", "period": "YEAR", "sub_condition": "机械修剪", "sub_quota": "6",
             "standard": "按养护规范"},
        ],
        "payment_terms": [
            {"name": "首付款", "percent": "30", "condition": "SIGNED", "year": year, "note": "合同备案后"},
            {"name": "进度款一", "percent": "20", "condition": "REPORT", "year": year, "note": "第二期报告确认后"},
            {"name": "进度款二", "percent": "30", "condition": "REPORT", "year": year + 1, "note": "第六期报告确认后"},
            {"name": "尾款", "percent": "20", "condition": "ACCEPTANCE", "year": year + 1, "note": "验收合格后"},
        ],
        "risks": [{"risk": "中标人人员不足", "stage": "履约", "owner": "项目专管员", "measure": "每周查岗，约定违约金"}],
    }  # fmt: skip
