"""Recommended lists in any state, reached by their own verbs with the registrar of the demonstration city (S-15)."""
from __future__ import annotations

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from catalogue.models import RecommendedList
from catalogue.verbs import load_reference_catalogue
from portal import clock
from portal.accounts.models import Organisation
from portal.identifiers import compose_credit_code
from portal.workflow import perform
from tests.factories.people import actor

HEADER = "社会组织名称,统一社会信用代码,领域编码,推荐有效期至,推荐理由"
UNREGISTERED = compose_credit_code("52", "360199", "MJ3B0007")


def registered() -> Organisation:
    """The social organisation of the demonstration that is a registered supplier."""
    actor("supplier_c_head")
    return Organisation.objects.get(short_name="洁净家园")


def small() -> tuple[str, ...]:
    known = registered()
    return (f"{known.name},{known.code},A10,,3A 等级", f"赣江市阳光社会工作服务中心,{UNREGISTERED},A10,2027-06-30,")


def list_file(*lines: str, header: str = HEADER, name: str = "list.csv") -> SimpleUploadedFile:
    """A CSV file as somebody would upload it; without lines two sound entries."""
    return SimpleUploadedFile(name, ("\n".join([header, *(lines or small())]) + "\n").encode(), content_type="text/csv")


def draft_recommended(*, start: str = "FILE", file=None, who: str = "registrar", **more) -> RecommendedList:
    load_reference_catalogue()
    person = actor(who)
    given = {
        "title": "赣江市社会组织推荐性目录", "source": "自愿申报，等级评估 3A 以上", "valid_to": date(clock.today().year + 2, 12, 31),
        "start": start, "file": file or (list_file() if start == "FILE" else None), **more,
    }  # fmt: skip
    return perform(RecommendedList(), "draft", actor=person, **given)


def make_recommended(state: str = "DRAFTED", **more) -> RecommendedList:
    """The city's list: DRAFTED or PUBLISHED."""
    found = draft_recommended(**more)
    return found if state == "DRAFTED" else publish(found)


def publish(found: RecommendedList, **more) -> RecommendedList:
    given = {"decision": "赣江民发〔2026〕9 号", "decided_on": clock.today(), **more}
    return perform(found, "publish", actor=actor("registrar"), **given)
