"""A definition as JSON values, and the key that files call it by: its name and the hash of all that it says."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from explorer.core.block_json import USER, block_to_json, present
from explorer.core.definition import Definition, Parameter

_DIGITS = 32  # of the hash: enough that nobody can make two definitions of one key


def definition_key(definition: Definition) -> str:
    """What files call the kind of block: ``user:<name>@<hash>``."""
    content = json.dumps(definition_to_json(definition), sort_keys=True, allow_nan=False, separators=(",", ":"))
    return f"{USER}{definition.name}@{hashlib.sha256(content.encode()).hexdigest()[:_DIGITS]}"


def definition_to_json(definition: Definition) -> dict[str, Any]:
    """A definition as JSON values; blocks of other definitions inside stand by their keys."""
    return {
        "name": definition.name,
        "summary": definition.summary,
        "category": definition.category,
        "parameters": [_parameter(parameter) for parameter in definition.parameters],
        "body": block_to_json(definition.body),
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    targets = [{"path": list(target.path), "field": target.field} for target in parameter.targets]
    return present({"name": parameter.name, "default": parameter.default, "help": parameter.help, "targets": targets})
