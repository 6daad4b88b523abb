"""A mail server on the loopback: it speaks SMTP (RFC 5321), keeps what it takes, and refuses on demand."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class _Session(socketserver.StreamRequestHandler):
    server: "MailServer"

    def handle(self) -> None:
        self.say(220, "essai")
        for line in self.rfile:
            verb, _space, rest = line.decode().strip().partition(" ")
            if verb.upper() == "QUIT":
                return self.say(221, "bye")
            self.answer(verb.upper(), rest)
        return None

    def say(self, code: int, text: str) -> None:
        self.wfile.write(f"{code} {text}\r\n".encode())

    def answer(self, verb: str, rest: str) -> None:
        if verb == "RCPT" and (code := self.server.refusals.get(rest[4:-1].lower())):
            self.say(code, "no")
        elif verb == "DATA":
            self.say(354, "go on")
            self.server.received.append(self.message())
            self.say(250, "taken")
        else:
            self.say(250, "ok")

    def message(self) -> EmailMessage:
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b"..") else line)
        return message_from_bytes(b"".join(lines), policy=policy.default)


class MailServer(socketserver.ThreadingTCPServer):
    """``received`` holds messages in order; ``refusals`` the code given to an address."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.received: list[EmailMessage] = []
        self.refusals: dict[str, int] = {}

    @property
    def port(self) -> int:
        return int(self.server_address[1])


@contextmanager
def serving() -> Iterator[MailServer]:
    """A server for the time of a block."""
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()
