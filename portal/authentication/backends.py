"""Before any password is looked at: whether this account may be tried from here at all."""
from __future__ import annotations

from axes.backends import AxesStandaloneBackend
from axes.handlers.proxy import AxesProxyHandler
from django.core.exceptions import PermissionDenied

from .limits import locked_until


class GuardedBackend(AxesStandaloneBackend):
    """The lock-out of django-axes, and the two limits beside it; signs nobody in itself."""

    def authenticate(self, request, username=None, password=None, **credentials):
        if request is not None and username and locked_until(request, username):
            AxesProxyHandler.update_request(request)
            request.axes_locked_out = True  # answered by the page of the lock, not counted again
            raise PermissionDenied
        return super().authenticate(request, username=username, password=password, **credentials)
