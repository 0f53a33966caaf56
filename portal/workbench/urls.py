from django.urls import path

from . import demo, views
from .components import component_urlpatterns

app_name = "workbench"
urlpatterns = [
    path("workbench/", views.home, name="home"),
    path("projects/", views.project_list, name="projects"),
    path("projects/<str:number>/", views.project, name="project"),
    path("search/", views.search, name="search"),
    path("demo/clock/", demo.clock_page, name="clock"),
    *component_urlpatterns,
]
