"""Candor: a self-hosted AI sales and marketing team for Telegram, always open about being AI."""
