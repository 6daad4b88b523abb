"""Numbers in sentences follow the French rule: zero is singular."""

import pytest
from flask import Flask, render_template_string
from flask_babel import ngettext


@pytest.mark.parametrize(("number", "sentence"), [(0, "0 page"), (1, "1 page"), (2, "2 pages")])
def test_zero_is_singular_in_python_and_in_templates(app: Flask, number: int, sentence: str) -> None:
    with app.test_request_context():
        assert ngettext("%(num)d page", "%(num)d pages", number) == sentence
        written = render_template_string(
            "{{ ngettext('%(num)d page', '%(num)d pages', number) }}", number=number
        )
        assert written == sentence
