"""Regions and organisations: made, corrected, suspended; never deleted, because the record speaks of them."""
from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.accounts.models import Organisation, Region
from portal.accounts.roles import OrganisationKind
from portal.administration.scope import regions_of
from portal.audit.record import note
from portal.identifiers import InvalidCreditCode, credit_code, division_level
from portal.workflow.refusals import Refusal, refuse

from .guarding import administers, unless

L = Region.Level
BELOW = {L.PROVINCE: L.CITY, L.CITY: L.COUNTY, L.COUNTY: L.TOWN}
#: What is corrected of an organisation; kind, code and region are what its acts were judged by and stay.
CORRECTED = ("name", "short_name", "superior", "contact", "phone", "address")


# --- regions ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def add_region(*, actor: Actor, parent: Region, code: str, name: str, level: str = "") -> Region:
    """A region below one of the administrator's own; its code begins with that of the one above (RCV-30)."""
    administers(actor)
    level = level or BELOW.get(parent.level, "")
    unless([*_region_faults(code, level, parent), *_not_overseen(actor, parent)])
    region = Region.objects.create(code=code, name=name.strip(), level=level, parent=parent)
    note(actor=actor, what="region_added", subject=f"region:{region.pk}", label=region.name, facts={"code": code, "above": parent.name})
    return region


@transaction.atomic
def rename_region(*, actor: Actor, region: Region, name: str) -> Region:
    """Divisions are renamed; their code and place in the tree stay."""
    administers(actor)
    unless(_not_overseen(actor, region))
    before, region.name = region.name, name.strip()
    region.save(update_fields=["name", "path"])
    note(actor=actor, what="region_renamed", subject=f"region:{region.pk}", label=region.name, facts={"before": before, "after": name})
    return region


def _region_faults(code: str, level: str, parent: Region | None) -> Iterator[Refusal]:
    if division_level(code) is None:
        yield no_code(code, "code")
    elif parent is not None and not code.startswith(stem(parent.code)):
        yield refuse("RCV-30", _("代码要以上级“%(parent)s”的 %(stem)s 开头。"), field="code", parent=parent.name, stem=stem(parent.code))
    if Region.objects.filter(code=code).exists():
        yield refuse("ADM-01", _("代码 %(code)s 已有地区使用。"), field="code", code=code)
    if not level:
        yield refuse("ADM-01", _("“%(parent)s”下面不再分级。"), parent=parent.name)


def no_code(code: str, field: str) -> Refusal:
    sentence = _("“%(code)s”不是行政区划代码：省 2 或 6 位，市 4 或 6 位，县 6 位，乡镇 9 位数字。")
    return refuse("RCV-30", sentence, field=field, code=code)


def stem(code: str) -> str:
    """The part of a division code that the codes below it begin with: "360000" → "36"."""
    while len(code) > 2 and code.endswith("00"):
        code = code[:-2]
    return code


def _not_overseen(actor: Actor, region: Region) -> Iterator[Refusal]:
    if not regions_of(actor).filter(pk=region.pk).exists():
        yield refuse("ADM-01", _("“%(region)s”不在您的管理范围内。"), region=region.name)


# --- organisations ----------------------------------------------------------------------------------------------------
@transaction.atomic
def add_organisation(*, actor: Actor, kind: str, code: str, name: str, region: Region, **about) -> Organisation:
    """An organisation with its unified social credit code; the kind decides which roles its people may hold (0.3)."""
    administers(actor)
    faults = [*_not_overseen(actor, region), *name_faults(name, region), *superior_faults(about.get("superior"), kind)]
    code, wrong = read_code(code)
    unless([*wrong, *faults])
    organisation = Organisation.objects.create(kind=kind, code=code, name=name.strip(), region=region, **about)
    note(
        actor=actor, what="organisation_added", subject=f"organisation:{organisation.pk}", label=organisation.name,
        facts={"kind": kind, "code": code, "region": region.name},
    )
    return organisation


