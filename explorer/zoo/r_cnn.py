"""R-CNN (Girshick, Donahue, Darrell, Malik: Rich Feature Hierarchies for Accurate Object Detection, 2013).

What looks at one proposed region, warped to 227 x 227 pixels: AlexNet as of 2012, a linear score for each class from
its last features (the paper's support vector machines), and from its last map the four numbers by which the box of each
class is moved (appendix C). Where regions come from is no part of the network.
"""

from __future__ import annotations

from explorer.blocks.linear import Linear
from explorer.blocks.reshape import Flatten
from explorer.core.compose import Chain, Output
from explorer.zoo import alexnet
from explorer.zoo.base import Entry, Figure, register

COORDINATES = 4  # of a box


def build(classes: int, stem: str, dropout: float) -> Chain:
    """The network; its further output has the boxes, four numbers for each class."""
    features, *classifier = alexnet.builder(alexnet.TWO_CARDS)(classes, stem=stem, dropout=dropout).slots
    boxes = Chain(("flatten", Flatten()), ("fc", Linear(COORDINATES * classes)))
    return Chain(features, ("boxes", Output("boxes", boxes, weight=1.0)), *classifier)


register(
    Entry(
        key="r_cnn",
        title="R-CNN",
        family="Detection",
        year=2013,
        paper=(
            "Girshick, Donahue, Darrell, Malik: Rich Feature Hierarchies for Accurate Object Detection and Semantic "
            "Segmentation, 2013, section 2."
        ),
        summary="A network trained to classify looks at every proposed region: detection becomes classification.",
        input_shape=(3, 227, 227),
        classes=20,
        parameters=Figure(57_687_524),
        macs=Figure(721_130_016),
        build=build,
        options=alexnet.OPTIONS,
        stages="Girshick et al., 2013, sections 2.1 and 3.1",
        task="detection",
    )
)
