"""Bids and opening on the project page and in the navigation."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.workflow.surfaces import navigation_entry, project_panel

from .models import Bid, OpeningKey, OpeningSession
from .surfaces import wall

navigation_entry(34, _("我的投标"), "lock", "bids:list", Role.SUPPLIER_OFFICER, Role.SUPPLIER_HEAD)
navigation_entry(35, _("开标"), "unlock", "bids:openings", Role.OFFICER, Role.HEAD, Role.OPENER, Role.WITNESS, Role.AUDITOR)


@project_panel(order=35, anchor="opening")
def bids_panel(project, actor, now) -> tuple[str, dict] | None:
    """Key, opening, and from the opening on bidders and prices; of sealed bids the reader's own alone (R87-12)."""
    key = OpeningKey.objects.visible_to(actor).filter(tender__project=project).select_related("tender").order_by("-id").first()
    session = (
        OpeningSession.objects.visible_to(actor).filter(tender__project=project).select_related("tender", "key").order_by("-id").first()
    )
    mine = list(Bid.objects.filter(
        tender__project=project, supplier=actor.organisation_id
    ).select_related("tender")) if actor.organisation_id else []
    if not (key or session or mine):
        return None
    opened = bool(session and session.opened_at)
    bids = list(Bid.objects.visible_to(actor).opened().filter(tender=session.tender).select_related("tender", "supplier")) if opened else []
    urls = {bid.supplier.name: bid.get_absolute_url() for bid in bids}
    rows = [{**row, "url": urls.get(row["supplier"], "")} for row in wall(session)] if opened else []
    return "bids/panel.html", {
        "key": key, "session": session, "mine": mine, "opened": opened, "rows": rows,
        "objects": [thing for thing in (key, session, *{bid.pk: bid for bid in (*mine, *bids)}.values()) if thing],
    }
