"""The auditor takes the case file away and checks it with a program that knows nothing of the portal."""
from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

from django.conf import settings

from .story import StepFailed, Story

TITLE = "卷宗：审计导出、核对摘要、独立核验记录"
LEAST_PAGES = 5


def play(story: Story) -> None:
    project = {"project": story.facts["project_id"]}
    refused = story.person("supplier_a_head").post("reports/", {"kind": "case_archive", "parameters": project})
    if refused.status not in (400, 403, 409):
        raise StepFailed(f"a supplier may ask for the case file: {refused.status} {refused.body}")
    story.probes += 1
    story.say("  ✗ 承接主体申请卷宗 → 不给")
    book = made(story, "case_file", project, "生成卷宗（PDF）")
    story.keep("auditor", book["content"], "卷宗.pdf")
    archive = made(story, "case_archive", project, "生成卷宗（全部文件）")
    path = story.keep("auditor", archive["content"], "卷宗.zip")
    if hashlib.sha256(path.read_bytes()).hexdigest() != archive["digest"]:
        raise StepFailed("the archive that came is not the archive that was made")
    names = unpack_and_check(story, path)
    verify_record(story, path)
    keep_papers(story, path, names)


def made(story: Story, kind: str, parameters: dict, what: str) -> dict:
    """Ask for a report and wait until it is there; returns its document."""
    job = story.create("auditor", "reports", {"kind": kind, "parameters": parameters}, what, rule="S-124")
    for _look in story.looks():
        if job["state"] not in ("QUEUED", "RUNNING"):
            break
        job = story.read("auditor", f"reports/{job['id']}/")
        if job["state"] == "FAILED" and story.patience:  # its workers were killed once too often: ask again, as anybody would
            job = story.act("auditor", "reports", job["id"], "retry", what=f"{what}：再试一次")
    if job["state"] != "COMPLETED":
        raise StepFailed(f"{kind}: {job['state']} {job['progress']} % {job['error']}")
    return job["document"]


def unpack_and_check(story: Story, path: Path) -> list[str]:
    """Every file has the digest of the list, nothing is missing, nothing is there that the list does not name."""
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        listed = {row["path"]: row for row in manifest["files"]}
        if set(archive.namelist()) - {"manifest.json"} != set(listed):
            raise StepFailed("the archive and its manifest name different files")
        for name, row in listed.items():
            content = archive.read(name)
            if hashlib.new(manifest["algorithm"], content).hexdigest() != row["digest"] or len(content) != row["size"]:
                raise StepFailed(f"{name} differs from the manifest")
    story.say(f"    清单 {len(listed)} 个文件，摘要全部相符")
    return list(listed)


def verify_record(story: Story, path: Path) -> None:
    """`verify/audit.py` of the archive finds the record sound, and finds the one letter that is then changed."""
    folder = story.out / "record"
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(path) as archive:
        record, verifier = archive.read("record.jsonl"), archive.read("verify/audit.py")
    (folder / "audit.py").write_bytes(verifier)
    kept, forged = folder / "record.jsonl", folder / "forged.jsonl"
    kept.write_bytes(record)
    line = next(row for row in record.split(b"\n") if b'"actor_name":"' in row)
    forged.write_bytes(record.replace(line, line.replace(b'"actor_name":"', b'"actor_name":"X', 1)))
    sound, damaged = (
        subprocess.run([sys.executable, str(folder / "audit.py"), str(file)], capture_output=True, text=True) for file in (kept, forged)
    )
    if sound.returncode != 0 or damaged.returncode != 1:
        raise StepFailed(f"verify/audit.py: {sound.stdout} {sound.stderr} / {damaged.stdout}")
    story.probes += 1
    entries = record.count(b'"type":"entry"')
    story.say(f"    verify/audit.py：{sound.stdout.split()[-1]}，{entries} 条；改一个字 → {damaged.stdout.splitlines()[0]}")


def keep_papers(story: Story, path: Path, names: list[str]) -> None:
    """The papers of the purchase, out of the archive, beside the others; the book is examined as a PDF."""
    from portal.reports.proof import examine

    with zipfile.ZipFile(path) as archive:
        papers = [name for name in names if name.startswith("documents/") and name.endswith(".pdf")]
        for name in papers:
            content = archive.read(name)
            (story.out / Path(name).name).write_bytes(content)
        proof = examine(archive.read("卷宗.pdf"))
    if not proof.is_sound or proof.pages < LEAST_PAGES:
        raise StepFailed(f"the book is not sound: {proof}")
    story.say(f"    ⎙ 另存 {len(papers)} 份 PDF；卷宗 {proof.pages} 页，字体嵌入，无缺字，数据摘要相符（{settings.AUDIT_DIGEST}）")
