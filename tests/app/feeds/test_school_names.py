"""Names of schools read as people write them."""

import pytest

from preau.socle.integration.feeds.school_names import readable, readable_whole


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (("CLG", "TEILHARD DE CHARDIN", "CHAMALIERES"), "Collège Teilhard de Chardin – Chamalieres"),
        (("E.PR.PU", "JEAN MOULIN", "CLERMONT FERRAND"), "École primaire Jean Moulin – Clermont-Ferrand"),
        (("LGT", "LA FAYETTE", ""), "Lycée La Fayette"),
        (("CLG", "L'OISEAU BLANC", "SAINT-GERMAIN-L'HERM"), "Collège L’Oiseau Blanc – Saint-Germain-l’Herm"),
        (("CLG", "Les Cèdres", "Yssingeaux"), "Collège Les Cèdres – Yssingeaux"),
        (("", "", "THIERS"), "Thiers"),
        (("E.E.PU", "DU VAL DE SIOULE", "ST OURS"), "École élémentaire du Val de Sioule – Saint-Ours"),
        (("CLG", "JULES FERRY II", "VICHY CEDEX 2"), "Collège Jules Ferry II – Vichy"),
        (("CLG", "LES 4 VENTS", "LE PUY EN VELAY"), "Collège Les 4 Vents – Le Puy-en-Velay"),
        (("LGT", "LOUIS XIV", "PARIS 13"), "Lycée Louis XIV – Paris 13"),
    ],
)
def test_capitals_become_words(raw, read):
    assert readable(*raw) == read


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("RPI VAL DE SIOULE", "RPI Val de Sioule"),
        ("R.P.I. DES 3 RIVIERES", "RPI des 3 Rivieres"),
        ("LYC-PASCAL", "Lycée Pascal"),
        ("Z.REMP- CLERMONT FERRAND", "Zone de remplacement Clermont-Ferrand"),
        ("École des Lilas", "École des Lilas"),
        ("DASEN 63-NORD", "Dasen 63-Nord"),
    ],
)
def test_names_that_come_in_one_piece_are_read_too(raw, read):
    assert readable_whole(raw) == read
