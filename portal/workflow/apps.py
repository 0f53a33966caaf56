from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class WorkflowConfig(FloorConfig):
    name = "portal.workflow"
    label = "workflow"
    verbose_name = _("流转")
