"""A tour of every page there is: along the links of each role, and beside one purchase as it goes through its life.

A kind of page is a named address, or an act that asks for something: each act brings its own form. Acts that ask for a
reason alone all show the same form.
"""
from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse
from playwright.sync_api import APIResponse, Browser, BrowserContext

from portal.accounts.demo import PEOPLE
from portal.urls import router
from portal.workflow import Transition, all_lifecycles
from portal.workflow.table import Lifecycle, lifecycle

from .looking import Eyes, context_in

ACTS = ("workflow:act", "workflow:create")
HOME = "workbench:home"
ENOUGH = 2  # looks at pages of one kind
SOME = 20  # keys tried where no page named one
OUTSIDE = ("api/", "static/", "i18n/")
ROLES = {username: str(role) for username, _name, _organisation, role in PEOPLE}
CODES = {prefix: viewset.lifecycle.code for prefix, viewset, _basename in router.registry if hasattr(viewset, "lifecycle")}


def kinds() -> set[str]:
    """Every kind of page the portal can show."""
    named = {name for name in _names(get_resolver()) if name not in ACTS}
    acts = {kind_of_act(cycle.code, row.name) for cycle in all_lifecycles() for row in cycle.rows if asks(row)}
    return (named - {HOME}) | acts | {f"{HOME} {role}" for role in ROLES.values()}


def asks(row: Transition) -> bool:
    """Whether a person comes to the general page of this act to fill something in."""
    return bool(not row.system and not row.page and (row.inputs or row.needs_reason))


def kind_of_act(code: str, name: str) -> str:
    row = lifecycle(code)[name]
    if asks(row) and not row.inputs:
        return "reason from a list" if row.reason_codes else "reason"
    return f"{code} {name}"


def _names(resolver: URLResolver, prefix: str = "", space: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _names(pattern, path, f"{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern) and not path.startswith(OUTSIDE):
            yield space + pattern.name


def kind_of(path: str, who: str = "") -> str:
    """The kind of a page; nothing for what is no page of ours. The workbench is another page for every role."""
    if path.startswith(tuple(f"/{outside}" for outside in OUTSIDE)):
        return ""
    try:
        found = resolve(urlsplit(path).path)
    except Resolver404:
        return ""
    if found.view_name in ACTS:
        return kind_of_act(found.kwargs["code"], found.kwargs["name"])
    return f"{HOME} {ROLES.get(who)}" if found.view_name == HOME else found.view_name


def is_page(answer: APIResponse) -> bool:
    """Whether a person stays here to read: no file to take away, and no paper still in the making (202), soon a file."""
    return answer.status == 200 and answer.headers.get("content-type", "").startswith("text/html")


class Tour:
    """What was looked at, by kind, and what was wrong with it."""

    def __init__(self, browser: Browser, address: str):
        self.browser, self.address = browser, address
        self.eyes = Eyes(browser, address)
        self.people: dict[str, BrowserContext] = {}
        self.looked: dict[str, set[str]] = defaultdict(set)
        self.faults: list[str] = []
        self.done: set[str] = set()
        self.things: dict[str, set[str]] = defaultdict(set)  # code of a lifecycle → keys

    def close(self) -> None:
        self.eyes.close()
        for context in self.people.values():
            context.close()

    def person(self, who: str) -> BrowserContext:
        """Somebody signed in at the demonstration's sign-in page; "" is a visitor."""
        if who not in self.people:
            context = self.people[who] = context_in(self.browser, self.address)
            if who:
                form = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', context.request.get("/sign-in/").text())
                context.request.post("/sign-in/demo/", form={"csrfmiddlewaretoken": form[1], "username": who})
        return self.people[who]

    # --- looking ---------------------------------------------------------------------------------------------
    def visit(self, who: str, path: str, look: bool = True) -> list[str]:
        """Open a page, look at it while its kind is new enough; gives the addresses to which its own part links."""
        answer = self.person(who).request.get(path)
        if not is_page(answer):
            return []
        page = answer.text()
        for code, key in re.findall(r'"/act/([\w.]+)/(\d+)/', page):
            self.things[code].add(key)
        kind = kind_of(urlsplit(answer.url).path, who)
        if look and self.is_wanted(kind, path):
            self.looked[kind].add(urlsplit(path).path)
            session = [cookie for cookie in self.person(who).cookies() if cookie["name"] == "sessionid"]
            self.faults += [f"{who or 'a visitor'} {path}: {fault}" for fault in self.eyes.look(path, session)]
        return [link.replace("&amp;", "&") for link in re.findall(r'<a [^>]*href="(/[^"#]*)', page)]

    def is_wanted(self, kind: str, path: str) -> bool:
        """Two pages of a kind; of an act and of a role's workbench one."""
        seen = self.looked.get(kind, set())
        return bool(kind) and urlsplit(path).path not in seen and len(seen) < (1 if " " in kind or ":" not in kind else ENOUGH)

    # --- finding ---------------------------------------------------------------------------------------------
    def wander(self, people: Iterable[str], fetches: int = 3) -> None:
        """Follow the links from everybody's workbench, few pages of a kind."""
        fetched: dict[str, int] = defaultdict(int)
        for who in people:
            seen, waiting = set(), ["/workbench/" if who else "/"]
            while waiting:
                path = waiting.pop(0)
                kind = kind_of(path, who)
                if path in seen or not kind or fetched[kind] >= fetches:
                    continue
                seen.add(path)
                fetched[kind] += 1
                waiting += self.visit(who, path)

    def look_into(self, who: str, path: str) -> None:
        """A page and whatever new kind it leads to."""
        for link in self.visit(who, path):
            if self.is_wanted(kind_of(link, who), link):
                self.visit(who, link)

    def before(self, who: str, cycle: Lifecycle, pk: int, name: str) -> str:
        """The page on which an act is about to be done for the first time; gives the page of its thing."""
        self.done.add(f"{cycle.code} {name}")
        if cycle[name].page:
            self.visit(who, reverse(cycle[name].page, args=[pk]))
        crumbs = self.visit(who, f"/act/{cycle.code}/{pk}/{name}/", asks(cycle[name]))
        return next((link for link in crumbs if re.search(r"/\d+/$", link) and not link.startswith("/act/")), "")

    def follow(self, who: str, start: str, *kinds: str) -> None:
        """From a page to the first page of a kind it links to, and on; the last is what is to be looked at."""
        links = self.visit(who, start)
        for kind in kinds:
            found = [link for link in links if kind_of(link, who) == kind]
            links = [further for link in found[:ENOUGH] for further in self.visit(who, link)]

    def try_act(self, code: str, row: Transition) -> None:
        """The page of an act nobody was led to: any thing of its kind, and anybody who may do it."""
        roles = {str(who.role) for who in row.who}
        keys = sorted(self.things[code], key=int) or map(str, range(1, SOME))
        for key in ["new"] if row.creates else keys:
            for who in (name for name, role in ROLES.items() if role in roles):
                self.visit(who, f"/act/{code}/{key}/{row.name}/")
                if self.looked[kind_of_act(code, row.name)]:
                    return
