"""Who may come in: passwords, second factors, sessions, operators, API tokens, throttling.

Holds no Flask: the same classes serve the panel's views and the command line.
"""
