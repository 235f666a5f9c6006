"""Sales: scripts and the dialogues that follow them.

Who may come in: bootstrap wires `ScriptService`, `SalesConversationService` and `Rehearsal`; the
panel and the command line call them; storage fulfils `ports`. Scripts of both kinds (sales and
education) are kept here; running a study group is education's work.

What it does not do: it sends nothing (messaging's outbox does), knows no model by name (the
`LLMService` port does the reading and writing) and holds no SQL.
"""
