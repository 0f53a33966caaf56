"""A signature: person, moment, digest of the very file that was shown, and how the person had shown himself (SIGN-01)."""
from __future__ import annotations

import hashlib

import pytest
from django.core.files.storage import default_storage

from portal import clock
from portal.audit.models import Entry
from portal.signing.models import Signature
from portal.workflow import Refused, perform
from procurement.contracts.models import Contract
from tests.factories.authentication import PASSWORD, Browser, person
from tests.factories.contracts import SIGNED_AT, make_contract
from tests.factories.papers import upload
from tests.factories.people import actor
from tests.portal.authentication.test_step_up_pages import hidden

pytestmark = pytest.mark.django_db


@pytest.fixture
def offered() -> Contract:
    with clock.at(SIGNED_AT):
        contract = make_contract("OFFERED")
        contract.paper.refresh_from_db()
        assert contract.paper.is_ready
        yield contract


def sign(contract: Contract, **data) -> Contract:
    return perform(contract, "sign", actor=actor("supplier_a_head"), agreed=True, bond_paper=upload("保函.pdf"), **data)


def test_what_is_kept_of_a_signature(offered, settings):
    sign(offered, shown=offered.paper.digest)
    kept = Signature.objects.get()
    entry = Entry.objects.of_subject("contracts.contract", offered.pk).get(transition="sign")
    assert (kept.document_id, kept.user, kept.name) == (offered.paper_id, actor("supplier_a_head").user, "金大明")
    assert (kept.lifecycle, kept.subject, kept.transition) == ("contracts.contract", str(offered.pk), "sign")
    assert (kept.signed_at, kept.confirmed_by, kept.entry_digest) == (SIGNED_AT, "demonstration", entry.digest)
    with offered.paper.open() as stream:
        assert kept.digest == hashlib.sha256(stream.read()).hexdigest()
    assert kept.fits()


def test_both_sides_sign_the_same_file_and_the_verifying_page_tells(offered):
    sign(offered)
    perform(Contract.objects.get(pk=offered.pk), "countersign", actor=actor("head"), agreed=True)
    assert len(set(Signature.objects.filter(document=offered.paper).values_list("digest", flat=True))) == 1
    page = Browser().get(f"/verify/{offered.paper.digest}/").content.decode()
    assert page.count("与签署的文件一致") == 2
    assert "赣江清源环境服务有限公司" in page
    assert "金大明" not in page  # who, the parties know; the public reads for whom


def test_another_file_than_the_one_shown_is_not_signed(offered):
    with pytest.raises(Refused) as refused:
        sign(offered, shown="0" * 64)
    assert [refusal.rule for refusal in refused.value.refusals] == ["SIGN-01"]
    assert not Signature.objects.exists()


def test_the_page_shows_the_file_and_posts_its_digest_back(offered, settings):
    settings.SECOND_FACTOR = "none"
    user = person("supplier_a_head")
    client = Browser()
    client.force_login(user)
    address = f"/act/contracts.contract/{offered.pk}/sign/"
    client.post("/step-up/", {"step_up_password": PASSWORD, "next": address})
    page = client.get(address)
    assert offered.paper.name in page.content.decode()
    shown = hidden(page)["shown"]
    assert shown == offered.paper.digest
    assert client.post(address, {"agreed": "on", "bond_paper": upload("保函.pdf")}).status_code == 422  # nothing was shown
    assert client.post(address, {"agreed": "on", "bond_paper": upload("保函.pdf"), "shown": "0" * 64}).status_code == 409
    assert client.post(address, {"agreed": "on", "bond_paper": upload("保函.pdf"), "shown": shown}).status_code == 302
    kept = Signature.objects.get()
    assert (kept.user, kept.confirmed_by) == (user, "password")
    assert kept.confirmed_at is not None


def test_by_sm3_where_the_installation_says_so(offered, settings):
    settings.SIGNATURE_DIGEST = "sm3"
    sign(offered)
    kept = Signature.objects.get()
    with offered.paper.open() as stream:
        content = stream.read()
    assert kept.digest == hashlib.new("sm3", content).hexdigest()
    assert kept.algorithm == "sm3"
    assert kept.fits()
    assert offered.paper.digest == hashlib.sha256(content).hexdigest()  # the record keeps its own


def test_a_file_that_was_changed_in_the_store_is_told(offered):
    sign(offered)
    path = default_storage.path(offered.paper.path)
    with open(path, "ab") as stream:
        stream.write(b"x")
    assert not Signature.objects.get().fits()
    assert "文件已不是签署时的文件" in Browser().get(f"/verify/{offered.paper.digest}/").content.decode()
