"""A name shows what it is."""

import pytest

from preau.kernel.errors import Invalid
from preau.services.utilities.files.names import clean


@pytest.mark.parametrize("mark", ["\u202e", "\u202d", "\u2066", "\u2069", "\u0007"])
def test_a_name_that_would_be_read_backwards_is_refused(app, mark: str) -> None:
    with app.test_request_context(), pytest.raises(Invalid):
        clean(f"facture{mark}txt.exe")


@pytest.mark.parametrize("name", ["مرحبا.pdf", "שלום.odt", "été 🎉.png"])
def test_a_name_in_any_writing_is_kept(app, name: str) -> None:
    with app.test_request_context():
        assert clean(name) == name
