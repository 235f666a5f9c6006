"""Wiring: the only room that sees all others.

In here: the foundation (data folder, database, keys, cache), the container of services, the lanes and
jobs and who handles them, the roles of a process, and the demo. No rule of the product is decided here.
"""
