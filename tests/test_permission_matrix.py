"""Who may do what: the hand-written table, the transition tables, and what pages and programs answer, are one thing.

For every lifecycle stands an example of a purchase; people of every role, of its own and of foreign organisations and
regions, try every row by page (GET, POST) and by API. Whoever may is never answered 403 or 404; whoever sees the thing
but may not gets 403, whoever does not see it 404. Each try is rolled back.
"""
from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from portal import urls
from portal.accounts.demo import ORGANISATIONS, PEOPLE
from portal.accounts.models import ApiToken, User
from portal.accounts.roles import REGIONAL_KINDS
from portal.workflow import all_lifecycles, lifecycle
from portal.workflow.diagrams import place_of
from tests.factories.examples import Example, make_examples
from tests.factories.keeping import made
from tests.permission_table import NO_API, PERMISSIONS, SEEN_BY, entry

REGION = {each.key: each.region for each in ORGANISATIONS}
KIND = {each.key: each.kind for each in ORGANISATIONS}
CITY = REGION["agency"]
ROUTES = {viewset.lifecycle.code: prefix for prefix, viewset, _name in urls.router.registry if hasattr(viewset, "lifecycle")}
WAYS = ("GET", "POST", "API")
#: Roles that may do something in a lifecycle try every way; all others try every row, by page and API in turn.
ROLES = {code: {role for row in rows for role, _place, _states in entry(code, row)} for code, rows in PERMISSIONS.items()}
CODES = [cycle.code for cycle in all_lifecycles()]
#: What only the system does, these try; the rest may not do it for the same reason.
TRYING_THE_SYSTEMS = {"head", "supplier_a_head", "finance_head", "auditor", "administrator", "head_2", "expert_1"}
#: One person a role and organisation; of seven experts the first two.
ALIKE = {"expert_3", "expert_4", "expert_5", "expert_6", "expert_7", "supplier_c_officer", "supplier_c_head", "hongshan_buyer",
         "hongshan_payer", "hongshan_budget_officer", "hongshan_establishment", "hongshan_convener", "hongyi_officer"}  # fmt: skip
EVERYBODY = [(account, organisation, str(role)) for account, _name, organisation, role in PEOPLE]


#: Words of the table for people whom the thing itself names.
NAMED = {"NamedOpener": "named", "OpenedBidder": "bidder", "Member": "member", "Voter": "member", "Seated": "seated",
         "Delegate": "delegate"}  # fmt: skip
CONTRACTOR = "supplier_a"  # of tests/factories/examples.py


# --- table against table ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted({*CODES, *PERMISSIONS}))
def test_the_tables_say_what_the_design_says(code):
    assert code in CODES, "an entry without a lifecycle"
    cycle = lifecycle(code)
    assert code in PERMISSIONS, "a lifecycle without entries"
    assert {row.name for row in cycle.rows} == set(PERMISSIONS[code])
    for row in cycle.rows:
        said = {(str(who.role), place(who), frozenset(getattr(who, "states", ()))) for who in row.who}
        if row.system or not row.who:
            said.add(("system", "", frozenset()))
        assert said == entry(code, row.name), f"{code} {row.name}"


def place(who) -> str:
    """Where a table wants the role, in the words of the hand-written one."""
    return "leader" if getattr(who, "leader", False) else NAMED.get(type(who).__name__, place_of(who))


# --- behaviour -------------------------------------------------------------------------------------------------------


