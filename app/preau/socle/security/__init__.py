"""Services Sécurité (SOC-SEC): accounts, sign-in, authorisation, policy."""

from preau.socle.security.declaration import service

__all__ = ["service"]
