"""``python -m preau``."""

from preau.cli import main

main()
