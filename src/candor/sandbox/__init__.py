"""EDGE. A Telegram of our own on loopback, for the demo and the tests.

Holds a world of people, bots, chats and messages and serves it through a faithful Bot API over HTTP,
through a control API that acts for the people, and through a chat page. Could stand alone
(`python -m candor.sandbox`): imports `candor.common` only, and nobody but bootstrap starts it.
Never reaches beyond loopback and never stands beside real credentials.
"""
