"""Names of schools read as people write them."""

import pytest

from preau.socle.integration.feeds.school_names import readable


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (("CLG", "TEILHARD DE CHARDIN", "CHAMALIERES"), "Collège Teilhard de Chardin – Chamalieres"),
        (("E.PR.PU", "JEAN MOULIN", "CLERMONT FERRAND"), "École primaire Jean Moulin – Clermont Ferrand"),
        (("LGT", "LA FAYETTE", ""), "Lycée La Fayette"),
        (("CLG", "L'OISEAU BLANC", "SAINT-GERMAIN-L'HERM"), "Collège L’Oiseau Blanc – Saint-Germain-l’Herm"),
        (("CLG", "Les Cèdres", "Yssingeaux"), "Collège Les Cèdres – Yssingeaux"),
        (("", "", "THIERS"), "Thiers"),
    ],
)
def test_capitals_become_words(raw, read):
    assert readable(*raw) == read
