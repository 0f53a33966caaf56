from django.urls import path

from .views import administration, identity, security, sign_in

app_name = "authentication"
urlpatterns = [
    path("sign-in/", sign_in.SignIn.as_view(), name="sign_in"),
    path("sign-in/demo/", sign_in.demo_sign_in, name="demo_sign_in"),
    path("sign-out/", sign_in.SignOut.as_view(), name="sign_out"),
    path("sign-in/second/", sign_in.second_step, name="second_step"),
    path("sign-in/identity/", identity.start, name="identity"),
    path("sign-in/identity/callback/", identity.callback, name="identity_callback"),
    path("step-up/", sign_in.step_up, name="step_up"),
    path("account/security/", security.security, name="security"),
    path("account/security/app/", security.add_app, name="add_app"),
    path("account/security/key/", security.add_key, name="add_key"),
    path("account/security/password/", security.change_password, name="change_password"),
    path("account/security/codes/", security.new_codes, name="new_codes"),
    path("account/security/identity/", identity.bind_identity, name="bind_identity"),
    path("account/security/identity/<int:pk>/remove/", identity.unbind_identity, name="unbind_identity"),
    path("account/security/<str:kind>/<int:pk>/remove/", security.remove_factor, name="remove_factor"),
    path("account/security/sessions/end/", security.end_session, name="end_session"),
    path("account/administration/", administration.own_periods, name="own_periods"),
    path("account/administration/end/", administration.end_period, name="end_period"),
    path("administration-periods/", administration.periods, name="periods"),
    path("administration-periods/<int:pk>/", administration.period, name="period"),
]
