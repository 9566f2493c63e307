"""Which editor a field gets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from explorer.core.fields import (
    BoolField,
    ChoiceField,
    Field,
    FloatField,
    IntField,
    IntsField,
    SizeField,
    TextField,
    for_kind,
)
from explorer.core.wording import written
from explorer.gui.field_editors.choices import ChoiceEditor, SwitchEditor
from explorer.gui.field_editors.editor import FieldEditor
from explorer.gui.field_editors.lines import LineEditor, ReferenceEditor
from explorer.gui.field_editors.numbers import IntEditor, SizeEditor

MAX_SPIN = (1 << 31) - 1  # of a QSpinBox


def _read_integers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.replace(",", " ").split())


def _make_int(name: str, field: IntField) -> FieldEditor:
    return IntEditor(name, field) if field.maximum <= MAX_SPIN else LineEditor(name, field, int, str)


def _make_text(name: str, field: TextField) -> FieldEditor:
    return ReferenceEditor(name, field) if field.refers_to else LineEditor(name, field, str, str)


_MAKERS: Sequence[tuple[type[Field], Callable[[str, Any], FieldEditor]]] = (
    (SizeField, SizeEditor),
    (IntsField, lambda name, field: LineEditor(name, field, _read_integers, written)),
    (IntField, _make_int),
    (FloatField, lambda name, field: LineEditor(name, field, float, written)),
    (BoolField, SwitchEditor),
    (ChoiceField, ChoiceEditor),
    (TextField, _make_text),
)


def make_editor(name: str, field: Field) -> FieldEditor:
    """The editor for a field."""
    make = for_kind(field, _MAKERS)
    if make is None:
        raise NotImplementedError(f"There is no editor for fields of the kind {field.kind!r}.")
    return make(name, field)
