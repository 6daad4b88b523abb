"""What can go wrong with files only."""

from preau.kernel.errors import PreauError


class Full(PreauError):
    """The space has no room left (507, RFC 4918)."""

    code = "PRE-FIC-507"
    status = 507


class Locked(PreauError):
    """Somebody's application holds a lock (423, RFC 4918). ``hrefs`` are the locked nodes' ids."""

    code = "PRE-FIC-423"
    status = 423
