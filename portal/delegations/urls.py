from django.urls import path

from . import views

app_name = "delegations"
urlpatterns = [
    path("account/delegations/", views.delegations, name="list"),
    path("account/delegations/<int:pk>/", views.delegation, name="delegation"),
]
