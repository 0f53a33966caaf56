from django.urls import path

from .metrics import metrics

app_name = "operations"
urlpatterns = [path("metrics", metrics, name="metrics")]
