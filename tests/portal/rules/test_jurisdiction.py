"""What a jurisdiction decides: typed, dated, nearest region first."""
from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from portal.accounts.models import Region
from portal.rules import jurisdiction
from portal.rules.jurisdiction import MonthDay, decide, declared, setting
from portal.rules.models import JurisdictionSetting

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)


@pytest.fixture
def regions():
    province = Region.objects.create(code="36", name="江西省", level="PROVINCE")
    city = Region.objects.create(code="3601", name="赣江市", level="CITY", parent=province)
    return {
        "province": province, "city": city,
        "county": Region.objects.create(code="360102", name="东湖区", level="COUNTY", parent=city),
        "other": Region.objects.create(code="36010", name="别处", level="CITY", parent=province),
    }  # fmt: skip


def test_defaults_hold_until_somebody_decides(regions):
    assert setting("duty_overlap", as_of=DAY) == "refuse"
    assert setting("resubmit_until", regions["county"], DAY) == MonthDay(12, 15)
    assert setting("resubmit_until").in_year(2026) == date(2026, 12, 15)
    assert setting("evaluate_above", as_of=DAY) == Decimal(500_000)


def test_the_nearest_decision_wins(regions):
    decide("joint_meeting", False, source="省财政厅通知", valid_from=date(2026, 1, 1), region=regions["province"])
    decide("joint_meeting", True, source="市政府办法", valid_from=date(2025, 1, 1), region=regions["city"])
    assert setting("joint_meeting", regions["county"], DAY) is True
    assert setting("joint_meeting", regions["other"], DAY) is False
    assert setting("joint_meeting", None, DAY) is True  # the default


def test_a_decision_holds_from_its_day_and_the_latest_wins(regions):
    for day, value in ((date(2025, 1, 1), 3), (date(2026, 6, 1), 4)):
        decide("rectifications", value, source="规定", valid_from=day, region=regions["city"])
    assert setting("rectifications", regions["city"], date(2024, 12, 31)) == 1
    assert setting("rectifications", regions["city"], date(2026, 5, 31)) == 3
    assert setting("rectifications", regions["city"], date(2026, 6, 1)) == 4


def test_types_survive_storage():
    decide("yellow_share", "0.5", source="规定", valid_from=DAY)
    decide("confirmation_until", [2, 29], source="规定", valid_from=DAY)
    assert setting("yellow_share", as_of=DAY) == Decimal("0.5")
    assert setting("confirmation_until", as_of=DAY) == MonthDay(2, 29)


@pytest.mark.parametrize(
    ("name", "value"),
    [("duty_overlap", "perhaps"), ("joint_meeting", "yes"), ("rectifications", "many"), ("rectifications", True),
     ("yellow_share", "half"), ("resubmit_until", [2, 30]), ("resubmit_until", 5)],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_is_refused(name, value):
    with pytest.raises(jurisdiction.WrongValue):
        decide(name, value, source="规定", valid_from=DAY)
    assert not JurisdictionSetting.objects.exists()


def test_a_decision_needs_its_paper_and_a_known_setting():
    with pytest.raises(jurisdiction.WrongValue):
        decide("joint_meeting", True, source=" ", valid_from=DAY)
    with pytest.raises(jurisdiction.UnknownSetting):
        decide("no_such", True, source="规定", valid_from=DAY)
    with pytest.raises(jurisdiction.UnknownSetting):
        setting("no_such")


@pytest.mark.parametrize("where", ["city", None])
def test_of_two_decisions_for_one_day_the_later_holds(regions, where):
    for value in (False, True, False):
        decide("joint_meeting", value, source="规定", valid_from=DAY, region=regions.get(where))
    assert setting("joint_meeting", regions.get(where), DAY) is False


@pytest.mark.parametrize(("name", "value"), [
    ("exit_years", 0), ("exit_years", 4), ("limited_competition_min", 1), ("yellow_share", "1.1"), ("clock.REVIEW_STEP", 0),
    ("procurement_threshold", -1),
])
def test_bounds_of_the_law_are_kept(name, value):
    with pytest.raises(jurisdiction.WrongValue):
        decide(name, value, source="规定", valid_from=DAY)


def test_what_was_not_read_in_its_source_is_there_to_be_checked(regions):
    assert setting("rule.R00-03", regions["city"], DAY) == "unchecked"
    assert str(declared()["rule.R00-03"].label)
    assert "rule.R87-14" not in declared()


def test_every_setting_has_a_label_and_a_rule(django_assert_num_queries, regions):
    for one in declared().values():
        assert str(one.label)
        assert one.read(one.write(one.default)) == one.default
    with pytest.raises(ValueError, match="twice"):
        jurisdiction.declare(declared()["joint_meeting"])
    with django_assert_num_queries(1):
        setting("joint_meeting", regions["county"], DAY)
