"""Published notices in the search box: by title, number or publisher."""
from django.utils.translation import gettext_lazy as _

from portal.search.sources import Find, searchable
from portal.search.words import Words

from .models import Notice

searchable(
    Notice, order=40, title=_("公告公示"), related=("organisation",),
    words=lambda notice: Words(names=[notice.title, notice.organisation.name], numbers=[notice.number]),
    show=lambda notice, actor: Find(notice.title, notice.get_absolute_url(), str(notice.rules.name)),
)
