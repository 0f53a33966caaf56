"""What goes on beside the purchase of the tour: a draft catalogue is discussed, what the catalogue lacks is asked for, a role
is put into other hands, a cost shared.
"""
from __future__ import annotations

from datetime import timedelta

from tests.factories.catalogue import NEAREST, SIX
from tests.factories.offices import group_data
from tests.factories.recommended import UNREGISTERED

from .watched import WatchedStory

OUTSIDE = "out-of-catalogue"


def play(story: WatchedStory) -> None:
    consult(story)
    ask_outside(story)
    ask_about_words(story)
    list_the_year(story)
    keep_policies(story)
    recommend(story)
    list_functions(story)
    aim(story)
    lead(story)
    delegate(story)


def consult(story: WatchedStory) -> None:
    """A draft is laid open: anybody may say what he thinks of it, an expert's letter is taken down and answered."""
    draft = {"year": 2029, "title": "赣江市指导性目录（2029 年版）", "start": "COPY"}
    pk = story.create("finance_officer", "catalogue-versions", draft, "新建目录版本")["id"]
    story.act("finance_head", "catalogue-versions", pk, "consult", {"departments": "市民政局、市教育局"})
    story.tour.visit("", f"/catalogue/versions/{pk}/comment/")
    letter = {"version": pk, "source": "EXPERT", "author": "周教授", "text": "建议增列社区助餐。"}
    opinion = story.create("finance_officer", "catalogue-comments", letter, "登记意见")["id"]
    story.tour.visit("finance_officer", f"/catalogue/versions/{pk}/")
    story.act("finance_officer", "catalogue-comments", opinion, "answer", {"outcome": "EXPLAINED", "reply": "列入下一年度研究。"})


def request(story: WatchedStory, **changes) -> dict:
    version = story.find("planner", "catalogue-versions/?state=ISSUED")[0]["id"]
    leaves = {row["code"]: row["id"] for row in story.find("planner", f"catalogue-items/?version={version}")}
    return {
        "title": "社区老年助餐服务", "year": story.now().year + 1, "kind": "A", "content": "每日供应午餐并送餐上门。",
        "need": "现有目录条目都不含供餐。", "duty_basis": "三定规定第四条第二项", "amount": "680000.00",
        "nearest": [{"leaf": leaves[code], "reason": reason} for code, reason in NEAREST.items()],
        **dict.fromkeys(SIX, "false"), **{f"{name}_reason": "经核对不属于这一类。" for name in SIX}, **changes,
    }  # fmt: skip


def ask_outside(story: WatchedStory) -> None:
    """Asked for, confirmed as a duty, reviewed and filed; what else might be answered is looked at on the way."""
    given = request(story)
    pk = story.create("planner", OUTSIDE, given, "申报目录外事项")["id"]
    story.act("planner", OUTSIDE, pk, "edit", given)
    story.act("head", OUTSIDE, pk, "submit")
    story.tour.visit("finance_officer", f"/act/catalogue.outside/{pk}/link/")
    story.tour.visit("finance_head", f"/act/catalogue.outside/{pk}/reject/")
    story.act("establishment", OUTSIDE, pk, "confirm_duty", {"confirmed": "true", "opinion": "属于三定规定的职责。"})
    story.act("finance_officer", OUTSIDE, pk, "review", {"opinion": "确需购买，价格合理。"})
    story.tour.visit("finance_head", f"/act/catalogue.outside/{pk}/file/")
    story.act("finance_head", OUTSIDE, pk, "file", {"reason": "目录暂无对应条目，同意备案。"})
    story.tour.visit("finance_officer", f"/act/catalogue.outside/{pk}/take_up/")


def ask_about_words(story: WatchedStory) -> None:
    """A word that stops the request is explained, and let pass."""
    pk = story.create("planner", OUTSIDE, request(story, content="送餐上门，不含劳务派遣。"), "申报目录外事项")["id"]
    story.act("planner", OUTSIDE, pk, "ask_wording", {"question": "写明的是不含劳务派遣。"})
    story.act("finance_officer", OUTSIDE, pk, "overrule_wording", {"words": ["劳务派遣"], "reason": "用语无害。"})


