"""W-09 by clicking, from the accepted service to the use of its result on the next plan, and the case file with the auditor."""
from __future__ import annotations

import json
import zipfile
from datetime import timedelta
from hashlib import new as digest_of

from playwright.sync_api import expect

from . import path_planning
from .clicks import Clicks
from .path_delivery import CONTRACTOR
from .path_planning import TITLE


def engage(clicks: Clicks) -> None:
    """Finance chooses the evaluator; each of its people and then it itself declares to be independent."""
    clicks.sign_in("finance_officer")
    clicks.task("拟委托评价", TITLE)
    clicks.page.get_by_label("评价机构").select_option(label="绩效评价中心")
    clicks.fill({"fee": "8000.00", "choice": "具备同类公共服务评价经验，与双方没有隶属关系。"})
    clicks.do("拟委托评价")
    clicks.sign_in("finance_head")
    clicks.task("委托评价")
    clicks.do("委托评价")
    for who in ("evaluator", "evaluator_head"):
        clicks.sign_in(who)
        clicks.task("声明独立")
        clicks.do("声明独立", {"has_tie": "no"})
    clicks.do("机构声明独立")


def evaluate(clicks: Clicks, year: int) -> None:
    """Plan, scores, recipients heard, a piece of evidence for each indicator; a draft both sides answer; the report."""
    clicks.sign_in("evaluator")
    clicks.task("确定评价方案")
    clicks.do("确定评价方案", {
        "object": "合同约定的全部服务内容", "method": "台账核对、现场抽查与访谈", "sample": "社区公园 3 座、居民 120 人",
        "report_due": f"{year + 1}-01-20",
    })  # fmt: skip
    clicks.do("开始取证")
    score(clicks, "第三方评分", "88")
    score(clicks, "录入服务对象评分", "92", {
        "recipients_asked": "120", "recipients_answered": "103", "recipients_method": "入户访谈与街头随机访问",
    })  # fmt: skip
    prove(clicks)
    clicks.sign_in("evaluator_head")
    clicks.task("征求意见")
    clicks.do("征求意见", {"draft": "服务数量、质量达到合同要求，建议完善雨季保洁预案。"})
    for who in (f"{CONTRACTOR}_head", "head"):
        clicks.sign_in(who)
        clicks.task("反馈意见")
        clicks.do("反馈意见", {"reason": "没有不同意见。"})
    clicks.sign_in("evaluator_head")
    clicks.task("出具报告")
    clicks.do("出具报告", {
        "conclusion": "服务数量、质量达到合同要求，资金使用合规，服务对象满意。", "suggestions": "完善雨季保洁预案，提高成本节约。",
        "purchaser_answer": "已阅。", "supplier_answer": "已阅。",
    })  # fmt: skip


def score(clicks: Clicks, label: str, points: str, more: dict | None = None) -> None:
    """The same points for every indicator the form lists."""
    clicks.press(label)
    expect(clicks.main.locator("[name='scores-0-value']")).to_be_visible()
    clicks.fill(more or {})
    for box in clicks.main.locator("[name^='scores-'][name$='-value']").all():
        box.fill(points)
    clicks.do(label)


def prove(clicks: Clicks) -> None:
    """Every indicator gets its evidence, until the form has named them all."""
    clicks.press("登记证据")
    indicators = clicks.main.locator("select[name=indicator] option:not([value=''])")
    codes = indicators.evaluate_all("options => options.map(option => option.value)")
    for code in codes:
        clicks.fill({"indicator": code, "available": "yes", "text": "台账和现场抽查记录。"})
        clicks.do("登记证据")
        if code != codes[-1]:
            clicks.press("登记证据")


def settle(clicks: Clicks) -> None:
    """The purchaser's scores complete the sum; served, nobody objects, settled by itself, published."""
    clicks.sign_in("head")
    clicks.task("购买主体评分")
    score(clicks, "购买主体评分", "86")
    clicks.state("已得分")
    clicks.sign_in("finance_officer")
    clicks.task("送达结果")
    clicks.do("送达结果")
    clicks.move_clock(clicks.now().replace(tzinfo=None) + timedelta(days=14))
    clicks.sign_in("finance_head")
    clicks.task("公布结果")
    clicks.do("公布结果", {"summary": "服务达到合同要求，结果用于下年预算和承接主体履约评价。"})


def use(clicks: Clicks) -> None:
    """Each proposed use is applied by finance, and the contractor finds the result on its own page."""
    clicks.sign_in("finance_head")
    while clicks.main.locator(".todo__item").filter(has_text="应用结果").count():
        clicks.task("应用结果")
        clicks.do("应用结果")
        clicks.go("工作台")
    clicks.sign_in(f"{CONTRACTOR}_head")
    clicks.go("本单位注册")
    result = clicks.main.get_by_role("table", name="履约评价").get_by_role("row").filter(has_text=TITLE)
    expect(result).to_contain_text("良")


def take_case_file(clicks: Clicks) -> None:
    """The auditor has the whole case put into one archive; every file in it has the digest of the list."""
    clicks.sign_in("auditor")
    clicks.go("采购项目", TITLE)
    clicks.state("已办结")
    clicks.press("卷宗（全部文件）")
    clicks.press("生成卷宗（全部文件）")
    with clicks.page.expect_download(timeout=120_000) as taken:
        clicks.main.get_by_role("link", name=".zip").click(timeout=120_000)
    with zipfile.ZipFile(taken.value.path()) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        listed = {row["path"]: row["digest"] for row in manifest["files"]}
        assert set(archive.namelist()) == {*listed, "manifest.json"}
        for name, digest in listed.items():
            assert digest_of(manifest["algorithm"], archive.read(name)).hexdigest() == digest, name
    assert len(listed) > 20



def bind_next_plan(clicks: Clicks, year: int) -> None:
    """Whoever plans the same service again sees the result, and is refused what is above the ceiling it set (S-110)."""
    path_planning.plan(clicks, year + 2)
    clicks.press("新增项目")
    path_planning.unfold(clicks)
    before = clicks.main.locator("[name=predecessor]")
    before.select_option(label=before.locator("option").filter(has_text=TITLE).inner_text())
    clicks.fill({"title": f"{TITLE}（第二期）", "quantity": "10000", "unit_price": "24.00", "periods": "1"})
    clicks.press("存草稿并检查")
    expect(clicks.main.get_by_role("link", name="240,000.00 元超过按上期评价结果确定的上限 226,000.00 元")).to_be_visible()
    expect(clicks.main.locator("#q-worth").get_by_text("88.20（良）")).to_be_visible()
