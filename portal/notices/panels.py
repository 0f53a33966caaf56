"""Where notices show on other pages: the public navigation, the search box, the page of a project."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.workflow.surfaces import project_panel, public_entry, search_source

from .filters import with_words
from .models import Notice

public_entry(10, _("公告公示"), "notices:list")


@search_source(40, _("公告公示"))
def search_notices(query: str, actor) -> list[tuple]:
    """Published notices by title, number or publisher."""
    if not query.strip():
        return []
    found = with_words(Notice.objects.visible_to(actor), query).newest_first()[:10]
    return [(notice.title, notice.get_absolute_url(), notice.rules.name) for notice in found]


@project_panel(order=95, anchor="notices")
def notices_of_project(project, actor, now):
    """Everything that was published about a project, newest first."""
    found = list(Notice.objects.visible_to(actor).filter(project_id=project.pk).newest_first())
    return ("notices/panel.html", {"notices": found}) if found else None
