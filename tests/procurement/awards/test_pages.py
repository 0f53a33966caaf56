"""Pages and programs of evaluation and award: who sees what, each entry kept at once, the same refusals, queries counted."""
from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import clock
from portal.workflow import perform
from portal.workflow.surfaces import panels
from procurement.awards.models import Award, EvaluationReport, PriceQuestion, Score, ScoreSheet
from procurement.awards.panels import award_panel
from procurement.tenders.models import Tender
from tests.factories import awards as factory
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


def build() -> Tender:
    tender = factory.make_evaluation()
    factory.find_conform(tender)
    return tender


@pytest.fixture(autouse=True)
def during_the_review():
    with clock.at(factory.REVIEW_AT + timedelta(minutes=30)):
        yield


def browser(username: str = "") -> Client:
    client = Client()
    if username:
        client.force_login(actor(username).user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def status(username: str, name: str, *args) -> int:
    return browser(username).get(reverse(f"awards:{name}", args=args)).status_code


def sheet_of(stage, number=0) -> ScoreSheet:
    return factory.sheets_of(stage)[number]


def owner(sheet) -> str:
    return sheet.member.user.username


def entry(sheet, bid, name, points, **more) -> dict:
    return {"bid": bid.pk, "factor": sheet.tender.factors.get(name=name).pk, "points": points, **more}


class TestWhoSeesWhat:
    def test_the_draw(self, stage):
        draw = stage.panel_draw.pk
        for username in ("buyer", "head", "witness", "auditor", owner(sheet_of(stage))):
            assert status(username, "draw", draw) == 200, username
        for username in ("planner", "buyer_2", "finance_officer", "expert_7"):
            assert status(username, "draw", draw) == 404, username
        assert status("supplier_a_head", "draw", draw) == 403
        assert status("", "draw", draw) == 302

    def test_a_member_sees_the_pool_nowhere(self, stage):
        page = browser(owner(sheet_of(stage))).get(reverse("awards:draw", args=[stage.panel_draw.pk])).content.decode()
        assert "JX0007" not in page

    def test_a_sheet(self, stage):
        sheet = sheet_of(stage)
        assert status(owner(sheet), "sheet", sheet.pk) == 200
        for username in ("buyer", "head", "auditor", "expert_7", owner(sheet_of(stage, 1)), "supplier_a_head"):
            assert status(username, "sheet", sheet.pk) == 404, username

    def test_a_seat(self, stage):
        member = sheet_of(stage).member
        for username in (owner(sheet_of(stage)), owner(sheet_of(stage, 1)), "buyer", "auditor"):
            assert status(username, "member", member.pk) == 200, username
        for username in ("expert_7", "supplier_a_head", "planner"):
            assert status(username, "member", member.pk) == 404, username

    def test_the_report(self, stage):
        report = EvaluationReport.objects.get(tender=stage)
        assert status(owner(sheet_of(stage)), "report", report.pk) == 200
        for username in ("buyer", "head", "auditor", "supplier_a_head", "expert_7"):
            assert status(username, "report", report.pk) == 404, username

    def test_todays_panel_and_the_list(self, stage):
        assert status(owner(sheet_of(stage)), "panel") == 200
        assert status("expert_7", "panel") == 200
        assert status("buyer", "list") == 200
        assert status("supplier_a_head", "list") == 403

    def test_the_project_page_tells_outsiders_nothing_of_the_panel(self, stage):
        assert (40, "award", award_panel) in panels()
        assert award_panel(stage.project, actor("supplier_a_head"), clock.now()) is None
        assert award_panel(stage.project, actor("planner"), clock.now()) is None
        assert award_panel(stage.project, actor("buyer"), clock.now()) is not None


class TestScoringSheet:
    def post(self, stage, data, *, htmx=True, username=""):
        sheet = sheet_of(stage)
        headers = {"HX-Request": "true"} if htmx else {}
        return browser(username or owner(sheet)).post(reverse("awards:score", args=[sheet.pk]), data, headers=headers)

    def test_each_entry_is_kept_and_the_board_comes_back(self, stage):
        sheet, bid = sheet_of(stage), factory.bids_of(stage)[0]
        answer = self.post(stage, entry(sheet, bid, factory.PLAN, "42"))
        assert answer.status_code == 200
        assert Score.objects.get(sheet=sheet).points == 42
        assert 'id="board"' in answer.content.decode()
        assert "<html" not in answer.content.decode()

    def test_without_script_the_page_comes_back(self, stage):
        answer = self.post(stage, entry(sheet_of(stage), factory.bids_of(stage)[0], factory.PLAN, "42"), htmx=False)
        assert answer.status_code == 302

    def test_a_refusal_stands_at_its_place_with_what_was_typed(self, stage):
        answer = self.post(stage, entry(sheet_of(stage), factory.bids_of(stage)[0], factory.PLAN, "51"))
        page = answer.content.decode()
        assert 'value="51"' in page
        assert "不在任何等次之内" in page
        assert not Score.objects.exists()
        assert self.post(stage, entry(sheet_of(stage), factory.bids_of(stage)[0], factory.PLAN, "51"), htmx=False).status_code == 409

    def test_what_is_no_number_is_said_too(self, stage):
        answer = self.post(stage, entry(sheet_of(stage), factory.bids_of(stage)[0], factory.PLAN, "很多"), htmx=False)
        assert answer.status_code == 422

    def test_the_comment_is_kept(self, stage):
        self.post(stage, {"bid": factory.bids_of(stage)[0].pk, "comment": "方案具体。"})
        assert sheet_of(stage).comment == "方案具体。"

    def test_a_later_score_does_not_wipe_the_comment(self, stage):
        self.post(stage, {"bid": factory.bids_of(stage)[0].pk, "comment": "方案具体。"})
        self.post(stage, entry(sheet_of(stage), factory.bids_of(stage)[0], factory.PLAN, "42"))
        assert sheet_of(stage).comment == "方案具体。"

    def test_nobody_else_can_post(self, stage):
        data = entry(sheet_of(stage), factory.bids_of(stage)[0], factory.PLAN, "42")
        assert self.post(stage, data, username="expert_7").status_code == 404
        assert self.post(stage, data, username="buyer").status_code == 404
        other = sheet_of(stage, 1)
        factory.score(sheet_of(stage))
        factory.score(other)
        assert self.post(stage, data, username=owner(other)).status_code == 403

    def test_what_is_missing_stands_at_the_top_and_goes_away(self, stage):
        sheet = sheet_of(stage)
        address = reverse("awards:sheet", args=[sheet.pk])
        assert "还缺 6 个分数" in browser(owner(sheet)).get(address).content.decode()
        factory.score(sheet, submit=False)
        assert "分数已齐" in browser(owner(sheet)).get(address).content.decode()

    def test_before_conformity_the_page_leads_there(self, stage):
        from procurement.bids.models import Bid

        Bid.objects.filter(tender=stage).update(state="QUALIFIED")
        sheet = sheet_of(stage)
        page = browser(owner(sheet)).get(reverse("awards:sheet", args=[sheet.pk])).content.decode()
        assert reverse("workflow:act", args=["awards.sheet", sheet.pk, "review_conformity"]) in page
        assert browser(owner(sheet)).get(reverse("workflow:act", args=["awards.sheet", sheet.pk, "review_conformity"])).status_code == 200


class TestPrograms:
    def token(self, username: str) -> dict:
        from portal.accounts.models import ApiToken

        who = actor(username)
        _token, secret = ApiToken.issue(user=who.user, organisation=who.organisation, name="test", scope="ACT")
        return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}

    def test_scores_over_the_api_with_the_same_refusals(self, stage):
        sheet, bid = sheet_of(stage), factory.bids_of(stage)[0]
        client, address = Client(), f"/api/v1/score-sheets/{sheet.pk}/score/"
        body = {"points": [entry(sheet, bid, factory.PLAN, "42")]}
        answer = client.post(address, body, content_type="application/json", **self.token(owner(sheet)))
        assert answer.status_code == 200
        assert answer.json()["scores"][0]["points"] == "42.00"
        body["points"][0]["points"] = "51"
        answer = client.post(address, body, content_type="application/json", **self.token(owner(sheet)))
        assert (answer.status_code, answer.json()["refusals"][0]["rule"]) == (409, "R22-09")

    @pytest.mark.parametrize("username", ["expert_7", "buyer", "supplier_a_head"])
    def test_an_undrawn_expert_gets_404(self, stage, username):
        sheet = sheet_of(stage)
        answer = Client().post(f"/api/v1/score-sheets/{sheet.pk}/score/", {}, content_type="application/json", **self.token(username))
        assert answer.status_code == 404

    def test_every_list_answers_its_reader(self, stage):
        for route in ("draws", "panel-members", "score-sheets", "price-questions", "evaluation-reports", "awards", "experts"):
            answer = Client().get(f"/api/v1/{route}/", **self.token(owner(sheet_of(stage))))
            assert answer.status_code == 200, route

    def test_a_seat_names_its_own_sheet_alone(self, stage):
        mine, other = sheet_of(stage), sheet_of(stage, 1)
        seats = Client().get("/api/v1/panel-members/", **self.token(owner(mine))).json()["results"]
        assert {row["sheet"] for row in seats} == {mine.pk, None}
        assert Client().get(f"/api/v1/panel-members/{other.member_id}/", **self.token(owner(mine))).json()["sheet"] is None
        assert Client().get(f"/api/v1/panel-members/{mine.member_id}/", **self.token(owner(mine))).json()["sheet"] == mine.pk

    def test_the_library_is_not_browsed_by_purchasers(self, stage):
        assert Client().get("/api/v1/experts/", **self.token("buyer")).json()["results"] == []
        assert len(Client().get("/api/v1/experts/", **self.token("expert_7")).json()["results"]) == 1

    def test_the_seed_is_given_out_when_it_has_been_used(self, stage):
        body = Client().get(f"/api/v1/draws/{stage.panel_draw.pk}/", **self.token("auditor")).json()
        assert len(body["seed"]) == 64
        assert len(body["pool"]) == 7


