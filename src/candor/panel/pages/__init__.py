"""The panel's pages, one file per section: one call inward, one template."""
