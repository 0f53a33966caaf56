"""A draft line by line: the refusal first, then the act; who changed what, before and after, stands in the record (S-06, S-07)."""
import pytest

from catalogue.models import CatalogueVersion
from portal.audit.models import Entry
from portal.workflow import NotYours, Refused, WrongState, perform
from tests.catalogue.test_surfaces import signed_in
from tests.factories.catalogue import make_version
from tests.factories.people import actor, also

pytestmark = pytest.mark.django_db
PLAIN = {
    "procurement_code": "", "note": "", "guide_price": None, "guide_unit": "", "cost_factors": "", "indicators": [], "deviation": "",
}


@pytest.fixture
def version() -> CatalogueVersion:
    return make_version()


def act(version, row, **data):
    return perform(version, row, actor=actor("finance_officer"), **data)


def refused(version, row, **data) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as found:
        act(version, row, **data)
    return [(refusal.rule, refusal.field) for refusal in found.value.refusals]


def line(version, code):
    return version.items.get(code=code)


def tree(version) -> list[str]:
    return list(version.items.order_by("place").values_list("code", flat=True))


# --- add ---------------------------------------------------------------------------------------------------------
def test_a_line_is_added_below_its_parent_and_makes_it_a_class(version):
    leaf = line(version, "A1001")
    assert refused(version, "add_item", parent=leaf, code="A1002", name_zh="网格", kind="", **PLAIN) == [
        ("S-06", "code"), ("RCT-04", "code"),
    ]
    assert refused(version, "add_item", parent=leaf, code="a1", name_zh="网格", kind="", **PLAIN)[0] == ("RCT-04", "code")
    assert refused(version, "add_item", parent=None, code="C", name_zh="其他", kind="", **PLAIN) == [("R102-08", "kind")]
    act(version, "add_item", parent=leaf, code="A100101", name_zh="网格治理服务", kind="", **PLAIN)
    added, above = line(version, "A100101"), line(version, "A1001")
    assert (added.level, added.path, added.kind, added.is_leaf, above.is_leaf) == (4, "A/A10/A1001/A100101", "A", True, False)
    assert tree(version)[:4] == ["A", "A10", "A1001", "A100101"]
    version.refresh_from_db()
    assert version.item_count == 8
    assert refused(version, "add_item", parent=added, code="A10010101", name_zh="更细", kind="", **PLAIN) == [("RCT-01", "parent")]


# --- change ------------------------------------------------------------------------------------------------------
def test_before_and_after_stand_in_the_record(version):
    item = line(version, "A1001")
    act(version, "change_item", item=item, name_zh="社区治理与服务", **PLAIN | {"note": "含网格", "procurement_code": "C2311"})
    entry = Entry.objects.latest("id")
    assert entry.facts["changed"] == {
        "name": ["社区治理服务", "社区治理与服务"], "note": ["", "含网格"], "procurement_code": ["", "C2311"],
    }
    assert "A1001" in entry.sentence
    assert line(version, "A1001").procurement_code == "C2311"


# --- move --------------------------------------------------------------------------------------------------------
def test_a_line_changes_its_place_among_its_own(version):
    second = line(version, "A1002")
    act(version, "move_item", item=second, parent=second.parent, after=None, code="")
    assert tree(version)[2:4] == ["A1002", "A1001"]
    first = line(version, "A1002")
    act(version, "move_item", item=first, parent=first.parent, after=line(version, "A1001"), code="")
    assert tree(version)[2:4] == ["A1001", "A1002"]


def test_a_line_that_moves_below_another_gets_its_code_and_so_do_those_below(version):
    branch, community = line(version, "B"), line(version, "A10")
    assert refused(version, "move_item", item=community, parent=branch, after=None, code="") == [("RCT-04", "code")]
    assert refused(version, "move_item", item=community, parent=branch, after=None, code="B01") == [("S-06", "code")]
    assert refused(version, "move_item", item=community, parent=line(version, "A1001"), after=None, code="A100199") == [("S-06", "parent")]
    assert refused(version, "move_item", item=community, parent=branch, after=line(version, "A1001"), code="B09") == [("S-06", "after")]
    assert refused(version, "move_item", item=community, parent=branch, after=None, code="B" + "0" * 18) == [("RCT-04", "code")]
    act(version, "move_item", item=community, parent=branch, after=line(version, "B01"), code="B09")
    assert tree(version) == ["A", "B", "B01", "B0101", "B09", "B0901", "B0902"]
    moved = line(version, "B0901")
    assert (moved.name, moved.path, moved.kind, moved.level) == ("社区治理服务", "B/B09/B0901", "B", 3)
    assert line(version, "A").is_leaf


