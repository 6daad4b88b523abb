"""Deviations: what is seen, who is alerted. SOC-SEC-DVS-01, ASVS 6.3.5.

``locked``: many failures on one account. ``spraying``: many accounts failing from one origin.
``unusual_origin``: a person signs in from a network and a device never seen together with them.
"""

from dataclasses import replace

from flask_babel import gettext as _
from sqlalchemy import select

from preau.kernel import events, journal
from preau.kernel.database import db, now, today
from preau.kernel.identity import Identity, system
from preau.kernel.notify import notify
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Profile
from preau.socle.security.authentication.models import KnownOrigin
from preau.socle.security.authentication.visit import Visit
from preau.socle.security.authorisation.flatten import current
from preau.socle.security.models import Account, ProjectRole
from preau.socle.security.policy.models import SecurityAlert

ALERTS_URL = "/administration/securite/alertes"


def account_locked(actor: Identity, account: Account, name: str) -> None:
    """Many failures: alert each school of the person."""
    with lifted(), atomic() as session:
        structures: list[int] = list(
            session.scalars(
                select(Profile.structure_id).where(
                    Profile.person_id == account.person_id, Profile.left_on.is_(None)
                )
            )
        )
        places: list[int | None] = list(structures) or [None]
        for structure_id in places:
            session.add(
                SecurityAlert(
                    kind="locked",
                    structure_id=structure_id,
                    person_id=account.person_id,
                    origin=actor.origin,
                    details={"login": account.login},
                )
            )
        journal.record(actor, "security.locked", account, key=account.person.uid, structure_id=places[0])
        notify(actor, "security.locked", watchers(structures), url=ALERTS_URL, name=name, login=account.login)
        events.publish("security.locked", actor, account)


def origin_blocked(actor: Identity) -> None:
    """Many accounts failing from one address: alert the project."""
    with lifted(), atomic() as session:
        session.add(SecurityAlert(kind="spraying", origin=actor.origin))
        journal.record(actor, "security.spraying", kind="origin")
        notify(actor, "security.spraying", watchers([]), url=ALERTS_URL, origin=actor.origin)
        events.publish("security.spraying", actor)


def signed_in_from(identity: Identity, visit: Visit) -> None:
    """Learn where a person comes from; tell them when both the network and the device are new."""
    with lifted(), atomic() as session:
        known = session.execute(
            select(KnownOrigin.network, KnownOrigin.device).where(KnownOrigin.person_id == identity.person_id)
        ).all()
        if (visit.network, visit.device) in [tuple(row) for row in known]:
            return
        session.add(
            KnownOrigin(
                person_id=identity.person_id, network=visit.network, device=visit.device, seen_at=now()
            )
        )
        if not known or any(visit.network == row.network or visit.device == row.device for row in known):
            return
        session.add(
            SecurityAlert(
                kind="unusual_origin",
                structure_id=identity.structure_id,
                person_id=identity.person_id,
                origin=visit.origin,
                details={"device": visit.device},
            )
        )
        journal.record(identity, "security.unusual_origin", kind="account", key=identity.uid)
        notify(
            replace(system("connexion"), origin=visit.origin),
            "security.unusual_origin",
            [f"person:{identity.person_id}"],
            url="/compte/appareils",
            device=visit.device,
        )


def watchers(structures: list[int]) -> list[str]:
    """Who is alerted: functional administrators of the schools and project administrators."""
    project = db.session.scalars(
        select(ProjectRole.person_id).where(
            ProjectRole.name == "project_admin", current(ProjectRole, today())
        )
    )
    return [f"role:{structure_id}:functional_admin" for structure_id in structures] + [
        f"person:{person_id}" for person_id in project
    ]


def handle(identity: Identity, alert: SecurityAlert) -> None:
    """Mark an alert as seen to."""
    with atomic():
        alert.handled_at = now()
        alert.handled_by_id = identity.person_id
        journal.record(identity, "security.alert_handled", alert)


def kinds() -> dict[str, str]:
    """Each kind of alert in words."""
    return {
        "locked": _("Compte bloqué après trop d’essais"),
        "spraying": _("Une adresse a essayé beaucoup de comptes"),
        "unusual_origin": _("Connexion depuis un lieu et un appareil inhabituels"),
    }
