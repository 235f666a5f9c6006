"""The command line, one file per noun. Each command parses, makes one call inward, and prints.

Exit codes: 0 fine, 1 failed, 2 wrong usage. Texts for a person go to stdout, errors to stderr.
"""
