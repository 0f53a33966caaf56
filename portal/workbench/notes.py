"""Sentences for acts without a lifecycle, where no stage has words of its own for them."""
from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.audit.sentences import register_renderer

NOTES = {
    "case_file_exported": _("导出卷宗"), "sign_in": _("登录"), "demo_sign_in": _("以演示身份登录"), "token_issued": _("生成接口令牌"),
    "token_revoked": _("撤销接口令牌"), "clock_moved": _("拨动演示时钟"),
    "files_destroyed": _("销毁保存期满的文件"),
}


def sentence_of_note(entry) -> str | None:
    if entry.lifecycle != "note" or entry.transition not in NOTES:
        return None
    who = " ".join(part for part in (entry.organisation_name, entry.actor_name) if part)
    return gettext("%(who)s %(what)s：%(thing)s") % {"who": who, "what": NOTES[entry.transition], "thing": entry.subject_label}


register_renderer(sentence_of_note)
