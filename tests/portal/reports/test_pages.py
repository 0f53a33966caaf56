"""Report pages, the API, and the public page behind the QR code."""
from __future__ import annotations

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from portal.reports.models import ReportJob
from portal.reports.runner import run_job
from portal.reports.verbs import make_paper, queue_report
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer(client):
    client.force_login(actor("buyer").user)
    return client


def test_asking_on_the_page_makes_a_job_and_leads_to_it(buyer, sent):
    page = buyer.get(reverse("reports:new", args=["record"]))
    assert page.status_code == 200
    key = page.context["key"]
    response = buyer.post(reverse("reports:new", args=["record"]), {"since": "2026-01-01", "until": "", "project": "", "key": key})
    job = ReportJob.objects.get()
    assert response.url == job.get_absolute_url()
    assert job.parameters == {"project": None, "since": "2026-01-01", "until": None}
    again = buyer.post(reverse("reports:new", args=["record"]), {"since": "2026-01-01", "until": "", "project": "", "key": key})
    assert again.status_code == 409
    assert ReportJob.objects.count() == 1


def test_wrong_input_is_said_and_kept(buyer):
    response = buyer.post(reverse("reports:new", args=["record"]), {"since": "2026-02-01", "until": "2026-01-01", "project": ""})
    assert response.status_code == 422
    assert "截止日期不能早于开始日期" in response.content.decode()
    assert 'value="2026-02-01"' in response.content.decode()


def test_the_page_of_a_job_moves_by_itself_and_ends_with_the_file(buyer, sent):
    job = queue_report("record", actor=actor("buyer"))
    page = buyer.get(job.get_absolute_url()).content.decode()
    assert "hx-get" in page
    assert "取消生成" in page
    part = buyer.get(job.get_absolute_url(), headers={"HX-Request": "true"})
    assert "reports/_progress.html" in [template.name for template in part.templates]
    assert "<html" not in part.content.decode()
    run_job(job.pk)
    done = buyer.get(job.get_absolute_url()).content.decode()
    assert "hx-get" not in done
    job.refresh_from_db()
    assert job.document.get_absolute_url() in done
    file = buyer.get(job.document.get_absolute_url())
    assert b"".join(file.streaming_content).startswith(b"%PDF-")
    assert file["Content-Type"] == "application/pdf"


def test_the_buttons_work(buyer, sent, plain_kind):
    plain_kind(lambda job, progress: 1 / 0)
    job = queue_report("plain", actor=actor("buyer"))
    run_job(job.pk)
    page = buyer.get(job.get_absolute_url()).content.decode()
    url = reverse("workflow:act", args=["reports.job", job.pk, "retry"])
    assert url in page
    assert buyer.post(url).url == job.get_absolute_url()
    job.refresh_from_db()
    assert job.state == ReportJob.State.QUEUED
    assert buyer.post(reverse("workflow:act", args=["reports.job", job.pk, "cancel"])).status_code == 302


def test_the_list_shows_mine_alone_in_a_bounded_number_of_queries(client, sent, plain_kind, django_assert_max_num_queries):
    plain_kind()
    client.force_login(actor("buyer").user)
    for turn in range(30):
        job = queue_report("plain", actor=actor("buyer" if turn % 10 else "head"))
        run_job(job.pk)
    with django_assert_max_num_queries(14):
        page = client.get(reverse("reports:list"))
    assert page.status_code == 200
    assert len(page.context["page"].object_list) == 25
    client.force_login(actor("supplier_a_head").user)
    assert "还没有生成过报表" in client.get(reverse("reports:list")).content.decode()


def test_others_get_404_and_visitors_are_sent_to_sign_in(client, sent):
    job = queue_report("record", actor=actor("buyer"))
    assert client.get(job.get_absolute_url()).status_code == 302
    client.force_login(actor("head").user)
    assert client.get(job.get_absolute_url()).status_code == 404
    assert client.get(reverse("reports:new", args=["nonsense"])).status_code == 404


def test_programs_queue_watch_and_fetch(client, sent):
    from portal.accounts.models import ApiToken

    who = actor("buyer")
    _token, secret = ApiToken.issue(user=who.user, organisation=who.organisation, name="测试", scope=ApiToken.Scope.ACT)
    headers = {"Authorization": f"Bearer {secret}"}
    made = client.post(
        "/api/v1/reports/", {"kind": "record", "parameters": {"since": "2026-01-01"}}, content_type="application/json", headers=headers
    )
    assert made.status_code == 201, made.content
    assert made.json()["state"] == "QUEUED"
    wrong = client.post(
        "/api/v1/reports/", {"kind": "record", "parameters": {"since": "never"}}, content_type="application/json", headers=headers
    )
    assert wrong.status_code == 400
    run_job(made.json()["id"])
    done = client.get(f"/api/v1/reports/{made.json()['id']}/", headers=headers).json()
    assert done["state"] == "COMPLETED"
    assert done["progress"] == 100
    file = client.get(done["document"]["content"], headers=headers)
    assert b"".join(file.streaming_content).startswith(b"%PDF-")
    assert client.get(done["document"]["content"]).status_code == 404  # without the token
    known = client.get(done["document"]["content"].removesuffix("content/"), headers=headers).json()
    assert known["digest"] == done["document"]["digest"]


def paper():
    document = make_paper(
        "paper/record.html", {"heading": "样件"}, title="样件", data={"rows": [], "damage": []}, name="样件.pdf",
        actor=actor("buyer"), kind="report",
    )
    document.refresh_from_db()
    return document


def test_the_printed_digest_leads_to_the_paper(client):
    document = paper()
    for digest in (document.paper.data_digest, document.digest, document.digest.upper()):
        page = client.get(reverse("reports:verify", args=[digest]))
        assert page.status_code == 200
        assert "样件" in page.content.decode()
        assert "平台保存的文件与生成时一致" in page.content.decode()


def test_a_changed_file_is_said_so(client):
    document = paper()
    with open(default_storage.path(document.path), "ab") as file:
        file.write(b" ")
    assert "不一致" in client.get(reverse("reports:verify", args=[document.digest])).content.decode()


def test_an_unknown_digest_says_so_without_failing(client):
    page = client.get(reverse("reports:verify", args=["0" * 64]))
    assert "没有找到这个摘要" in page.content.decode()


def test_a_typed_digest_may_have_spaces(client):
    typed = client.get(reverse("reports:verify-form"), {"digest": " 9F3C 41d0 "})
    assert typed.url == reverse("reports:verify", args=["9f3c41d0"])
    assert client.get(reverse("reports:verify-form")).status_code == 200
    assert client.get(reverse("reports:verify-form"), {"digest": "<script>"}).url == reverse("reports:verify-form")


def test_a_report_of_some_thing_is_not_offered_without_it(buyer, plain_kind, sent):
    from django import forms

    from portal.workflow.inputs import ActInputs

    class OfThing(ActInputs):
        thing = forms.IntegerField(widget=forms.HiddenInput)

    plain_kind(form=OfThing, hint="")
    assert "样表" not in buyer.get(reverse("reports:list")).content.decode()
    assert buyer.get(reverse("reports:new", args=["plain"])).status_code == 404
    page = buyer.get(reverse("reports:new", args=["plain"]), {"thing": "7"})
    assert 'value="7"' in page.content.decode()
