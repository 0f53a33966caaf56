"""Budget lines in the search box: by number, title and the sum that was allocated."""
from django.utils.translation import gettext_lazy as _

from portal.money import in_figures
from portal.search.sources import Find, searchable
from portal.search.words import Words

from .models import BudgetLine

searchable(
    BudgetLine, order=26, title=_("预算指标"), related=("agency",),
    words=lambda line: Words(names=[line.title, line.agency.name], numbers=[line.number], amounts=[line.requested, line.allocated]),
    show=lambda line, actor: Find(str(line), line.get_absolute_url(), f"{line.agency} · {in_figures(line.allocated)}"),
)
