"""What templates see: plain data, in which a name of a dict is what the dict holds."""

import pytest
from jinja2 import UndefinedError

from pipelines.web.templates import Templates


def test_a_name_in_a_dict_comes_before_what_python_calls_so() -> None:
    shown = Templates().environment.from_string("{{ one.items }} {{ one.kinds.items() | length }}")
    assert shown.render(one={"items": 3, "kinds": {"date": 1}}) == "3 1"


def test_a_name_that_is_missing_is_an_error_and_text_is_escaped() -> None:
    environment = Templates().environment
    with pytest.raises(UndefinedError):
        environment.from_string("{{ one.name }}").render(one={})
    assert environment.from_string("{{ one.name }}").render(one={"name": "<b>"}) == "&lt;b&gt;"
