"""RING below the areas: everything that comes in from Telegram and everything that goes out.

`inbox` stores what came before it is acknowledged; `commands` answers /stop, /human, /privacy,
/export and /delete by code; `outbox` takes texts from the areas; `delivery` sends them under
Telegram's limits, labelled (H1) and re-checked; `hand_off` moves conversations between the AI and
people. `gateway` is the port to Telegram, `ports` the slice of a unit of work used in here.

Who may come in: the areas, the edges, storage (to fulfil `ports`) and bootstrap. It imports
`accounts`, `clients`, `disclosure` and `common`. It writes no answers and knows no script: that is
`sales`; it has no way to write first to anybody (H5).
"""
