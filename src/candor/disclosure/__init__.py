"""RING disclosure: what keeps Candor open about being AI, as pure functions of text and time.

Here live the labels (`labels`), the truthful answer to "are you human?" (`identity`), the gate that
stops invented experience and unproven figures (`claims`), the cues that call for a person
(`vulnerable`) and the rules of a channel's permission (`permissions`).

Who may come in: every room outside it; it imports `common` only. It does no input or output, asks
no model, reads no clock and keeps no state. It doesn't decide when something is sent (`messaging`
does) and doesn't write texts of its own beyond the labels and the answer about itself.
"""
