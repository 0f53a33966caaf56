"""`{% url "name" %}`: an address without values is looked up once a process, not once a rendering."""
from __future__ import annotations

from django.template import defaulttags
from django.template.base import Node
from django.urls import get_script_prefix, get_urlconf

from .library import register


class KeptAddress(Node):
    """The address of a page that needs no values: it depends on the table of addresses and the prefix of the server alone."""

    def __init__(self, node: defaulttags.URLNode) -> None:
        self._node = node
        self._kept: dict[tuple, str] = {}

    def render(self, context) -> str:
        place = get_urlconf(), get_script_prefix()
        if place not in self._kept:
            text = self._node.render(context)
            self._kept[place] = context[self._node.asvar] if self._node.asvar else text
            return text
        if self._node.asvar:
            context[self._node.asvar] = self._kept[place]
            return ""
        return self._kept[place]


@register.tag
def url(parser, token) -> Node:
    """As in Django."""
    node = defaulttags.url(parser, token)
    constant = isinstance(node.view_name.var, str) and not node.view_name.filters and not node.args and not node.kwargs
    return KeptAddress(node) if constant else node
