"""What an operator may set is written where an operator looks."""

import re
from pathlib import Path

import pytest

from preau.settings import Settings

PAGE = Path(__file__).parents[3] / "docs/exploitation/installation-et-parametres.md"
ROW = re.compile(r"^\| `PREAU_([A-Z_]+)` \| (.+?) \| (.+) \|$", re.MULTILINE)
DOCUMENTED = {name.lower(): (default, effect) for name, default, effect in ROW.findall(PAGE.read_text())}


@pytest.mark.sdet("QUA-EXP-03")
def test_every_setting_is_documented_and_none_is_invented() -> None:
    assert set(DOCUMENTED) == set(Settings.model_fields)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_page_gives_the_default_that_the_program_uses(name: str) -> None:
    default = Settings.model_fields[name].default
    written = DOCUMENTED[name][0].strip("`")
    assert written == {"": "vide", "True": "true", "False": "false"}.get(str(default), str(default))
