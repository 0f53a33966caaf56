from django.core.checks import register
from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class SigningConfig(FloorConfig):
    name = "portal.signing"
    label = "signing"
    verbose_name = _("签署与印章")

    def ready(self) -> None:
        super().ready()
        from .checks import digests_are_available, seal_can_be_read

        register(digests_are_available)
        register(seal_can_be_read)
