"""Celery application: the workers that make reports, send reminders and fire what is due."""
import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "fire-due": {"task": "portal.workflow.tasks.fire_due", "schedule": 5.0},
    "heartbeat": {"task": "portal.workflow.tasks.beat_heartbeat", "schedule": 5.0},
    "deliver-outbox": {"task": "portal.notifications.tasks.deliver_outbox", "schedule": 15.0},
    "requeue-lost-jobs": {"task": "portal.reports.tasks.requeue_lost", "schedule": 15.0},
    "seal-checkpoint": {"task": "portal.audit.tasks.seal_checkpoint", "schedule": 3600.0},
}
