from django.urls import path

from . import views

app_name = "payments"
urlpatterns = [
    path("payments/", views.requests, name="list"),
    path("payments/<int:pk>/", views.payment_request, name="request"),
]
