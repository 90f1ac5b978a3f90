"""The templates of the pages: `sql/pages/NAME.html`, and what they may call.

Everything is escaped. No template and no view marks a text as safe.
"""

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipelines.web.figure_text import figure_text, number_text, share_text
from pipelines.web.guard import PAGE_POLICY
from pipelines.web.labels import label
from pipelines.web.links import Links, outside
from pipelines.web.page_queries import PAGES_DIR


@dataclass(frozen=True)
class Templates:
    """The templates with what all pages share. `token` is put into forms; without one nothing can be written."""

    links: Links = field(default_factory=Links)
    token: str = ""

    @cached_property
    def environment(self) -> Environment:
        """Jinja2 as it is used here: autoescape in every file, a missing name is an error."""
        environment = _PlainEnvironment(
            loader=FileSystemLoader(PAGES_DIR),
            auto_reload=False,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals.update(link=self.links.page, static=self.links.static, label=label, token=self.token)
        environment.globals.update(can_write=bool(self.token), is_static=self.links.is_static, policy=PAGE_POLICY)
        environment.filters.update(figure=figure_text, number=number_text, share=share_text, outside=outside)
        environment.filters.update(json=json_text)
        return environment

    def render(self, name: str, content: dict[str, Any]) -> str:
        """The page `name` with its content, as HTML."""
        return self.environment.get_template(f"{name}.html").render(content)


class _PlainEnvironment(Environment):
    """Jinja2 that looks into a dict first: content is plain data, and a grid asks it for thousands of names."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`obj.attribute` of a template: what a dict holds under the name, else as Jinja2 finds it."""
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


def json_text(value: Any) -> str:
    """Plain data as JSON for an attribute; the template escapes it like any other text."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
