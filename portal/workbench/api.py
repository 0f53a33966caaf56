"""Addresses of the API that belong to no stage."""
from django.urls import path

from .demo import DemoClock, DemoToken
from .nine_steps_api import NineStepsView
from .portfolio_api import PortfolioView

urlpatterns = [
    path("demo/token/", DemoToken.as_view(), name="demo-token"),
    path("demo/clock/", DemoClock.as_view(), name="demo-clock"),
    path("project-steps/<str:number>/", NineStepsView.as_view(), name="project-steps"),
    path("portfolios/<int:year>/", PortfolioView.as_view(), name="portfolio"),
]
