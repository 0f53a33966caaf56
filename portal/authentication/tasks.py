"""What nobody needs any more: sessions that are over, failures long past."""
from datetime import timedelta

from axes.models import AccessFailureLog, AccessLog
from celery import shared_task
from django.utils import timezone

from .sessions import SessionStore

KEPT = timedelta(days=180)  # traces of sign-ins, as the law on network security asks at least


@shared_task
def tidy() -> None:
    """Remove ended sessions, and traces of signing in after half a year; the record keeps the sign-ins themselves."""
    SessionStore.clear_expired()
    edge = timezone.now() - KEPT
    for traces in (AccessFailureLog, AccessLog):
        traces.objects.filter(attempt_time__lt=edge).delete()
