"""Objects of every service, made through their own operations, so that walls and rules have something to hide.

A service adds its own by ``tests/app/<service>/populate.py`` with ``populate(world)``.
"""

from importlib import import_module
from pathlib import Path

from tests.support.world import World

HERE = Path(__file__).parent.parent / "app"


def populate(world: World) -> None:
    """Run every service's own ``populate``."""
    for path in sorted(HERE.glob("*/populate.py")):
        import_module(f"tests.app.{path.parent.name}.populate").populate(world)
