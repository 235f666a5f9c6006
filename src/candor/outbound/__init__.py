"""ADAPTER: HTTP requests to addresses that a person typed in, and to no private network by accident.

Who may come in: bootstrap. It posts what it is given and follows no redirect; what is sent, when and
how often is decided in `webhooks`.
"""
