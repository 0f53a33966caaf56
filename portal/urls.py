"""Addresses of the portal: every app brings its own `urls.py` (pages) and `api.py` (a `routes` list)."""
from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import APIRootView, DefaultRouter

from portal.health import health_urlpatterns


class ApiRoot(APIRootView):
    """The routes of the API."""

    audience = "public"


router = DefaultRouter()
router.APIRootView = ApiRoot
urlpatterns = []
api_patterns = []
for app in settings.PORTAL_APPS:
    if find_spec(f"{app}.urls"):
        urlpatterns.append(path("", include(f"{app}.urls")))
    if find_spec(f"{app}.api"):
        module = import_module(f"{app}.api")
        for prefix, viewset in getattr(module, "routes", []):
            router.register(prefix, viewset, basename=prefix.replace("/", "-"))
        api_patterns += getattr(module, "urlpatterns", [])

urlpatterns += [
    *health_urlpatterns,
    path("api/v1/", include((api_patterns + router.urls, "api"))),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema", template_name="api/docs.html"), name="api-docs"),
    path("i18n/", include("django.conf.urls.i18n")),
]
handler404 = "portal.errors.not_found"
handler500 = "portal.errors.broken"
