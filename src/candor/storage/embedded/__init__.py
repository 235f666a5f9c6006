"""A PostgreSQL of Candor's own: found binaries, a supervised server, no setup by the user.

`server.start` is the way in. The server listens on a Unix socket in a 0700 folder only, survives
its parent and is re-attached by the next one, and is stopped by the last process that leaves.
"""
