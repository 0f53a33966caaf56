"""The demonstration people as actors: `actor("head")`. Loaded once a test by the `people` fixture."""
from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from portal.accounts.actor import Actor, actor_for
from portal.accounts.demo import load_people, organisation
from portal.accounts.models import Membership, User
from portal.accounts.presence import Way
from portal.accounts.roles import Role
from portal.authentication.models import Administration
from portal.workflow import perform


def present(user: User) -> Actor:
    """The actor of a person who has just shown himself, as opening, signing and paying ask (AUTH-01), and who administers now."""
    shown = {"stepped_up_at": timezone.now(), "stepped_up_by": Way.APP}
    acting = actor_for(user, **shown)
    if Role.ADMINISTRATOR not in acting.dormant:
        return acting
    Administration.objects.create(
        user=user, organisation=acting.organisation, reason="test", ends_at=timezone.now() + timedelta(hours=1)
    )
    return actor_for(user, **shown)


def actor(username: str) -> Actor:
    """The actor of a demonstration person; loads the people when they are not there yet."""
    user = User.objects.filter(username=username).first()
    if user is None:
        user = load_people()[username]
    return present(user)


def also(username: str, role: str) -> Actor:
    """A demonstration person with one more role in the same organisation: for acts that two people must do."""
    person = actor(username)
    Membership.objects.get_or_create(user=person.user, organisation=person.organisation, role=role)
    return present(person.user)


def colleague(username: str) -> Actor:
    """Another person with the roles of a demonstration person."""
    person = actor(username)
    user, _made = User.objects.get_or_create(username=f"{username}_colleague", defaults={"name": "同事"})
    for role in person.roles:
        Membership.objects.get_or_create(user=user, organisation=person.organisation, role=role)
    return present(user)


def make_invitation(name: str = "程新来", *, where: str = "agency", roles: tuple = ("PLANNER",), email: str = "cheng@demo.invalid", **more):
    """An invitation as the administrator of the city sends it."""
    from portal.administration.models import Invitation
    from portal.administration.verbs.people import today

    inviting = actor("administrator")
    return perform(
        Invitation(), "invite", actor=inviting, organisation=organisation(where), person_name=name, roles=list(roles), email=email,
        **{"phone": "", "since": today(), "until": None, **more},
    )


def make_calendar_notice(year: int = 2027, *, days: list | None = None, demonstration: bool = False):
    """A notice of working days as an administrator enters it: the statutory holidays, by default."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from portal.administration.models import CalendarNotice
    from portal.workdays.statutory import statutory_holidays

    if days is None:
        days = [[day.isoformat(), False, name] for day, name in sorted(statutory_holidays(year).items()) if day.weekday() < 5]
    paper = SimpleUploadedFile("通知.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
    return perform(
        CalendarNotice(), "propose", actor=actor("administrator"), year=year, reference="国办发明电〔2026〕9号", days=days,
        demonstration=demonstration, paper=paper,
    )


def make_outage(*, hours: float = 1, ended_at=None, where: str = "agency"):
    """An outage as an administrator records it; without a moment it has just ended."""
    from datetime import timedelta

    from portal import clock
    from portal.workdays.models import Outage

    ended_at = ended_at or clock.now() - timedelta(minutes=1)
    recording = actor("administrator")
    return perform(
        Outage(), "record", actor=recording, region=organisation(where).region, started_at=ended_at - timedelta(hours=hours),
        ended_at=ended_at, reason_code="POWER", reason="机房停电",
    )
