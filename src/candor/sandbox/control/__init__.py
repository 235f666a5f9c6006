"""The control door: what people do in the world, and how the world is arranged and disturbed.

Serves the chat page, the tests and the demo: people, chats, messages, taps, payments, faults, time.
Knows JSON in and out, not how it is carried; the panel exposes it to owners, `/control` serves it here.
"""
