"""Addresses of contracts and delivery."""
from django.urls import path

from . import views

app_name = "contracts"
urlpatterns = [
    path("contracts/", views.contracts, name="list"),
    path("contracts/<int:pk>/", views.contract, name="contract"),
    path("contracts/<int:pk>/edit/", views.edit, name="edit"),
    path("contracts/<int:pk>/log/", views.log, name="log"),
    path("contracts/<int:pk>/visit/", views.visit, name="visit"),
    path("contracts/deliverables/<int:pk>/", views.deliverable, name="deliverable"),
    path("contracts/reports/<int:pk>/", views.report, name="report"),
    path("contracts/reports/<int:pk>/submit/", views.report_form, name="report_form"),
    path("contracts/inspections/<int:pk>/", views.inspection, name="inspection"),
    path("contracts/acceptances/<int:pk>/", views.acceptance, name="acceptance"),
    path("contracts/acceptances/<int:pk>/checklist/", views.checklist, name="checklist"),
]
