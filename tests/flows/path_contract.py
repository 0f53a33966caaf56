"""W-09 by clicking, from the award to the filed contract: scheme, text, two signatures, notice, filing."""
from __future__ import annotations

from datetime import datetime, timedelta

from portal.workbench.walkthrough.contract import SIX_PARTS

from .clicks import Clicks
from .path_planning import TITLE


def approve_scheme(clicks: Clicks, review: datetime) -> None:
    clicks.move_clock(review + timedelta(days=2))
    clicks.sign_in("buyer")
    clicks.task("编制评价方案", TITLE)
    weights = {"purchaser_weight": "30", "recipients_weight": "20", "third_party_weight": "50"}
    clicks.fill({"title": "社区公园保洁绩效评价方案", **weights})
    clicks.do("编制评价方案")
    clicks.do("送审批")
    clicks.sign_in("head")
    clicks.task("批准方案")
    clicks.do("批准方案")


def write_contract(clicks: Clicks) -> None:
    """The draft of the award is completed and goes to the head, who offers it."""
    clicks.sign_in("buyer")
    clicks.task("送审签", TITLE)
    clicks.press("填写合同")
    officer = clicks.page.get_by_label("项目专管员")
    officer.select_option(label=officer.locator("option").filter(has_text="吴建国").inner_text())
    clicks.fill({**SIX_PARTS, "place": "赣江市城区社区公园", "inspection_cadence": "QUARTER", "subcontracting": "主体作业不得分包。"})
    clicks.press("保存并返回合同")
    clicks.do("送审签")
    clicks.sign_in("head")
    clicks.task("发送乙方签署", TITLE)
    clicks.do("发送乙方签署")


def sign(clicks: Clicks, review: datetime) -> None:
    """The contractor first, then the purchaser."""
    clicks.move_clock(review + timedelta(days=3))
    clicks.sign_in("supplier_b_head")
    clicks.task("签署合同", TITLE)
    clicks.look_again_for("签署合同")
    clicks.do("签署合同", {"agreed": True})
    clicks.sign_in("head")
    clicks.task("签署合同（甲方）", TITLE)
    clicks.look_again_for("签署合同（甲方）")
    clicks.do("签署合同（甲方）", {"agreed": True})
    clicks.state("已签订")


def publish_and_file(clicks: Clicks, review: datetime) -> None:
    clicks.move_clock(review + timedelta(days=4))
    clicks.sign_in("head")
    clicks.task("公告合同", TITLE)
    clicks.do("公告合同")
    clicks.sign_in("buyer")
    clicks.task("报送备案")
    clicks.do("报送备案")
    clicks.sign_in("finance_officer")
    clicks.task("备案")
    clicks.do("备案", {})
