from django.urls import path

from .views import (
    comparing,
    consultation,
    editing,
    implementation,
    implementation_editing,
    outside,
    policy,
    recommended,
    version,
)

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
    path("catalogue/implementation/", implementation.lists, name="implementations"),
    path("catalogue/implementation/<int:pk>/", implementation.one, name="implementation"),
    path("catalogue/implementation/<int:pk>/entries.csv", implementation.export, name="implementation-csv"),
    path("catalogue/implementation/<int:pk>/entries.xlsx", implementation.export_workbook, name="implementation-workbook"),
    path("catalogue/implementation/<int:pk>/edit/", implementation_editing.edit, name="implementation-edit"),
    path("catalogue/implementation/<int:pk>/edit/<int:entry>/", implementation_editing.edit_entry, name="implementation-edit-entry"),
    path("catalogue/implementation/entries/<int:pk>/", implementation.entry, name="implementation-entry"),
    path("catalogue/policies/", policy.policies, name="policies"),
    path("catalogue/policies/<int:pk>/", policy.policy, name="policy"),
    path("catalogue/recommended/", recommended.lists, name="recommended"),
    path("catalogue/recommended/<int:pk>/", recommended.one, name="recommended-list"),
    path("catalogue/recommended/<int:pk>/entries.csv", recommended.export, name="recommended-csv"),
    path("catalogue/recommended/<int:pk>/entries.xlsx", recommended.export_workbook, name="recommended-workbook"),
    path("catalogue/pilots/", implementation.pilots, name="pilots"),
    path("catalogue/outside/", outside.requests, name="outside"),
    path("catalogue/outside/<int:pk>/", outside.outside, name="outside-request"),
]
