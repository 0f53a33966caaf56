"""What the public and experts say of a draft: handed in without an account, answered one by one, nothing forgotten (S-17, R102-17)."""
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from django.core import signing

from catalogue.forms.consultation import LATEST, SALT, SOONEST
from catalogue.models import CatalogueComment
from catalogue.verbs.consultation import OF_ALL, OF_ONE, too_many
from portal import clock
from portal.accounts.actor import PUBLIC
from portal.audit.models import Entry
from portal.workflow import NotYours, Refused, perform
from tests.catalogue.test_surfaces import signed_in
from tests.factories.catalogue import make_comment, make_version
from tests.factories.people import actor

pytestmark = pytest.mark.django_db
NOW = 1_800_000_000  # seconds by which signatures are dated


def rules(refused) -> list[tuple[str, str]]:
    return [(refusal.rule, refusal.field) for refusal in refused.value.refusals]


def submit(version):
    return perform(version, "submit", actor=actor("finance_head"), consultation_summary="逐条答复")


def test_a_visitor_speaks_without_an_account_and_the_record_names_neither_him_nor_his_address():
    comment = make_comment(author="王先生", contact="13800000000")
    assert (comment.state, comment.source, comment.created_by_id) == ("RECEIVED", "PUBLIC", None)
    assert "192.0.2.7" not in comment.sender
    entry = Entry.objects.of_subject("catalogue.comment", comment.pk).get()
    assert not {"王先生", "13800000000", comment.text} & {str(value) for value in entry.facts.values()}
    assert comment not in CatalogueComment.objects.visible_to(PUBLIC)
    assert comment not in CatalogueComment.objects.visible_to(actor("buyer"))
    assert comment in CatalogueComment.objects.visible_to(actor("auditor"))
    with pytest.raises(NotYours):
        perform(CatalogueComment(), "hand_in", actor=actor("finance_officer"), version=comment.version, text="代写")


def test_nobody_speaks_before_or_after_the_consultation():
    version = make_version("CONSULTING")
    with clock.at(version.consultation.ends_at), pytest.raises(Refused) as refused:
        make_comment(version)
    assert rules(refused) == [("S-17", "")]
    with pytest.raises(Refused) as refused:
        make_comment(make_version())
    assert rules(refused) == [("S-17", "")]


def test_one_address_says_so_much_in_an_hour_and_others_are_not_hindered():
    version = make_version("CONSULTING")
    for _number in range(OF_ONE):
        make_comment(version)
    with pytest.raises(Refused) as refused:
        make_comment(version)
    assert rules(refused) == [("S-17", "")]
    make_comment(version, address="192.0.2.8")
    with clock.at(clock.now() + timedelta(hours=1, seconds=1)):
        make_comment(version)
    CatalogueComment.objects.bulk_create([
        CatalogueComment(version=version, text="x", sender=f"s{n}", state="RECEIVED", created_at=clock.now(), state_since=clock.now())
        for n in range(OF_ALL)
    ])
    assert too_many(version, "yet another")


def test_nothing_is_handed_in_while_an_opinion_waits():
    version = make_version("CONSULTING")
    first, second = make_comment(version), make_comment(version, text="买一送一，点击链接")
    with clock.at(version.consultation.ends_at):
        with pytest.raises(Refused) as refused:
            submit(version)
        assert rules(refused) == [("S-17", "")]
        assert refused.value.refusals[0].params["count"] == 2
        with pytest.raises(NotYours):
            perform(first, "answer", actor=actor("finance_head"), outcome="ACCEPTED", reply="采纳")
        first = perform(first, "answer", actor=actor("finance_officer"), outcome="ACCEPTED", reply="已增加 A1003。")
        with pytest.raises(Refused) as refused:
            perform(second, "set_aside", actor=actor("finance_officer"))
        assert ("S-172", "reason_code") in rules(refused)
        perform(second, "set_aside", actor=actor("finance_officer"), reason_code="spam", reason="广告")
        assert submit(version).state == "SUBMITTED"
    assert first.answered_by.username == "finance_officer"


