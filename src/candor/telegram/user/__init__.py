"""A user session (Telethon) behind the same ports as a bot: the owner's own account, off by default.

For what only a user can do: create a group, link a discussion group, read the owner's or a permitted
channel's history, answer as the main account. Knows nothing of `telegram.bot`.
"""
