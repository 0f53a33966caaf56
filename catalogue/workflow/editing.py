"""Guards of editing a draft line by line: codes, depth, parents (S-06, RCT-01, RCT-04)."""
from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from catalogue.checking import CODE, DEEPEST, LONGEST
from catalogue.models import CatalogueItem, CatalogueVersion
from catalogue.verbs.editing import below_of, codes_after
from portal.workflow import Act, Refusal, refuse


def new_line_fits(version: CatalogueVersion, act: Act) -> Iterator[Refusal]:
    """The code is free and begins with its parent's; a branch says its kind."""
    parent, code = act.data.get("parent"), act.data["code"]
    yield from _code_fits(version, [code], parent)
    if parent is None and not act.data.get("kind"):
        yield refuse("R102-08", _("第一级条目须选类别。"), field="kind")
    if parent is not None and parent.level >= DEEPEST:
        yield refuse("RCT-01", _("目录最多四级。"), field="parent")


def line_fits_there(version: CatalogueVersion, act: Act) -> Iterator[Refusal]:
    """A line goes under no line of its own, not below the fourth level, and has a code that begins with its parent's."""
    item, parent, after = act.data["item"], act.data.get("parent"), act.data.get("after")
    code = act.data.get("code") or item.code
    if parent is not None and (parent.pk == item.pk or parent.path.startswith(f"{item.path}/")):
        yield refuse("S-06", _("条目不能移到自己之下。"), field="parent")
        return
    if after is not None and (after.pk == item.pk or after.parent_id != (parent.pk if parent else None)):
        yield refuse("S-06", _("“%(line)s”不在所选的上级之下。"), field="after", line=str(after))
    below = below_of(item).order_by("-level").values_list("level", flat=True).first()
    depth = (below or item.level) - item.level + (parent.level if parent else 0) + 1
    if depth > DEEPEST:
        yield refuse("RCT-01", _("移过去后成了第 %(depth)s 级，目录最多四级。"), field="parent", depth=depth)
    if code != item.code:
        codes = codes_after(item, code)
        yield from _code_fits(version, codes, parent)
        if max(map(len, codes)) > LONGEST["code"]:
            yield refuse("RCT-04", _("下级条目的编码会超过 %(most)s 位。"), field="code", most=LONGEST["code"])
    elif parent is not None and not code.startswith(parent.code):
        yield refuse("RCT-04", _("换了上级，请给以 %(parent)s 开头的新编码。"), field="code", parent=parent.code)


def _code_fits(version: CatalogueVersion, codes: list[str], parent: CatalogueItem | None) -> Iterator[Refusal]:
    """The first code is that of the line itself, the others those below it."""
    code = codes[0]
    if not CODE.fullmatch(code):
        yield refuse("RCT-04", _("编码“%(code)s”应为一个大写字母后接数字"), field="code", code=code[:20])
    for taken in version.items.filter(code__in=codes).order_by("code").values_list("code", flat=True)[:1]:
        yield refuse("S-06", _("编码 %(code)s 已被使用。"), field="code", code=taken)
    if parent is not None and (not code.startswith(parent.code) or code == parent.code):
        yield refuse("RCT-04", _("编码 %(code)s 应以上级编码 %(parent)s 开头"), field="code", code=code, parent=parent.code)


def still_listed(version: CatalogueVersion, act: Act) -> Iterator[Refusal]:
    if act.data["item"].retired:
        yield refuse("S-07", _("“%(line)s”已经停用。"), field="item", line=str(act.data["item"]))


def retired_before(version: CatalogueVersion, act: Act) -> Iterator[Refusal]:
    """Only what is retired comes back, and only below a line that is in use."""
    item = act.data["item"]
    if not item.retired:
        yield refuse("S-07", _("“%(line)s”没有停用。"), field="item", line=str(item))
    elif item.parent is not None and item.parent.retired:
        yield refuse("S-07", _("上级条目“%(line)s”已停用，请先恢复上级。"), field="item", line=str(item.parent))
