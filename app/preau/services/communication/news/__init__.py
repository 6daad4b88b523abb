"""Affichage d'informations (UTI-CCO-AIN): news and alerts, for a time, approved by whom answers for them."""

from flask_babel import lazy_gettext as _l

from preau.kernel.contract import (
    EVERYONE,
    AdminPage,
    Counter,
    Job,
    Notification,
    Permission,
    ProfileKind,
    Service,
    Setting,
    Tile,
)
from preau.services.communication.news import (
    api,
    circuit,
    exchange,
    feed,
    group,
    jobs,
    models,
    queries,
    search,
    views,
    writing,
)

WRITERS = (
    ProfileKind.TEACHER, ProfileKind.STAFF, ProfileKind.HEAD, ProfileKind.ACADEMIC, ProfileKind.AUTHORITY,
)  # fmt: skip

service = Service(
    code="UTI-CCO-AIN",
    name="news",
    label=_l("Actualités"),
    description=_l("Ce qui se passe dans l’établissement, et ce qu’il faut savoir."),
    icon="newspaper",
    family="communication",
    covers=("UTI-CCO-AIN-01", "UTI-CCO-AIN-02", "UTI-CCO-AIN-03", "UTI-CCO-AIN-04", "RUL-80"),
    blueprints=(views.blueprint, api.blueprint),
    models=(models.Article, models.Version, models.Attachment, models.Reading, models.NotebookNotice),
    access={models.Article: models.ACCESS},
    permissions=(
        Permission("news.use", _l("Lire les actualités"), profiles=EVERYONE),
        Permission("news.write", _l("Écrire des actualités"), profiles=WRITERS),
        Permission("news.approve", _l("Valider les actualités"), profiles=(ProfileKind.HEAD,)),
        Permission("news.public", _l("Ouvrir une actualité à tout public"), profiles=(ProfileKind.HEAD,)),
        Permission("news.configure", _l("Régler le circuit de validation"), profiles=(ProfileKind.HEAD,)),
    ),
    settings=(
        Setting(
            "news.approval",
            _l("Actualités à valider avant affichage"),
            default="always",
            choices=(
                ("always", _l("Toutes, sauf celles des personnes qui valident")),
                ("families", _l("Celles des élèves et des familles seulement")),
                ("never", _l("Aucune")),
            ),
        ),
    ),
    notifications=(
        Notification(
            "news.published",
            _l("Une actualité paraît"),
            title=_l("{title}"),
            body=_l("Une actualité de {actor}, {school}, vous concerne : « {title} »."),
            short=_l("Nouvelle actualité : {title}"),
            default_frequency="daily",
        ),
        Notification(
            "news.alert",
            _l("Une alerte paraît"),
            title=_l("Alerte : {title}"),
            body=_l("{actor}, {school}, vous alerte : « {title} ». Lisez le message complet dans l’ENT."),
            short=_l("ALERTE : {title}"),
            default_media=("portal", "mail", "push"),
        ),
        Notification(
            "news.submitted",
            _l("Une actualité attend votre validation"),
            title=_l("À valider : {title}"),
            body=_l("{actor} vous propose « {title} ». Validez ce texte, ou dites ce qui est à reprendre."),
            short=_l("À valider : « {title} », de {actor}."),
        ),
        Notification(
            "news.approved",
            _l("Votre actualité est publiée"),
            title=_l("Publiée : {title}"),
            body=_l("{actor} a validé votre actualité « {title} »."),
            short=_l("Votre actualité « {title} » est publiée."),
        ),
        Notification(
            "news.refused",
            _l("Votre actualité est à reprendre"),
            title=_l("À reprendre : {title}"),
            body=_l("{actor} vous rend votre actualité « {title} » : {reason}"),
            short=_l("Votre actualité « {title} » est à reprendre."),
        ),
        Notification(
            "news.to_sign",
            _l("Un mot à signer dans le cahier de liaison"),
            title=_l("À signer : {title}"),
            body=_l(
                "{actor} a mis « {title} » dans le cahier de liaison de votre enfant. Lisez-le, puis signez."
            ),
            short=_l("Cahier de liaison : « {title} » est à signer."),
            default_media=("portal", "mail"),
        ),
    ),
    search=search.SEARCHABLE,
    exchange=exchange.FORMATS,
    counters=(
        Counter("news.created", _l("Actualités écrites")),
        Counter("news.published", _l("Actualités publiées")),
    ),
    tile=Tile("news.index", color="coral", order=10, badge=queries.unread),
    administration=(
        AdminPage(
            "news.settings",
            _l("Circuit des actualités"),
            _l("Qui écrit, qui valide, et ce qui attend une validation."),
            permission="news.configure",
            icon="newspaper",
            section="services",
        ),
    ),
    jobs=(Job("25 3 * * *", jobs.purge),),
    public=frozenset(
        {"news.public_article", "news.public_picture", "news.public_attachment", "news.public_feed"}
    ),
    across_schools=True,
    group_tool=True,
    group_endpoint="news.group",
    needs=("directory", "security", "groups"),
)

__all__ = ["circuit", "feed", "group", "service", "writing"]
