"""Sentences that more than one place says."""
from django.utils.translation import gettext_lazy as _

TEST_FAILED = _("文件“%(name)s”试解密未通过，没有收下。请重新上传。")
CLOSED = _("投标截止时间已过（%(time)s），不能再提交、修改或撤回投标文件。")
WRONG_PASSPHRASE = _("开标口令不对。连续输错五次将锁定十分钟。")
LOCKED = _("口令输错次数过多，%(time)s 前不能再试。")
