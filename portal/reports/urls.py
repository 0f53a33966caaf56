from django.urls import path

from . import views

app_name = "reports"
urlpatterns = [
    path("reports/", views.jobs, name="list"),
    path("reports/new/<slug:kind>/", views.new, name="new"),
    path("reports/<int:pk>/", views.job, name="job"),
    path("verify/", views.verify_form, name="verify-form"),
    path("verify/<str:digest>/", views.verify, name="verify"),
]
