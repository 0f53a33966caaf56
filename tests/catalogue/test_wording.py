"""What the wording check finds, and that nothing of the text is lost in showing it (R1787-01…03, R102-13)."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.wording import BANS, findings, marked
from portal.rules.register import rule


@pytest.mark.parametrize(("text", "rule_id", "as_written"), [
    ("服务外包人员 20 名，由我局管理", "R102-13", ["服务外包人员", "由我局管理"]), ("劳　务 派\n遣 10 人", "R102-13", ["劳　务 派\n遣"]),
    ("含设备购置与原材料采购", "R1787-01", ["设备购置", "原材料采购"]),
    ("农田水利建设和土地储备前期开发", "R1787-02", ["农田水利建设", "土地储备前期开发"]),
    ("以融资租赁方式，十年回购", "R1787-03", ["融资租赁", "回购"]),
])
def test_words_are_found_where_they_stand(text, rule_id, as_written):
    found = findings({"content": text})
    assert [text[one.start:one.end] for one in found] == as_written
    assert {one.rule for one in found} == {rule_id}


def test_a_service_in_plain_words_is_let_alone():
    assert findings({"title": "城市道路清扫保洁", "content": "按平方米提供机械清扫、人工保洁服务，自备车辆。"}) == []


def test_what_finance_let_pass_is_passed_and_nothing_else():
    assert [one.word for one in findings({"content": "垫资并回购"}, cleared=["垫资"])] == ["回购"]


def test_every_word_rests_on_a_rule_and_none_is_listed_twice():
    words = [word for ban in BANS for word in ban.words]
    assert len(words) == len(set(words))
    assert all(rule(ban.rule).summary for ban in BANS)


@given(st.lists(st.one_of(st.sampled_from([word for ban in BANS for word in ban.words]), st.text(max_size=6)), max_size=8))
def test_the_marked_pieces_are_the_text_whatever_stands_in_it(parts):
    text = "".join(parts)
    found = findings({"content": text})
    pieces = marked(text, found)
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.finding for piece in pieces if piece.finding] == found
