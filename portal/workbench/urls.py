from django.urls import path

from . import demo, monthly_views, portfolio_views, views
from .components import component_urlpatterns

app_name = "workbench"
urlpatterns = [
    path("workbench/", views.home, name="home"),
    path("projects/", views.project_list, name="projects"),
    path("projects/<str:number>/", views.project, name="project"),
    path("projects/<str:number>/record/", views.record, name="record"),
    path("projects/<str:number>/papers/", views.papers, name="papers"),
    path("portfolio/", portfolio_views.year_portfolio, name="portfolio"),
    path("portfolio/<int:year>/", portfolio_views.year_portfolio, name="portfolio-year"),
    path("monthly-reports/", monthly_views.report_list, name="monthly_reports"),
    path("monthly-reports/<int:pk>/", monthly_views.report, name="monthly_report"),
    path("help/", views.help_index, name="help"),
    path("help/<slug:slug>/", views.help_role, name="help_role"),
    path("search/", views.search, name="search"),
    path("demo/clock/", demo.clock_page, name="clock"),
    *component_urlpatterns,
]
