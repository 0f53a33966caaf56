from django.urls import path

from .views import comparing, consultation, editing, outside, version

app_name = "catalogue"
urlpatterns = [
    path("catalogue/", version.tree, name="tree"),
    path("catalogue/items/<int:pk>/", version.item, name="item"),
    path("catalogue/versions/", version.versions, name="versions"),
    path("catalogue/versions/<int:pk>/", version.version, name="version"),
    path("catalogue/versions/<int:pk>/catalogue.csv", version.export, name="export"),
    path("catalogue/versions/<int:pk>/catalogue.xlsx", version.export_workbook, name="export-workbook"),
    path("catalogue/versions/<int:pk>/comment/", consultation.comment, name="comment"),
    path("catalogue/compare/", comparing.compare, name="compare"),
    path("catalogue/compare/<int:before>/<int:after>/comparison.xlsx", comparing.workbook, name="compare-workbook"),
    path("catalogue/versions/<int:pk>/edit/", editing.edit, name="edit"),
    path("catalogue/versions/<int:pk>/edit/<str:code>/", editing.edit_line, name="edit-line"),
    path("catalogue/outside/", outside.requests, name="outside"),
    path("catalogue/outside/<int:pk>/", outside.outside, name="outside-request"),
]
