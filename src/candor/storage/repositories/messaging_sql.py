"""The statements of a conversation's hot path, each as few round trips as its work allows.

Rows are locked in one order everywhere: users, chats, client_conversations, the rest. `chats.version`
grows with everything that may forbid the next message; deliveries decide by it (`messaging_outbox`).
"""

from sqlalchemy import bindparam, text

from candor.storage.lean import lean
from candor.storage.metadata import Json

CLIENT = ", ".join(
    f"{{0}}.{name} AS client_{name}"
    for name in (
        "id",
        "telegram_user_id",
        "first_name",
        "last_name",
        "username",
        "language",
        "created_at",
        "last_seen_at",
        "time_zone",
        "opted_out_at",
        "is_bot",
    )
)
"""The columns of a profile, for `.format(alias)`."""

RECEIVE = lean(
    text(
        """
    WITH known AS (
        SELECT 1 FROM conversation_messages
        WHERE account_id = :account AND chat_id = :chat_id AND message_id = :message_id
    ), old AS (
        SELECT id, last_seen_at FROM users WHERE telegram_user_id = :sender
    ), p AS (
        INSERT INTO users AS u (telegram_user_id, first_name, last_name, username, language,
            time_zone, is_bot, created_at, last_seen_at, opted_out_at)
        SELECT :sender, :first_name, :last_name, :username, CAST(:language AS text),
            CAST(:time_zone AS text), :is_bot, :now, :now,
            CASE WHEN NOT :is_start THEN (SELECT min(at) FROM opt_outs WHERE hash = ANY(:hashes)) END
        WHERE NOT EXISTS (SELECT 1 FROM known)
        ON CONFLICT (telegram_user_id) DO UPDATE SET
            first_name = excluded.first_name, last_name = excluded.last_name,
            username = excluded.username,
            language = COALESCE(CAST(:learnt_language AS text), u.language),
            time_zone = COALESCE(excluded.time_zone, u.time_zone),
            last_seen_at = GREATEST(u.last_seen_at, excluded.last_seen_at),
            opted_out_at = CASE WHEN NOT :is_start THEN u.opted_out_at END
        RETURNING *, xmax = 0 AS is_new
    ), forgotten AS (
        DELETE FROM opt_outs WHERE :is_start AND hash = ANY(:hashes) AND EXISTS (SELECT 1 FROM p)
    ), c AS (
        INSERT INTO chats AS c (account_id, chat_id, type, title, client_id,
            business_connection_id, direct_messages_topic_id, last_in_at, created_at)
        SELECT :account, :chat_id, :type, :title,
            CASE WHEN :has_conversation THEN COALESCE(merged_into, id) END,
            :business_connection, CAST(:topic AS bigint), :now, :now
        FROM p
        ON CONFLICT (account_id, chat_id) DO UPDATE SET
            title = excluded.title, client_id = COALESCE(c.client_id, excluded.client_id),
            business_connection_id = excluded.business_connection_id,
            direct_messages_topic_id = excluded.direct_messages_topic_id,
            version = c.version + 1, last_in_at = :now, blocked_at = NULL,
            label_due = CASE WHEN :is_start THEN 'start' WHEN c.label_due IS NULL
                AND c.last_in_at < :silent_since THEN 'silence' ELSE c.label_due END,
            label_due_version = CASE WHEN :is_start OR c.last_in_at < :silent_since
                THEN c.version + 1 ELSE c.label_due_version END
        RETURNING id, label_due
    ), v AS (
        INSERT INTO client_conversations AS v (client_id, account_id, chat, handling,
            handling_since, origin, created_at, active_at, waiting_since)
        SELECT COALESCE(merged_into, p.id), :account, c.id,
            CASE WHEN opted_out_at IS NULL THEN 'ai' ELSE 'opted_out' END, :now, :origin, :now,
            :now, CASE WHEN NOT :is_settled AND opted_out_at IS NULL THEN :now END
        FROM p, c WHERE :has_conversation
        ON CONFLICT (chat) DO UPDATE SET
            handling = CASE WHEN v.handling = 'opted_out' AND :is_start
                OR v.handling = 'closed' AND NOT :is_settled THEN 'ai' ELSE v.handling END,
            handling_since = CASE WHEN v.handling = 'opted_out' AND :is_start
                OR v.handling = 'closed' AND NOT :is_settled THEN :now ELSE v.handling_since END,
            origin = COALESCE(v.origin, excluded.origin),
            active_at = :now,
            waiting_since = CASE WHEN :is_settled OR v.handling = 'opted_out' AND NOT :is_start
                THEN v.waiting_since ELSE COALESCE(v.waiting_since, :now) END
        RETURNING id, handling, waiting_since
    ), m AS (
        INSERT INTO conversation_messages (conversation_id, account_id, chat_id, message_id,
            direction, author, kind, text, reply_to, created_at, answered_at)
        SELECT id, :account, :chat_id, :message_id, 'in', 'client', :kind, :text,
            CAST(:reply_to AS bigint), :now,
            CASE WHEN :is_settled OR handling = 'opted_out' THEN :now END
        FROM v ON CONFLICT (account_id, chat_id, message_id) DO NOTHING RETURNING id
    ), logged AS (
        INSERT INTO user_activity_log (at, kind, client_id, account_id, conversation_id, details)
        SELECT :now, 'message.received', COALESCE(merged_into, p.id), :account, v.id,
            jsonb_build_object('kind', CAST(:kind AS text))
        FROM p LEFT JOIN v ON true
    )
    SELECT p.*, c.id AS chat, c.label_due, v.id AS conversation, v.handling, v.waiting_since, m.id AS message,
        (SELECT last_seen_at FROM old) AS seen_before,
        EXISTS (SELECT 1 FROM questionnaire_runs q WHERE q.conversation_id = v.id
            AND q.status IN ('active', 'paused')) AS is_asked
    FROM p CROSS JOIN c LEFT JOIN v ON true LEFT JOIN m ON true
    """
    )
)

