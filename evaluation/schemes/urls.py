from django.urls import path

from . import views

app_name = "schemes"
urlpatterns = [
    path("schemes/", views.schemes, name="list"),
    path("schemes/<int:pk>/", views.scheme, name="scheme"),
]
