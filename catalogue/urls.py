from django.urls import path

from .views import outside, version

app_name = "catalogue"
urlpatterns = [
    path("catalogue/", version.tree, name="tree"),
    path("catalogue/items/<int:pk>/", version.item, name="item"),
    path("catalogue/versions/", version.versions, name="versions"),
    path("catalogue/versions/<int:pk>/", version.version, name="version"),
    path("catalogue/versions/<int:pk>/catalogue.csv", version.export, name="export"),
    path("catalogue/outside/", outside.requests, name="outside"),
    path("catalogue/outside/<int:pk>/", outside.outside, name="outside-request"),
]
