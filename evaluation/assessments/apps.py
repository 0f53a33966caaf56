from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class AssessmentsConfig(FloorConfig):
    name = "evaluation.assessments"
    label = "assessments"
    verbose_name = _("绩效评价")
