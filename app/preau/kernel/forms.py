"""Forms: one pydantic schema validates what a page posts, and says what is wrong in French by field."""

from typing import Any, TypeVar, get_origin

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ValidationError
from werkzeug.datastructures import MultiDict

Schema = TypeVar("Schema", bound=BaseModel)


def parse(schema: type[Schema], posted: "MultiDict[str, str]") -> tuple[Schema | None, dict[str, list[str]]]:
    """The validated data, or the errors by field; what was typed stays in ``posted``."""
    raw: dict[str, Any] = {}
    for name, field in schema.model_fields.items():
        if get_origin(field.annotation) in (list, set, tuple, frozenset):
            raw[name] = posted.getlist(name)
        elif name in posted:
            value = posted[name].strip()
            raw[name] = (
                value if value or field.is_required() else field.get_default(call_default_factory=True)
            )
        elif field.annotation is bool:
            raw[name] = False
    try:
        return schema.model_validate(raw), {}
    except ValidationError as refused:
        return None, errors_of(refused)


def errors_of(refused: ValidationError) -> dict[str, list[str]]:
    """Errors by field, in words that say what to do."""
    errors: dict[str, list[str]] = {}
    for error in refused.errors():
        field = str(error["loc"][0]) if error["loc"] else "__all__"
        errors.setdefault(field, []).append(message(error))
    return errors


def message(error: Any) -> str:
    """One error of pydantic in French, saying what to do."""
    context = error.get("ctx", {})
    kind = error["type"]
    if kind == "value_error":
        return str(context.get("error", error["msg"]))
    if kind == "missing" or context.get("min_length") == 1:
        return str(_("Remplissez ce champ."))
    wording = WORDINGS.get(kind, _l("Cette valeur ne convient pas. Corrigez-la."))
    filled: str = str(wording).format(**context)
    return filled


_DATE = _l("Indiquez une date, par exemple 15/09/2026.")
WORDINGS = {
    "string_too_short": _l("Écrivez au moins {min_length} caractères."),
    "string_too_long": _l("Raccourcissez : {max_length} caractères au plus."),
    "int_parsing": _l("Indiquez un nombre entier."),
    "int_type": _l("Indiquez un nombre entier."),
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "datetime_parsing": _DATE,
    "datetime_from_date_parsing": _DATE,
    "greater_than_equal": _l("Indiquez au moins {ge}."),
    "greater_than": _l("Indiquez plus de {gt}."),
    "less_than_equal": _l("Indiquez au plus {le}."),
    "less_than": _l("Indiquez moins de {lt}."),
    "literal_error": _l("Choisissez une des valeurs proposées."),
    "enum": _l("Choisissez une des valeurs proposées."),
    "too_long": _l("Choisissez moins d’éléments."),
    "uuid_parsing": _l("Cet élément n’existe pas."),
}


def principals_from(posted: "MultiDict[str, str]", name: str = "principals") -> list[str]:
    """The principals a picker posted, without doubles, in order."""
    return list(dict.fromkeys(value for value in posted.getlist(name) if value))