def list_the_year(story: WatchedStory) -> None:
    """Three implementation catalogues: one published and added to, one before the government, one being compiled."""
    lists, year = "implementation-catalogues", story.now().year
    version = story.find("planner", "catalogue-versions/?state=ISSUED")[0]["id"]
    leaf = next(row["id"] for row in story.find("planner", f"catalogue-items/?version={version}") if row["code"] == "A1001")
    entry = {
        "title": "社区矫正辅助服务", "leaf": leaf, "agency": story.find("planner", f"{OUTSIDE}/")[0]["agency"], "method": "OPEN_TENDER",
        "livelihood": "on", "grounds": "矫正对象逐年增加", "pilot": "FIRST",
    }  # fmt: skip
    decision = {"decision": "赣江府办批〔2026〕12 号", "decided_on": story.now().date().isoformat()}
    for number, acts in enumerate((("submit", "approve", "issue"), ("submit", "send_back", "submit"), ()), start=1):
        given = {"year": year + number, "title": f"赣江市 {year + number} 年实施目录", "start": "EMPTY"}
        pk = story.create("finance_officer", lists, given, "编制实施目录")["id"]
        story.act("finance_officer", lists, pk, "add_entry", entry)
        for name in acts:
            who = "convener" if name in ("approve", "send_back") else "finance_head"
            story.act(who, lists, pk, name, decision if name == "approve" else {"reason": "请核实金额。"} if name == "send_back" else {})
        if "issue" in acts:
            added = [{**entry, "title": "社区养老照护服务", "livelihood": True}]
            story.act("finance_head", lists, pk, "add_entries", {**decision, "reason": "新增任务。", "entries": added})


def keep_policies(story: WatchedStory) -> None:
    """Taken in, corrected, published, ended."""
    today = story.now().date().isoformat()
    given = {
        "kind": "MEASURES", "title": "赣江市政府购买服务管理办法", "document_number": "赣江府办发〔2025〕6 号",
        "issuer": "赣江市人民政府办公室",
        "issued_on": today, "valid_from": today, "text": "第一条 为规范政府购买服务，制定本办法。", "rules": ["R102-16"], "codes": ["A10"],
    }  # fmt: skip
    pk = story.create("finance_officer", "policies", given, "收录政策文件")["id"]
    story.act("finance_officer", "policies", pk, "edit", given)
    story.act("finance_head", "policies", pk, "publish")
    story.tour.visit("finance_head", f"/act/catalogue.policy/{pk}/end/")


def recommend(story: WatchedStory) -> None:
    """A list is compiled, published, one organisation struck off; a second draft is begun from it and thrown away."""
    lists, today = "recommended-lists", story.now().date()
    given = {
        "title": "赣江市社会组织推荐性目录", "source": "自愿申报，等级评估 3A 以上", "start": "EMPTY",
        "valid_to": f"{today.year + 2}-12-31",
    }  # fmt: skip
    pk = story.create("registrar", lists, given, "编制推荐性目录")["id"]
    story.act("registrar", lists, pk, "edit", given)
    entries = [{"name": "赣江市阳光社会工作服务中心", "code": UNREGISTERED, "field": "A10", "grounds": "3A 等级"}]
    story.tour.visit("registrar", f"/act/catalogue.recommended/{pk}/edit_entries/")
    story.act("registrar", lists, pk, "edit_entries", {"entries": entries})
    story.tour.visit("registrar", f"/act/catalogue.recommended/{pk}/replace_entries/")
    story.tour.visit("registrar", f"/catalogue/recommended/{pk}/")
    story.act("registrar", lists, pk, "publish", {"decision": "赣江民发〔2026〕9 号", "decided_on": today.isoformat()})
    story.tour.visit("", f"/catalogue/recommended/{pk}/")
    story.tour.visit("registrar", f"/act/catalogue.recommended/{pk}/strike/")
    story.tour.visit("registrar", f"/act/catalogue.recommended/{pk}/withdraw/")
    second = story.create("registrar", lists, {**given, "title": "第二批", "start": "COPY"}, "编制推荐性目录")["id"]
    story.act("registrar", lists, second, "discard")


def list_functions(story: WatchedStory) -> None:
    """A department's functions are compiled, sent back once, approved; the next list is begun and thrown away."""
    lists = "function-lists"
    given = {"title": "市城市管理局职能清单", "basis": "赣江办发〔2025〕3 号", "start": "EMPTY"}
    rows = [{"number": "C-1", "name": "城市管理行政处罚", "status": "KEEP"}, {"number": "C-3", "name": "城市道路清扫保洁", "status": "BUY"}]
    pk = story.create("planner", lists, given, "编制职能清单")["id"]
    story.tour.visit("planner", f"/act/catalogue.functions/{pk}/edit/")
    story.tour.visit("planner", f"/act/catalogue.functions/{pk}/replace_functions/")
    story.act("planner", lists, pk, "edit", {**given, "functions": rows})
    story.act("head", lists, pk, "submit")
    story.act("establishment", lists, pk, "send_back", {"reason": "请补充依据。"})
    story.act("head", lists, pk, "submit")
    story.tour.visit("establishment", f"/act/catalogue.functions/{pk}/approve/")
    story.act("establishment", lists, pk, "approve", {"decision": "赣江编办〔2026〕7 号", "decided_on": story.now().date().isoformat()})
    story.tour.visit("", f"/catalogue/functions/{pk}/")
    second = story.create("planner", lists, {**given, "start": "COPY"}, "编制职能清单")["id"]
    story.act("planner", lists, second, "discard")


