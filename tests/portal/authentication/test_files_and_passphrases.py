"""Acts with files or passphrases ask for the person first; where he comes too late his text stays and his files are asked for again."""
from __future__ import annotations

import pytest

from portal import clock
from portal.accounts.models import User
from portal.workflow import perform
from procurement.bids.models import OpeningKey
from tests.factories.authentication import PASSWORD, Browser, person
from tests.factories.contracts import make_contract
from tests.factories.papers import upload
from tests.factories.people import actor
from tests.factories.tenders import DRAFTED_AT, make_tender
from tests.portal.authentication.test_step_up_pages import forget, hidden

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _password_will_do(settings):
    settings.SECOND_FACTOR = "none"


def test_files_are_asked_for_again_and_nothing_is_signed_without_them():
    contract = make_contract("OFFERED")
    client = Browser()
    client.force_login(person("supplier_a_head"))
    address = f"/act/contracts.contract/{contract.pk}/sign/"
    with clock.at(contract.state_since):
        values = {"agreed": "on", "shown": contract.paper.digest, "bond_paper": upload("保函.pdf")}
        asked = client.post(address, values)
        assert asked.status_code == 403
        back = client.post(address, {**hidden(asked), "step_up_password": PASSWORD})
    assert back.status_code == 422
    assert "请重新选择文件" in back.content.decode()
    contract.refresh_from_db()
    assert contract.state == "OFFERED"


def test_the_page_of_a_passphrase_asks_before_anything_is_typed():
    with clock.at(DRAFTED_AT):
        tender = make_tender("PROPOSED")
        key = perform(
            OpeningKey(tender=tender), "name_openers", actor=actor("buyer"), tender=tender,
            openers=[actor(name).user for name in ("opener_a", "opener_b")], witness=actor("witness").user,
        )
        opener = User.objects.get(username="opener_a")
        opener.set_password(PASSWORD)  # no longer a one-click person
        opener.save()
        client = Browser()
        client.force_login(opener)
        address = f"/act/bids.key/{key.pk}/set_passphrase/"
        asked = client.get(address)
        assert asked.status_code == 403, asked.content.decode()[-6000:]
        assert hidden(asked) == {"next": address}
        assert client.post("/step-up/", {"next": address, "step_up_password": PASSWORD})["Location"] == address
        assert client.get(address).status_code == 200
        stale = {"passphrase": "mountains and rivers", "again": "mountains and rivers"}
        forget(client)
        asked = client.post(address, stale)
        assert asked.status_code == 403, asked.content.decode()[-6000:]
        assert "mountains" not in asked.content.decode()
        assert client.post(address, {**stale, "step_up_password": PASSWORD}).status_code == 302
    assert next(each for each in key.sitting() if each.user_id == opener.pk).public_key
