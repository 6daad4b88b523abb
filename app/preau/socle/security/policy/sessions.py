"""How long a session lives: inactivity by profile, which a person may lengthen, and an absolute end.

SOC-SEC-IAU-05 (accessibility included), ASVS 7.1.1, 7.3.1, 7.3.2.
"""

from dataclasses import dataclass
from datetime import timedelta

from preau.kernel import preferences
from preau.kernel.identity import Identity, ProfileKind


@dataclass(frozen=True, slots=True)
class SessionPolicy:
    """Minutes of inactivity, their limit, and the absolute length."""

    idle_minutes: int
    usual_minutes: int
    limit_minutes: int
    length: timedelta


def session_policy(identity: Identity) -> SessionPolicy:
    """The policy that holds for a person in the chosen context, personal choice applied."""
    kind = identity.context.kind if identity.context else ProfileKind.ACADEMIC
    usual = f"security.idle_{kind}"
    values = preferences.resolve(
        [usual, "security.idle_mine", "security.idle_limit", "security.session_hours"], identity
    )
    limit = max(values["security.idle_limit"], values[usual])
    chosen = min(values["security.idle_mine"], limit) or values[usual]
    return SessionPolicy(chosen, values[usual], limit, timedelta(hours=values["security.session_hours"]))
