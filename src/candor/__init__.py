"""Candor: a self-hosted AI sales and marketing team for Telegram, always open about being AI."""

import os

# Before NumPy is first imported: sentences are short, and a second BLAS thread only spins. On a busy
# two-core machine it made one encoding cost 94 ms of CPU instead of 5.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
