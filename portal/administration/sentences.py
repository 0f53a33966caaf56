"""Acts of administration that have no lifecycle, as sentences of the record."""
from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.audit.sentences import register_renderer

NOTES = {
    "first_administrator": _("设立首名系统管理员（账号 %(account)s）"),
    "region_added": _("增加区划 %(code)s"), "region_renamed": _("把区划“%(before)s”改名"),
    "organisation_added": _("设立单位"), "organisation_corrected": _("更正单位资料"),
    "organisation_suspended": _("停用单位"), "organisation_resumed": _("恢复单位"),
    "roles_granted": _("授予“%(organisation)s”的角色：%(roles)s"), "role_ended": _("结束“%(organisation)s”的任职：%(roles)s"),
    "person_corrected": _("更正人员资料"), "person_disabled": _("停用账号"), "person_enabled": _("恢复账号"),
    "reset_sent": _("发出重设密码的信"), "reset_shown": _("当面交付重设密码的链接"), "password_set": _("凭一次性链接设定新密码"),
    "setting_decided": _("设定（%(region)s，%(valid_from)s 起，依据：%(source)s）"),
    "chain_decided": _("设定计划审核环节（%(valid_from)s 起，依据：%(source)s）"),
    "messages_resent": _("重发没有送到的通知"), "task_started_again": _("重新运行失败的任务"), "task_settled": _("不再处理失败的任务"),
    "paper_tried_again": _("重新排版文书"),
    "work_handed_over": _("把工作交接给%(successor)s"), "work_taken_over": _("接替%(from)s的工作"),
}


def sentence_of_administration(entry) -> str | None:
    """Who did what to whom, with the reason."""
    if entry.lifecycle != "note" or entry.transition not in NOTES:
        return None
    values = {**entry.facts}
    if isinstance(values.get("roles"), list):
        values["roles"] = gettext("、").join(str(Role(role).label) for role in values["roles"] if role in Role)
    try:
        what = str(NOTES[entry.transition]) % values
    except (KeyError, ValueError, TypeError):
        what = str(NOTES[entry.transition])
    who = " ".join(part for part in (entry.organisation_name, entry.actor_name) if part)
    sentence = gettext("%(who)s %(what)s：%(thing)s") % {"who": who, "what": what, "thing": entry.subject_label}
    return sentence + gettext("，理由：%(reason)s") % {"reason": entry.reason} if entry.reason else sentence


register_renderer(sentence_of_administration)
