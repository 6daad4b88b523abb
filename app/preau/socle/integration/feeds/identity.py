"""What both degrees say of a person under the same names."""

from __future__ import annotations

from typing import Final

from .fields import Scalar

NAMES: Final = (
    Scalar("sn", "last_name"),
    Scalar("givenName", "first_name"),
    Scalar("ENTPersonNomPatro", "birth_name"),
    Scalar("ENTPersonAutresPrenoms", "other_names", "words"),
    Scalar("ENTPersonDateNaissance", "birth_date", "date"),
)
ADDRESS: Final = (
    Scalar("ENTPersonAdresse", "address_lines", "lines", erase=True),
    Scalar("ENTPersonCodePostal", "postal_code", erase=True),
    Scalar("ENTPersonVille", "town", erase=True),
    Scalar("ENTPersonPays", "country", erase=True),
)
