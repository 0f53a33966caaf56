"""Evaluation results in the search box: by number, contract or party."""
from django.utils.translation import gettext_lazy as _

from portal.search.sources import Find, searchable
from portal.search.words import Words

from .models import Assessment

searchable(
    Assessment, order=70, title=_("绩效评价"), related=("contract__supplier", "contract__agency"),
    words=lambda assessment: Words(
        names=[assessment.contract.title, assessment.contract.supplier.name, assessment.contract.agency.name],
        numbers=[assessment.number, assessment.contract.number],
    ),
    show=lambda assessment, actor: Find(str(assessment), assessment.get_absolute_url(), assessment.get_grade_display()),
)
