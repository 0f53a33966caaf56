from django.urls import path

from .views import accounts, home, people, places, settings

app_name = "administration"
urlpatterns = [
    path("administration/", home.home, name="home"),
    path("roles/", home.roles, name="roles"),
    path("administration/regions/", places.region_list, name="regions"),
    path("administration/regions/new/", places.new_region, name="new_region"),
    path("administration/regions/<int:pk>/", places.rename_region, name="rename_region"),
    path("administration/organisations/", places.organisation_list, name="organisations"),
    path("administration/organisations/new/", places.new_organisation, name="new_organisation"),
    path("administration/organisations/<int:pk>/", places.organisation, name="organisation"),
    path("administration/organisations/<int:pk>/edit/", places.edit_organisation, name="edit_organisation"),
    path("administration/organisations/<int:pk>/suspend/", places.suspend_organisation, name="suspend_organisation"),
    path("administration/organisations/<int:pk>/resume/", places.resume_organisation, name="resume_organisation"),
    path("administration/people/", people.person_list, name="people"),
    path("administration/people/<int:pk>/", people.person, name="person"),
    path("administration/people/<int:pk>/edit/", people.edit_person, name="edit_person"),
    path("administration/people/<int:pk>/grant/", people.grant, name="grant"),
    path("administration/people/<int:pk>/disable/", people.disable, name="disable"),
    path("administration/people/<int:pk>/enable/", people.enable, name="enable"),
    path("administration/people/<int:pk>/password/", people.send_reset, name="send_reset"),
    path("administration/people/<int:pk>/handover/<int:organisation_pk>/", people.handover, name="handover"),
    path("administration/memberships/<int:pk>/end/", people.end_membership, name="end_membership"),
    path("administration/invitations/", people.invitation_list, name="invitations"),
    path("administration/invitations/<int:pk>/", people.invitation, name="invitation"),
    path("administration/settings/", settings.groups, name="settings"),
    path("administration/settings/chain/", settings.chain, name="chain"),
    path("administration/settings/group/<str:code>/", settings.decide_group, name="decide_group"),
    path("administration/settings/<str:name>/", settings.history, name="setting"),
    path("administration/settings/<str:name>/decide/", settings.decide_one, name="decide_one"),
    path("invitation/<str:token>/", accounts.accept, name="accept"),
    path("password/", accounts.forgotten, name="forgotten"),
    path("password/sent/", accounts.forgotten_sent, name="forgotten_sent"),
    path("password/<str:token>/", accounts.new_password, name="new_password"),
    path("setup/<str:token>/", accounts.setup, name="setup"),
]
