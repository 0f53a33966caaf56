from django.urls import path

from . import views

app_name = "workflow"
urlpatterns = [
    path("act/<str:code>/new/<str:name>/", views.create, name="create"),
    path("act/<str:code>/<str:pk>/<str:name>/", views.act, name="act"),
]
