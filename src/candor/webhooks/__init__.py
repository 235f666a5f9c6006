"""AREA: events go out to the business's own tools, signed, in order, once per id.

`endpoint` holds the records, `administration` what an owner does with them, `signing` the headers of
Standard Webhooks, `delivery` the lane that sends what waits, `targets` which addresses may be called.

Who may come in: the edges, storage and bootstrap. It calls nobody itself: posting is a port that
`outbound` fulfils. It decides nothing about clients; events come from the areas by `common.events`.
"""
