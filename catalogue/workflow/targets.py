"""Targets by stage: set, changed and taken back by finance, each time on record (S-11)."""
from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from catalogue.forms import target as forms
from catalogue.models import StageTarget
from catalogue.verbs import targets as verbs
from portal.accounts.roles import Role
from portal.workflow import Act, Lifecycle, Refusal, Transition, Who, refuse

S = StageTarget.State
FINANCE_OFFICER = Who(Role.FINANCE_OFFICER, region="region")
FINANCE_HEAD = Who(Role.FINANCE_HEAD, region="region")


def once_a_year(target: StageTarget, act: Act) -> Iterator[Refusal]:
    """One figure a year and measure; another one is a change of it."""
    other = StageTarget.objects.filter(
        state=S.SET, region=act.actor.organisation.region_id, year=act.data["year"], measure=act.data["measure"]
    ).first()
    if other:
        yield refuse("S-11", _("%(year)s 年度已有“%(measure)s”的目标，请修改它。"), field="measure", year=other.year,
                     measure=other.get_measure_display())  # fmt: skip


def whole_number(target: StageTarget, act: Act) -> Iterator[Refusal]:
    """Projects and lines of a catalogue are counted in whole numbers."""
    measure = act.data.get("measure") or target.measure
    if measure != StageTarget.Measure.MONEY and act.data["target"] != int(act.data["target"]):
        yield refuse("S-11", _("项目数和条目数须为整数。"), field="target")


TARGET = Lifecycle(
    code="catalogue.target", reference="S-11", name=_("分阶段目标"), model=StageTarget,
    rows=[
        Transition("set", "", S.SET, _("确定目标"), who=[Who(Role.FINANCE_OFFICER)], inputs=forms.SetTargetForm,
                   checks=[once_a_year, whole_number], effect=verbs.set_target, rules=["S-11"],
                   sentence=_("确定 %(year)s 年度目标：%(measure)s %(target)s")),
        Transition("change", S.SET, None, _("修改目标"), who=[FINANCE_OFFICER], inputs=forms.ChangeTargetForm, reason=True,
                   checks=[whole_number], effect=verbs.change, rules=["S-11"],
                   sentence=_("修改 %(year)s 年度目标：%(measure)s由 %(before)s 改为 %(target)s")),
        Transition("drop", S.SET, S.DROPPED, _("取消目标"), who=[FINANCE_HEAD], reason=True, rules=["S-11"]),
    ],
)  # fmt: skip
