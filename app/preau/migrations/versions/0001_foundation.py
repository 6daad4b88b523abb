"""The first schema: kernel, directory, security, portal and the first five services."""

from pathlib import Path

from alembic import op

from preau.kernel.migrate import run_script

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql").read_text())


def downgrade() -> None:
    raise RuntimeError("there is nothing before the first schema: restore a backup instead")
