"""Function lists in any state, reached by their own verbs with the people of the demonstration city (S-14)."""
from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from catalogue.models import FunctionList, GovernmentFunction
from portal import clock
from portal.workflow import perform
from tests.factories.people import actor

SMALL = (
    "C-1,城市管理行政处罚,保留,三定规定第三条,", "C-2,市容环境评价,转移,三定规定第四条,市环卫协会",
    "C-3,城市道路清扫保洁,购买,三定规定第五条,",
)


def function_file(*lines: str, header: str = "职能编号,职能事项,处置方式,职责依据,承接方或者说明") -> SimpleUploadedFile:
    """A CSV file as somebody would upload it; without lines three sound functions."""
    return SimpleUploadedFile("functions.csv", ("\n".join([header, *(lines or SMALL)]) + "\n").encode(), content_type="text/csv")


def draft_functions(*, start: str = "FILE", file=None, who: str = "planner", **more) -> FunctionList:
    given = {
        "title": "市城市管理局职能清单", "basis": "赣江办发〔2025〕3 号", "start": start,
        "file": file or (function_file() if start == "FILE" else None), **more,
    }  # fmt: skip
    return perform(FunctionList(), "draft", actor=actor(who), **given)


def make_functions(state: str = "DRAFTED", **more) -> FunctionList:
    """The list of the demonstration's purchaser: DRAFTED, SUBMITTED, PUBLISHED."""
    found = draft_functions(**more)
    if state == "DRAFTED":
        return found
    found = perform(found, "submit", actor=actor("head"))
    return found if state == "SUBMITTED" else approve(found)


def approve(found: FunctionList, **more) -> FunctionList:
    given = {"decision": "赣江编办〔2026〕7 号", "decided_on": clock.today(), **more}
    return perform(found, "approve", actor=actor("establishment"), **given)


def function(number: str) -> GovernmentFunction:
    """The function of that number in the list in use."""
    return GovernmentFunction.objects.in_force().select_related("catalogue").get(number=number)
