"""`/api/clients`: records, segments, notes, consents, merging, contact lists, the right to leave."""

from collections.abc import Iterator
from typing import Any, cast

from flask import Response, request, stream_with_context

from candor.clients.contacts import ImportReport
from candor.clients.desk import ClientDesk
from candor.clients.record import ClientFilter, ClientRecord
from candor.clients.rights import ClientRights
from candor.clients.spreadsheet import heading, lines
from candor.common.errors import NotFoundError
from candor.common.ids import ClientId
from candor.common.paging import Cut
from candor.panel.access import current_actor
from candor.panel.api.contract import Api, read_body
from candor.panel.assigning import check_acts
from candor.panel.inward import run, services
from candor.panel.schemas.clients import (
    AccountOfClient,
    ChatOfClient,
    ClientAnswer,
    ClientChangeBody,
    ClientDetailAnswer,
    ClientQuery,
    ConsentAnswer,
    ConsentBody,
    CountAnswer,
    ImportAnswer,
    ImportBody,
    ImportQuery,
    MergeBody,
    NoteAnswer,
    NoteBody,
    PurposeName,
    Segment,
    TimelineAnswer,
    TimelinePage,
    TimelineQuery,
)
from candor.panel.schemas.common import Page

TAG = "Clients"
CSV = "text/csv"


def desk() -> ClientDesk:
    """Raises NotFoundError where this process has no clients (a test of another part)."""
    found = services().clients
    if found is None:
        raise NotFoundError
    return found


def rights() -> ClientRights:
    found = services().client_rights
    if found is None:
        raise NotFoundError
    return found


def add_to(api: Api) -> None:
    _add_lists(api)
    _add_record(api)
    _add_changes(api)
    _add_consents(api)
    _add_rights(api)


def _add_lists(api: Api) -> None:
    @api.get("/clients", tag=TAG, summary="List clients by segment, newest first")
    def list_clients(query: ClientQuery) -> Page[ClientAnswer]:
        found = run(desk().page(segment_of(query), Cut(limit=query.per_page, offset=query.offset)))
        return Page(
            items=[ClientAnswer.model_validate(client) for client in found.items],
            page=query.page,
            per_page=query.per_page,
            total=found.total,
        )

    @api.get("/clients/count", tag=TAG, summary="How many clients are in a segment, exactly")
    def count_clients(query: Segment) -> CountAnswer:
        return CountAnswer(count=run(desk().count(segment_of(query))))

    @api.get(
        "/clients/export.csv",
        tag=TAG,
        summary="A segment as a spreadsheet; no cell can become a formula",
        role="owner",
        answer_media=CSV,
    )
    def export_clients(query: Segment) -> Response:
        return spreadsheet(segment_of(query))

    @api.post(
        "/clients/import",
        tag=TAG,
        summary="Import a contact list; nobody on it may be written to before they write",
        description=(
            "Columns: telegram_id or username, and name, tags, note, external_id. Broken rows are "
            "named and left out, the good ones kept. Whoever writes later is recognised."
        ),
        role="owner",
        media=("application/json", CSV),
        schema_of=ImportBody,
    )
    def import_clients(query: ImportQuery) -> ImportAnswer:
        if request.mimetype == CSV:
            return import_answer(request.get_data(), name=query.list)
        body = cast(ImportBody, read_body(ImportBody))
        return import_answer(body.csv.encode("utf-8", "replace"), name=body.list)


def _add_record(api: Api) -> None:
    @api.get("/clients/<id:client_id>", tag=TAG, summary="One client with all that is known")
    def get_client(client_id: int) -> ClientDetailAnswer:
        return _detail(ClientId(client_id))

    @api.get(
        "/clients/<id:client_id>/timeline",
        tag=TAG,
        summary="Everything that happened with a client, newest first, messages apart",
    )
    def get_timeline(client_id: int, query: TimelineQuery) -> TimelinePage:
        found = run(desk().timeline(ClientId(client_id), before=query.before, limit=query.limit))
        return TimelinePage(items=[TimelineAnswer.model_validate(entry) for entry in found])


