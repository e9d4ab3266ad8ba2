"""From the fields of a form to the document that a schema validates, and back.

The JSON schema of the model says what each field is: one reader serves every form.
"""

import re
from bisect import insort
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic import BaseModel
from starlette.datastructures import ImmutableMultiDict

from service.messages.amounts import read_won

Fields = ImmutableMultiDict[str, str]
Schema = Mapping[str, Any]

_ABSENT = object()
_ROW = re.compile(r"(\w+)\.(\d{1,4})\.(.+)")
_SEPARATORS = re.compile(r"[,\n]")


def document_of(model: type[BaseModel], fields: Fields) -> dict[str, Any]:
    """What the fields say of the model, as JSON would hold it; a part without any field is left out.

    An empty field is null where the schema has one, and left out where not; so is a part in which nothing
    was filled in or ticked. Amounts may be typed as people write them ("1,200만"); what cannot be read stays
    as it was typed, for the schema to refuse.
    """
    document = _read(_schema_of(model), "", fields)
    return document if isinstance(document, dict) else {}


def fields_of(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The fields that show a document."""
    return list(_flat(document, ""))


def without_empty_rows(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The fields with the rows of repeated groups counted from 0 again, those left out in which nothing is.

    So the number of a row in the form is its number in the document, and a refusal finds its field.
    """
    found = [(_ROW.match(name), name, value) for name, value in pairs]
    filled: dict[str, list[int]] = {}
    for row, _, value in found:
        if row and value.strip() and int(row[2]) not in filled.setdefault(row[1], []):
            insort(filled[row[1]], int(row[2]))
    kept = []
    for row, name, value in found:
        if row is None:
            kept.append((name, value))
        elif int(row[2]) in filled.get(row[1], []):
            kept.append((f"{row[1]}.{filled[row[1]].index(int(row[2]))}.{row[3]}", value))
    return kept


def row_numbers(fields: Fields, name: str) -> list[int]:
    """The numbers that rows of a repeated group have in a form, in order."""
    pattern = re.compile(rf"{re.escape(name)}\.(\d{{1,4}})\.")
    return sorted({int(found[1]) for each in fields if (found := pattern.match(each))})


@lru_cache
def _schema_of(model: type[BaseModel]) -> Schema:
    """The model's JSON schema with every reference put in place: none of ours is recursive."""
    schema = model.model_json_schema()
    resolved: Schema = _in_place(schema, schema.get("$defs", {}))
    return resolved


def _in_place(part: Any, definitions: Schema) -> Any:
    if isinstance(part, list):
        return [_in_place(each, definitions) for each in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _in_place(definitions[part["$ref"].rpartition("/")[2]], definitions)
    return {key: _in_place(value, definitions) for key, value in part.items() if key != "$defs"}


def _read(schema: Schema, name: str, fields: Fields) -> object:
    branches = [branch for branch in schema.get("anyOf", [schema]) if branch.get("type") != "null"]
    nullable = len(branches) < len(schema.get("anyOf", branches))
    match branches[0].get("type"):
        case "object":
            part = _read_object(branches[0], name, fields)
            return None if nullable and _is_empty(part) else part
        case "array":
            return _read_list(branches[0]["items"], name, fields)
        case "boolean":
            return "true" in fields.getlist(name) if name in fields else _ABSENT
        case kind:
            return _read_scalar(str(kind), nullable, name, fields)


def _read_object(schema: Schema, name: str, fields: Fields) -> object:
    prefix = f"{name}." if name else ""
    parts = {key: _read(part, prefix + key, fields) for key, part in schema.get("properties", {}).items()}
    return {key: part for key, part in parts.items() if part is not _ABSENT} or _ABSENT


def _is_empty(part: object) -> bool:
    return isinstance(part, dict) and all(each in (None, False) for each in part.values())


def _read_list(of: Schema, name: str, fields: Fields) -> object:
    if of.get("type") == "object" or "oneOf" in of:
        numbers = row_numbers(fields, name)
        rows = [_read_row(of, f"{name}.{number}", fields) for number in numbers]
        filled = [row for row in rows if row is not _ABSENT and not _is_empty(row)]
        return filled if numbers or name in fields else _ABSENT
    if name not in fields:
        return _ABSENT
    if of.get("type") == "integer":  # amounts hold commas themselves: one a line
        lines = [line for value in fields.getlist(name) for line in value.splitlines() if line.strip()]
        return [line if (amount := read_won(line)) is None else amount for line in lines]
    typed = (part.strip() for value in fields.getlist(name) for part in _SEPARATORS.split(value))
    return [part for part in typed if part]


def _read_row(of: Schema, name: str, fields: Fields) -> object:
    """A row of a list; where it may be of several kinds, its field `kind` (or the like) tells which."""
    if "oneOf" not in of:
        return _read(of, name, fields)
    tag = of["discriminator"]["propertyName"]
    typed = fields.get(f"{name}.{tag}", "")
    chosen = (each for each in of["oneOf"] if each["properties"][tag].get("const") == typed)
    return _read(next(chosen, {"type": "object", "properties": {tag: {"type": "string"}}}), name, fields)


def _read_scalar(kind: str, nullable: bool, name: str, fields: Fields) -> object:
    if name not in fields:
        return _ABSENT
    typed = fields.getlist(name)[-1]
    if not typed.strip():
        return None if nullable else _ABSENT
    amount = read_won(typed) if kind in ("integer", "number") else None
    return typed if amount is None else amount


def _flat(content: object, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(content, Mapping):
        for key, part in content.items():
            yield from _flat(part, f"{name}.{key}" if name else key)
    elif isinstance(content, list):
        for number, part in enumerate(content):
            yield from _flat(part, f"{name}.{number}" if isinstance(part, Mapping) else name)
    elif content is not None:
        yield name, str(content).lower() if isinstance(content, bool) else str(content)
