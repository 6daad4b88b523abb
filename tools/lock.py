"""`make lock`: requirements/*.lock from pyproject.toml, for every Python we support, with hashes."""

import os
import subprocess

import environment

LOCKS = environment.ROOT / "requirements"
COMMAND = (
    *("uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--upgrade"),
    *("--generate-hashes", "--no-annotate"),
    # Where packages come from is the machine's affair.
    *("--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command", "make lock"),
)
WHEELS = ["--only-binary", ":all:"]
SOURCES = {
    "app": [*WHEELS, "pyproject.toml"],
    "dev": [*WHEELS, "--group", "dev", "pyproject.toml", "--constraints", "requirements/app.lock"],
    # Under Python 3.11 the scanner wants a small package of pure Python that has no wheel.
    "wapiti": ["--group", "wapiti"],
}


def main() -> None:
    """Write every lock anew."""
    environment.ensure("dev")
    path = {**os.environ, "PATH": f"{environment.VENV / 'bin'}:{os.environ['PATH']}"}
    for name, sources in SOURCES.items():
        output = ["--output-file", f"requirements/{name}.lock"]
        subprocess.run([*COMMAND, *sources, *output], cwd=environment.ROOT, env=path, check=True)


if __name__ == "__main__":
    main()
