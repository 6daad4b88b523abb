"""Forms: one pydantic schema validates what a page posts, and says what is wrong in French by field."""

from typing import Any, TypeVar, get_origin

from flask_babel import gettext as _
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
            raw[name] = value if value or field.is_required() else field.get_default(call_default_factory=True)
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
    """One error of pydantic in French."""
    context = error.get("ctx", {})
    match error["type"]:
        case "missing" | "string_too_short" if context.get("min_length", 1) == 1:
            return _("Remplissez ce champ.")
        case "string_too_short":
            return _("Écrivez au moins %(count)s caractères.", count=context["min_length"])
        case "string_too_long":
            return _("Raccourcissez : %(count)s caractères au plus.", count=context["max_length"])
        case "value_error":
            return str(context.get("error", error["msg"]))
        case "int_parsing" | "int_type":
            return _("Indiquez un nombre entier.")
        case "date_from_datetime_parsing" | "date_parsing" | "datetime_parsing" | "datetime_from_date_parsing":
            return _("Indiquez une date, par exemple 15/09/2026.")
        case "greater_than_equal" | "greater_than":
            return _("Indiquez au moins %(limit)s.", limit=context.get("ge", context.get("gt")))
        case "less_than_equal" | "less_than":
            return _("Indiquez au plus %(limit)s.", limit=context.get("le", context.get("lt")))
        case "literal_error" | "enum":
            return _("Choisissez une des valeurs proposées.")
        case "too_long":
            return _("Choisissez moins d’éléments.")
        case "uuid_parsing":
            return _("Cet élément n’existe pas.")
    return _("Cette valeur ne convient pas. Corrigez-la.")


def principals_from(posted: "MultiDict[str, str]", name: str = "principals") -> list[str]:
    """The principals a picker posted, without doubles, in order."""
    return list(dict.fromkeys(value for value in posted.getlist(name) if value))


