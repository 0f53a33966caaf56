from django.urls import path

from . import views

app_name = "budgets"
urlpatterns = [
    path("budgets/", views.lines, name="list"),
    path("budgets/use/", views.use, name="use"),
    path("budgets/lines/<int:pk>/", views.line, name="line"),
    path("budgets/encumbrances/<int:pk>/", views.encumbrance, name="encumbrance"),
]
