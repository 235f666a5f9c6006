"""The lanes that messaging wakes, by name."""

DELIVER = "messaging.deliver"
"""Sends what stands in the outbox; its key is the chat's row id, so a chat keeps its order."""
FOLLOW_UP = "sales.follow_up"
"""Reminds a client who went quiet; its key is the conversation's id."""
ANSWER_CLIENT = "sales.answer_client"
"""Answers a client; its key is the conversation's id."""