def aim(story: WatchedStory) -> None:
    """What the year is to reach is set, changed and taken back."""
    given = {"year": story.now().year + 1, "stage": "EXTEND", "measure": "PROJECTS", "target": "4"}
    pk = story.create("finance_officer", "stage-targets", given, "确定目标")["id"]
    story.act("finance_officer", "stage-targets", pk, "change", {"stage": "FULL", "target": "6", "reason": "方案调整。"})
    story.tour.visit("finance_officer", "/catalogue/pilots/targets/")
    story.tour.visit("finance_head", f"/act/catalogue.target/{pk}/drop/")


def lead(story: WatchedStory) -> None:
    """Who leads the reform is set down for everybody to read, and set down anew when it changes."""
    pk = story.create("finance_head", "leading-groups", group_data(), "登记领导小组")["id"]
    story.tour.visit("finance_head", f"/act/plans.leading_group/{pk}/revise/")
    story.act("finance_head", "leading-groups", pk, "revise", group_data(section="政府采购科"))
    story.tour.visit("", f"/leading-groups/{pk}/")


def delegate(story: WatchedStory) -> None:
    """Drafted, corrected, granted and revoked."""
    today = story.now().date()
    given = {
        "role": "PLANNER", "delegate": story.person("project_officer").user_id, "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=9)).isoformat(), "note": "出差",
    }  # fmt: skip
    pk = story.create("planner", "delegations", given, "拟定授权")["id"]
    story.act("planner", "delegations", pk, "edit", given)
    story.act("planner", "delegations", pk, "grant")
    story.act("planner", "delegations", pk, "revoke", {"reason": "提前返回。"})


def share_cost(story: WatchedStory) -> None:
    """Next year's cost is shared by province and city, asked for, and taken back before anything is allocated."""
    given = {
        "item": story.facts["item_id"], "year": story.facts["year"] + 1, "ratio": "6∶4∶0", "beneficiary": "0.00",
        "document": "财农〔2026〕12号", "function_class": "2130234", "economic_class": "30227",
    }  # fmt: skip
    pk = story.create("planner", "cost-sharings", given, "拟定分级负担")["id"]
    story.act("head", "cost-sharings", pk, "submit")
    story.tour.visit("budget_officer", f"/budgets/sharings/{pk}/")
    story.tour.visit("budget_officer", f"/act/budgets.sharing/{pk}/receive/")
    story.act("budget_officer", "cost-sharings", pk, "cancel", {"reason": "分担文件修订。"})
    held = story.find("finance_officer", f"encumbrances/?project={story.facts['project_id']}&state=RESERVED")[0]["id"]
    story.tour.visit("finance_officer", f"/act/budgets.encumbrance/{held}/change/")
    story.tour.visit("finance_head", f"/act/budgets.line/{story.facts['line_id']}/carry_over/")


def tell_again(story: WatchedStory) -> None:
    """The intention is corrected and withdrawn, and the market told anew; a waiver and an early start are looked at."""
    route, pk = "intentions", story.facts["intention_id"]
    text = {name: story.read("buyer", f"{route}/{pk}/")[name] for name in ("title", "outline", "budget", "expected")}
    story.tour.visit("head", f"/act/plans.intention/{pk}/shorten/")
    story.act("head", route, pk, "correct", {**text, "remark": "面向中小企业预留份额。", "reason": "补充说明。"})
    story.act("head", route, pk, "withdraw", {"reason": "合并后重新公开。"})
    again = story.create("buyer", route, {"project": story.facts["project_id"], **text}, "重新编制采购意向")["id"]
    story.tour.visit("head", f"/act/plans.intention/{again}/waive/")
    story.act("head", route, again, "publish")


def adjust_plan(story: WatchedStory) -> None:
    """The approved item says something else: asked, sent back, asked anew, agreed, approved; looked at by finance and everybody."""
    pk, given = story.facts["item_id"], {"risk_list": "油价上涨、恶劣天气、道路改造。", "reason": "补充风险。", "reason_code": "need"}
    story.tour.visit("planner", f"/act/plans.item/{pk}/ask_adjust/")
    story.act("planner", "plan-items", pk, "ask_adjust", given)
    asked = story.find("planner", f"plan-adjustments/?item={pk}&state=DRAFTED")[0]["id"]
    story.tour.visit("planner", f"/act/plans.adjustment/{asked}/edit/")
    story.act("head", "plan-adjustments", asked, "submit")
    for row in ("send_back", "refuse", "agree"):
        story.tour.visit("finance_officer", f"/act/plans.adjustment/{asked}/{row}/")
    story.act("finance_officer", "plan-adjustments", asked, "agree", {"opinion": "同意。"})
    if story.read("finance_officer", f"plan-adjustments/{asked}/")["state"] == "REVIEWED":
        story.tour.visit("finance_head", f"/act/plans.adjustment/{asked}/approve/")
        story.act("finance_head", "plan-adjustments", asked, "approve", state="APPLIED")
    story.tour.visit("finance_officer", "/plans/adjustments/")
    story.tour.visit("finance_officer", f"/plans/adjustments/{asked}/")