class TestLater:
    def test_report_award_and_question_pages(self, stage):
        from decimal import Decimal

        from procurement.bids.models import Bid

        leader = factory.who(stage.panel_draw.leader)
        bid, report = factory.bids_of(stage)[0], EvaluationReport.objects.get(tender=stage)
        question = perform(PriceQuestion(), "ask", actor=leader, report=report, bid=bid, question="人工单价低于当地最低工资。")
        bidder = f"{factory.key_of(bid)}_head"
        assert status(bidder, "question", question.pk) == 200
        assert status(leader.user.username, "question", question.pk) == 200
        assert status("finance_officer", "question", question.pk) == 404
        perform(question, "answer", actor=actor(bidder), answer="自有车辆。")
        for member in factory.seated(stage.panel_draw)[:4]:
            perform(question, "judge", actor=factory.who(member), justified=True, reason="可信。")
        for sheet in factory.sheets_of(stage):
            factory.score(sheet)
        assert status(leader.user.username, "report", report.pk) == 200
        award = factory.deliver(factory.sign_all(report))
        for username in ("buyer", "head", "auditor"):
            assert status(username, "report", report.pk) == 200
            assert status(username, "award", award.pk) == 200
        assert status("supplier_a_head", "award", award.pk) == 404
        with clock.at(factory.REVIEW_AT + timedelta(days=1)):
            perform(factory.decide(award), "announce", actor=actor("head"))
            for username in ("supplier_a_head", "supplier_c_head", "finance_officer", "expert_7"):
                assert status(username, "award", award.pk) == 200, username
            page = browser("supplier_c_head").get(reverse("awards:award", args=[award.pk])).content.decode()
            assert "信用中国" not in page
            assert status("buyer", "list") == 200
            assert award_panel(stage.project, actor("supplier_c_head"), clock.now()) is not None
        assert Award.objects.get().amount > Decimal(0)
        assert Bid.objects.filter(state="SELECTED").count() == 1


def test_the_list_asks_a_bounded_number_of_questions(stage):
    """One prefetch a kind of thing: the count does not grow with the rows (rule 22)."""
    client, address = browser("buyer"), reverse("awards:list")
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        client.get(address)
    assert len(found) <= 30
