"""Who is told beyond the table: those who took the documents, and the officer when too few did."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.notifications.events import TransitionEvent, event, people
from portal.workflow import Who


@event("tenders.tender", "clarify", "extend", "postpone", "terminate", "fail")
class ToTakers(TransitionEvent):
    """A change or an end reaches everybody who took the documents, each alone (R87-11, R87-13)."""

    besides = frozenset({Role.SUPPLIER_OFFICER, Role.SUPPLIER_HEAD})

    def recipients(self, row, subject, act):
        inside = people(row.tells, subject)
        takers = User.objects.filter(pk__in=subject.takings.values("user"), is_active=True)
        return User.objects.filter(pk__in=inside.values("pk") | takers.values("pk")).exclude(pk=act.actor.user_id or 0)

    def link(self, subject) -> str:
        return subject.get_public_url()


@event("tenders.tender", "end_offer")
class FewTakers(TransitionEvent):
    """One bit to the officer and nobody else: fewer than three took the documents (X-16)."""

    heading = _("招标文件提供期限届满：%(thing)s")
    text = _("获取招标文件的供应商不足三家，可以延长提供期限并公告。")
    besides = frozenset({Role.OFFICER})

    def recipients(self, row, subject, act):
        found = people([Who(Role.OFFICER, at="agency")], subject)
        return found if subject.few_takers else found.none()
