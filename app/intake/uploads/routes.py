"""Calls around uploads: a host sends a file, a ticket's holder sees it."""

from typing import Final

from marshmallow import Schema, fields

from app.access.workspaces.directory import HostCaller, HostKey
from app.access.workspaces.models import Scope
from app.core.connections import Transaction
from app.core.errors import BodyTooLarge, NotFound, OriginNotAllowed
from app.core.http import Answer, Call, Operations
from app.core.ids import to_text
from app.intake.comparisons.access import TicketAccess, TicketHolder
from app.intake.comparisons.errors import TicketExpired, TicketInvalid
from app.intake.comparisons.queries import FIND_TICKETED
from app.intake.comparisons.signals import counts_as_opt_out
from app.intake.uploads.errors import UploadEmpty, UploadTypeRefused
from app.intake.uploads.media import TAKEN
from app.intake.uploads.queries import FIND_UPLOAD
from app.intake.uploads.services import UPLOAD_PREFIX, prepare_upload, store_upload, upload_key
from app.intake.zone import Intake
from app.privacy.sealing import bind, unseal

operations: Final[Operations[Intake]] = Operations("uploads")


class UploadedSchema(Schema):
    """A stored file. Refer to it by `upload:` and the id in an image_url, or as file_id."""

    id = fields.String(required=True)
    media_type = fields.String(required=True)
    size_bytes = fields.Integer(required=True)


@operations.operation(
    "POST",
    "/v1/uploads",
    access=HostKey(Scope.COMPARISONS_WRITE),
    answer=UploadedSchema,
    status=201,
    errors=[BodyTooLarge, UploadEmpty, UploadTypeRefused],
    is_idempotent=True,
    answer_example={"id": "upl_01kaq2m0qvf3x8v2c5t7e9h1jm", "media_type": "image/png", "size_bytes": 48213},
    media_type=", ".join(TAKEN),
    body_limit=lambda intake: intake.settings.upload_bytes,
)
def upload_file(intake: Intake, call: Call[bytes, HostCaller]) -> Answer:
    """Upload an image or file for a conversation.

    The body is the file itself, its Content-Type what it is: PNG, JPEG, GIF, WebP, PDF or plain text.
    The content is checked, stored encrypted, and deleted after a day unless a comparison refers to it.
    """
    workspace = call.caller.workspace
    declared = call.request.content_type()
    upload = prepare_upload(intake, workspace=workspace, data=call.body, declared=declared, at=call.at)

    def store(tx: Transaction) -> Answer:
        store_upload(tx, upload=upload, at=call.at)
        identifier = to_text(UPLOAD_PREFIX, upload.upload_id)
        answer = {"id": identifier, "media_type": upload.media_type, "size_bytes": upload.size_bytes}
        return Answer(answer, status=201)

    return call.write(intake.db, store)


@operations.operation(
    "GET",
    "/v1/ticket/uploads/{id}",
    access=TicketAccess(),
    answer_type=", ".join(TAKEN),
    errors=[TicketInvalid, TicketExpired, OriginNotAllowed, NotFound],
)
def show_upload(intake: Intake, call: Call[None, TicketHolder]) -> Answer:
    """See a file of the ticket's comparison."""
    holder = call.caller
    found = intake.db.fetch(lambda tx: tx.find(FIND_TICKETED, **holder.key))
    comparison = holder.check(found, intake.tickets)
    key = upload_key(call.path["id"])
    if key is None or comparison.public_state(call.at) not in ("open", "voted"):
        raise NotFound
    if counts_as_opt_out(intake, holder.workspace.id, call.request):
        raise NotFound
    workspace_id = holder.claims.workspace_id
    upload = intake.db.fetch(lambda tx: tx.find(FIND_UPLOAD, workspace_id=workspace_id, **key))
    if upload is None or upload.comparison_id != holder.claims.comparison_id:
        raise NotFound
    data_key = intake.data_keys.find(key["upload_id"])
    if data_key is None:
        raise NotFound
    data = unseal(data_key, upload.sealed, bound_to=bind("upload", workspace_id, key["upload_id"]))
    headers = (("Content-Type", upload.media_type), ("Content-Disposition", "attachment"))
    return Answer(data, headers=headers)
