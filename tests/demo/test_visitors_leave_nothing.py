"""A visitor of the demo is a pseudonym like everybody else: what the page sends is found nowhere afterwards."""

from pathlib import Path

import httpx

from app.demo.conversations import conversations
from tests.serving import Server

_ACCOUNT = "canary0001xaccountx7q9z"
_REFUSED = "canary0002xkeptx7q9z"


def test_neither_the_log_nor_any_file_knows_what_a_visitor_sent(tmp_path: Path) -> None:
    environment = {"PAIRVOTE_DATA": str(tmp_path / "data"), "PAIRVOTE_LOG_LEVEL": "debug"}
    prompt = conversations()["frost"].steps[0].prompt
    with (
        Server(environment, options=("--migrate", "--demo")) as server,
        httpx.Client(base_url=server.url, timeout=30, trust_env=False) as client,
    ):
        message = {"conversation": "frost", "account": _ACCOUNT}
        said = client.post("/demo/api/messages", json=message).json()
        holder = {"Authorization": f"Bearer {said['ask']['ticket']}"}
        assert client.get("/v1/ticket", headers=holder).json()["prompt"] == prompt
        assert client.put("/v1/ticket/vote", json={"choice": "left"}, headers=holder).is_success
        assert client.post("/demo/api/ask-again", json={"account": _ACCOUNT}).json()["ask"] == "yes"
        refused = [
            client.post("/demo/api/messages", json=message | {"conversation": _REFUSED}),
            client.post("/demo/api/messages", json=message | {"kept": [_REFUSED]}),
            client.post("/demo/api/messages", json=message | {"text": _REFUSED}),
            client.post("/demo/api/messages", json=message | {"account": f"{_REFUSED} "}),
        ]
        assert [answer.status_code for answer in refused] == [404, 422, 422, 422]
        metrics = client.get("/metrics").text
        server.stop()
        log = server.log()
    told = [answer.text for answer in refused] + [metrics, log]
    assert [text for text in told if "canary000" in text] == []
    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert any(path.name == "intake.db" for path in files)
    for secret in (_ACCOUNT, _REFUSED, prompt):
        assert [path.name for path in files if secret.encode() in path.read_bytes()] == [], secret
