"""The demonstration people as actors: `actor("head")`. Loaded once a test by the `people` fixture."""
from __future__ import annotations

from portal.accounts.actor import Actor, actor_for
from portal.accounts.demo import load_people
from portal.accounts.models import User


def actor(username: str) -> Actor:
    """The actor of a demonstration person; loads the people when they are not there yet."""
    user = User.objects.filter(username=username).first()
    if user is None:
        user = load_people()[username]
    return actor_for(user)
