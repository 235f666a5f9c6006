"""How the documentation is built: `make docs`."""

project = "Candor"
author = "The Candor authors"
extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "Candor"
exclude_patterns = ["benchmarks/*.json"]
suppress_warnings = ["myst.xref_missing"]
