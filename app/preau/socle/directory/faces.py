"""The four age levels of the interface, from what the directory says of a profile."""

FACES = ("maternelle", "elementaire", "college-lycee", "adulte")
# MEFSTAT4 of the cycle before CP (petite, moyenne, grande section): AAF 1D level codes start with 001.
NURSERY_LEVELS = ("0001", "0002", "0003")
NURSERY_MEFS = ("000",)


def face_of(profile: str, structure_kind: str, level: str) -> str:
    """Face of a profile; ``level`` is the MEFSTAT4 (1D) or the MEF (2D) of a pupil."""
    if profile != "pupil":
        return "adulte"
    if structure_kind != "ecole":
        return "college-lycee"
    if level[:4] in NURSERY_LEVELS or (len(level) > 4 and level[:3] in NURSERY_MEFS):  # noqa: PLR2004
        return "maternelle"
    return "elementaire"
