from django.urls import path

from .views import security, sign_in

app_name = "authentication"
urlpatterns = [
    path("sign-in/", sign_in.SignIn.as_view(), name="sign_in"),
    path("sign-in/demo/", sign_in.demo_sign_in, name="demo_sign_in"),
    path("sign-out/", sign_in.SignOut.as_view(), name="sign_out"),
    path("sign-in/second/", sign_in.second_step, name="second_step"),
    path("step-up/", sign_in.step_up, name="step_up"),
    path("account/security/", security.security, name="security"),
    path("account/security/app/", security.add_app, name="add_app"),
    path("account/security/key/", security.add_key, name="add_key"),
    path("account/security/codes/", security.new_codes, name="new_codes"),
    path("account/security/<str:kind>/<int:pk>/remove/", security.remove_factor, name="remove_factor"),
    path("account/security/sessions/end/", security.end_session, name="end_session"),
]
