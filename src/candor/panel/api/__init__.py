"""The HTTP API, one file per area: parse, one call inward, answer. `contract` describes it all."""
