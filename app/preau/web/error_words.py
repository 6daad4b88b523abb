"""What a person reads when something fails: what happened, what was kept, what to do next."""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one status; ``picture`` is one of ``images/empty``."""

    title: LazyString
    what: LazyString
    kept: LazyString
    next: LazyString
    picture: str = "error"


NOTHING_CHANGED = _l("Rien n’a été modifié.")

WORDS: dict[int, Words] = {
    400: Words(
        _l("Nous n’avons pas compris cette demande"),
        _l("La page était ouverte depuis longtemps, ou l’adresse est incomplète."),
        _l("Rien n’a été modifié. Ce que vous aviez saisi est encore dans la page précédente."),
        _l("Revenez à la page précédente, rechargez-la, puis recommencez."),
    ),
    401: Words(
        _l("Connectez-vous pour continuer"),
        _l("Cette page demande de savoir qui vous êtes, ou votre session est terminée."),
        _l("Ce que vous aviez enregistré est en sécurité."),
        _l("Connectez-vous : vous reviendrez ici ensuite."),
        "folder",
    ),
    403: Words(
        _l("Cette page ne vous est pas ouverte"),
        _l("Votre profil ne donne pas accès à cette page ou à cette action."),
        NOTHING_CHANGED,
        _l("Si vous pensez y avoir droit, demandez à l’administrateur de votre établissement."),
        "folder",
    ),
    404: Words(
        _l("Cette page n’existe pas"),
        _l("Elle a été déplacée ou supprimée, ou l’adresse contient une erreur."),
        NOTHING_CHANGED,
        _l("Cherchez ce que vous vouliez, ou repartez de l’accueil."),
        "search",
    ),
    405: Words(
        _l("Cette action ne se fait pas ainsi"),
        _l("La page a été appelée d’une façon qu’elle ne prévoit pas."),
        NOTHING_CHANGED,
        _l("Revenez à la page précédente et utilisez ses boutons."),
    ),
    409: Words(
        _l("Quelqu’un d’autre est passé par là"),
        _l("Ce contenu a changé depuis que vous l’avez ouvert."),
        _l("Le contenu de l’autre personne est conservé ; le vôtre est encore dans la page précédente."),
        _l("Revenez en arrière, copiez ce que vous aviez écrit, rechargez la page et recommencez."),
    ),
    413: Words(
        _l("Ce fichier est trop gros"),
        _l("L’envoi dépasse la taille acceptée."),
        _l("Le fichier n’a pas été reçu ; il est toujours sur votre appareil."),
        _l("Réduisez-le, ou envoyez-le en plusieurs fois."),
        "folder",
    ),
    422: Words(
        _l("Il reste quelque chose à corriger"),
        _l("Une valeur ne convient pas."),
        _l("Rien n’a été modifié. Ce que vous aviez saisi est encore dans la page précédente."),
        _l("Revenez en arrière, corrigez, puis envoyez de nouveau."),
    ),
    429: Words(
        _l("Un peu de patience"),
        _l("Trop de demandes sont arrivées en peu de temps depuis votre connexion."),
        NOTHING_CHANGED,
        _l("Attendez une minute, puis recommencez."),
    ),
    500: Words(
        _l("Quelque chose s’est mal passé de notre côté"),
        _l("Une erreur imprévue s’est produite. Elle a été enregistrée pour être corrigée."),
        _l("Rien n’a été modifié à moitié : l’action n’a pas eu lieu."),
        _l("Réessayez dans un instant. Si cela continue, donnez le numéro ci-dessous à l’assistance."),
    ),
    503: Words(
        _l("De retour dans un instant"),
        _l("Le service est en cours de maintenance ou très sollicité."),
        _l("Ce que vous aviez enregistré est en sécurité."),
        _l("Réessayez dans une minute."),
    ),
}
