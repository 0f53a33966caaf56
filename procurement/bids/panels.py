"""Bids and opening on the project page and in the navigation."""
from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import OrganisationKind, Role
from portal.audit.models import Chain
from portal.workflow.engine import may
from portal.workflow.surfaces import navigation_entry, project_chains, project_panel
from procurement.tenders.models import Tender
from procurement.tenders.surfaces import PublicAct, public_act
from procurement.tenders.verbs import has_taken

from .models import Bid, OpeningKey, OpeningSession
from .surfaces import wall
from .visibility import sealed_chain
from .workflow import BID, OPENING_KEY

navigation_entry(34, _("我的投标"), "lock", "bids:list", Role.SUPPLIER_OFFICER, Role.SUPPLIER_HEAD)
navigation_entry(35, _("开标"), "unlock", "bids:openings", Role.OFFICER, Role.HEAD, Role.OPENER, Role.WITNESS, Role.AUDITOR)


@project_chains(_("投标（开标以前）"))
def bid_chains(project) -> list[str]:
    """What bidders did before the opening joins the project's record when their bids are opened, never before (R87-12)."""
    opened = Bid.objects.opened().filter(tender__project=project).order_by("received_at", "pk").values_list("pk", flat=True)
    keys = [sealed_chain(pk) for pk in opened]
    told = set(Chain.objects.told().filter(pk__in=keys).values_list("pk", flat=True))
    return [key for key in keys if key in told]


@project_panel(order=35, anchor="opening")
def bids_panel(project, actor, now) -> tuple[str, dict] | None:
    """Key, opening, and from the opening on bidders and prices; of sealed bids the reader's own alone (R87-12)."""
    if not project.may_have("tenders.tender"):
        return None
    tenders = {tender.pk: tender for tender in project.tenders.all()}
    key = OpeningKey.objects.visible_to(actor).filter(tender__in=tenders).order_by("-id").first()
    sessions = OpeningSession.objects.visible_to(actor).filter(tender__in=tenders).select_related("key").order_by("-id")
    session = sessions.first() if project.may_have("bids.opening") else None
    bids_himself = actor.kind == OrganisationKind.SUPPLIER
    mine = list(Bid.objects.filter(tender__in=tenders, supplier=actor.organisation_id)) if bids_himself else []
    for thing in filter(None, (key, session, *mine)):
        thing.tender = tenders[thing.tender_id]
    unnamed = None if key or not may(OPENING_KEY["name_openers"], OpeningKey(), actor) else Tender.objects.filter(
        project=project, agency=actor.organisation_id, published_at=None, opening_key=None
    ).exclude(state=Tender.State.CANCELLED).first()
    if not (key or session or mine or unnamed):
        return None
    opened = bool(session and session.opened_at)
    bids = list(Bid.objects.visible_to(actor).opened().filter(tender=session.tender).select_related("tender", "supplier")) if opened else []
    readable = {bid.supplier.name: bid for bid in bids}
    rows = [{**row, "bid": readable.get(row["supplier"])} for row in wall(session)] if opened else []
    return "bids/panel.html", {
        "key": key, "unnamed": unnamed, "session": session, "mine": mine, "opened": opened, "rows": rows,
        "objects": [thing for thing in (key, session, *mine) if thing],
    }


@public_act(order=20)
def bid_for_it(tender, actor) -> PublicAct | None:
    """From the tender's public page to the reader's own bid: to his, or to a new one once he has the documents."""
    mine = Bid.objects.filter(tender=tender, supplier=actor.organisation_id).live().first() if actor.organisation_id else None
    if mine is not None:
        return PublicAct(_("我的投标"), mine.get_absolute_url())
    if may(BID["draft"], Bid(), actor) and tender.state == Tender.State.PUBLISHED and has_taken(tender, actor.organisation_id):
        return PublicAct(_("准备投标"), reverse("bids:new", args=[tender.pk]))
    return None


@public_act(order=30)
def watch_the_opening(tender, actor) -> PublicAct | None:
    """The opening is public: before, during and after."""
    session = tender.openings.order_by("-id").first()
    return PublicAct(_("开标现场和记录"), session.get_absolute_url()) if session else None
