"""The plan's register and the minutes come out as sound PDFs with what they must say."""
import pytest

from portal.reports.models import ReportJob
from portal.reports.proof import examine
from portal.reports.runner import run_job
from portal.reports.verbs import queue_report
from portal.workflow import Refused
from procurement.plans.models import Meeting
from tests.factories.people import actor
from tests.factories.plans import make_plan

pytestmark = pytest.mark.django_db


def paper(kind: str, who: str, **parameters):
    job = queue_report(kind, actor=actor(who), parameters=parameters)
    run_job(job.pk)
    return ReportJob.objects.get(pk=job.pk)


def proof_of(job):
    with job.document.open() as stream:
        return examine(stream.read())


@pytest.mark.paper
def test_plan_register_and_minutes():
    plan = make_plan("DECIDED")
    proof = proof_of(paper("plan", "planner", plan=plan.pk))
    assert proof.is_sound
    assert proof.data["items"][0]["title"] == "城市保洁绿化道路养护"
    assert proof.data["approved_total"] == "23,328,000.00"
    proof = proof_of(paper("minutes", "convener", meeting=Meeting.objects.get().pk))
    assert proof.is_sound
    assert proof.data["decisions"][0]["words"] == "贰仟叁佰叁拾贰万捌仟元整"
    assert proof.data["signed_by"] == "孔令仪"


def test_papers_keep_to_the_readers_scope():
    plan = make_plan("DRAFTED")
    assert paper("plan", "planner_2", plan=plan.pk).document is None
    with pytest.raises(Refused):
        queue_report("minutes", actor=actor("supplier_a_officer"), parameters={"meeting": 1})
