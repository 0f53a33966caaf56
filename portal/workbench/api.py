"""Addresses of the API that belong to no stage."""
from django.urls import path

from .demo import DemoClock, DemoToken

urlpatterns = [
    path("demo/token/", DemoToken.as_view(), name="demo-token"),
    path("demo/clock/", DemoClock.as_view(), name="demo-clock"),
]
