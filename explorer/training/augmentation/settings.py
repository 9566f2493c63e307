"""The settings of augmentation. They are part of a run's settings and stand apart only to be read together."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.core.fields import Field, flag, integer, real, specifications


@dataclass(frozen=True, slots=True)
class AugmentationSettings:
    """How training images are changed, each time by another draw. The defaults change nothing."""

    flip: bool = flag(False, label="horizontal flip", help="mirror every other training image, by chance")
    crop_padding: int = integer(
        0,
        maximum=64,
        unit="pixels",
        label="pad and crop",
        zero="off",
        help="black border added to a training image before a part of its old size is cut out by chance",
    )
    rotation: float = real(
        0.0, minimum=0.0, maximum=180.0, unit="degrees", help="training images are turned by up to this angle"
    )
    brightness: float = real(0.0, minimum=0.0, maximum=1.0, help="pixels are multiplied by 1 plus or minus up to this")
    contrast: float = real(
        0.0, minimum=0.0, maximum=1.0, help="distances from the mean grey are multiplied by 1 plus or minus up to this"
    )
    saturation: float = real(
        0.0, minimum=0.0, maximum=1.0, help="distances from grey are multiplied by 1 plus or minus up to this (colour)"
    )
    hue: float = real(0.0, minimum=0.0, maximum=0.5, help="colours move by up to this share of the colour circle")
    erasing: float = real(
        0.0, minimum=0.0, maximum=1.0, label="random erasing", help="share of images of which a rectangle is wiped out"
    )
    mixup: float = real(
        0.0, minimum=0.0, maximum=10.0, help="mix pairs of images, with shares drawn from Beta(a, a); 0: off"
    )
    cutmix: float = real(
        0.0,
        minimum=0.0,
        maximum=10.0,
        help="put a rectangle of one image on another, of a size drawn from Beta(a, a); 0: off; with mixup, by chance",
    )

    @property
    def augments(self) -> bool:
        """Whether any training image is changed."""
        return any(getattr(self, name) for name in AUGMENTATION)

    @property
    def mixes(self) -> bool:
        """Whether images get a share of another one's class."""
        return bool(self.mixup or self.cutmix)


AUGMENTATION: dict[str, Field] = specifications(AugmentationSettings)
