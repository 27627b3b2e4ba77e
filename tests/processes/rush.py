"""Many requests at the same moment: python -m tests.processes.rush, one client process.

Reads a line of JSON (`host`, `port`, `requests`: path, cookie, form), connects them all, says
"ready", waits for another line, sends everything at once and prints the answers as JSON.
"""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).parent.parent.parent
Json = dict[str, Any]


def rush(port: int, requests: list[Json], processes: int = 4) -> list[Json]:
    """Send all requests (path, cookie, form) together from several processes; the answers."""
    share = [part for part in (requests[i::processes] for i in range(processes)) if part]
    clients = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.processes.rush"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in share
    ]  # fmt: skip
    for client, part in zip(clients, share, strict=True):
        _tell(client, json.dumps({"port": port, "requests": part}))
    for client in clients:
        assert client.stdout is not None
        assert client.stdout.readline() == "ready\n"
    for client in clients:
        _tell(client, "go")
    outputs = [client.communicate(timeout=120)[0] for client in clients]
    return [answer for output in outputs for answer in json.loads(output)]


def _tell(client: "subprocess.Popen[str]", line: str) -> None:
    assert client.stdin is not None
    client.stdin.write(line + "\n")
    client.stdin.flush()


def main() -> None:
    task = json.loads(sys.stdin.readline())
    together = Barrier(len(task["requests"]))
    connections = [HTTPConnection("127.0.0.1", task["port"], timeout=90) for _ in task["requests"]]
    for connection in connections:
        connection.connect()
    print("ready", flush=True)
    sys.stdin.readline()

    def send(connection: HTTPConnection, wish: Json) -> Json:
        headers = {
            "Host": f"localhost:{task['port']}",
            "Cookie": wish["cookie"],
            "Content-Type": "application/x-www-form-urlencoded",
        }
        together.wait()
        connection.request("POST", wish["path"], urlencode(wish["form"]), headers)
        answer = connection.getresponse()
        body = answer.read().decode(errors="replace")
        return {
            "cookie": wish["cookie"],
            "status": answer.status,
            "location": answer.headers.get("Location", ""),
            "cookies": answer.headers.get_all("Set-Cookie") or [],
            "body": body,
        }

    with ThreadPoolExecutor(len(connections)) as threads:
        answers = list(threads.map(send, connections, task["requests"]))
    for connection in connections:
        connection.close()
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
