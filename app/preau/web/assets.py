"""Addresses of the static files: one version for the whole set, in the path.

``/static/v-<version>/js/app.js`` may be kept for ever by browsers, and what a stylesheet or a module
refers to by a relative address gets the same version without being rewritten.
"""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, send_from_directory

from preau.kernel.pages import public

STATIC = Path(__file__).parent / "static"
FOREVER = "public, max-age=31536000, immutable"
TILE_PICTURES = frozenset(path.stem for path in (STATIC / "images" / "tiles").glob("*.svg"))

files = Blueprint("assets", __name__)


def version(directory: Path = STATIC) -> str:
    """Twelve hexadecimal digits that change when any file of the directory does."""
    digest = hashlib.sha256()
    for path in sorted(each for each in directory.rglob("*") if each.is_file()):
        digest.update(str(path.relative_to(directory)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def asset(path: str) -> str:
    """The address of a static file, for templates; a name that does not exist is a programming error."""
    return _address(current_app.config["ASSETS_VERSION"], path)


@lru_cache(maxsize=1024)
def _address(version: str, path: str) -> str:
    if not (STATIC / path).is_file():
        message = f"no static file {path}"
        raise FileNotFoundError(message)
    return f"/static/v-{version}/{path}"


@lru_cache(maxsize=64)
def integrity(path: str) -> str:
    """Subresource-integrity value of a vendored file, from its manifest."""
    manifest = json.loads((STATIC / "vendor" / "manifest.json").read_text())
    return str(manifest["files"][path])


@files.get("/static/v-<version>/<path:path>")
@public
def versioned(version: str, path: str) -> Response:
    """A static file; kept for ever only under the version it belongs to (releases overlap)."""
    response = send_from_directory(STATIC, path)
    current = version == current_app.config["ASSETS_VERSION"]
    response.headers["Cache-Control"] = FOREVER if current else "no-cache"
    return response


def init_app(app: Flask) -> None:
    """Serve versioned static files and give templates ``asset()``, ``integrity()`` and ``TILE_PICTURES``."""
    app.config["ASSETS_VERSION"] = version()
    app.register_blueprint(files)
    app.jinja_env.globals.update(asset=asset, integrity=integrity, TILE_PICTURES=TILE_PICTURES)
