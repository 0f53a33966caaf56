"""Where notices show on other pages: the public navigation, the page of a project."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.workflow.surfaces import project_panel, public_entry

from .models import Notice

public_entry(10, _("公告公示"), "notices:list")


@project_panel(order=95, anchor="notices")
def notices_of_project(project, actor, now):
    """Everything that was published about a project, newest first."""
    if not project.may_have("notices.notice"):
        return None
    found = list(Notice.objects.visible_to(actor).filter(project_id=project.pk).newest_first())
    return ("notices/panel.html", {"notices": found}) if found else None