PERSON = text(
    """
    WITH seen AS (
        UPDATE users SET last_seen_at = GREATEST(last_seen_at, :now),
            opted_out_at = CASE WHEN NOT :is_start THEN opted_out_at END
        WHERE id = :person RETURNING *
    ), back AS (
        UPDATE users SET opted_out_at = NULL WHERE :is_start AND merged_into = :person
    )
    SELECT seen.*, (SELECT last_seen_at FROM users WHERE id = :person) AS seen_before,
        false AS is_new
    FROM seen
    """
)
"""The person behind an account that was merged into another one; `/start` brings all of them back."""

ALSO_BACK = text(
    "UPDATE users SET opted_out_at = NULL WHERE merged_into = :person AND opted_out_at IS NOT NULL"
)

NEW_VISIT = lean(
    text(
        """
    WITH ended AS (
        UPDATE user_sessions SET ended_at = :ended WHERE client_id = :client AND ended_at IS NULL
    )
    INSERT INTO user_sessions (client_id, account_id, started_at) VALUES (:client, :account, :now)
    """
    )
)

EDIT = text(
    f"""
    WITH message AS (
        UPDATE conversation_messages SET text = :text, edited_at = :now
        WHERE account_id = :account AND chat_id = :chat_id AND message_id = :message_id
            AND direction = 'in' AND text <> :text
        RETURNING id, conversation_id, answered_at
    )
    SELECT {CLIENT.format("u")}, v.chat, v.id AS conversation, v.handling,
        CASE WHEN message.answered_at IS NULL THEN v.waiting_since END AS waiting_since,
        message.id AS message
    FROM message JOIN client_conversations v ON v.id = message.conversation_id
        JOIN users u ON u.id = v.client_id
    """
)

OWNERS_MESSAGE = text(
    """
    WITH chat AS (
        UPDATE chats SET version = version + 1, last_out_at = :now
        WHERE account_id = :account AND chat_id = :chat_id RETURNING id
    ), conversation AS (
        SELECT v.id FROM client_conversations v JOIN chat ON chat.id = v.chat
    )
    INSERT INTO conversation_messages (conversation_id, account_id, chat_id, message_id, direction,
        author, kind, text, created_at, delivery, provenance, sent_text, sent_at)
    SELECT id, :account, :chat_id, :message_id, 'out', 'human', :kind, :text, :now, 'sent',
        '{"written_by": "person"}', :text, :now
    FROM conversation
    ON CONFLICT (account_id, chat_id, message_id) DO NOTHING
    RETURNING conversation_id
    """
)

