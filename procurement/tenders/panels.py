"""Where tenders show on other pages: the project page, the navigation."""
from __future__ import annotations

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

    tenders = list(Tender.objects.visible_to(actor).filter(project=project).select_related("agency").order_by("-id"))
    if not tenders:
        return None
    inside = set(readable(actor).filter(project=project).values_list("pk", flat=True))
    return "tenders/panel.html", {
        "tender": tenders[0], "earlier": tenders[1:], "inside": inside, "objects": [row for row in tenders if row.pk in inside],
        "url": tenders[0].get_absolute_url() if tenders[0].pk in inside else tenders[0].get_public_url(),
    }
