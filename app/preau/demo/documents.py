"""Small real documents for the demonstration: a text, a table, a picture."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw

LESSON = """Le cycle de l’eau

L’eau des mers et des lacs s’évapore sous l’effet du soleil. Elle forme des nuages, puis retombe en pluie.
Une partie ruisselle vers les rivières, une autre s’infiltre dans le sol.

À retenir : évaporation, condensation, précipitation, ruissellement, infiltration.
"""
READINGS = """Livre;Auteur;À lire avant
Le Petit Prince;Antoine de Saint-Exupéry;15 décembre
Vendredi ou la vie sauvage;Michel Tournier;1er février
"""


def drawing() -> bytes:
    """A sea, a sun and a cloud: what the lesson tells."""
    picture = Image.new("RGB", (800, 500), "#cfe8f7")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 360, 800, 500), fill="#2f6fa5")
    pen.ellipse((620, 40, 740, 160), fill="#f6b93b")
    for x in (160, 210, 260):
        pen.ellipse((x, 90, x + 120, 180), fill="white")
    for x in range(190, 360, 30):
        pen.line((x, 200, x - 20, 320), fill="#5b9bd5", width=5)
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


DOCUMENTS = {
    "Le cycle de l’eau.txt": LESSON.encode(),
    "Lectures de l’année.csv": READINGS.encode(),
    "Le cycle de l’eau.png": drawing(),
}
