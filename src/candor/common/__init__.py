"""What every room may use and what knows no area.

In here: ids, the clock, the error tree, settings, logs, guarded tasks, and the ports of things that
several areas need (language model, lanes, job queue, cache, hot reload). Imports nothing of Candor.
"""
