"""PostgreSQL and what stands beside it: the embedded server, engine, tables, repositories, cache.

Holds all SQL. `unit_of_work` is the way in for everybody: `async with units() as unit:` commits on
leaving and rolls back on an exception; nobody calls commit. Rows stay in here; frozen dataclasses
go out. Decides nothing about clients, comments or accounts: that is the areas' work.
"""
