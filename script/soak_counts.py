"""Counting after a soak: what should be there once is there once, and nothing is missing. Exits 1 with what is not so."""
from __future__ import annotations

import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.core.files.storage import default_storage  # noqa: E402

from portal import clock  # noqa: E402
from portal.audit.models import Entry  # noqa: E402
from portal.audit.record import seal, verify  # noqa: E402
from portal.files.models import Document  # noqa: E402
from portal.files.stores import paths_in, stored_files  # noqa: E402
from portal.notifications.models import Mail, Message  # noqa: E402
from portal.reports.models import Paper, ReportJob  # noqa: E402
from portal.signing.seal import INTACT, examine  # noqa: E402
from portal.workbench.walkthrough.plan import TITLE_OF_ITEM  # noqa: E402
from portal.workdays.models import LegalClock  # noqa: E402
from procurement.contracts.models import Contract  # noqa: E402
from procurement.payments.models import PaymentRequest  # noqa: E402
from procurement.plans.models import Project  # noqa: E402

#: How often a person does each in one purchase of the walkthrough; what differs was lost or doubled.
ONCE_AND_AGAIN = {
    "tenders.tender publish": 1, "bids.opening start": 1, "bids.opening open_bids": 1, "awards.draw draw": 1, "awards.award announce": 1,
    "contracts.contract sign": 1, "contracts.contract countersign": 1, "contracts.contract publish": 1, "contracts.filing file": 1,
    "contracts.deliverable log": 16, "contracts.report confirm": 8, "contracts.acceptance accept": 1, "contracts.inspection record": 9,
    "payments.request order": 4, "payments.request record_receipt": 4, "budgets.encumbrance pledge": 1,
    "assessments.engagement report": 1, "assessments.assessment publish": 1,
}  # fmt: skip

#: Done as often as its worker is killed once too often: the walk then asks for the report again, as a person would.
AS_OFTEN_AS_NEEDED = {"reports.job retry"}


def projects() -> list[Project]:
    return list(Project.objects.filter(title=TITLE_OF_ITEM).order_by("pk"))


def ends() -> Iterator[str]:
    for project in projects():
        if project.state not in ("EVALUATED", "CLOSED"):
            yield f"project {project.pk} is {project.state}"


def acts() -> Iterator[str]:
    """Every project has each act as often as its story does it, and as often as every other project."""
    counted = {}
    for project in projects():
        entries = Entry.objects.of_chain(f"project:{project.pk}").exclude(user_id=None)
        counted[project.pk] = Counter(f"{lifecycle} {row}" for lifecycle, row in entries.values_list("lifecycle", "transition"))
    names = sorted((set().union(*counted.values()) | ONCE_AND_AGAIN.keys()) - AS_OFTEN_AS_NEEDED) if counted else []
    for name in names:
        numbers = Counter(counter[name] for counter in counted.values())
        expected = ONCE_AND_AGAIN.get(name, numbers.most_common(1)[0][0])
        for pk, counter in counted.items():
            if counter[name] != expected:
                yield f"project {pk}: {name} {counter[name]} times, expected {expected}"


def money() -> Iterator[str]:
    for contract in Contract.objects.filter(project__in=projects()):
        paid = PaymentRequest.objects.filter(contract=contract, state="PAID").values_list("amount", flat=True)
        if sum(paid, Decimal(0)) != contract.amount:
            yield f"contract {contract.number}: {sum(paid, Decimal(0))} paid of {contract.amount}"


def files() -> Iterator[str]:
    for document in Document.objects.filter(discarded_at=None).iterator():
        if not document.is_intact():
            yield f"document {document.pk} ({document.kind}) is not what was stored"
    named = {stored.path for stored in stored_files()}
    lying = {*paths_in(default_storage, "documents"), *paths_in(default_storage, "sealed")}
    yield from (f"file {path} is gone" for path in sorted(named - lying))
    print(f"files: {len(named)} named, {len(lying - named)} left over by killed requests (swept after a day)")


def jobs() -> Iterator[str]:
    for job in ReportJob.objects.exclude(state__in=["COMPLETED", "EXPIRED", "CANCELLED"]):
        yield f"report job {job.pk} ({job.kind}) is {job.state} after {job.attempt} attempts: {job.error}"
    interrupted = ReportJob.objects.filter(attempt__gt=1).count()
    print(f"report jobs: {ReportJob.objects.count()}, {interrupted} of them begun again after their worker was killed")


def papers() -> Iterator[str]:
    """Every paper of an act is there in the end, set once, whoever was killed over it."""
    yield from (f"paper {paper.pk} “{paper.title}” is still owed after {paper.tries} tries" for paper in Paper.objects.owed())
    again = Paper.objects.filter(tries__gt=1).count()
    print(f"papers: {Paper.objects.count()}, {again} of them begun again after their worker was killed")


def seals() -> Iterator[str]:
    """What one host sealed, all trust: a hundred papers, drawn."""
    sealed = Paper.objects.filter(set_at__isnull=False, document__discarded_at=None, document__content_type="application/pdf")
    states = Counter()
    for paper in sealed.select_related("document").order_by("?")[:100]:
        with paper.document.open() as stream:
            found = examine(stream.read())
        states[found.state] += 1
        if found.state != INTACT or not found.trusted:
            yield f"paper {paper.pk} “{paper.title}”: {found.words}"
    print(f"seals: {states[INTACT]} of {sum(states.values())} papers looked at are whole")


def clocks() -> Iterator[str]:
    late = LegalClock.objects.filter(state=LegalClock.State.RUNNING, ends_at__lt=clock.now(), provisional=False)
    yield from (f"clock {each.pk} {each.name} of {each.subject_type} {each.subject_id} is over and nothing fired" for each in late[:20])


def letters() -> Iterator[str]:
    """Every message goes out; a worker killed between sending and noting sends one letter again, and no more than that."""
    if waiting := Message.objects.unsent().count():
        yield f"{waiting} messages were not sent"
    told = Message.objects.filter(mail=Mail.AT_ONCE).exclude(sent_at=None).count()
    sent = 0
    for path in (path for folder in sys.argv[2:] for path in Path(folder).glob("*.log")):
        sent += len(re.findall(rb"^Message-ID:", path.read_bytes(), re.MULTILINE | re.IGNORECASE))
    print(f"letters: {told} messages, {sent} letters, {sent - told} sent twice by workers killed in between")
    if sent < told:
        yield f"{told - sent} letters of messages that count as sent are missing"


def record() -> Iterator[str]:
    seal()
    yield from (f"record {damage}" for damage in verify())
    print(f"record: {Entry.objects.count()} entries verified")


CHECKS = (jobs, papers, seals, clocks, letters, ends, acts, money, files, record)


def is_settled() -> bool:
    """Whether worker and beat have nothing left to do."""
    working = ReportJob.objects.filter(state__in=["QUEUED", "RUNNING"]).exists()
    return not (working or Message.objects.unsent().exists() or Paper.objects.owed().exists() or any(clocks()))


def main(patience: float) -> int:
    deadline = time.monotonic() + patience
    while not is_settled() and time.monotonic() < deadline:
        time.sleep(5)
    wrong = [said for check in CHECKS for said in check()]
    print(f"{len(projects())} projects")
    for said in wrong[:60]:
        print(f"✗ {said}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
