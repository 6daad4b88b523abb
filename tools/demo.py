"""`make demo`: install what is missing, say what is left out, hand over to `preau demo`."""

import argparse
import os
import sys
from pathlib import Path

import environment
import system


def main() -> None:
    """Never returns: the demonstration takes the place of this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--feed", type=Path, help="an AAF archive to import instead of the generated academy")
    options = parser.parse_args()
    if options.feed and not options.feed.exists():
        parser.error(
            f"{options.feed} n’existe pas : donnez le chemin d’une archive AAF. Rien n’a été modifié."
        )
    environment.ensure("app")
    for left_out in sorted({package.left_out for package in system.ensure("demo")}):
        print(f"Sans les paquets du système qui manquent, cette démonstration laisse de côté : {left_out}.")
    feed = ["--feed", str(options.feed.resolve())] if options.feed else []
    sys.stdout.flush()
    preau = str(environment.VENV / "bin" / "preau")
    os.execv(preau, [preau, "demo", "--port", str(options.port), *feed])  # noqa: S606 - no shell wanted


if __name__ == "__main__":
    main()