@transaction.atomic
def correct_organisation(*, actor: Actor, organisation: Organisation, **values) -> Organisation:
    """Name, superior and how to reach it; the record keeps what was changed."""
    administers(actor)
    organisation = Organisation.objects.select_for_update(of=("self",)).select_related("region").get(pk=organisation.pk)
    unless([
        *_not_overseen(actor, organisation.region), *name_faults(values.get("name", organisation.name), organisation.region, organisation),
        *superior_faults(values.get("superior"), organisation.kind, organisation),
    ])
    changed = {}
    for name in CORRECTED:
        if name in values and values[name] != getattr(organisation, name):
            changed[name] = [str(getattr(organisation, name) or ""), str(values[name] or "")]
            setattr(organisation, name, values[name])
    if changed:
        organisation.save(update_fields=list(changed))
        note(actor=actor, what="organisation_corrected", subject=f"organisation:{organisation.pk}", label=organisation.name,
             facts={"changed": changed})
    return organisation


@transaction.atomic
def suspend_organisation(*, actor: Actor, organisation: Organisation, reason: str) -> Organisation:
    """Nobody acts for it any more; what it did stays. Refused for the administrators' own."""
    administers(actor)
    organisation = Organisation.objects.select_for_update(of=("self",)).select_related("region").get(pk=organisation.pk)
    unless([*_not_overseen(actor, organisation.region), *_own(actor, organisation), *_state_faults(organisation, suspended=False)])
    organisation.disabled_at = timezone.now()
    organisation.save(update_fields=["disabled_at"])
    note(actor=actor, what="organisation_suspended", subject=f"organisation:{organisation.pk}", label=organisation.name, reason=reason)
    return organisation


@transaction.atomic
def resume_organisation(*, actor: Actor, organisation: Organisation, reason: str) -> Organisation:
    """Its people may act for it again, with the roles they still hold."""
    administers(actor)
    organisation = Organisation.objects.select_for_update(of=("self",)).select_related("region").get(pk=organisation.pk)
    unless([*_not_overseen(actor, organisation.region), *_state_faults(organisation, suspended=True)])
    organisation.disabled_at = None
    organisation.save(update_fields=["disabled_at"])
    note(actor=actor, what="organisation_resumed", subject=f"organisation:{organisation.pk}", label=organisation.name, reason=reason)
    return organisation


def read_code(text: str) -> tuple[str, list[Refusal]]:
    """A typed credit code as it is kept, or why it cannot be one (RCV-20, RCV-21)."""
    try:
        code = credit_code(text).code
    except InvalidCreditCode as error:
        return text, [refuse("RCV-21", error.fault.sentence, field="code")]
    if other := Organisation.objects.filter(code=code).first():
        return code, [refuse("ADM-01", _("代码 %(code)s 已由“%(name)s”使用。"), field="code", code=code, name=other.name)]
    return code, []


def name_faults(name: str, region: Region, but: Organisation | None = None) -> Iterator[Refusal]:
    same = Organisation.objects.filter(name=name.strip(), region=region).exclude(pk=but.pk if but else 0)
    if same.exists():
        yield refuse("ADM-01", _("“%(region)s”已有名为“%(name)s”的单位。"), field="name", region=region.name, name=name.strip())


def superior_faults(superior: Organisation | None, kind: str, own: Organisation | None = None) -> Iterator[Refusal]:
    """The superior budget unit is another agency, and no ring of superiors comes about."""
    if superior is None:
        return
    if kind != OrganisationKind.AGENCY or superior.kind != OrganisationKind.AGENCY:
        yield refuse("ADM-04", _("主管预算单位只用于购买主体，且本身也是购买主体。"), field="superior")
    above = superior
    while above is not None and own is not None:
        if above.pk == own.pk:
            yield refuse("ADM-04", _("“%(name)s”就在本单位之下，不能作主管预算单位。"), field="superior", name=superior.name)
            return
        above = above.superior


def _own(actor: Actor, organisation: Organisation) -> Iterator[Refusal]:
    if organisation.pk == actor.organisation_id:
        yield refuse("ADM-05", _("不能停用您自己所在的单位。"))  # so an administrator is always left


def _state_faults(organisation: Organisation, *, suspended: bool) -> Iterator[Refusal]:
    if (organisation.disabled_at is not None) is not suspended:
        sentence = _("“%(name)s”没有停用。") if suspended else _("“%(name)s”已经停用。")
        yield refuse("G7", sentence, name=organisation.name)