def test_nothing_moves_below_the_fourth_level(version):
    act(version, "add_item", parent=line(version, "A1001"), code="A100101", name_zh="网格", kind="", **PLAIN)
    assert refused(
        version, "move_item", item=line(version, "B01"), parent=line(version, "A100101"), after=None, code="A10010101",
    ) == [("RCT-01", "parent")]


# --- retire, restore ---------------------------------------------------------------------------------------------
def test_a_line_is_retired_with_all_below_it_and_comes_back(version):
    community = line(version, "A10")
    assert refused(version, "restore_item", item=community) == [("S-07", "item")]
    act(version, "retire_item", item=community)
    assert Entry.objects.latest("id").facts["codes"] == ["A10", "A1001", "A1002"]
    assert not version.items.leaves().filter(path__startswith="A/").exists()
    assert refused(version, "retire_item", item=line(version, "A1001")) == [("S-07", "item")]
    assert refused(version, "restore_item", item=line(version, "A1001")) == [("S-07", "item")]
    act(version, "restore_item", item=line(version, "A10"))
    assert version.items.leaves().filter(path__startswith="A/").count() == 2


# --- who, when ---------------------------------------------------------------------------------------------------
def test_only_a_draft_is_edited_and_who_edited_does_not_send_it_out(version):
    item = line(version, "A1001")
    for who in ("finance_head", "secretary", "hongshan_finance_officer"):
        with pytest.raises(NotYours):
            perform(version, "retire_item", actor=actor(who), item=item)
    both = also("finance_officer", "FINANCE_HEAD")
    perform(version, "change_item", actor=both, item=item, name_zh="社区治理", **PLAIN)
    with pytest.raises(Refused) as found:
        perform(version, "consult", actor=both, departments="民政局")
    assert "G2" in {refusal.rule for refusal in found.value.refusals}
    issued = make_version("ISSUED")
    with pytest.raises(WrongState):
        act(issued, "retire_item", item=line(issued, "A1001"))


# --- pages -------------------------------------------------------------------------------------------------------
def test_a_line_is_changed_moved_and_retired_by_its_page(version):
    finance = signed_in("finance_officer")
    assert f"/catalogue/versions/{version.pk}/edit/" in finance.get(version.get_absolute_url()).content.decode()
    listed = finance.get(f"/catalogue/versions/{version.pk}/edit/").content.decode()
    url = f"/catalogue/versions/{version.pk}/edit/A1001/"
    assert url in listed
    wrong = finance.post(url, {"row": "change_item", "item": "A1001", "name_zh": "社区治理服务", "guide_price": "12", "indicators": "好"})
    assert wrong.status_code == 422
    text = wrong.content.decode()
    assert "有指导价的，须写明计价单位" in text
    assert "应写成" in text
    right = {"row": "change_item", "item": "A1001", "name_zh": "社区治理服务", "guide_price": "12.50", "guide_unit": "户",
             "indicators": "产出：走访率≥90%\r\n满意度：居民满意度≥85%"}
    assert finance.post(url, right).status_code == 302
    item = line(version, "A1001")
    assert item.indicator_words == "产出：走访率≥90%；满意度：居民满意度≥85%"
    assert "12.50" in finance.get(url).content.decode()
    moved = finance.post(url, {"row": "move_item", "item": "A1001", "parent": "B", "after": "B01", "code": "B02"})
    assert moved["Location"].endswith("/edit/B02/")
    stopped = finance.post(f"/catalogue/versions/{version.pk}/edit/B02/", {"row": "move_item", "item": "B02", "parent": "A10", "code": ""})
    assert stopped.status_code == 409
    retired = finance.post(moved["Location"], {"row": "retire_item", "item": "B02"})
    assert retired.status_code == 302
    page = finance.get(moved["Location"]).content.decode()
    assert "恢复条目" in page
    assert "停用条目 B02" in page
    assert finance.get(f"/catalogue/versions/{version.pk}/edit/Z9/").status_code == 404
    added = finance.post(f"/catalogue/versions/{version.pk}/edit/", {"parent": "B", "code": "B05", "name_zh": "会议服务"})
    assert added.status_code == 302
    assert signed_in("finance_head").get(url).status_code == 403


def test_programs_edit_a_line_by_its_code(version):
    finance = signed_in("finance_officer")
    done = finance.post(f"/api/v1/catalogue-versions/{version.pk}/retire_item/", {"item": "A1001"}, content_type="application/json")
    assert done.status_code == 200
    assert line(version, "A1001").retired
    unknown = finance.post(f"/api/v1/catalogue-versions/{version.pk}/retire_item/", {"item": "Z9"}, content_type="application/json")
    assert "item" in unknown.json()["errors"]
