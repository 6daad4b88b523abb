#!/usr/bin/env python3
"""Bring the front-end packages of ``package-lock.json`` into ``app/preau/web/static``.

Installs them without their scripts, compiles our stylesheet, copies the few files that pages load and
writes ``static/vendor/manifest.json`` (package versions, SHA-384 of every file). The result is committed:
a machine that serves Préau needs no npm. ``--no-install`` uses the packages already there.
"""

import argparse
import base64
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "app" / "preau" / "web"
STATIC = WEB / "static"
VENDOR = STATIC / "vendor"
SPRITE = VENDOR / "icons" / "icons.svg"
MANIFEST = VENDOR / "manifest.json"
MODULES = ROOT / "node_modules"

ATKINSON = "@fontsource/atkinson-hyperlegible-next"
DYSLEXIC = "@fontsource/opendyslexic"
COPIES = {
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
    "htmx.org/LICENSE": "htmx/LICENSE",
    "bootstrap/LICENSE": "bootstrap/LICENSE",
    "bootstrap-icons/LICENSE": "icons/LICENSE",
    f"{ATKINSON}/LICENSE": "fonts/LICENSE-atkinson",
    f"{DYSLEXIC}/LICENSE": "fonts/LICENSE-opendyslexic",
    **{
        f"{ATKINSON}/files/atkinson-hyperlegible-next-{face}.woff2": f"fonts/atkinson-{face}.woff2"
        for face in (
            "latin-400-normal",
            "latin-400-italic",
            "latin-600-normal",
            "latin-800-normal",
            "latin-ext-400-normal",
            "latin-ext-600-normal",
            "latin-ext-800-normal",
        )
    },
    **{
        f"{DYSLEXIC}/files/opendyslexic-latin-{face}.woff2": f"fonts/opendyslexic-latin-{face}.woff2"
        for face in ("400-normal", "400-italic", "700-normal")
    },
}
SASS_FLAGS = [
    "--style=compressed",
    "--no-source-map",
    "--quiet-deps",
    # Bootstrap 5.3 is written with @import; the silence goes with Bootstrap 6.
    "--silence-deprecation=import,global-builtin,color-functions,if-function",
]


def install() -> None:
    """Install exactly what the lock says; no package's own script runs."""
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=ROOT, check=True)


def compile_styles() -> None:
    """Compile ``web/scss/preau.scss`` with Bootstrap to ``static/css/preau.css``."""
    target = STATIC / "css" / "preau.css"
    target.parent.mkdir(parents=True, exist_ok=True)
    source = WEB / "scss" / "preau.scss"
    command = ["node", str(MODULES / "sass" / "sass.js"), *SASS_FLAGS]
    written = target.with_suffix(".new")
    subprocess.run([*command, f"--load-path={MODULES}", str(source), str(written)], check=True)
    written.replace(target)


def copy_files() -> None:
    """Copy the listed files, and nothing else, from the packages."""
    for source, target in COPIES.items():
        destination = VENDOR / target
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MODULES / source, destination)
    script = VENDOR / "htmx" / "htmx.min.js"
    script.write_text(re.sub(r"\n?//# sourceMappingURL=.*", "", script.read_text()))
    kept = {VENDOR / target for target in COPIES.values()} | {SPRITE, MANIFEST}
    for path in VENDOR.rglob("*"):
        if path.is_file() and path not in kept:
            path.unlink()


def build_sprite() -> None:
    """Make one SVG sprite of the icons named in ``web/icons.txt``."""
    symbols = []
    for name in icon_names():
        svg = (MODULES / "bootstrap-icons" / "icons" / f"{name}.svg").read_text()
        inner = re.sub(r"\s*\n\s*", "", svg.split(">", 1)[1].rsplit("</svg>", 1)[0])
        symbols.append(f'<symbol id="{name}" viewBox="0 0 16 16">{inner}</symbol>')
    sprite = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    SPRITE.write_text(sprite)


def icon_names() -> list[str]:
    """Names of the icons that pages may use."""
    return sorted(set((WEB / "icons.txt").read_text().split()))


def integrity(path: Path) -> str:
    """Subresource-integrity value (SHA-384) of a file."""
    return "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()


def sources_hash() -> str:
    """One hash of everything of ours that the build reads."""
    digest = hashlib.sha256()
    for path in [*sorted((WEB / "scss").rglob("*.scss")), WEB / "icons.txt"]:
        digest.update(path.relative_to(WEB).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def write_manifest() -> None:
    """Record the locked versions and the hash of every produced file."""
    lock = json.loads((ROOT / "package-lock.json").read_text())
    asked = lock["packages"][""]["dependencies"] | lock["packages"][""]["devDependencies"]
    files = [
        STATIC / "css" / "preau.css",
        *sorted(path for path in VENDOR.rglob("*") if path.is_file() and path != MANIFEST),
    ]
    manifest = {
        "packages": {name: lock["packages"][f"node_modules/{name}"]["version"] for name in sorted(asked)},
        "sources": sources_hash(),
        "files": {str(path.relative_to(STATIC)): integrity(path) for path in files},
    }
    MANIFEST.write_text(json.dumps(manifest, indent=1) + "\n")


def main() -> None:
    """Install, copy, compile, record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--no-install", action="store_true", help="use the packages already installed")
    if not parser.parse_args().no_install:
        install()
    copy_files()
    build_sprite()
    compile_styles()
    write_manifest()


if __name__ == "__main__":
    main()
