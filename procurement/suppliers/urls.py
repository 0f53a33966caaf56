from django.urls import path

from . import views

app_name = "suppliers"
urlpatterns = [
    path("suppliers/", views.suppliers, name="list"),
    path("suppliers/mine/", views.mine, name="mine"),
    path("suppliers/<int:pk>/", views.supplier, name="supplier"),
]
