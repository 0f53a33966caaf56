"""Implementation catalogues in any state, reached by their own verbs with the people of the demonstration city (L1.3)."""
from __future__ import annotations

from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from catalogue.forms.implementation import Begin
from catalogue.models import ImplementationEntry, ImplementationList
from catalogue.verbs import load_reference_catalogue
from portal import clock
from portal.accounts.models import Organisation
from portal.workflow import perform
from tests.factories.people import actor

HEADER = "title,leaf,filed_request,agency,method,amount,livelihood,key_point,easy,grounds,pilot"
AGENCY = "赣江市城市管理局"
SMALL = (
    f"城市保洁绿化道路养护,A1001,,{AGENCY},公开招标,11664000.00,是,,是,群众反映集中,首批",
    f"法律顾问服务,B0101,,{AGENCY},竞争性磋商,,,是,,合同审查积压,",
)


def agency() -> Organisation:
    return actor("planner").organisation


def entry_file(*lines: str, header: str = HEADER, name: str = "entries.csv") -> SimpleUploadedFile:
    """A CSV file as somebody would upload it; without lines two sound entries."""
    text = "\n".join([header, *(line.replace(AGENCY, agency().name) for line in lines or SMALL)]) + "\n"
    return SimpleUploadedFile(name, text.encode(), content_type="text/csv")


def entry_content(**changes) -> dict:
    """What one sound entry says."""
    return {
        "title": "社区矫正辅助服务", "leaf": load_reference_catalogue().items.get(code="A1001"), "filed_request": None, "agency": agency(),
        "method": "OPEN_TENDER", "amount": Decimal("300000.00"), "livelihood": True, "key_point": False, "easy": False,
        "grounds": "矫正对象逐年增加", "pilot": "", **changes,
    }


def draft_list(*, year: int | None = None, start: str = Begin.FILE, file=None, **more) -> ImplementationList:
    load_reference_catalogue()
    year = year or clock.today().year + 1
    given = file or (entry_file() if start == Begin.FILE else None)
    return perform(
        ImplementationList(), "draft", actor=actor("finance_officer"), year=year, start=start, file=given,
        title=f"赣江市 {year} 年政府购买服务实施目录", **more,
    )


def make_implementation(state: str = "DRAFTED", *, year: int | None = None, lines: tuple[str, ...] = ()) -> ImplementationList:
    """The city's list of a year (next year) in a state: DRAFTED, SUBMITTED, SENT_BACK, APPROVED, ISSUED."""
    catalogue = draft_list(year=year, file=entry_file(*lines) if lines else None)
    if state == "DRAFTED":
        return catalogue
    catalogue = perform(catalogue, "submit", actor=actor("finance_head"))
    if state == "SUBMITTED":
        return catalogue
    if state == "SENT_BACK":
        return perform(catalogue, "send_back", actor=actor("convener"), reason="项目与预算安排不符")
    catalogue = perform(
        catalogue, "approve", actor=actor("convener"), decision="赣江府办批〔2026〕12 号", decided_on=clock.today()
    )
    return catalogue if state == "APPROVED" else perform(catalogue, "issue", actor=actor("finance_head"))


def entry(catalogue: ImplementationList, title: str) -> ImplementationEntry:
    return catalogue.entries.get(title=title)
