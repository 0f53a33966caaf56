from django.urls import path

from . import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-in/demo/", views.demo_sign_in, name="demo_sign_in"),
    path("people/", views.people, name="people"),
    path("sign-out/", views.SignOut.as_view(), name="sign_out"),
    path("account/", views.account, name="account"),
    path("account/organisation/", views.choose_organisation, name="choose_organisation"),
    path("account/tokens/<int:pk>/revoke/", views.revoke_token, name="revoke_token"),
]
