"""S-184: the leading group of a region and the office that finance keeps for it."""
from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.workflow import Act, Lifecycle, Refusal, Transition, Who, refuse
from procurement.plans.forms.offices import LeadingGroupForm
from procurement.plans.models import LeadingGroup, LeadingGroupMember
from procurement.plans.verbs import offices

S = LeadingGroup.State


def one_a_region(group: LeadingGroup, act: Act) -> Iterator[Refusal]:
    found = LeadingGroup.objects.filter(region=act.actor.organisation.region_id).first()
    if found is not None:
        yield refuse("S-184", _("本地区已登记“%(name)s”，请在原登记上修改。"), name=found.title, field="title")


def one_leader(group: LeadingGroup, act: Act) -> Iterator[Refusal]:
    leaders = sum(row["place"] == LeadingGroupMember.Place.LEADER for row in act.data["members"])
    if leaders != 1:
        yield refuse("S-184", _("组长须有且只有一人，现在有 %(count)s 人。"), count=leaders, field="members")


LEADING_GROUP = Lifecycle(
    code="plans.leading_group", reference="S-184", name=_("领导小组"), model=LeadingGroup,
    rows=[
        Transition("establish", "", S.STANDING, _("登记领导小组"), who=[Who(Role.FINANCE_HEAD), Who(Role.FINANCE_OFFICER)],
                   inputs=LeadingGroupForm, checks=[one_a_region, one_leader], effect=offices.establish, rules=["S-184"]),
        Transition("revise", S.STANDING, None, _("修改登记"),
                   who=[Who(Role.FINANCE_HEAD, region="region"), Who(Role.FINANCE_OFFICER, region="region")], inputs=LeadingGroupForm,
                   checks=[one_leader], effect=offices.revise, rules=["S-184"]),
    ],
    tones={S.STANDING: "ok"},
)
