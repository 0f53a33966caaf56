from django.urls import path

from . import views

app_name = "files"
urlpatterns = [path("files/<uuid:uuid>/", views.document, name="document")]