def test_where_experts_are_to_argue_their_opinion_is_taken_down_first():
    version = perform(
        make_version(), "consult", actor=actor("finance_head"), departments="民政局", expert_argument=True,
    )
    with pytest.raises(Refused) as refused:
        perform(CatalogueComment(), "take_down", actor=actor("hongshan_finance_officer"), version=version.pk, source="EXPERT",
                author="甲", text="可")
    assert rules(refused) == [("R102-17", "version")]
    with clock.at(version.consultation.ends_at):
        with pytest.raises(Refused) as refused:
            submit(version)
        assert rules(refused) == [("R102-17", "")]
        opinion = perform(CatalogueComment(), "take_down", actor=actor("finance_officer"), version=version.pk, source="EXPERT",
                          author="李教授", text="建议合并两项。", paper=None)
        perform(opinion, "answer", actor=actor("finance_officer"), outcome="DECLINED", reply="两项对象不同，不合并。")
        assert submit(version).state == "SUBMITTED"


def signing_at(moment: int):
    """Forms are signed, and their signatures read, at one moment, however long the test takes."""
    return patch("django.core.signing.time", SimpleNamespace(time=lambda: moment))


@pytest.fixture(autouse=True)
def _a_clock_that_stands():
    with signing_at(NOW):
        yield


def begun(version, seconds_ago: int = 60) -> str:
    """What the form carries when it was made so long ago."""
    with signing_at(NOW - seconds_ago):
        return signing.TimestampSigner(salt=SALT).sign(str(version.pk))


def test_the_page_takes_a_person_s_words_and_drops_a_program_s(client):
    version = make_version("CONSULTING")
    url = f"/catalogue/versions/{version.pk}/comment/"
    assert url in client.get(version.get_absolute_url()).content.decode()
    assert client.get(url).status_code == 200
    said = {"text": "建议增加社区助餐服务。<script>", "item": "A1001", "author": "", "contact": "a@b.cn", "website": ""}
    for by_program in ({"begun": begun(version), "website": "http://x"}, {"begun": begun(version, 0)}, {"begun": begun(version, SOONEST)},
                       {"begun": begun(version, LATEST + 1)}, {"begun": "forged"}):
        assert client.post(url, said | by_program).status_code == 302
    assert not CatalogueComment.objects.exists()
    assert client.post(url, said | {"text": "", "begun": begun(version)}).status_code == 422
    assert client.post(url, said | {"begun": begun(version, SOONEST + 1)}).status_code == 302
    comment = CatalogueComment.objects.get()
    assert comment.item_words == "A1001 社区治理服务"
    assert "助餐" not in client.get(version.get_absolute_url()).content.decode()
    finance = signed_in("finance_officer")
    text = finance.get(version.get_absolute_url()).content.decode()
    assert "a@b.cn" in text
    assert "服务。&lt;script&gt;" in text
    perform(comment, "answer", actor=actor("finance_officer"), outcome="ACCEPTED", reply="已增加相应条目。")
    text = client.get(version.get_absolute_url()).content.decode()
    assert "已增加相应条目" in text
    assert "未署名" in text
    assert "a@b.cn" not in text
    listed = client.get("/api/v1/catalogue-comments/").json()["results"]
    assert [(row["outcome"], "contact" in row, "sender" in row) for row in listed] == [("ACCEPTED", False, False)]
    assert client.get(f"/catalogue/versions/{make_version().pk}/comment/").status_code == 404


def test_too_many_are_told_so_on_the_page_and_keep_their_text(client):
    version = make_version("CONSULTING")
    for _number in range(OF_ONE):
        make_comment(version, address="127.0.0.1")
    answer = client.post(f"/catalogue/versions/{version.pk}/comment/", {"text": "再提一条意见", "begun": begun(version)})
    assert answer.status_code == 409
    assert "再提一条意见" in answer.content.decode()
    assert "一小时" in answer.content.decode()