TAKE = lean(
    text(
        f"""
    SELECT v.*, c.chat_id, c.last_in_at, c.last_out_at, {CLIENT.format("u")},
        EXISTS (SELECT 1 FROM outbox o WHERE o.chat = v.chat AND o.status = 'queued'
            AND o.conversation_id = v.id AND o.purpose = 'conversation' AND o.author = 'ai'
            AND o.answers_up_to IS NOT NULL) AS has_queued,
        EXISTS (SELECT 1 FROM conversation_messages m WHERE m.conversation_id = v.id
            AND m.direction = 'in' AND m.answered_at IS NULL) AS has_unanswered
    FROM client_conversations v JOIN chats c ON c.id = v.chat JOIN users u ON u.id = v.client_id
    WHERE v.id = :conversation
    """
    )
)

REOPENED = """
    back AS (
        UPDATE conversation_messages q SET answered_at = NULL
        FROM gone JOIN conversation_messages a ON a.id = gone.answers_up_to
        WHERE q.conversation_id = gone.conversation_id AND q.direction = 'in'
            AND q.id <= gone.answers_up_to AND q.answered_at = a.answered_at
        RETURNING q.conversation_id, q.created_at
    ), unsaid AS (
        UPDATE conversation_messages m SET delivery = 'cancelled'
        FROM gone WHERE m.id = gone.message
    )
"""
"""What `gone` outbox rows had answered waits again; the messages of those rows are cancelled."""
STAGE_BACK = """
    UPDATE client_conversations v SET stage = v.stage_before, return_stage = v.return_stage_before,
        waiting_since = LEAST(v.waiting_since, waited.since)
    FROM (SELECT conversation_id, min(created_at) AS since FROM back GROUP BY conversation_id) waited
    WHERE v.id = waited.conversation_id
"""

RECALL = text(
    f"""
    WITH gone AS (
        UPDATE outbox SET status = 'cancelled', settled_at = :now,
            error = 'the client has written more'
        WHERE conversation_id = :conversation AND status = 'queued' AND purpose = 'conversation'
            AND author = 'ai' AND answers_up_to IS NOT NULL
        RETURNING conversation_id, message, answers_up_to
    ), {REOPENED} {STAGE_BACK}
    """
)

LINES = lean(
    text(
        """
    SELECT * FROM (
        (SELECT * FROM conversation_messages WHERE conversation_id = :conversation
            AND direction = 'in' AND answered_at IS NULL ORDER BY id LIMIT 200)
        UNION ALL
        (SELECT * FROM conversation_messages WHERE conversation_id = :conversation
            AND NOT (direction = 'in' AND answered_at IS NULL)
            AND (delivery IS NULL OR delivery NOT IN ('cancelled', 'failed'))
            ORDER BY id DESC LIMIT :history)
    ) AS lines ORDER BY id
    """
    )
)

NOTHING_WAITS = text(
    """
    UPDATE client_conversations SET waiting_since = NULL WHERE id = :conversation
        AND NOT EXISTS (SELECT 1 FROM conversation_messages WHERE conversation_id = :conversation
            AND direction = 'in' AND answered_at IS NULL)
    """
)

