"""Seven demonstration experts of the provincial library; one of them is tied to a bidder and must be left out."""
from __future__ import annotations

from datetime import date

from django.db import transaction

from portal.accounts.demo import organisation
from portal.accounts.models import User

from .models import Expert, ExpertTie

SINCE = date(2024, 1, 8)
EXPERTS = (  # account, employer, title, subjects
    ("expert_1", "江西省环境科学研究院（演示）", "高级工程师", ("城市管理", "环境卫生")),
    ("expert_2", "南昌园林设计院（演示）", "高级工程师", ("城市管理", "园林绿化")),
    ("expert_3", "江西工程职业学院（演示）", "教授", ("城市管理", "工程造价")),
    ("expert_4", "江西省公共管理学会（演示）", "研究员", ("城市管理", "环境卫生")),
    ("expert_5", "江西中天造价咨询有限公司（演示）", "高级经济师", ("城市管理", "工程造价")),
    ("expert_6", "南昌市政养护中心（演示）", "高级工程师", ("城市管理", "园林绿化")),
    ("expert_7", "江西省循环经济协会（演示）", "高级工程师", ("城市管理", "环境卫生")),
)
#: Sits on the supervising board of a bidder, still.
TIED = ("expert_7", "supplier_c", ExpertTie.Kind.DIRECTOR, date(2021, 3, 1), None)


@transaction.atomic
def load_demo_experts() -> dict[str, Expert]:
    """Put the demonstration experts into the library of the province; who is there already stays as he is.

    People must be there (`portal.accounts.demo.load_people`).
    """
    library = organisation("experts")
    found = {}
    for number, (account, employer, title, subjects) in enumerate(EXPERTS, 1):
        found[account], _made = Expert.objects.get_or_create(
            user=User.objects.get(username=account),
            defaults={
                "number": f"JX{number:04d}", "library": library, "region": library.region, "employer": employer,
                "title": title, "subjects": list(subjects), "since": SINCE,
            },
        )
    account, key, kind, since, until = TIED
    ExpertTie.objects.get_or_create(
        expert=found[account], organisation=organisation(key), kind=kind, defaults={"since": since, "until": until}
    )
    return found
