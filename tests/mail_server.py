"""A mail server of a few lines: keeps what it is sent."""

import email
import socketserver
import threading
from contextlib import suppress
from email.message import EmailMessage
from email.policy import default
from types import TracebackType


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 here")
        for line in self.rfile:
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
                self.server.asked.set()  # type: ignore[attr-defined]
                self.server.takes_mail.wait(60)  # type: ignore[attr-defined]
                self._say("354 go on")
                self._take_message()
                self._say("250 kept")
            elif word == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _say(self, line: str) -> None:
        with suppress(ConnectionError):  # the sender is gone
            self.wfile.write(line.encode() + b"\r\n")

    def _take_message(self) -> None:
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b"..") else line)
        else:
            return  # the sender is gone before its end of the mail
        message = email.message_from_bytes(b"".join(lines), policy=default)
        assert isinstance(message, EmailMessage)
        self.server.messages.append(message)  # type: ignore[attr-defined]


class MailServer:
    """with MailServer() as server: … server.url, then server.messages."""

    def __init__(self) -> None:
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Conversation)
        self._server.messages = []  # type: ignore[attr-defined]
        self._server.takes_mail = threading.Event()  # type: ignore[attr-defined]
        self._server.takes_mail.set()  # type: ignore[attr-defined]
        self._server.asked = threading.Event()  # type: ignore[attr-defined]
        self.messages: list[EmailMessage] = self._server.messages  # type: ignore[attr-defined]
        self.url = f"smtp://127.0.0.1:{self._server.server_address[1]}"

    def hold(self) -> threading.Event:
        """Keep the next sender waiting in mid-mail, until go_on(); set once one waits."""
        self._server.takes_mail.clear()  # type: ignore[attr-defined]
        asked: threading.Event = self._server.asked  # type: ignore[attr-defined]
        asked.clear()
        return asked

    def go_on(self) -> None:
        self._server.takes_mail.set()  # type: ignore[attr-defined]

    def __enter__(self) -> "MailServer":
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )  # looks that often whether it is to end
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
