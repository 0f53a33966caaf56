"""How a service may be bought, and the ways that lists of earlier years name but no service may be bought by."""
from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Method(models.TextChoices):
    """How a service may be bought; inquiry stands here only to be refused by name (R-GP-27, X-06)."""

    OPEN_TENDER = "OPEN_TENDER", _("公开招标")
    INVITED_TENDER = "INVITED_TENDER", _("邀请招标")
    NEGOTIATION = "NEGOTIATION", _("竞争性谈判")
    CONSULTATION = "CONSULTATION", _("竞争性磋商")
    SINGLE_SOURCE = "SINGLE_SOURCE", _("单一来源采购")
    FRAMEWORK = "FRAMEWORK", _("框架协议采购")
    INQUIRY = "INQUIRY", _("询价")


class BarredWay(models.TextChoices):
    """Ways to fill posts, which are no purchase of a service; read from lists to be refused by name (R102-13, X-09)."""

    RECRUITMENT = "RECRUITMENT", _("公开招聘")
    DISPATCH = "DISPATCH", _("劳务派遣")
    WELFARE_POST = "WELFARE_POST", _("公益性岗位")


#: Whatever may stand in a list before it is looked at.
WAYS = [*Method.choices, *BarredWay.choices]
