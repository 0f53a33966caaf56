"""What the jurisdiction decides about the use of results where law is silent: the table from grade to use (S-110)."""
from django.utils.translation import gettext_lazy as _

from portal.rules.jurisdiction import Setting, declare, setting

PERCENT = _("%")

declare(Setting("ceiling_percent_excellent", _("优：下年预算上限占本年合同额"), 105, "NYR-01", PERCENT))
declare(Setting("ceiling_percent_good", _("良：下年预算上限占本年合同额"), 100, "NYR-01", PERCENT))
declare(Setting("ceiling_percent_fair", _("中：下年预算上限占本年合同额"), 90, "NYR-01", PERCENT))
declare(Setting("ceiling_percent_poor", _("差：下年预算上限占本年合同额"), 80, "NYR-01", PERCENT))
declare(Setting("gate_grade", _("下年申报受限的等次"), "POOR", "NYR-02", choices=("NONE", "POOR", "FAIR")))
declare(Setting("without_recipients_grade_max", _("没有服务对象评分时的最高等次"), "GOOD", "S-109", choices=("EXCELLENT", "GOOD", "FAIR")))

#: Grades that close the gate, by what is set.
GATED = {"NONE": (), "POOR": ("POOR",), "FAIR": ("POOR", "FAIR")}


def ceiling_percent(grade: str, region, on) -> int:
    """Percent of the contract's yearly sum that next year's item may ask for."""
    return setting(f"ceiling_percent_{grade.lower()}", region, on)


def gate_closes(grade: str, region, on) -> bool:
    """Whether a grade stops next year's item until it is mended or waived."""
    return grade in GATED[setting("gate_grade", region, on)]
