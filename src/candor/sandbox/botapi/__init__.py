"""The Bot API door: tokens, methods, updates, webhooks, limits and faults, in Telegram's own words.

Translates HTTP requests into actions on the world and the world's events into updates.
Serves bots only; what people do comes through `control`.
"""
