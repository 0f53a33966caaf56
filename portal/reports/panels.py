"""Where report jobs and papers show: the navigation of the work pages, the sentences of the record."""
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.audit.sentences import register_renderer
from portal.workflow.surfaces import navigation_entry

from .typesetting import SET

navigation_entry(90, _("报表"), "file", "reports:list")


@register_renderer
def sentence_of_paper(entry) -> str | None:
    """What the record says when the file of a paper is there."""
    if entry.transition != SET:
        return None
    return gettext("文书《%(paper)s》排版完成，文件摘要 %(digest)s") % {
        "paper": entry.facts["paper"], "digest": entry.facts["digest"][:16],
    }
