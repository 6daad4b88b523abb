"""Antivirus adapters, chosen by ``PREAU_ANTIVIRUS``.

``none``, ``clamd:/run/clamav/clamd.ctl`` or ``clamd:host:3310``.
"""

import socket
import struct

from preau.kernel.ports.antivirus import CLEAN, INFECTED, UNSCANNED, Antivirus, AntivirusDownError, Verdict
from preau.kernel.ports.blobs import Readable

CHUNK = 128 * 1024
PATIENCE = 120.0
CLAMD_PORT = 3310


class NoAntivirus:
    """The embedded adapter: says of each file that nobody looked at it."""

    def scan(self, stream: Readable) -> Verdict:
        """Nothing is read."""
        del stream
        return Verdict(UNSCANNED)


class Clamd:
    """ClamAV's daemon, asked by INSTREAM: it needs no access to our files."""

    def __init__(self, address: str) -> None:
        self.address = address

    def scan(self, stream: Readable) -> Verdict:
        """One connection for one content; a content larger than clamd's limit is left unscanned."""
        try:
            with self._connect() as link:
                link.sendall(b"zINSTREAM\0")
                try:
                    while chunk := stream.read(CHUNK):
                        link.sendall(struct.pack("!I", len(chunk)) + chunk)
                    link.sendall(struct.pack("!I", 0))
                except BrokenPipeError:
                    pass  # Beyond StreamMaxLength clamd answers, then hangs up.
                return self._verdict(link.recv(4096).rstrip(b"\0\n").decode(errors="replace"))
        except OSError as error:
            raise AntivirusDownError(
                f"PRE-AVI-001: clamd does not answer at {self.address}: {error}"
            ) from error

    def _verdict(self, answer: str) -> Verdict:
        if answer.endswith(" FOUND"):
            return Verdict(INFECTED, answer.removeprefix("stream: ").removesuffix(" FOUND"))
        if answer.endswith(" OK"):
            return Verdict(CLEAN)
        if "size limit exceeded" in answer:
            return Verdict(UNSCANNED, "size")
        raise AntivirusDownError(f"PRE-AVI-002: clamd answered {answer!r}")

    def _connect(self) -> socket.socket:
        if self.address.startswith("/"):
            link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            link.settimeout(PATIENCE)
            try:
                link.connect(self.address)
            except OSError:
                link.close()
                raise
            return link
        host, _, port = self.address.rpartition(":")
        return socket.create_connection((host, int(port or CLAMD_PORT)), timeout=PATIENCE)


def antivirus_of(setting: str) -> Antivirus:
    """The adapter that the setting names."""
    kind, _, address = setting.partition(":")
    if kind == "clamd":
        return Clamd(address or "/run/clamav/clamd.ctl")
    if kind in {"", "none"}:
        return NoAntivirus()
    raise ValueError(f"PRE-AVI-003: unknown antivirus {setting!r}; use none or clamd:<socket or host:port>")