def _add_changes(api: Api) -> None:
    @api.put(
        "/clients/<id:client_id>",
        tag=TAG,
        summary="Change tags, the responsible operator, language or time zone",
        role="operator",
    )
    def change_client(client_id: int, body: ClientChangeBody) -> ClientDetailAnswer:
        change_record(ClientId(client_id), body)
        return _detail(ClientId(client_id))

    @api.post(
        "/clients/<id:client_id>/notes",
        tag=TAG,
        summary="Write a note; the client gets it with an export",
        role="operator",
        status=201,
    )
    def add_note(client_id: int, body: NoteBody) -> NoteAnswer:
        note = run(desk().add_note(ClientId(client_id), body.text, author=current_actor().name))
        return NoteAnswer.model_validate(note)

    @api.delete(
        "/clients/<id:client_id>/notes/<id:note_id>",
        tag=TAG,
        summary="Remove a note",
        role="operator",
    )
    def remove_note(client_id: int, note_id: int) -> None:
        run(desk().remove_note(ClientId(client_id), note_id))

    @api.post(
        "/clients/<id:client_id>/merge",
        tag=TAG,
        summary="Two records of one person become one; can't be undone",
        role="owner",
    )
    def merge_clients(client_id: int, body: MergeBody) -> ClientDetailAnswer:
        run(desk().merge(ClientId(client_id), ClientId(body.other_id), actor=current_actor().label))
        return _detail(ClientId(client_id))


def _add_consents(api: Api) -> None:
    @api.post(
        "/clients/<id:client_id>/consents",
        tag=TAG,
        summary="Record a consent that was given elsewhere and can be proved",
        role="operator",
    )
    def record_consent(client_id: int, body: ConsentBody) -> ClientDetailAnswer:
        run(
            desk().record_consent(
                ClientId(client_id),
                body.purpose,
                text=body.text,
                source=body.source,
                actor=current_actor().name,
            )
        )
        return _detail(ClientId(client_id))

    @api.delete(
        "/clients/<id:client_id>/consents/<purpose>",
        tag=TAG,
        summary="Take a consent back on the client's behalf",
        role="operator",
    )
    def withdraw_consent(client_id: int, purpose: PurposeName) -> None:
        found = next((one for one in _PURPOSES if one == purpose), None)
        if found is None:
            raise NotFoundError("There is no such consent.")
        run(desk().withdraw_consent(ClientId(client_id), found))


def _add_rights(api: Api) -> None:
    @api.get(
        "/clients/<id:client_id>/export",
        tag=TAG,
        summary="Every row about a client, as `/export` sends it to them",
        role="owner",
    )
    def export_client(client_id: int) -> dict[str, Any]:
        return dict(run(rights().export(ClientId(client_id), source=current_actor().label)))

    @api.delete(
        "/clients/<id:client_id>",
        tag=TAG,
        summary="Erase a client everywhere, as `/delete` does; can't be undone",
        role="owner",
    )
    def erase_client(client_id: int) -> None:
        run(rights().erase(ClientId(client_id), source=current_actor().label))


_PURPOSES: tuple[PurposeName, ...] = ("dialogue", "marketing", "study_group", "model_provider")


def segment_of(query: Segment) -> ClientFilter:
    return query.as_filter(services().clock.now())


def change_record(client_id: ClientId, body: ClientChangeBody) -> ClientRecord:
    """A new responsible person must be able to act; one that is kept need not. InvalidInputError."""
    if body.owner_id is not None and run(desk().get(client_id)).owner_id != body.owner_id:
        check_acts(body.owner_id, field="owner_id")
    return run(desk().change(client_id, body.as_change()))


def spreadsheet(wanted: ClientFilter) -> Response:
    """The whole segment, read in parts while it is sent."""

    def parts() -> Iterator[str]:
        yield heading()
        before: ClientId | None = None
        while found := run(desk().batch(wanted, before=before)):
            before = found[-1].id
            yield lines(found)

    headers = {
        "Content-Disposition": 'attachment; filename="clients.csv"',
        "Cache-Control": "no-store",
    }
    return Response(
        stream_with_context(parts()), content_type=f"{CSV}; charset=utf-8", headers=headers
    )


def import_answer(content: bytes, *, name: str) -> ImportAnswer:
    report: ImportReport = run(
        desk().import_contacts(content, source=name, actor=current_actor().name)
    )
    return ImportAnswer.model_validate(report, from_attributes=True)


def _detail(client_id: ClientId) -> ClientDetailAnswer:
    shown = run(desk().show(client_id))
    return ClientDetailAnswer(
        **ClientAnswer.model_validate(shown.client).model_dump(),
        accounts=[AccountOfClient.model_validate(account) for account in shown.accounts],
        chats=[ChatOfClient.model_validate(chat) for chat in shown.chats],
        consent_history=[ConsentAnswer.model_validate(consent) for consent in shown.consents],
        notes=[NoteAnswer.model_validate(note) for note in shown.notes],
    )
