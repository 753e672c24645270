"""Exports that have what is erased get tombstones, those being built as well; receipts and reports tell of them."""

import json

from flask import Flask

from app.research.exports import claims
from app.research.exports.build import build_export
from app.research.exports.models import exports
from app.research.exports.progress import Phase, Progress
from app.research.recall.models import tombstones
from app.research.records.models import records
from tests.conftest import Host
from tests.disconnection.erasures.conftest import Eraser
from tests.intake.conftest import HostServer


def test_a_receipt_tells_the_exports_and_whether_they_were_told(eraser: Eraser) -> None:
    receipt, other = eraser.vote(), eraser.vote("bert")
    eraser.disconnect()
    assert eraser.look_up(receipt)["exports"] == []
    export_id = eraser.export()
    told = eraser.look_up(receipt)
    assert told["exports"] == [
        {"id": export_id, "purpose": "Which answers help", "created_week": "2026-11-02"}
    ]
    assert told["exports_known"] is True
    path = f"/v1/exports/{export_id}/files/README.md"
    with eraser.server.client.get(path, headers=eraser.server.host.headers, buffered=True) as file:
        assert file.status_code == 200
    report = eraser.finish(eraser.erase()["id"])
    assert eraser.look_up(receipt) == {"state": "withdrawn", "tombstoned": True}
    assert eraser.look_up(other)["exports_known"] is True
    (remains,) = [each for each in report["remains"] if each["what"] == "exports"]
    assert remains["exports"] == [
        {
            "id": export_id,
            "created_week": "2026-11-02",
            "has_ended": False,
            "tombstones": 1,
            "downloads": 1,
            "last_downloaded_day": "2026-11-02",
        }
    ]
    fresh = eraser.vote("bert")
    eraser.server.client.post("/v1/receipts/withdraw", json={"receipt": fresh})
    assert eraser.look_up(fresh) == {"state": "withdrawn", "tombstoned": False}


def test_a_damaged_export_of_another_workspace_holds_nothing_up(eraser: Eraser, app: Flask) -> None:
    command = ["workspace", "create", "Another product", "--origin", eraser.server.host.origin, "--json"]
    made = json.loads(app.test_cli_runner().invoke(args=command, catch_exceptions=False).output)
    host = Host(made["workspace_id"], made["api_key"], eraser.server.host.origin)
    other = Eraser(HostServer(app.test_client(), host), eraser.here, eraser.clock)
    for each in (eraser, other):
        each.vote()
        each.disconnect()
    folder = eraser.here.research.exports_folder / other.export()
    for part in folder.rglob("*.parquet"):
        part.write_bytes(b"torn")
    waiting = other.erase()
    assert eraser.finish(eraser.erase()["id"])["state"] == "done"
    assert other.report(waiting["id"])["steps"][-1]["state"] == "open"


def test_an_export_that_is_being_built_is_told_as_well(eraser: Eraser) -> None:
    """Its builder has read the record before it is taken out: the file has it, and so it gets a tombstone."""
    eraser.vote()
    eraser.vote("bert")
    eraser.disconnect()
    export_id = eraser.server.post("/v1/exports", {}).get_json()["id"]
    research = eraser.here.research
    (stored,) = eraser.rows(exports)
    claimed = research.db.write(
        lambda tx: claims.claim_export(tx, export_id=stored.id, claim=claims.new_claim(), at=eraser.clock())
    )
    assert claimed is not None
    asked: list[str] = []

    def erase_meanwhile(progress: Progress) -> None:
        if progress.phase is Phase.DESCRIBING and not asked:
            asked.append(eraser.erase()["id"])
            eraser.carry_out()
            assert len(eraser.rows(records)) == 1
            # Not before it can be told.
            assert eraser.report(asked[0])["steps"][-1]["state"] == "open"

    build_export(research, claimed, progress=erase_meanwhile)
    report = eraser.finish(asked[0])
    assert eraser.server.get(f"/v1/exports/{export_id}").get_json()["rows_out"] == 2
    assert len([row for row in eraser.rows(tombstones) if row.number is not None]) == 1
    (remains,) = [each for each in report["remains"] if each["what"] == "exports"]
    assert [each["tombstones"] for each in remains["exports"]] == [1]
