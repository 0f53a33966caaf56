from django.urls import path

from . import views

app_name = "awards"
urlpatterns = [
    path("work/evaluations/", views.evaluations, name="list"),
    path("work/draws/<int:pk>/", views.draw, name="draw"),
    path("work/evaluation-reports/<int:pk>/", views.report, name="report"),
    path("work/awards/<int:pk>/", views.award, name="award"),
    path("panel/", views.panel, name="panel"),
    path("panel/<int:pk>/", views.member, name="member"),
    path("panel/sheets/<int:pk>/", views.sheet, name="sheet"),
    path("panel/sheets/<int:pk>/score/", views.score, name="score"),
    path("panel/price-questions/<int:pk>/", views.question, name="question"),
]
