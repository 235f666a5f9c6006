"""`/api/conversations`: read dialogues, take them over, write, give them back."""

from candor.common.ids import ConversationId, MessageRowId, OperatorId
from candor.messaging.reading import ConversationFilter
from candor.panel.access import current_actor
from candor.panel.api.contract import Api
from candor.panel.inward import run, services
from candor.panel.reading import conversation_detail, conversation_page
from candor.panel.schemas.common import Page
from candor.panel.schemas.conversations import (
    ConversationItem,
    ConversationQuery,
    ConversationWithMessages,
    DetailQuery,
    NewMessage,
    Sent,
    detail_answer,
    line_answer,
)

TAG = "Conversations"


def acting_person() -> OperatorId:
    """A dialogue is taken by a person whose name the client reads; a token is nobody."""
    actor = current_actor()
    if actor.operator is None:
        return OperatorId(0)
    return actor.operator.id


def shown_name() -> str:
    """What the client reads when a person takes over: what stands before the @."""
    actor = current_actor()
    return actor.operator.email.split("@")[0] if actor.operator else ""


def add_to(api: Api) -> None:
    _add_reading(api)
    _add_hand_off(api)


def _add_reading(api: Api) -> None:
    @api.get("/conversations", tag=TAG, summary="List dialogues, waiting ones first")
    def list_conversations(query: ConversationQuery) -> Page[ConversationItem]:
        wanted = ConversationFilter(
            stage=query.stage, strategy=query.strategy, handling=query.handling, q=query.q
        )
        found = run(
            conversation_page(services().units, wanted, limit=query.per_page, offset=query.offset)
        )
        return Page(
            items=[line_answer(line) for line in found.items],
            page=query.page,
            per_page=query.per_page,
            total=found.total,
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
