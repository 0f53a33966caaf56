"""Kinds of documents of evaluation and award."""
from django.utils.translation import gettext_lazy as _

from portal.files.kinds import register_kind

register_kind("evaluation_report", _("评审报告"), accepts=("pdf",))
register_kind("award_letter", _("中标通知书"), accepts=("pdf",), parties=True)
register_kind("result_letter", _("中标结果告知书"), accepts=("pdf",), parties=True)
register_kind("scoring_data", _("评分数据"), accepts=("txt",), parties=True)
