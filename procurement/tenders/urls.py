from django.urls import path

from . import views
from .public import calendar, public_tender, public_tenders, take

app_name = "tenders"
urlpatterns = [
    path("buying/tenders/", views.tenders, name="list"),
    path("buying/tenders/<int:pk>/", views.tender, name="tender"),
    path("buying/tenders/<int:pk>/document/", views.builder, name="builder"),
    path("tenders/", public_tenders, name="public_tenders"),
    path("tenders/<str:number>/", public_tender, name="public_tender"),
    path("tenders/<str:number>/take/", take, name="take"),
    path("tenders/<str:number>/dates.ics", calendar, name="dates"),
]
