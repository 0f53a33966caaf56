"""The policy library: taken in by one person, published by another, ended by decision, by a successor or by its day (S-13)."""
from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.forms.policy import PolicyForm
from catalogue.models import Policy
from catalogue.verbs import policy as verbs
from portal.accounts.roles import Role
from portal.files.models import Document
from portal.workflow import Act, Due, Lifecycle, Refusal, Transition, Who, refuse

S = Policy.State
FINANCE_OFFICER = Who(Role.FINANCE_OFFICER, region="region")
FINANCE_HEAD = Who(Role.FINANCE_HEAD, region="region")


def says_something(policy: Policy, act: Act) -> Iterator[Refusal]:
    """What is published can be read: its words, or the paper itself."""
    if not policy.text.strip() and not Document.objects.of_subject(policy).exists():
        yield refuse("S-13", _("请填写正文或者上传文件原件，再公布。"))


def number_is_new(policy: Policy, act: Act) -> Iterator[Refusal]:
    other = Policy.objects.filter(
        region=policy.region_id, document_number=policy.document_number, state__in=["PUBLISHED", "ENDED"]
    ).exclude(pk=policy.pk).first()
    if other:
        yield refuse("S-13", _("文号 %(number)s 已经公布过：%(title)s"), number=other.document_number, title=other.title)


def its_day_has_come(policy: Policy, act: Act) -> Iterator[Refusal]:
    if policy.ends_at is None or act.now < policy.ends_at:
        yield refuse("S-13", _("文件的有效期还没有满。"))


POLICY = Lifecycle(
    code="catalogue.policy", reference="S-13", name=_("政策文件"), model=Policy,
    rows=[
        Transition("draft", "", S.DRAFTED, _("收录政策文件"), who=[Who(Role.FINANCE_OFFICER)], inputs=PolicyForm, effect=verbs.draft,
                   rules=["S-13"]),
        Transition("edit", S.DRAFTED, None, _("修改内容"), who=[FINANCE_OFFICER], inputs=PolicyForm, effect=verbs.edit),
        Transition("discard", S.DRAFTED, S.DISCARDED, _("删去草稿"), who=[FINANCE_OFFICER]),
        Transition("publish", S.DRAFTED, S.PUBLISHED, pgettext_lazy("act", "公布文件"), who=[FINANCE_HEAD], not_by=["draft", "edit"],
                   guards=[says_something, number_is_new], effect=verbs.publish, task=True, rules=["S-13"],
                   sentence=_("公布政策文件 %(document_number)s"), hint=_("立即向社会公开；被替代的文件同时失效。")),
        Transition("end", S.PUBLISHED, S.ENDED, _("宣布失效"), who=[FINANCE_HEAD], reason=True, effect=verbs.end, rules=["S-13"]),
        Transition("replace", S.PUBLISHED, S.ENDED, _("被替代"), system=True, effect=verbs.replace, rules=["S-13"]),
        Transition("expire", S.PUBLISHED, S.ENDED, pgettext_lazy("act", "有效期满"), system=True, guards=[its_day_has_come],
                   effect=verbs.expire, rules=["S-13"]),
    ],
    due=[Due("expire", lambda: Policy.objects.filter(state=S.PUBLISHED, ends_at__isnull=False), "ends_at", sentence=_("政策文件失效"))],
)  # fmt: skip
