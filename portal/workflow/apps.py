from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class WorkflowConfig(FloorConfig):
    name = "portal.workflow"
    label = "workflow"
    verbose_name = _("流转")

    def ready(self) -> None:
        super().ready()
        from portal.audit.sentences import register_renderer

        from . import diagrams  # noqa: F401 - registers its documents
        from .labels import sentence_of

        register_renderer(sentence_of)
