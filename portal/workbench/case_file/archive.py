"""The case file as an archive: the book, every file, the record, and a list of digests over them all."""
from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_noop

from portal.accounts.actor import Actor
from portal.audit.canonical import canonical_json, digest
from portal.audit.record import export_chains
from portal.workbench.record import visible_entries
from procurement.plans.models import Project

from .content import papers_of, path_in_archive

PACKING = gettext_noop("正在装入文件 %(number)s/%(count)s")
LOST = gettext_noop("文件“%(name)s”在平台的存储里读不出来，卷宗没有生成；请报告管理员。")
VERIFIER = settings.BASE_DIR / "verify" / "audit.py"
README = """本卷宗由政府购买服务平台生成。

卷宗.pdf        项目的全部内容，印成一册
documents/      项目的文件，原样
notices/        公告全文的数据，摘要由它算出
record.jsonl    项目的记录链，一行一条；开标后有各投标的记录链，结果公告后有评审委员会的记录链
data.json       卷宗.pdf 所印数据的规范格式，印在纸上的摘要由它算出
manifest.json   每个文件的大小和摘要
verify/audit.py 核验记录的程序，只用 Python 自带的库

核验记录：python3 verify/audit.py record.jsonl
核验文件：对照 manifest.json 逐个计算摘要
"""


class FileLost(Exception):
    """A stored file cannot be read, or is no longer the one that was stored."""


def pack(project: Project, actor: Actor, *, book: bytes, data: dict, moment: datetime, progress: Callable) -> bytes:
    """The archive as bytes. Raises FileLost: a case file without one of its files would be a false one."""
    kept = io.BytesIO()
    listed: list[dict] = []
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(path: str, content: bytes, **more) -> None:
            archive.writestr(zipfile.ZipInfo(path, moment.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
            listed.append({"path": path, "size": len(content), "digest": digest(content), **more})

        put("卷宗.pdf", book)
        put("data.json", canonical_json(data))
        papers = list(papers_of(project, actor, moment))
        for number, paper in enumerate(papers, start=1):
            progress(60 + 30 * number // len(papers), 100, PACKING, number=number, count=len(papers))
            put(path_in_archive(number, paper), _content(paper), name=paper.name, stored_at=paper.created_at)
        _put_notices(project, actor, put)
        keys = [chain["key"] for chain in data["chains"]]
        readable = set(visible_entries(project, actor).values_list("pk", flat=True))
        put("record.jsonl", b"".join(line + b"\n" for line in export_chains(keys, readable)))
        put("verify/audit.py", Path(VERIFIER).read_bytes())
        put("说明.txt", README.encode())
        manifest = {
            "format": "portal-case-file-1", "algorithm": settings.AUDIT_DIGEST, "project": project.number, "title": project.title,
            "made_at": moment, "made_for": actor.organisation.name if actor.organisation else "", "files": listed,
        }
        readable_manifest = json.dumps(json.loads(canonical_json(manifest)), ensure_ascii=False, indent=1).encode()
        archive.writestr(zipfile.ZipInfo("manifest.json", moment.timetuple()[:6]), readable_manifest, zipfile.ZIP_DEFLATED)
    return kept.getvalue()


def _content(paper) -> bytes:
    try:
        with paper.open() as stream:
            content = stream.read()
    except FileNotFoundError as error:
        raise FileLost(paper.name) from error
    if digest(content) != paper.digest:
        raise FileLost(paper.name)
    return content


def _put_notices(project: Project, actor: Actor, put: Callable) -> None:
    from portal.notices.models import Notice

    found = Notice.objects.visible_to(actor).filter(project_id=project.pk).select_related("organisation")
    for notice in found.order_by("published_at", "id"):
        put(f"notices/{notice.number}.json", canonical_json(notice.content), name=notice.title)
