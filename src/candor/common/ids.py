"""Identifiers. Row ids are Candor's own; Telegram's ids have types of their own and never mix."""

from typing import NewType

ClientId = NewType("ClientId", int)
"""Row id in `users`: a person who wrote to the business."""
ChatRowId = NewType("ChatRowId", int)
"""Row id in `chats`: one account's view of one Telegram chat."""
AccountId = NewType("AccountId", int)
"""Row id in `telegram_account_sessions`: a bot, a user account or a business connection."""
ConversationId = NewType("ConversationId", int)
MessageRowId = NewType("MessageRowId", int)
NoteId = NewType("NoteId", int)
OutboxId = NewType("OutboxId", int)
ScriptId = NewType("ScriptId", int)
QuestionnaireId = NewType("QuestionnaireId", int)
QuestionnaireRunId = NewType("QuestionnaireRunId", int)
FollowUpId = NewType("FollowUpId", int)
ChannelId = NewType("ChannelId", int)
PostId = NewType("PostId", int)
CommentId = NewType("CommentId", int)
GroupId = NewType("GroupId", int)
OperatorId = NewType("OperatorId", int)

TelegramUserId = NewType("TelegramUserId", int)
TelegramChatId = NewType("TelegramChatId", int)
TelegramMessageId = NewType("TelegramMessageId", int)
