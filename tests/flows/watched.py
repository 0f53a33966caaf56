"""The walkthrough under the eyes of the tour: each act's page just before it is done the first time, its thing just after."""
from __future__ import annotations

from portal.workbench.walkthrough.story import Story
from portal.workflow.table import lifecycle

from .tour import CODES, Tour


class WatchedStory(Story):
    """`tour` looks at what the story passes."""

    tour: Tour

    def create(self, who: str, route: str, data: dict, *args, **kwargs) -> dict:
        cycle = lifecycle(CODES[route]) if route in CODES else None
        if route == "bids":
            self.tour.visit(who, f"/bids/new/{data['tender']}/")
        elif cycle:
            self.tour.visit(who, f"/act/{cycle.code}/new/{data.get('transition') or cycle.creating()[0].name}/")
        made = super().create(who, route, data, *args, **kwargs)
        if cycle:
            self.tour.things[cycle.code].add(str(made["id"]))
        return made

    def act(self, who: str, route: str, pk: int, row: str, *args, **kwargs) -> dict:
        cycle = lifecycle(CODES[route])
        is_new = f"{cycle.code} {row}" not in self.tour.done
        if is_new and (route, row) == ("score-sheets", "submit"):
            self.tour.done.add(f"{cycle.code} {row}")
            self.ask_of_a_price(who)
        self.tour.things[cycle.code].add(str(pk))
        subject = self.tour.before(who, cycle, pk, row) if is_new else ""
        done = super().act(who, route, pk, row, *args, **kwargs)
        if subject:
            self.tour.look_into(who, subject)
        return done

    def ask_of_a_price(self, leader: str) -> None:
        """The panel asks the third bidder to explain his price, hears him, and finds it reasonable."""
        report = self.find(leader, "evaluation-reports/")[0]["id"]
        asked = {"report": report, "bid": self.facts["bids"]["supplier_c"], "question": "报价低于平均成本，请说明人工费的构成。"}
        question = self.create(leader, "price-questions", asked, "要求说明报价")["id"]
        self.act("supplier_c_head", "price-questions", question, "answer", {"answer": "人工费按本地最低工资标准测算，附测算表。"})
        seated = [row["username"] for row in self.find("buyer", "panel-members/") if row["state"] == "SEATED"]
        for member in seated[:3]:
            self.act(member, "price-questions", question, "judge", {"justified": "true", "reason": "与同类项目的成交价相当。"})
