"""Suggestions for «Partager avec…»: the principals that match what is being typed."""

from flask import render_template_string, request

from preau.kernel.pages import me, pages
from preau.kernel.ports.principals import principals

blueprint = pages("principals", __name__, "/annuaire/destinataires")
LONGEST = 100


@blueprint.get("")
def suggest() -> str:
    """The list items that the picker shows under its field."""
    name = request.args.get("name", "principals")[:LONGEST]
    text = request.args.get(f"{name}_q", "")[:LONGEST]
    found = principals().search(me(), text)
    return render_template_string(
        "{{ ui.principal_suggestions(name, found, q) }}", name=name, found=found, q=text
    )
