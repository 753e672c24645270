"""The demo's chat goes on where Pairvote is slow, gone, busy or refuses: a product must not depend on it."""

import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import create_app
from app.core.settings import Settings
from app.demo.calls import TIMEOUT_SECONDS
from app.demo.conversations import USUAL_MODEL, conversations
from tests.serving import Server

_USUAL = conversations()["moon"].steps[0].answers[USUAL_MODEL]


@pytest.fixture
def silence() -> Iterator[tuple[str, threading.Event]]:
    """An address that takes connections and never answers; the event tells of the first one."""
    came = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def wait() -> None:
            try:
                kept = listening.accept()
            except OSError:
                return
            came.set()
            wait()
            kept[0].close()

        thread = threading.Thread(target=wait)
        thread.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}", came
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()


def _send(folder: Path, bind: str, *, threads: int = 4, path: str = "messages") -> dict[str, Any]:
    """What the demo answers whose Pairvote is at an address; it has some key."""
    folder.mkdir(exist_ok=True)
    (folder / "demo.json").write_text(json.dumps({"api_key": "pv_sk_notthekeyofanyone"}))
    app = create_app(Settings(data=folder, bind=bind, threads=threads, log_level="error"))
    body = {"account": "visitor-0001"} | ({"conversation": "moon"} if path == "messages" else {})
    answer = app.test_client().post(f"/demo/api/{path}", json=body)
    assert answer.status_code == 200
    said: dict[str, Any] = answer.get_json()
    return said


def _free_address() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def test_where_nobody_listens_there_is_one_answer(tmp_path: Path) -> None:
    address = _free_address()
    said = _send(tmp_path / "data", address)
    assert (said["ask"], said["answer"], said["why"]) == (None, _USUAL, "unreachable")
    assert [(call["path"], call["status"]) for call in said["calls"]] == [("/v1/invitations", None)]
    changed = _send(tmp_path / "data", address, path="ask-again")
    assert (changed["ask"], changed["why"]) == (None, "unreachable")


def test_where_nothing_is_said_in_time_there_is_one_answer(
    tmp_path: Path, silence: tuple[str, threading.Event]
) -> None:
    said = _send(tmp_path / "data", silence[0])
    assert (said["answer"], said["why"]) == (_USUAL, "too_slow")
    assert said["calls"][0]["ms"] >= TIMEOUT_SECONDS * 1000 - 100


def test_never_more_than_half_of_the_threads_wait(
    tmp_path: Path, silence: tuple[str, threading.Event]
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "demo.json").write_text(json.dumps({"api_key": "pv_sk_notthekeyofanyone"}))
    app = create_app(Settings(data=folder, bind=silence[0], threads=2, log_level="error"))
    body = {"account": "visitor-0001", "conversation": "moon"}

    def send() -> Any:
        return app.test_client().post("/demo/api/messages", json=body).get_json()

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(send)
        assert silence[1].wait(30)
        said = send()
        assert (said["answer"], said["why"], said["calls"]) == (_USUAL, "busy", [])
        assert first.result()["why"] == "too_slow"
    assert send()["why"] == "too_slow"


def test_a_key_that_does_not_count_shows_the_refusal(tmp_path: Path, demo_server: Server) -> None:
    said = _send(tmp_path / "data", demo_server.url.removeprefix("http://"))
    assert (said["answer"], said["why"]) == (_USUAL, "refused")
    assert said["calls"][0]["status"] == 401
    assert said["calls"][0]["response"]["code"] == "not-authenticated"


def test_something_else_that_listens_there_is_no_pairvote(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")

        thread = threading.Thread(target=answer)
        thread.start()
        said = _send(tmp_path / "data", f"127.0.0.1:{listening.getsockname()[1]}")
        thread.join()
    assert (said["answer"], said["why"]) == (_USUAL, "unreachable")


def test_a_server_of_one_thread_answers_by_itself_and_does_not_ask(tmp_path: Path) -> None:
    environment = {"PAIRVOTE_DATA": str(tmp_path / "data"), "PAIRVOTE_THREADS": "1"}
    with Server(environment, options=("--migrate", "--demo")) as server:
        body = {"account": "visitor-0001", "conversation": "moon"}
        said = httpx.post(f"{server.url}/demo/api/messages", json=body, trust_env=False).json()
    assert (said["answer"], said["why"], said["calls"]) == (_USUAL, "one_thread", [])


def test_a_server_of_two_threads_that_listens_everywhere_asks(tmp_path: Path) -> None:
    environment = {"PAIRVOTE_DATA": str(tmp_path / "data"), "PAIRVOTE_THREADS": "2"}

    class Everywhere(Server):
        def start(self) -> None:
            self.environment["PAIRVOTE_BIND"] = f"0.0.0.0:{self.port}"
            super().start()

    with Everywhere(environment, options=("--migrate", "--demo")) as server:
        assert f"demo          http://127.0.0.1:{server.port}/demo" in server.log()
        with httpx.Client(base_url=f"http://localhost:{server.port}", trust_env=False) as client:
            body = {"account": "visitor-0001", "conversation": "moon"}
            said = client.post("/demo/api/messages", json=body).json()
            headers = {"Authorization": f"Bearer {said['ask']['ticket']}", "Origin": str(client.base_url)}
            vote = client.put("/v1/ticket/vote", json={"choice": "tie"}, headers=headers)
    assert vote.status_code == 200, vote.text
