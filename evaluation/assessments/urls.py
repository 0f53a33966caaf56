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
    path("results/", views.results, name="results"),
    path("results/<int:pk>/", views.result, name="result"),
]
