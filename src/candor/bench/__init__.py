"""The benchmarks of `candor bench`: each starts what it measures, runs three times, writes JSON.

In here: one file per benchmark, the stub model server, and the writing of results. Nothing in the
product imports this room.
"""
