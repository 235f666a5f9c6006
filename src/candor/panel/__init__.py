"""The admin panel and the HTTP API: the edge that people and programs use with a browser or curl.

Comes in: HTTP requests, and `create_app(services, settings)` / `PanelServer` for bootstrap. Views
are plain functions on waitress threads; they reach the process's one event loop through `portal`,
call one thing inward and render what comes back. Who may do what is decided in `access` alone;
errors become answers in `errors` alone. Sees no table, no Telegram library and no model.
"""
