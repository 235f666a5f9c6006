"""The handlers layer: one file per area, each a class whose `router()` aiogram is given.

A handler translates, makes one call inward and renders the answer; what it raises has the update
tried again. They are handed the `seat`: which account the update came to.
"""
