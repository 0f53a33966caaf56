from django.urls import path

from . import views

app_name = "accounts"
urlpatterns = [
    path("people/", views.people, name="people"),
    path("account/", views.account, name="account"),
    path("account/organisation/", views.choose_organisation, name="choose_organisation"),
    path("account/tokens/<int:pk>/revoke/", views.revoke_token, name="revoke_token"),
]
