"""What comes out where branches meet, or the flow and what a tap remembered: the shape, and what it depends on."""

from __future__ import annotations

from explorer.core.block import BlockError
from explorer.core.compose import Recall
from explorer.core.fields import shortened
from explorer.core.receptive_field import Reach, ReceptiveField
from explorer.core.shape import Shape, format_shape


def recalled_shape(recall: Recall, shape: Shape, tapped: Shape) -> Shape:
    """The shape of the flow merged with what a tap remembered.

    Raises:
        BlockError: If they do not fit.
    """
    try:
        return merged_shape(recall.merge, [shape, tapped])
    except BlockError as error:
        needs = {
            "add": "Adding needs two equal shapes",
            "concat": "Joining channels needs maps of one height and width",
            "multiply": "Multiplying needs two equal shapes, or a gate of channels × 1 × 1",
        }[recall.merge]
        found = f"{format_shape(shape)} arrives and {shortened(recall.name)!r} remembered {format_shape(tapped)}"
        raise BlockError(f"{needs}, but {found}.", _recall_remedy(shape, tapped), error.kind) from error


def _recall_remedy(shape: Shape, tapped: Shape) -> str:
    if not len(shape) == len(tapped) == 3:
        return "Put the tap where the flow has the same dimensions, such as before it is flattened."
    if shape[1:] == tapped[1:]:
        return (
            f"Give the flow {tapped[0]:,} channels before it, such as with a 1 × 1 convolution, or join the channels."
        )
    here, there = format_shape(shape[1:]), format_shape(tapped[1:])
    if tapped[1] >= shape[1] and tapped[2] >= shape[2]:
        return f"Enlarge the flow to {there} before it, with ConvTranspose2d or Upsample, or tap where it is {here}."
    return f"Put the tap where the flow is {here}, or pool the flow to {there} before it."


def merged_shape(merge: str, shapes: list[Shape], dim: int = 1) -> Shape:
    """The shape of branches that are added, multiplied or joined along ``dim``.

    Raises:
        BlockError: If they do not fit.
    """
    if merge == "add":
        return merge_shapes("Add", shapes)
    return concat_shapes(shapes, dim) if merge == "concat" else broadcast_shapes(shapes)


def ungated(shapes: list[Shape], reaches: list[Reach], output: Shape) -> list[Reach]:
    """What the factors of a product depend on, without its gates, and stretched to its output."""
    if len(output) != 3 or all(shape[1:] == output[1:] for shape in shapes):
        return reaches
    gates = _gates(shapes)
    kept = [(shape, reach) for shape, reach, gate in zip(shapes, reaches, gates, strict=True) if not gate]

    def seen(shape: Shape, field: ReceptiveField) -> ReceptiveField:
        stretched = field.stretched(shape, output)
        return stretched.leaving_aside() if any(gates) else stretched

    return [{source: seen(shape, field) for source, field in reach.items()} for shape, reach in kept]


def end_to_end(shapes: list[Shape], reaches: list[Reach], axis: int) -> list[Reach]:
    """What branches depend on that are joined along the height or the width of an image."""
    if len(shapes[0]) != 3:
        return reaches
    total, start = sum(shape[axis] for shape in shapes), 0
    placed: list[Reach] = []
    for shape, reach in zip(shapes, reaches, strict=True):
        span = range(start, start + shape[axis])
        placed.append({source: field.placed(axis, span, total) for source, field in reach.items()})
        start = span.stop
    return placed


def merge_shapes(what: str, shapes: list[Shape]) -> Shape:
    """The one shape of all branches of a sum.

    Raises:
        BlockError: If they differ.
    """
    for shape in shapes[1:]:
        if shape != shapes[0]:
            raise BlockError(
                f"{what} needs branches of one shape, but gets {format_shape(shapes[0])} and {format_shape(shape)}.",
                _sum_remedy(shapes[0], shape),
                "sum_shapes",
            )
    return shapes[0]


def _sum_remedy(one: Shape, other: Shape) -> str:
    if len(one) == 3 == len(other):
        return "Project the shortcut with a 1 × 1 convolution of the same channels and stride."
    return "Make the branches end in the same shape."


def concat_shapes(shapes: list[Shape], dim: int) -> Shape:
    """The shape of branches one behind the other along ``dim`` (1 is the first dimension of a shape).

    Raises:
        BlockError: If they differ elsewhere.
    """
    axis, first = dim - 1, shapes[0]
    if axis >= len(first):
        raise BlockError(f"{format_shape(first)} has no dimension {dim}.", "Set dim to 1, the channels.", "concat_dim")
    for shape in shapes[1:]:
        if len(shape) != len(first) or shape[:axis] + shape[axis + 1 :] != first[:axis] + first[axis + 1 :]:
            raise BlockError(
                f"Concat along dimension {dim} needs branches that agree elsewhere, but they give "
                f"{format_shape(first)} and {format_shape(shape)}.",
                "Give the branches the same stride and padding.",
                "concat_shapes",
            )
    return (*first[:axis], sum(shape[axis] for shape in shapes), *first[axis + 1 :])


def broadcast_shapes(shapes: list[Shape]) -> Shape:
    """The shape of a product in which extents of 1 are stretched.

    Raises:
        BlockError: If the shapes do not fit.
    """
    output = shapes[0]
    for shape in shapes[1:]:
        fits = len(shape) == len(output) and all(a == b or 1 in (a, b) for a, b in zip(output, shape, strict=True))
        if not fits:
            raise BlockError(
                f"Multiply cannot stretch {format_shape(shape)} to {format_shape(output)}.",
                "Make the branches end in the same shape, or a gate in channels × 1 × 1.",
                "product_shapes",
            )
        output = tuple(max(a, b) for a, b in zip(output, shape, strict=True))
    return output


def _gates(shapes: list[Shape]) -> list[bool]:
    """Which branches of a product are 1 x 1 gates on a larger one; receptive fields leave them aside."""
    images = [len(shape) == 3 for shape in shapes]
    large = any(image and shape[1:] != (1, 1) for image, shape in zip(images, shapes, strict=True))
    return [large and image and shape[1:] == (1, 1) for image, shape in zip(images, shapes, strict=True)]
