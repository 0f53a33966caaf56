"""Django's translation tags; a sentence without values is translated once a language and process, not once a rendering."""
from __future__ import annotations

from django.template import Library
from django.templatetags import i18n
from django.utils.translation import get_language

register = Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class KeptTranslation(i18n.TranslateNode):
    """A constant sentence: its words depend on the language alone."""

    def __init__(self, node: i18n.TranslateNode) -> None:
        super().__init__(node.filter_expression, node.noop, node.asvar, node.message_context)
        self._kept: dict[str | None, str] = {}

    def render(self, context) -> str:
        language = get_language()
        text = self._kept.get(language)
        if text is None:
            text = super().render(context)
            self._kept[language] = context[self.asvar] if self.asvar else text
            return text
        if self.asvar:
            context[self.asvar] = text
            return ""
        return text


@register.tag("translate")
@register.tag("trans")
def translate(parser, token) -> i18n.TranslateNode:
    """`{% translate "…" %}` as in Django."""
    node = i18n.do_translate(parser, token)
    expression = node.filter_expression
    constant = getattr(expression.var, "literal", None) is not None and not expression.filters and (
        node.message_context is None or isinstance(node.message_context.var, str)
    )
    return KeptTranslation(node) if constant and not node.noop else node
