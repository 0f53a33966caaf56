from django.urls import path

from .views import organising, panel

app_name = "awards"
urlpatterns = [
    path("buying/evaluations/", organising.evaluations, name="list"),
    path("buying/draws/<int:pk>/", organising.draw, name="draw"),
    path("buying/evaluation-reports/<int:pk>/", organising.report, name="report"),
    path("buying/awards/<int:pk>/", organising.award, name="award"),
    path("panel/", panel.panel, name="panel"),
    path("panel/<int:pk>/", panel.member, name="member"),
    path("panel/sheets/<int:pk>/", panel.sheet, name="sheet"),
    path("panel/sheets/<int:pk>/score/", panel.score, name="score"),
    path("panel/price-questions/<int:pk>/", panel.question, name="question"),
]
