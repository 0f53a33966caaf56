from django.urls import path

from . import views

app_name = "notices"
urlpatterns = [
    path("notices/", views.notices, name="list"),
    path("notices/<str:number>/", views.notice, name="notice"),
    path("notices/<str:number>/paper/", views.paper, name="paper"),
    path("notices/<str:number>/data.json", views.data, name="data"),
    path("notices/<str:number>/dates.ics", views.dates, name="dates"),
]
