"""The branch of the catalogue in which a thing lies: its second level, whatever the depth of the leaf (S-06)."""
from django.db.models import Case, F, When


def of_branch(leaf: str, column: str) -> Case:
    """A column (`code`, `name`) of the branch of what `leaf` leads to; null without a leaf."""
    return Case(
        When(**{f"{leaf}__level__lte": 2}, then=F(f"{leaf}__{column}")), When(**{f"{leaf}__level": 3}, then=F(f"{leaf}__parent__{column}")),
        default=F(f"{leaf}__parent__parent__{column}"),
    )
