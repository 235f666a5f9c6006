"""EDGE to Telegram: `bot` (aiogram, the visible bots) and `user` (Telethon, off until configured).

In here updates become plain data and are handed inward through `ports`; texts go out through the
gateways that messaging and the areas asked for. An update is acknowledged only after the unit that
stores it has committed. Holds no rule about clients, comments or groups, and no SQL.

Who may come in: bootstrap, the command line and the benchmarks. `bot` and `user` are strangers.
"""
