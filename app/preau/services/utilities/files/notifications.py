"""What people are told about files, in the words of each medium."""

from flask_babel import lazy_gettext as _l

from preau.kernel.contract import Notification

NOTIFICATIONS = (
    Notification(
        "files.shared",
        _l("On partage des fichiers avec vous"),
        title=_l("{actor} partage « {name} » avec vous"),
        body=_l(
            "{actor} vous a ouvert « {name} ». Vous le trouvez dans Fichiers, rubrique « Partagés avec moi »."
        ),
        short=_l("{actor} partage « {name} » avec vous dans Fichiers."),
    ),
    Notification(
        "files.nearly_full",
        _l("Votre espace de fichiers se remplit"),
        title=_l("Votre espace de fichiers est rempli à {percent} %"),
        body=_l(
            "Il reste peu de place. Videz la corbeille ou supprimez ce qui ne sert plus : quand l’espace est "
            "plein, plus rien ne s’enregistre."
        ),
        short=_l("Votre espace de fichiers est rempli à {percent} %. Faites de la place."),
    ),
    Notification(
        "files.infected",
        _l("Un virus a été trouvé dans un de vos fichiers"),
        title=_l("Virus dans « {name} »"),
        body=_l(
            "L’antivirus a trouvé {signature} dans « {name} ». Le fichier est mis à l’écart et ne s’ouvre plus. "
            "Supprimez-le et vérifiez l’ordinateur d’où il vient."
        ),
        short=_l("Virus trouvé dans « {name} » : le fichier est mis à l’écart."),
        mandatory=True,
    ),
    Notification(
        "files.locker_opened",
        _l("Un travail est à rendre dans un casier"),
        title=_l("À rendre : {title}"),
        body=_l("{actor} attend « {title} » pour le {due}. Rendez vos fichiers dans le casier."),
        short=_l("À rendre pour le {due} : {title}"),
    ),
    Notification(
        "files.locker_due",
        _l("La date d’un casier approche"),
        title=_l("Bientôt à rendre : {title}"),
        body=_l("« {title} » est à rendre pour le {due} et vous n’avez encore rien déposé."),
        short=_l("Bientôt à rendre ({due}) : {title}"),
    ),
    Notification(
        "files.handed_in",
        _l("Un élève a rendu son travail"),
        title=_l("{actor} a rendu « {title} »"),
        body=_l("{actor} a déposé ses fichiers dans le casier « {title} »."),
        short=_l("{actor} a rendu « {title} »."),
        default_frequency="daily",
    ),
    Notification(
        "files.given_back",
        _l("Un travail vous est rendu corrigé"),
        title=_l("« {title} » est corrigé"),
        body=_l("{actor} vous a rendu « {title} » avec ses remarques."),
        short=_l("« {title} » est corrigé : allez voir votre casier."),
    ),
)
