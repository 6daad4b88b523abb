"""The words pages are built with: labels, errors, and what happens with hostile text."""

import re
from typing import Any

import pytest
from flask import Flask, render_template_string


@pytest.fixture
def render(site: Flask):
    def rendered(source: str, **context: Any) -> str:
        with site.test_request_context("/"):
            return render_template_string(source, **context)

    return rendered


def test_a_refused_field_says_why_and_keeps_what_was_typed(render) -> None:
    html = render(
        '{{ ui.field("url", "Adresse", value=typed, errors=["Non."], help="Ainsi", required=true) }}',
        typed='"><script>',
    )
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="url-error url-help"' in html
    assert 'id="url-error"' in html
    assert "&#34;&gt;&lt;script&gt;" in html
    assert "(obligatoire)" in html


def test_a_text_area_keeps_its_first_empty_line(render) -> None:
    html = render('{{ ui.field("note", "Note", value=typed, type="textarea") }}', typed="\nligne")
    assert re.search(r"<textarea[^>]*>\n\nligne</textarea>", html)


@pytest.mark.parametrize(
    "kind", ["text", "textarea", "select", "checkbox", "switch", "password", "file", "date", "color"]
)
def test_each_kind_of_field_has_one_label(render, kind: str) -> None:
    html = render('{{ ui.field("x", "Le champ", type=kind, options=[("1", "Un")]) }}', kind=kind)
    assert html.count("<label") == 1
    assert 'for="x"' in html
    assert re.search(r'<(input|textarea|select)[^>]*\bid="x"', html)


@pytest.mark.parametrize("kind", ["radio", "checkboxes"])
def test_a_group_of_choices_has_a_legend_and_remembers_the_choice(render, kind: str) -> None:
    html = render(
        '{{ ui.field("x", "Jour", type=kind, value=[2], options=[(1, "Lundi"), (2, "Mardi")]) }}', kind=kind
    )
    assert "<legend>Jour" in html
    assert re.search(r'value="2" checked', html)
    assert html.count("checked") == 1


def test_the_summary_of_errors_links_to_each_field(render) -> None:
    html = render(
        '{{ ui.error_summary({"url": ["Trop court."], "__all__": "Déjà pris."}, {"url": "Adresse"}) }}'
    )
    assert '<a href="#url">Adresse' in html
    assert "Il reste 2 choses à corriger" in html
    assert "Déjà pris." in html
    assert "#__all__" not in html


def test_a_form_that_posts_is_protected_and_one_that_gets_is_not(render) -> None:
    assert "csrf_token" in render('{% call ui.form("/x") %}{% endcall %}')
    assert "csrf_token" not in render('{% call ui.form("/x", method="get") %}{% endcall %}')
    assert "csrf_token" in render('{{ ui.post_button("/x", "Supprimer") }}')


def test_an_icon_is_silent_unless_it_says_something(render) -> None:
    assert 'aria-hidden="true"' in render('{{ ui.icon("bookmark") }}')
    assert 'aria-label="Signet"' in render('{{ ui.icon("bookmark", label="Signet") }}')


@pytest.mark.parametrize(
    ("number", "pages", "shown"), [(1, 1, []), (1, 3, ["1", "2", "3"]), (5, 9, ["1", "4", "5", "6", "9"])]
)
def test_pagination_shows_the_ends_and_the_neighbours(
    render, number: int, pages: int, shown: list[str]
) -> None:
    html = render(
        '{{ ui.pagination({"number": n, "pages": p, "total": 0}, "?page={}".format) }}', n=number, p=pages
    )
    assert re.findall(r"</span>(\d+)</a>", html) == shown


@pytest.mark.sdet("QUA-PRF-03")
def test_progress_is_polled_until_it_is_done_and_can_be_refreshed_without_script(render) -> None:
    source = '{{ ui.progress("Import", 30, 120, url="/suivi", page_url="/import", done=done) }}'
    running, done = render(source, done=False), render(source, done=True)
    assert 'data-hx-get="/suivi"' in running
    assert 'href="/import"' in running
    assert "25" in running
    assert "data-hx-get" not in done


def test_the_picker_posts_what_was_chosen_and_shows_what_was_found(render) -> None:
    html = render(
        "{{ ui.principal_picker(chosen=chosen, found=found, q='dur') }}",
        chosen=[{"key": "group:1", "label": "5e B"}],
        found=[{"key": "person:3", "label": "Paul Durand", "detail": "enseignant"}],
    )
    assert re.search(r'name="principals" value="group:1" checked', html)
    assert re.search(r'name="principals" value="person:3">', html)
    assert 'name="search_principals"' in html


def test_a_tile_shows_a_picture_to_the_youngest_and_an_icon_to_the_others(render) -> None:
    source = "{{ ui.tile(tile, face) }}"
    tile = {
        "name": "bookmarks",
        "label": "Signets",
        "url": "/signets/",
        "icon": "bookmark",
        "family": "information",
    }
    assert "images/tiles/bookmarks.svg" in render(source, tile=tile, face="maternelle")
    assert "#bookmark" in render(source, tile=tile, face="adulte")
    unknown = tile | {"name": "telescope"}
    assert "#bookmark" in render(source, tile=unknown, face="maternelle")


def test_a_macro_that_does_not_exist_is_an_error(render) -> None:
    with pytest.raises(Exception, match="absent"):
        render("{{ ui.absent() }}")