SAVE_TURN = lean(
    text(
        """
    WITH conversation AS (
        UPDATE client_conversations v SET
            stage_before = stage, return_stage_before = return_stage,
            stage = :stage, return_stage = :return_stage,
            strategy = :strategy, script_fit_score = :score,
            script_id = COALESCE(:script, script_id),
            script_version = COALESCE(:script_version, script_version),
            summary = COALESCE(:summary, summary),
            active_at = GREATEST(active_at, :now),
            waiting_since = (SELECT min(created_at) FROM conversation_messages m
                WHERE m.conversation_id = v.id AND m.direction = 'in' AND m.answered_at IS NULL
                AND m.id > :up_to)
        WHERE id = :conversation AND handling = 'ai'
        RETURNING id, client_id, stage, stage_before
    ), answered AS (
        UPDATE conversation_messages m SET answered_at = :now,
            analysis = CASE WHEN m.id = :up_to THEN :analysis ELSE analysis END,
            strategy = CASE WHEN m.id = :up_to THEN :strategy ELSE strategy END,
            stage = CASE WHEN m.id = :up_to THEN :stage ELSE m.stage END,
            trigger = CASE WHEN m.id = :up_to THEN :trigger ELSE trigger END
        FROM conversation
        WHERE m.conversation_id = conversation.id AND m.direction = 'in'
            AND m.answered_at IS NULL AND m.id <= :up_to
        RETURNING m.id, m.edited_at
    ), moved AS (
        SELECT id, client_id, stage FROM conversation
        WHERE stage IS NOT NULL AND stage IS DISTINCT FROM stage_before
    ), departed AS (
        UPDATE journey_progress j SET left_at = :now FROM moved
        WHERE j.client_id = moved.client_id AND j.journey = 'sales' AND j.left_at IS NULL
    ), entered AS (
        INSERT INTO journey_progress (client_id, journey, stage, cause, entered_at, conversation_id)
        SELECT client_id, 'sales', stage, :cause, :now, id FROM moved
    )
    SELECT EXISTS (SELECT 1 FROM conversation) AS is_handled,
        EXISTS (SELECT 1 FROM answered WHERE id = :up_to) AND NOT EXISTS (SELECT 1 FROM answered
            WHERE edited_at > COALESCE(CAST(:edited_at AS timestamptz), '-infinity')) AS is_answered
    """
    ).bindparams(bindparam("analysis", type_=Json))
)

TOUCH_CHAT = text(
    """
    UPDATE chats SET version = version + 1,
        label_due = COALESCE(CAST(:label_due AS text), label_due),
        label_due_version = CASE WHEN CAST(:label_due AS text) IS NULL
            THEN label_due_version ELSE version + 1 END
    WHERE id = :chat
    """
)

SET_HANDLING = text(
    """
    WITH chat AS (
        UPDATE chats SET version = version + 1,
            label_due = CASE WHEN label_due = 'start' THEN 'start'
                ELSE COALESCE(CAST(:label_due AS text), label_due) END,
            label_due_version = CASE WHEN CAST(:label_due AS text) IS NULL
                THEN label_due_version ELSE version + 1 END
        WHERE id = (SELECT chat FROM client_conversations WHERE id = :conversation)
        RETURNING id
    )
    UPDATE client_conversations v SET handling = :handling, handling_since = :now,
        handling_reason = :reason, operator_id = :operator,
        assigned_to = COALESCE(CAST(:operator AS bigint), assigned_to)
    FROM chat WHERE v.chat = chat.id
    """
)

ASSIGN = text("UPDATE client_conversations SET assigned_to = :to WHERE id = :conversation")

LOCK_CHAT = text(
    """
    SELECT 1 FROM chats WHERE id = (SELECT chat FROM client_conversations WHERE id = :conversation)
    FOR NO KEY UPDATE
    """
)

SETTLE_ONE = text(
    """
    WITH message AS (
        UPDATE conversation_messages SET answered_at = :now
        WHERE id = :message AND answered_at IS NULL RETURNING id, conversation_id
    )
    UPDATE client_conversations v SET waiting_since = (
        SELECT min(created_at) FROM conversation_messages m WHERE m.conversation_id = v.id
            AND m.direction = 'in' AND m.answered_at IS NULL AND m.id <> message.id)
    FROM message WHERE v.id = message.conversation_id
    """
)

SETTLE_ALL = text(
    """
    WITH conversation AS (
        UPDATE client_conversations SET waiting_since = NULL WHERE id = :conversation RETURNING id
    )
    UPDATE conversation_messages m SET answered_at = :now FROM conversation
    WHERE m.conversation_id = conversation.id AND m.direction = 'in' AND m.answered_at IS NULL
    """
)

HAS_UNANSWERED = text(
    """
    SELECT EXISTS (SELECT 1 FROM conversation_messages WHERE conversation_id = :conversation
        AND direction = 'in' AND answered_at IS NULL)
    """
)

UNANSWERED_SINCE = text(
    """
    SELECT id FROM client_conversations
    WHERE waiting_since < :before AND handling = 'ai' ORDER BY waiting_since LIMIT :limit
    """
)
