"""The SDET grid: every id with our own wording, and the evidence that the last test run left."""
