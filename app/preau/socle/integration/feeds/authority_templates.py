"""The empty files that a local authority starts from: a ZIP of tables with their headers and invented people."""

from __future__ import annotations

import csv
import io
import zipfile

from .authority_columns import TEMPLATES, Template


def archive() -> bytes:
    """Every model in a ZIP; the same bytes each time."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as models:
        for template in TEMPLATES:
            models.writestr(zipfile.ZipInfo(template.name), table(template), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def table(template: Template) -> bytes:
    """One model, as a French spreadsheet opens it: semicolons, UTF-8 with its mark."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(name + ("*" if name in template.required else "") for name in template.columns)
    writer.writerows(template.examples)
    return text.getvalue().encode("utf-8-sig")
