"""Background work: the worker that runs lanes and queued jobs, the schedule, one file per area.

A job or lane is a wake-up; its truth lies in the tables, so it may run late, twice or by the sweep.
`tasks/<area>.py` only translate: name, arguments, one call inward. Knows no SQL of the areas.
"""
