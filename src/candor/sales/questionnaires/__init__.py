"""Questionnaires: a few questions with buttons that tell what a client needs before anything is sold.

`document` and `reading` are the YAML and its mistakes, `keeping` the versions, `going` the pure rules
of question after question, `desk` what messaging hands answers and taps to. No model takes part: code
asks, code reads the answers, code makes the result (H8).
"""
