from django.urls import path

from . import views

app_name = "assessments"
urlpatterns = [
    path("evaluation/", views.assessments, name="list"),
    path("evaluation/engagements/", views.engagements, name="engagements"),
    path("evaluation/engagements/<int:pk>/", views.engagement, name="engagement"),
    path("evaluation/assessments/<int:pk>/", views.assessment, name="assessment"),
    path("evaluation/uses/", views.uses, name="uses"),
    path("evaluation/uses/<int:pk>/", views.use, name="use"),
    path("evaluation/next-year/", views.next_year, name="next-year"),
    path("evaluation/next-year/rules/", views.next_year_rules, name="next-year-rules"),
    path("evaluation/next-year/<int:year>/", views.next_year, name="next-year-of"),
    path("results/", views.results, name="results"),
    path("results/<int:pk>/", views.result, name="result"),
]
