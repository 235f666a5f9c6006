"""The world: people, bots, chats, members and messages, and what may happen between them.

Knows neither HTTP nor the Bot API nor TL. Doors look at the world through `World`'s tables, change it
through the capability modules (`posting`, `membership`, ...) and hear of changes as `events`.
A rule of Telegram that refuses an action raises `Refusal`; each door has its own words for it.
"""
