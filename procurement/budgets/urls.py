from django.urls import path

from . import book_views, sharing_views, use_views, views

app_name = "budgets"
urlpatterns = [
    path("budgets/", views.lines, name="list"),
    path("budgets/workbook/", book_views.workbook, name="workbook"),
    path("budgets/workbook/template/", book_views.template, name="template"),
    path("budgets/workbooks/", book_views.books, name="books"),
    path("budgets/workbooks/<int:pk>/", book_views.book, name="book"),
    path("budgets/use/", use_views.use, name="use"),
    path("budgets/ledger/", use_views.ledger, name="ledger"),
    path("budgets/lines/<int:pk>/", views.line, name="line"),
    path("budgets/sharings/", sharing_views.sharings, name="sharings"),
    path("budgets/sharings/<int:pk>/", sharing_views.sharing, name="sharing"),
    path("budgets/encumbrances/<int:pk>/", views.encumbrance, name="encumbrance"),
]
