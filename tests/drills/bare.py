"""Bare Debian machines to rehearse on: a system in a directory, with Python, make and git, and no pip."""

import shutil
import subprocess
from pathlib import Path

SUITES = {"bookworm": "Debian 12", "trixie": "Debian 13"}
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# What ties a machine to the place where it stands: the names it resolves, the authorities it trusts.
OF_THE_PLACE = ("/etc/resolv.conf", "/etc/hosts", "/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt")
ENTER = 'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" "$@"'


def make(suite: str, directory: Path, user: str, uid: int) -> None:
    """Install a minimal Debian from the mirror that this machine uses, and give it one ordinary user."""
    if shutil.which("mmdebstrap") is None:
        subprocess.run(["apt-get", "-qq", "update"], check=False)
        subprocess.run(
            ["apt-get", "-qq", "install", "-y", "mmdebstrap"], check=True, stdout=subprocess.DEVNULL
        )
    subprocess.run(
        [
            *("mmdebstrap", "--quiet", "--variant=apt", "--mode=root", "--skip=check/empty"),
            *('--aptopt=Acquire::Check-Valid-Until "false"', "--include=python3,make,git,ca-certificates"),
            *(suite, str(directory), f"deb [signed-by={KEYRING}] {_mirror()} {suite} main"),
        ],
        check=True,
    )
    for name in OF_THE_PLACE:
        if Path(name).exists():
            shutil.copyfile(name, directory / name.lstrip("/"))
    for name, line in (
        ("passwd", f"{user}:x:{uid}:{uid}::/home/{user}:/bin/sh"),
        ("group", f"{user}:x:{uid}:"),
    ):
        with (directory / "etc" / name).open("a") as table:
            table.write(f"{line}\n")


def enter(directory: Path, *command: str) -> list[str]:
    """The command that runs another one inside, with a /proc and a /dev that go when it ends."""
    return ["unshare", "--mount", "sh", "-c", ENTER, str(directory), *command]


def _mirror() -> str:
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI) $(SUITE)", "Created-By: Packages"]
    targets = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return next(line.split()[0] for line in targets.splitlines() if "security" not in line)
