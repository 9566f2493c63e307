"""Fast R-CNN on VGG-16 (Girshick: Fast R-CNN, 2015, figure 1 and section 2).

VGG-16 in which the last max pooling has given way to RoI pooling, and the last layer to two: scores of all classes and
of the background, and for each of them the four numbers by which its box is moved. The regions are an optional input of
the assembled network, ``module(images, regions=boxes)``, and there is one row of both outputs for each; without them
each image is a region, as a whole. Where regions come from is no part of the network.
"""

from __future__ import annotations

from explorer.blocks.linear import Linear
from explorer.blocks.reshape import Flatten
from explorer.blocks.roi_pool import RoIPool
from explorer.core.compose import Chain, Output
from explorer.zoo import vgg
from explorer.zoo.base import Entry, Figure, Option, register, sequence
from explorer.zoo.r_cnn import COORDINATES

CELLS = 7  # along each side of a region: as many as VGG-16's first fully connected layer expects (section 2.2)
STRIDE = 16  # pixels of the image for one pixel of the map

OPTIONS = {
    "features": Option(4096, "numbers that leave each of the two hidden layers"),
    "dropout": Option(0.5, "share of them left out"),
}


def build(classes: int, features: int, dropout: float) -> Chain:
    """The network; the background is one of the classes."""
    *convolutions, _ = vgg.features(vgg.VGG_16)
    boxes = Chain(("fc", Linear(COORDINATES * classes)))
    return Chain(
        ("features", sequence(*convolutions)),
        ("roi_pool", RoIPool(CELLS, 1 / STRIDE)),
        ("flatten", Flatten()),
        ("classifier", sequence(*vgg.hidden(features, dropout))),
        ("boxes", Output("boxes", boxes, weight=1.0)),
        ("scores", Linear(classes)),
    )


register(
    Entry(
        key="fast_rcnn_vgg16",
        title="Fast R-CNN (VGG-16)",
        family="Detection",
        year=2015,
        paper="Girshick: Fast R-CNN, 2015, figure 1 and section 2.",
        summary="All regions share one look of the convolutions at the image: detection many times faster.",
        input_shape=(3, 600, 1000),  # the shorter side has 600 pixels, the longer at most 1000 (section 2.3)
        classes=21,
        parameters=Figure(134_690_729),
        macs=Figure(183_281_442_816),
        build=build,
        options=OPTIONS,
        stages="Girshick, 2015, sections 2.1 and 2.2",
        task="detection",
    )
)
