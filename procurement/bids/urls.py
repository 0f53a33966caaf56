from django.urls import path

from . import views

app_name = "bids"
urlpatterns = [
    path("bids/", views.bids, name="list"),
    path("bids/new/<int:pk>/", views.new, name="new"),
    path("bids/<int:pk>/", views.bid, name="bid"),
    path("bids/<int:pk>/receipts/<int:version>/", views.receipt, name="receipt"),
    path("bids/<int:pk>/receipts/<int:version>/print/", views.print_receipt, name="print_receipt"),
    path("opening-keys/<int:pk>/", views.key, name="key"),
    path("openings/", views.openings, name="openings"),
    path("openings/<int:pk>/", views.opening, name="opening"),
    path("openings/<int:pk>/wall/", views.opening_wall, name="wall"),
    path("openings/<int:pk>/record/", views.record, name="record"),
]
