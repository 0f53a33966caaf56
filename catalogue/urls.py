from django.urls import path

from . import views

app_name = "catalogue"
urlpatterns = [
    path("catalogue/", views.tree, name="tree"),
    path("catalogue/items/<int:pk>/", views.item, name="item"),
    path("catalogue/versions/", views.versions, name="versions"),
    path("catalogue/versions/<int:pk>/", views.version, name="version"),
    path("catalogue/versions/<int:pk>/catalogue.csv", views.export, name="export"),
]
