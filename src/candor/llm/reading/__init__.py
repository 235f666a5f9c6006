"""Understanding one client message: language, fit with the script, intents, tone, keywords.

Pure functions of texts and vectors; the only thing asked from outside is the `Encoder`.
"""
