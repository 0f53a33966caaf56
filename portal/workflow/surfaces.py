"""What each stage shows on pages of higher floors: a panel on the project page, an entry in the navigation, its record."""
from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.audit.record import chain_key_of

Panel = Callable[[Any, Actor, Any], tuple[str, dict] | None]
_panels: list[tuple[int, str, Panel]] = []
_navigation: list[Entry] = []
_public_navigation: list[Entry] = []
_chains: list[tuple[Any, Callable[[Any], Iterable[str]]]] = []


def project_panel(order: int, anchor: str) -> Callable[[Panel], Panel]:
    """Register `(project, actor, now) -> (template, context) | None`: what a stage shows on the project page.

    The order is the stage's: plan 10, budget 20, tender 30, award 40, contract 50, delivery 60, acceptance 70,
    payment 80, evaluation 90. The context may hold `actions` (shown in the act panel) and `objects` (staged things
    whose actions are gathered by the page).
    """

    def keep(panel: Panel) -> Panel:
        _panels.append((order, anchor, panel))
        _panels.sort(key=lambda item: item[:2])
        return panel

    return keep


def panels() -> list[tuple[int, str, Panel]]:
    return list(_panels)


@dataclass(frozen=True, slots=True)
class ToldChain:
    """One chain of the record that a project's readers may look into: its key, and what it records."""

    key: str
    label: Any


def project_chains(label) -> Callable:
    """Register `(project) -> chain keys`: where a stage records what is secret for a time, once it is secret no more.

    Until then the function names nothing. Which entries a reader sees is asked of the things they speak of, as always.
    """

    def keep(function: Callable[[Any], Iterable[str]]) -> Callable[[Any], Iterable[str]]:
        _chains.append((label, function))
        return function

    return keep


def chains_of(project) -> list[ToldChain]:
    """The project's own chain, then those that have joined it."""
    own = ToldChain(chain_key_of(project.pk), _("项目"))
    return [own, *(ToldChain(key, label) for label, function in _chains for key in function(project))]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the left navigation: where it leads, and the roles that see it (none = every signed-in person)."""

    order: int
    label: Any
    icon: str
    url_name: str
    roles: frozenset[str] = field(default_factory=frozenset)


def navigation_entry(order: int, label, icon: str, url_name: str, *roles: str) -> None:
    _navigation.append(Entry(order, label, icon, url_name, frozenset(str(role) for role in roles)))
    _navigation.sort(key=lambda entry: entry.order)


def navigation_for(actor: Actor) -> list[Entry]:
    """What leads to the actor's pages, those of a role that sleeps included: they ask him to wake it."""
    return navigation_for_roles(actor.reach | actor.dormant)


def navigation_for_roles(roles: Collection[str]) -> list[Entry]:
    """The entries that somebody with these roles sees."""
    return [entry for entry in _navigation if not entry.roles or not entry.roles.isdisjoint(roles)]


Arranger = Callable[[list[Entry], Actor], list[Any]]
_arranger: list[Arranger] = []


def navigation_arranger(function: Arranger) -> Arranger:
    """Register who orders the entries and counts what waits behind each: the top floor, which knows them all."""
    _arranger[:] = [function]
    return function


def arranged_for(actor: Actor) -> list[Any]:
    """The entries of an actor as arranged: objects with `entry`, `count`, `more`."""
    return _arranger[0](navigation_for(actor), actor)


def public_entry(order: int, label, url_name: str) -> None:
    """One entry of the navigation of the public site."""
    _public_navigation.append(Entry(order, label, "", url_name))
    _public_navigation.sort(key=lambda entry: entry.order)


def public_navigation() -> list[Entry]:
    return list(_public_navigation)
