"""All SQL of the areas, one file per area: `PgXRepository(connection)` answering frozen dataclasses.

A repository reads and writes on the connection of its unit of work and never commits.
"""
