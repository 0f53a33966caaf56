"""Organisations and people in the search box: for administrators those they look after."""
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Organisation, User
from portal.search.sources import Find, searchable
from portal.search.words import Words

from .scope import organisations_of, people_of

searchable(
    Organisation, order=80, title=_("单位"), related=("region",), visible=organisations_of,
    words=lambda organisation: Words(names=[organisation.name, organisation.short_name], numbers=[organisation.code]),
    show=lambda organisation, actor: Find(
        organisation.name, reverse("administration:organisation", args=[organisation.pk]), f"{organisation.region} · {organisation.code}"
    ),
)
searchable(
    User, order=82, title=_("人员"), visible=people_of,
    words=lambda user: Words(names=[user.name], numbers=[user.username, user.phone, user.email]),
    show=lambda user, actor: Find(user.name, reverse("administration:person", args=[user.pk]), user.username),
)
