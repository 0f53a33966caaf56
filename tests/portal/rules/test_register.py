"""The register of rules: whole, cited in both languages, never silent about what is not verified."""
from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

from portal.rules import register
from portal.rules.articles import chinese_numeral, in_chinese, in_english
from portal.rules.constants import UnknownConstant, constant, constants
from portal.rules.printed import rules_page

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("rule_id", "chinese", "english"),
    [
        ("R87-33", "（财政部令第87号第五十九条）", " (MOF Order No. 87, Article 59)"),
        ("R-GP-54", "（财库〔2019〕38号第三部分）", " (Caiku [2019] No. 38, Part 3)"),
        ("R102-09", "（财政部令第102号第十条第一项）", " (MOF Order No. 102, Article 10(1))"),
        ("R110-12", "（财政部令第110号第三十二条至第三十四条）", " (MOF Order No. 110, Articles 32–34)"),
        (
            "R-GP-07",
            "（《政府采购法》第二十七条、国务院令第658号第二十三条、财政部令第74号第四条）",
            " (Government Procurement Law, Article 27; State Council Order No. 658, Article 23; MOF Order No. 74, Article 4)",
        ),
        ("R87-21", "（财政部令第87号第四十条、第四十一条）", " (MOF Order No. 87, Articles 40 and 41)"),
    ],
)
def test_a_public_rule_is_cited_by_instrument_and_article(rule_id, chinese, english):
    with translation.override("zh-hans"):
        assert register.cite(rule_id) == chinese
    with translation.override("en"):
        assert register.cite(rule_id) == english


def test_local_rules_and_conventions_are_cited_by_name():
    with translation.override("zh-hans"):
        assert register.cite("R-001") == "（本地区规定：年度计划申报截止）"
        assert register.cite("G2") == "（本系统约定：职责分离）"


def test_what_is_not_verified_says_so():
    with translation.override("zh-hans"):
        assert register.cite("R102-34") == "（财政部令第102号第三十条至第三十二条，待核）"
        assert register.cite("R102-18") == "（财政部令第102号第十四条，条号待核）"
        assert register.cite("SET") == "（本地区规定：本地区设定，待核）"


def test_an_unknown_rule_is_an_error_not_an_empty_citation():
    with pytest.raises(register.UnknownRule):
        register.cite("R87-99")


def test_every_rule_is_complete():
    for rule in register.rules().values():
        assert rule.summary_zh.endswith("。"), rule.id
        assert rule.summary_en.endswith("."), rule.id
        assert not re.search(r"[a-z]{4}", rule.summary_zh), rule.id
        assert not re.search(r"[\u4e00-\u9fff]{4}", rule.summary_en), rule.id
        assert rule.valid_to is None or rule.valid_from < rule.valid_to, rule.id
        assert rule.kind is register.Kind.LAW or (rule.name_zh and rule.name_en), rule.id
        for language in ("zh-hans", "en"):
            with translation.override(language):
                assert rule.citation.strip(), rule.id
                assert rule.summary, rule.id


def test_every_instrument_is_used():
    cited = {basis.instrument.code for rule in register.rules().values() for basis in rule.bases}
    assert cited == set(register.instruments())


def test_every_rule_id_in_the_source_is_in_the_register():
    pattern = re.compile(r"""(?:refuse\(|rules=\[|rule=)\s*((?:["'][A-Z][\w-]*["'],?\s*)+)""")
    unknown = set()
    for folder in ("portal", "catalogue", "procurement", "evaluation"):
        for path in (ROOT / folder).rglob("*.py"):
            for group in pattern.findall(path.read_text("utf-8")):
                ids = re.findall(r"[\"']([A-Z][\w-]*)[\"']", group)
                unknown |= {f"{path.name}: {one}" for one in ids if one not in register.rules()}
    assert not unknown


def test_a_rule_holds_from_its_day():
    pilot, law = register.rule("R-025"), register.rule("R102-28")
    assert pilot.in_force(date(2020, 2, 29))
    assert not law.in_force(date(2020, 2, 29))
    assert not pilot.in_force(date(2020, 3, 1))
    assert law.in_force(date(2020, 3, 1))


@pytest.mark.parametrize(("value", "text"), [(1, "一"), (10, "十"), (15, "十五"), (30, "三十"), (100, "一百"), (108, "一百零八"),
                                             (110, "一百一十"), (470, "四百七十"), (201, "二百零一")])  # fmt: skip
def test_chinese_numerals(value, text):
    assert chinese_numeral(value) == text


def test_articles_in_both_languages():
    assert in_chinese("41, 45") == "第四十一条、第四十五条"
    assert in_chinese("62(1)-62(5)") == "第六十二条第一项至第六十二条第五项"
    assert in_english("13, 14, 52, 61") == "Articles 13, 14, 52 and 61"
    for wrong in ("", "art 5", "0"):
        with pytest.raises(ValueError):
            in_chinese(wrong)


def test_constants_are_those_of_the_day():
    assert constant("TERM_MAX_MONTHS", date(2014, 6, 1)) == 24  # the pilot, R-025
    assert constant("TERM_MAX_MONTHS", date(2020, 3, 1)) == 12
    assert constant("TERM_MAX_MONTHS_CONDITIONAL", date(2026, 1, 1)) == 36
    assert constant("PRICE_WEIGHT_MIN_SERVICES", date(2026, 1, 1)) == Decimal("0.10")
    assert constant("SME_DEDUCTION_MIN", date(2022, 6, 30)) == Decimal("0.06")
    with pytest.raises(UnknownConstant):
        constant("LOW_PRICE_AVERAGE", date(2026, 1, 31))  # RAL-01 is in force from 2026-02-01
    with pytest.raises(UnknownConstant):
        constant("NO_SUCH", date(2026, 1, 31))
    assert all(one.rule_id in register.rules() for one in constants().values())


def test_a_wrong_register_is_refused(tmp_path, monkeypatch):
    def rules_of(text):
        (tmp_path / "family.toml").write_text(text, "utf-8")
        register.rules.cache_clear()
        return register.rules.__wrapped__()

    monkeypatch.setattr(register, "FOLDER", tmp_path)
    sentence = '\nzh = "句。"\nen = "S."\n'
    good = f'instrument = "mof-87"\n[X-01]\narticle = "5"{sentence}'
    assert rules_of(good)["X-01"].article == "5"
    for wrong in (
        good.replace("mof-87", "no-such"),
        good.replace('"5"', '"five"'),
        good + 'status = "perhaps"\n',
        good + "since = 5\n",
        good.replace('en = "S."\n', ""),
        f'instrument = "local"\n[X-01]{sentence}',  # no name
    ):
        with pytest.raises(register.RegisterError):
            rules_of(wrong)
    (tmp_path / "second.toml").write_text(good, "utf-8")
    with pytest.raises(register.RegisterError, match="twice"):
        rules_of(good)
    register.rules.cache_clear()


def test_the_printed_register_names_every_rule():
    page = rules_page()
    for rule_id in register.rules():
        assert f"| {rule_id} |" in page
    assert "财政部令第87号第五十九条" in page
