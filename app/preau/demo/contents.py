"""What an academy has after a few weeks: news, bookmarks, files, groups, made through the operations."""

from __future__ import annotations


def write() -> None:
    """Contents of each service for the people whom the table of accounts names."""
