"""Celery application: the workers that make reports, send reminders and fire what is due."""
import logging
import logging.config
import os

from celery import Celery
from celery.signals import beat_init, before_task_publish, setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "fire-due": {"task": "portal.workflow.tasks.fire_due", "schedule": 5.0},
    "heartbeat": {"task": "portal.workflow.tasks.beat_heartbeat", "schedule": 5.0},
    "deliver-outbox": {"task": "portal.notifications.tasks.deliver_outbox", "schedule": 15.0},
    "deliver-letters": {"task": "portal.administration.tasks.deliver_letters", "schedule": 15.0},
    "gather-daily-mail": {"task": "portal.notifications.tasks.gather_daily_mail", "schedule": 600.0},
    "remind": {"task": "portal.notifications.tasks.remind", "schedule": 60.0},
    "requeue-lost-jobs": {"task": "portal.reports.tasks.requeue_lost", "schedule": 15.0},
    "requeue-lost-workbooks": {"task": "procurement.plans.tasks.requeue_lost_workbooks", "schedule": 15.0},
    "remind-of-plans": {"task": "procurement.plans.tasks.remind", "schedule": 3600.0},
    "make-monthly-reports": {"task": "portal.workbench.tasks.make_monthly_reports", "schedule": 1800.0},
    "remind-of-catalogues": {"task": "catalogue.tasks.remind", "schedule": 3600.0},
    "send-owed-papers": {"task": "portal.reports.tasks.send_owed_papers", "schedule": 15.0},
    "forget-keys": {"task": "portal.workflow.tasks.forget_keys", "schedule": 24 * 3600.0},
    "sweep-files": {"task": "portal.files.tasks.sweep", "schedule": 6 * 3600.0},
    "tidy-sign-ins": {"task": "portal.authentication.tasks.tidy", "schedule": 6 * 3600.0},
    "refresh-query-planner": {"task": "portal.operations.tasks.refresh_query_planner", "schedule": 6 * 3600.0},
    "seal-checkpoint": {"task": "portal.audit.tasks.seal_checkpoint", "schedule": 600.0},
}
for entry in app.conf.beat_schedule.values():
    # While no worker runs these must not pile up: one run later does the work of all that were missed.
    entry["options"] = {"expires": 4 * entry["schedule"]}


@setup_logging.connect
def log_as_the_portal_does(loglevel=None, **logging_options) -> None:
    """One form of log for all processes (see portal/logs.py); `--loglevel` says how much Celery itself tells."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)
    logging.getLogger("celery").setLevel(loglevel or logging.WARNING)


@beat_init.connect
def show_life_at_once(**service) -> None:
    """Readiness need not wait for the first turn of the schedule."""
    app.send_task("portal.workflow.tasks.beat_heartbeat")


@before_task_publish.connect(sender="portal.workflow.tasks.beat_heartbeat")
def beat_lives(**message) -> None:
    """Beat alone sends this task: that it does is its own sign of life, whether or not a worker takes it."""
    from django.db import close_old_connections
    from django.utils import timezone

    from portal.workflow.models import Heartbeat

    close_old_connections()
    Heartbeat.objects.update_or_create(pk="beat", defaults={"beaten_at": timezone.now()})
