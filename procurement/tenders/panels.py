"""Where tenders show on other pages: the project page, the navigation."""
from __future__ import annotations

from django.db.models import Exists, OuterRef, Prefetch, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from portal.workflow.surfaces import navigation_entry, project_panel, public_entry

from .models import Tender
from .views import OFFICIALS

navigation_entry(40, _("采购活动"), "tender", "tenders:list", *OFFICIALS)
public_entry(20, _("招标项目"), "tenders:public_tenders")


@project_panel(order=30, anchor="tender")
def tender_panel(project, actor, now):
    """The procedures of a project, the present one with its times and figures; earlier ones as lines."""
    from .documents import readable

    if not project.may_have("tenders.tender"):
        return None
    found = Tender.objects.select_related("agency__region").annotate(
        seen=Exists(Tender.objects.visible_to(actor).filter(pk=OuterRef("pk")).order_by()),
        inside=Exists(readable(actor).filter(pk=OuterRef("pk")).order_by()),
    )
    prefetch_related_objects([project], Prefetch("tenders", found.order_by("-id")))  # later panels find them there
    tenders = [tender for tender in project.tenders.all() if tender.seen]
    if not tenders:
        return None
    return "tenders/panel.html", {
        "tender": tenders[0], "earlier": tenders[1:], "objects": [row for row in tenders if row.inside],
        "url": tenders[0].get_absolute_url() if tenders[0].inside else tenders[0].get_public_url(),
    }
