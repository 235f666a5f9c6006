"""`/api/conversations`: read dialogues, take them over, write, give them back."""

from candor.common.ids import ConversationId, MessageRowId, NoteId, OperatorId
from candor.common.paging import Cut, Place
from candor.messaging.reading import LIST_KEYS, Note
from candor.panel.access import current_actor
from candor.panel.api.contract import Api
from candor.panel.assigning import check_acts
from candor.panel.inward import run, services
from candor.panel.reading import conversation_detail, conversation_page
from candor.panel.schemas.common import EndlessPage
from candor.panel.schemas.conversations import (
    Assignment,
    ConversationItem,
    ConversationQuery,
    ConversationWithMessages,
    CorrectionAnswer,
    DetailQuery,
    NewCorrection,
    NewMessage,
    NewNote,
    NoteAnswer,
    Sent,
    detail_answer,
    filter_of,
    line_answer,
)
from candor.sales.workbench import Correction, Expected

TAG = "Conversations"


def acting_person() -> OperatorId:
    """A dialogue is taken by a person whose name the client reads; a token is nobody."""
    actor = current_actor()
    if actor.operator is None:
        return OperatorId(0)
    return actor.operator.id


def shown_name() -> str:
    """What the client reads when a person takes over: the name on their profile."""
    actor = current_actor()
    return actor.operator.name if actor.operator else ""


def add_to(api: Api) -> None:
    _add_reading(api)
    _add_hand_off(api)
    _add_desk(api)


def _add_reading(api: Api) -> None:
    @api.get("/conversations", tag=TAG, summary="List dialogues, waiting ones first")
    def list_conversations(query: ConversationQuery) -> EndlessPage[ConversationItem]:
        wanted = filter_of(query, me=acting_person())
        after = Place.read(query.after, LIST_KEYS)
        cut = Cut(limit=query.per_page, offset=query.offset, after=after)
        found = run(conversation_page(services().units, wanted, cut))
        return EndlessPage(
            items=[line_answer(line) for line in found.items],
            page=query.page,
            per_page=query.per_page,
            total=found.total,
            next=None if found.next is None else str(found.next),
        )

    @api.get("/conversations/<id:conversation_id>", tag=TAG, summary="One dialogue")
    def get_conversation(conversation_id: int, query: DetailQuery) -> ConversationWithMessages:
        return _detail(conversation_id, query)


def _add_hand_off(api: Api) -> None:
    @api.post(
        "/conversations/<id:conversation_id>/take",
        tag=TAG,
        summary="Take the dialogue over; the AI is silent until it is given back",
        role="operator",
    )
    def take(conversation_id: int) -> ConversationWithMessages:
        run(
            services().hand_off.take(
                ConversationId(conversation_id), acting_person(), name=shown_name()
            )
        )
        return _detail(conversation_id)

    @api.post(
        "/conversations/<id:conversation_id>/give-back",
        tag=TAG,
        summary="Give the dialogue back to the AI",
        role="operator",
    )
    def give_back(conversation_id: int) -> ConversationWithMessages:
        run(services().hand_off.give_back(ConversationId(conversation_id), acting_person()))
        return _detail(conversation_id)

    @api.post(
        "/conversations/<id:conversation_id>/messages",
        tag=TAG,
        summary="Write to the client as a person",
        role="operator",
        status=202,
    )
    def write_message(conversation_id: int, body: NewMessage) -> Sent:
        outbox = run(
            services().hand_off.write(ConversationId(conversation_id), acting_person(), body.text)
        )
        return Sent(outbox_id=outbox)


def _add_desk(api: Api) -> None:
    @api.put(
        "/conversations/<id:conversation_id>/assignment",
        tag=TAG,
        summary="Whose matter the dialogue is; the AI goes on answering",
        role="operator",
    )
    def assign(conversation_id: int, body: Assignment) -> ConversationWithMessages:
        assign_to(conversation_id, body.operator_id)
        return _detail(conversation_id)

    @api.post(
        "/conversations/<id:conversation_id>/follow-up/cancel",
        tag=TAG,
        summary="Cancel the reminder that is planned",
        role="operator",
    )
    def cancel_follow_up(conversation_id: int) -> ConversationWithMessages:
        cancel_reminder(conversation_id)
        return _detail(conversation_id)

    @api.post(
        "/conversations/<id:conversation_id>/notes",
        tag=TAG,
        summary="Write a note that no client sees",
        role="operator",
        status=201,
    )
    def add_note(conversation_id: int, body: NewNote) -> NoteAnswer:
        return NoteAnswer.model_validate(write_note(conversation_id, body.text))

    @api.delete(
        "/conversations/<id:conversation_id>/notes/<id:note_id>",
        tag=TAG,
        summary="Remove a note",
        role="operator",
    )
    def remove_note(conversation_id: int, note_id: int) -> None:
        run(services().desk.remove_note(NoteId(note_id), of=ConversationId(conversation_id)))

    @api.post(
        "/conversations/<id:conversation_id>/corrections",
        tag=TAG,
        summary="Say what an answer of the AI should have been: a test case for the script",
        role="operator",
        status=201,
    )
    def add_correction(conversation_id: int, body: NewCorrection) -> CorrectionAnswer:
        expected = Expected(**body.expected.model_dump())
        found = correct(conversation_id, body.message_id, expected, better=body.better)
        return CorrectionAnswer.model_validate(found)


def assign_to(conversation_id: int, operator_id: int | None) -> None:
    """Only to somebody who may act on dialogues."""
    chosen = None if operator_id is None else OperatorId(operator_id)
    if chosen is not None:
        check_acts(chosen, field="operator_id")
    run(services().desk.assign(ConversationId(conversation_id), chosen, by=acting_person()))


def cancel_reminder(conversation_id: int) -> None:
    actor = current_actor()
    by = f"operator {actor.operator.id}" if actor.operator else "a program"
    run(services().follow_ups.cancel(ConversationId(conversation_id), by=by))


def write_note(conversation_id: int, text: str) -> Note:
    author = current_actor().name
    return run(services().desk.note(ConversationId(conversation_id), text, author=author))


def correct(
    conversation_id: int, message: int, expected: Expected, *, better: str = ""
) -> Correction:
    return run(
        services().workbench.correct(
            ConversationId(conversation_id),
            MessageRowId(message),
            expected,
            author=current_actor().name,
            better=better,
        )
    )


def _detail(conversation_id: int, query: DetailQuery | None = None) -> ConversationWithMessages:
    before = MessageRowId(query.before) if query and query.before else None
    found = run(
        conversation_detail(
            services().units,
            ConversationId(conversation_id),
            limit=query.per_page if query else 200,
            before=before,
        )
    )
    return detail_answer(found)
