"""Credit codes, division codes and the portal's own numbers."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import identifiers as ids

VALID = ["9144030071526726XG", "12100000400000624D", "52330106MJ87000195", "5133010650000012XE"]  # RCV-22


@pytest.mark.parametrize("code", VALID)
def test_known_credit_codes_hold(code):
    assert ids.credit_code(code).code == code
    assert ids.is_credit_code(code)


@pytest.mark.parametrize("code", VALID)
def test_any_single_changed_character_is_found(code):
    for place in range(18):
        for other in set(ids.ALPHABET) - {code[place]}:
            assert not ids.is_credit_code(code[:place] + other + code[place + 1 :])


codes = st.builds(
    ids.compose_credit_code,
    st.sampled_from(sorted(ids.KINDS)),
    st.sampled_from(["330106", "360000", "370684"]),
    st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8),
)


@given(codes)
def test_composed_codes_hold_without_warning(code):
    checked = ids.credit_code(code)
    assert checked.warnings == []
    assert not checked.changed


@given(codes, st.integers(0, 16))
def test_swapped_neighbours_are_found(code, place):
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert ids.is_credit_code(swapped) == (swapped == code)


def test_typed_codes_are_normalised_and_the_change_is_known():
    checked = ids.credit_code(" 91440300-71526726xg ")
    assert checked.code == "9144030071526726XG"
    assert checked.changed
    assert ids.credit_code("９１４４０３００７１５２６７２６ＸＧ").code == checked.code


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("9144030071526726X", ids.Fault.LENGTH),
        ("", ids.Fault.LENGTH),
        ("914403007152672OXG", ids.Fault.CHARACTER),
        ("９144030071526726XＨ", ids.Fault.CHECK),
        ("统一社会信用代码一二三四五六七八九十", ids.Fault.CHARACTER),
    ],
)
def test_wrong_codes_say_what_is_wrong(text, fault):
    with pytest.raises(ids.InvalidCreditCode) as refused:
        ids.credit_code(text)
    assert refused.value.fault == fault


def test_parts_of_a_code():
    checked = ids.credit_code("52330106MJ87000195")
    assert (checked.kind_code, checked.division_code, checked.organisation_code) == ("52", "330106", "MJ8700019")
    assert checked.kind is ids.KINDS["52"]
    assert checked.department is ids.DEPARTMENTS["5"]


def test_the_unusual_warns_and_is_not_refused():
    first_17 = "84990000400000624"
    checked = ids.credit_code(first_17 + ids.check_character(first_17))
    assert len(checked.warnings) == 2  # unknown kind, no such province
    assert ids.credit_code("12100000400000624D").warnings  # 100000 is the country, not a province's division


@pytest.mark.parametrize(
    ("first_8", "check"), [("71526726", "X"), ("D2143569", "X"), ("40000062", "4"), ("00000000", "0")]
)
def test_organisation_code_check(first_8, check):
    assert ids.organisation_check_character(first_8) == check


@pytest.mark.parametrize(
    ("code", "level", "parent"),
    [
        ("360000", ids.DivisionLevel.PROVINCE, None),
        ("361000", ids.DivisionLevel.CITY, "360000"),
        ("36", ids.DivisionLevel.PROVINCE, None),
        ("3610", ids.DivisionLevel.CITY, "360000"),
        ("361002", ids.DivisionLevel.COUNTY, "361000"),
        ("429004", ids.DivisionLevel.COUNTY, "420000"),  # run by the province
        ("361002001", ids.DivisionLevel.TOWN, "361002"),
        ("361002001003", ids.DivisionLevel.VILLAGE, "361002001"),
    ],
)
def test_divisions(code, level, parent):
    assert ids.division_level(code) == level
    assert ids.parent_division(code) == parent


@pytest.mark.parametrize("code", ["", "99", "990000", "36100", "36100A", "３６1002"])
def test_what_is_no_division_code(code):
    assert ids.division_level(code) is None
    with pytest.raises(ValueError, match="division"):
        ids.parent_division(code)


def test_numbers_of_papers():
    assert ids.project_number("PLGK", 2026, 87) == "PLGK-2026-0087"
    assert ids.plan_number("HS", 2027, 114) == "HS-JH-2027-0114"
    assert ids.notice_number("HSQ", 2026, 12345) == "HSQ-GG-2026-12345"
    assert ids.contract_number("HSQ", 2020, 117) == "HSQ-HT-2020-0117"


agency_codes = st.text("ABCHLQXZ0189", min_size=2, max_size=12)


@given(st.sampled_from(ids.Series), agency_codes, st.integers(2000, 2099), st.integers(1, 10**6))
def test_numbers_can_be_read_back(series, agency_code, year, serial):
    text = ids.number(series, agency_code, year, serial)
    assert ids.read_number(text.lower()) == ids.Number(agency_code, series, year, serial)


@pytest.mark.parametrize(
    ("agency_code", "year", "serial"), [("hsq", 2026, 1), ("H", 2026, 1), ("HSQ", 26000, 1), ("HSQ", 2026, 0)]
)
def test_numbers_that_cannot_be(agency_code, year, serial):
    with pytest.raises(ValueError, match="number"):
        ids.project_number(agency_code, year, serial)


def test_what_is_no_number_cannot_be_read():
    with pytest.raises(ValueError, match="number"):
        ids.read_number("合同 2026 第 3 号")
