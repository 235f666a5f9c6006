"""RING adapter: reads client messages and writes drafts, by a language model or by script alone.

`resilient.ResilientLLMService` is what the areas get as `LLMService`: the model when one is configured,
healthy and inside the budget, else the offline engine, within the same turn. `reading/` understands
messages with local embeddings, `openai_compatible` speaks to any such server, `offline` answers by the
script's own words, `prompts`/`prices`/`budgets` keep what they need.

Who may come in: `bootstrap` wires it; the areas know only the ports of `common.llm`. It never sends
anything, opens no unit of work of its own (usage is handed to a ledger port) and sees only what a
request carries: one dialogue, our script, our facts (H7).
"""
