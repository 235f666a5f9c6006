"""RING below the areas: the business's Telegram accounts, safely held.

`management` adds, labels, pauses and removes accounts and leads a user sign-in through its steps;
`security` encrypts tokens, phones and sessions and keeps the hash-chained log; `sessions` decides
which process holds which account; `limits` says what stops an account (H9); `personality` keeps the
style an account writes in; `business` reads what an owner's business connection allows.

Who may come in: messaging, the areas, the edges and bootstrap. It imports `disclosure` and `common`.
It speaks to Telegram and to the database only through the ports in `ports`, knows no vendor, and has
no way to write first to anybody, to rotate accounts or to dodge a limit.
"""
