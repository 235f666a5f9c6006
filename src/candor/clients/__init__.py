"""RING below the areas: who the clients are and what Candor may keep of them.

`profile` holds names, language and time zone; `consent` what a client agreed to and can prove;
`activity` the log of events without bodies; `journey` stages, visits and questionnaires; `export`
and `erasure` give a client everything about them, or delete it.

Who may come in: messaging, the areas, the edges and bootstrap. It imports `common` and `disclosure`.
It sends nothing, knows no Telegram and decides nothing about what is said.
"""
