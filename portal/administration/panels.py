"""Where the administration shows: its entry in the navigation, and its areas on its home page."""
from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.accounts.actor import Actor
from portal.accounts.roles import Role
from portal.health import OK, PARTS
from portal.reports.models import ReportJob
from portal.rules.jurisdiction import decisions_for, declared
from portal.workdays.models import Calendar, Outage
from portal.workflow.surfaces import navigation_entry

from . import failures, sentences  # noqa: F401  hear of failures; register the words of the record
from .areas import area
from .models import CalendarNotice, FailedTask, Invitation
from .readers import READERS
from .scope import organisations_of, people_of, regions_of
from .verbs.running import given_up

navigation_entry(5, gettext_lazy("平台管理"), "menu", "administration:home", Role.ADMINISTRATOR)
navigation_entry(6, gettext_lazy("单位"), "home", "administration:organisations", Role.ADMINISTRATOR)
navigation_entry(7, gettext_lazy("人员"), "person", "administration:people", Role.ADMINISTRATOR)
navigation_entry(8, gettext_lazy("本地区设置"), "rule", "administration:settings", Role.ADMINISTRATOR)
navigation_entry(9, gettext_lazy("运行状态"), "screen", "administration:status", Role.ADMINISTRATOR)
navigation_entry(96, gettext_lazy("系统停机"), "clock", "administration:outages", Role.FINANCE_HEAD)
navigation_entry(95, gettext_lazy("本地区设置"), "rule", "administration:settings", *(set(READERS) - {Role.ADMINISTRATOR}))

WHO = gettext_lazy("单位与人员")


@area(WHO, gettext_lazy("行政区划"), gettext_lazy("省、市、县、乡镇的层级。"), "up", "administration:regions")
def regions(actor: Actor) -> tuple[str, bool]:
    return _counted(regions_of(actor).count()), False


@area(WHO, gettext_lazy("单位"), gettext_lazy("购买主体、财政、编办、人社、联席会议等各类单位。"), "home", "administration:organisations")
def organisations(actor: Actor) -> tuple[str, bool]:
    return _counted(organisations_of(actor).filter(disabled_at=None).count()), False


@area(WHO, gettext_lazy("人员"), gettext_lazy("任职、停用、交接工作、重设密码。"), "person", "administration:people")
def people(actor: Actor) -> tuple[str, bool]:
    return _counted(people_of(actor).filter(is_active=True).count()), False


@area(WHO, gettext_lazy("邀请"), gettext_lazy("一次性链接：谁还没有接受，重发或撤回。"), "inbox", "administration:invitations")
def invitations(actor: Actor) -> tuple[str, bool]:
    waiting = Invitation.objects.visible_to(actor).filter(state=Invitation.State.SENT).count()
    return (_("%(count)s 份待接受") % {"count": waiting} if waiting else ""), False


@area(WHO, gettext_lazy("角色说明"), gettext_lazy("每个角色看得到什么、能办什么。"), "info", "administration:roles")
def roles(actor: Actor) -> tuple[str, bool]:
    return _counted(len(Role)), False


RULES = gettext_lazy("设置")


@area(RULES, gettext_lazy("本地区设置"), gettext_lazy("数额标准、期限、审核环节的取值和依据。"), "rule", "administration:settings")
def settings(actor: Actor) -> tuple[str, bool]:
    decided = len({row.name for row in decisions_for(actor.organisation.region)})
    return _("%(all)s 项，已决定 %(decided)s 项") % {"all": len(declared()), "decided": decided}, False


@area(RULES, gettext_lazy("工作日历"), gettext_lazy("导入放假安排通知，由另一人核对启用。"), "calendar", "administration:calendars")
def calendars(actor: Actor) -> tuple[str, bool]:
    waiting = CalendarNotice.objects.visible_to(actor).filter(state=CalendarNotice.State.PROPOSED).count()
    next_year = clock.today().year + 1
    if waiting:
        return _("%(count)s 份待启用") % {"count": waiting}, False
    if not Calendar.objects.filter(year=next_year).exists():
        return _("%(year)s 年还没有日历") % {"year": next_year}, clock.today().month == 12
    return "", False


RUNNING = gettext_lazy("运行")


@area(RUNNING, gettext_lazy("系统停机"), gettext_lazy("登记停机，由财政负责人批准顺延期限。"), "clock", "administration:outages")
def outages(actor: Actor) -> tuple[str, bool]:
    waiting = Outage.objects.visible_to(actor).filter(state__in=[Outage.State.RECORDED, Outage.State.PROPOSED]).count()
    return (_("%(count)s 条待决定") % {"count": waiting}, True) if waiting else ("", False)


@area(RUNNING, gettext_lazy("运行状态"), gettext_lazy("各进程和数据库是否正常，版本和积压。"), "screen", "administration:status")
def status(actor: Actor) -> tuple[str, bool]:
    ill = [name for name, check in PARTS.items() if check() != OK]
    return (_("%(count)s 个部分不正常") % {"count": len(ill)}, True) if ill else (_("正常"), False)


@area(RUNNING, gettext_lazy("失败的任务"), gettext_lazy("报表和后台任务，重新运行。"), "return", "administration:jobs")
def jobs(actor: Actor) -> tuple[str, bool]:
    failed = ReportJob.objects.filter(state="FAILED").count() + FailedTask.objects.filter(settled_at=None).count()
    return (_("%(count)s 项") % {"count": failed}, True) if failed else ("", False)


@area(RUNNING, gettext_lazy("未送达的通知"), gettext_lazy("没有发出的邮件，重发。"), "inbox", "administration:outbox")
def outbox(actor: Actor) -> tuple[str, bool]:
    lost = given_up(actor).count()
    return (_("%(count)s 封已放弃") % {"count": lost}, True) if lost else ("", False)


def _counted(count: int) -> str:
    return _("共 %(count)s 个") % {"count": count}