class Try:
    """One person at pages and API; whatever he brings about is undone."""

    def __init__(self, account: str):
        user = User.objects.get(username=account)
        self.client = Client()
        self.client.force_login(user)
        membership = user.memberships.select_related("organisation").order_by("organisation_id").first()
        _token, secret = ApiToken.issue(user=user, organisation=membership.organisation, name="matrix", scope=ApiToken.Scope.ACT)
        self.program, self.headers = Client(), {"Authorization": f"Bearer {secret}"}

    def answers(self, page: str, api: str | None, body: dict, ways: tuple[str, ...]) -> dict[str, int]:
        found = {}
        for name, send in (
            ("GET", lambda: self.client.get(page)),
            ("POST", lambda: self.client.post(page)),
            ("API", lambda: self.program.post(api, json.dumps(body), content_type="application/json", headers=self.headers)),
        ):
            if name not in ways or (name == "API" and api is None):
                continue
            with transaction.atomic():
                found[name] = send().status_code
                transaction.set_rollback(True)
        return found


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[dict[str, Example]]:
    """One purchase for the whole module, undone at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield made(make_examples)
        transaction.set_rollback(True)


def may(code: str, row: str, example: Example, account: str, organisation: str, role: str) -> bool:
    """What the hand-written table says of this person and this example."""
    for wanted, place, states in entry(code, row):
        if wanted != role or (states and example.obj.state not in states):
            continue
        if not place and not lifecycle(code)[row].creates:
            return sees(code, example, account, organisation)
        here = {"own": organisation in example.own, "region": REGION[organisation] == CITY, "person": account in example.people,
                "named": account in ("opener_a", "opener_b"), "bidder": organisation in ("supplier_a", "supplier_b", "supplier_c"),
                "member": account in example.people, "seated": account in example.seated,
                "leader": account == example.leader, "delegate": account == example.delegate}  # fmt: skip
        if all(here[word] for word in place.split()):
            return True
    return False


def sees(code: str, example: Example, account: str, organisation: str) -> bool:
    """What the hand-written table says of scope; see SEEN_BY."""
    city, kind = REGION[organisation] == CITY, KIND[organisation]
    groups = {
        "everybody": True, "departments": city and kind in REGIONAL_KINDS, "superior": organisation == "housing",
        "agencies": city and kind == "AGENCY", "suppliers": kind == "SUPPLIER", "person": account in example.people,
        "panel": account in example.panel, "contractor": organisation == CONTRACTOR, "delegate": account == example.delegate,
    }
    return any(groups.get(word, word == organisation) for word in SEEN_BY[code].split())


@pytest.fixture
def _plain_errors(monkeypatch) -> Iterator[None]:
    """The pages that explain a 403 or 404 are tested elsewhere; here there are thousands of them."""
    for status in (403, 404):
        monkeypatch.setattr(urls, f"handler{status}", lambda request, exception, status=status: HttpResponse(status=status), raising=False)
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.django_db
@pytest.mark.usefixtures("_plain_errors")
@pytest.mark.parametrize("code", CODES)
def test_pages_and_programs_answer_what_the_table_says(code, world):
    examples = world
    assert code in examples, "no example reaches this lifecycle"
    example, route, wrong = examples[code], ROUTES.get(code), []
    assert (route is None) == (code in NO_API)
    for account, organisation, role in EVERYBODY:
        if account in ALIKE - example.people:
            continue
        trying, concerned = Try(account), role in ROLES[code]
        for number, row in enumerate(lifecycle(code).rows):
            if not row.who and (row.creates or account not in TRYING_THE_SYSTEMS):
                continue
            if row.creates:
                page, api, body = f"/act/{code}/new/{row.name}/", f"/api/v1/{route}/", {"transition": row.name}
                expected = {403}
            else:
                page, api, body = f"/act/{code}/{example.obj.pk}/{row.name}/", f"/api/v1/{route}/{example.obj.pk}/{row.name}/", {}
                expected = {403} if sees(code, example, account, organisation) else {404}
            right = may(code, row.name, example, account, organisation, role)
            ways = WAYS if concerned else (WAYS[number % 3 if route else number % 2],)
            for way, status in trying.answers(page, api if route else None, body, ways).items():
                if (right and status in (403, 404)) or (not right and status not in expected):
                    wrong.append(f"{account} {row.name} {way}: {status}, {'may' if right else f'expected {expected}'}")
    assert not wrong, "\n".join([f"{code}: {len(wrong)} cells differ", *wrong[:60]])
