from django.urls import path

from . import views

app_name = "publicity"
urlpatterns = [
    path("", views.home, name="home"),
    path("public/projects/<str:number>/", views.project, name="project"),
    path("rules/", views.rules, name="rules"),
    path("record/", views.record, name="record"),
]
