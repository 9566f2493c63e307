"""The shapes that papers give for their networks, stage by stage, by the dotted paths of the blocks behind them."""

from __future__ import annotations

from explorer.core.shape import Shape

Stages = dict[str, Shape]


def _squares(**maps: tuple[int, int]) -> Stages:
    """Maps by the block they leave: their channels, and their height, which is their width."""
    return {path: (channels, extent, extent) for path, (channels, extent) in maps.items()}


# He, Zhang, Ren, Sun, 2015, table 1
_BASIC = _squares(
    conv1=(64, 112), maxpool=(64, 56), layer1=(64, 56), layer2=(128, 28), layer3=(256, 14), layer4=(512, 7)
)
_BOTTLENECK = _squares(
    conv1=(64, 112), maxpool=(64, 56), layer1=(256, 56), layer2=(512, 28), layer3=(1024, 14), layer4=(2048, 7)
)

# Krizhevsky et al., 2012, figure 2: the maps of its five convolutions, those of both graphics cards together
_ALEXNET: Stages = {
    "features.0": (96, 55, 55),
    "features.4": (256, 27, 27),
    "features.8": (384, 13, 13),
    "features.10": (384, 13, 13),
    "features.12": (256, 13, 13),
    "classifier.0": (4096,),
    "classifier.3": (4096,),
}


def _wide(widening: int) -> Stages:
    """Zagoruyko, Komodakis, 2016, table 1."""
    return _squares(conv1=(16, 32), layer1=(16 * widening, 32), layer2=(32 * widening, 16), layer3=(64 * widening, 8))


def _resnext(width: int) -> Stages:
    """Xie et al., 2016, section 5.3: three stages of 256, 512 and 1024 channels, on maps of 32, 16 and 8 pixels."""
    inside = {f"layer{number}.1.conv2": (width << number - 1, 64 >> number) for number in (1, 2, 3)}
    return _squares(conv1=(64, 32), layer1=(256, 32), layer2=(512, 16), layer3=(1024, 8), **inside)


def _dense(*channels: int) -> Stages:
    """Huang et al., 2016, section 3: three dense blocks on maps of 32, 16 and 8 pixels.

    Args:
        channels: Those of each part: 16 at first, or twice the growth rate with bottlenecks; a block adds the growth
            rate with each of its layers, and a transition keeps all of them, or half of them with bottlenecks.
    """
    extents = {"conv0": 32, "denseblock1": 32, "transition1": 16, "denseblock2": 16, "transition2": 8, "denseblock3": 8}
    places = zip(extents.items(), channels, strict=True)
    return {f"features.{part}": (count, extent, extent) for (part, extent), count in places}


STAGES: dict[str, Stages] = {
    "alexnet_2012": {**_ALEXNET, "classifier.6": (1000,)},
    # Girshick et al., 2013, section 3.1: 6 x 6 x 256 numbers of pool5; section 2.1: 4096 features
    "r_cnn": {**_ALEXNET, "features.14": (256, 6, 6), "flatten": (9216,)},
    # Girshick, 2015, section 2.2: RoI pooling in the place of the last max pooling, to 7 x 7; section 2.1: two outputs
    "fast_rcnn_vgg16": {"roi_pool": (512, 7, 7), "scores": (21,), "boxes.fc": (4 * 21,)},
    "wrn_16_4": _wide(4),
    "wrn_40_2": _wide(2),
    "wrn_28_10": _wide(10),
    "resnext29_32x4d": _resnext(128),
    "resnext29_8x64d": _resnext(512),
    "resnext29_16x64d": _resnext(1024),
    "densenet_40_12": _dense(16, 160, 160, 304, 304, 448),
    "densenet_100_12": _dense(16, 400, 400, 784, 784, 1168),
    "densenet_100_24": _dense(16, 784, 784, 1552, 1552, 2320),
    "densenet_bc_100_12": _dense(24, 216, 108, 300, 150, 342),
    "densenet_bc_250_24": _dense(48, 1032, 516, 1500, 750, 1734),
    "densenet_bc_190_40": _dense(80, 1320, 660, 1900, 950, 2190),
    # Larsson et al., 2016, section 4: five blocks of these channels, a 2 x 2 pooling behind each, down to one pixel
    "fractalnet": _squares(
        block1=(64, 32),
        pool1=(64, 16),
        block2=(128, 16),
        pool2=(128, 8),
        block3=(256, 8),
        pool3=(256, 4),
        block4=(512, 4),
        pool4=(512, 2),
        block5=(512, 2),
        pool5=(512, 1),
    ),
    "resnet18": _BASIC,
    "resnet34": _BASIC,
    **dict.fromkeys(("resnet50", "resnet101", "resnet152"), _BOTTLENECK),
    # Hu et al., 2017, table 1, of 50 layers; more blocks in a stage change no shape
    **dict.fromkeys(("se_resnet50", "se_resnet101", "se_resnet152"), _BOTTLENECK),
    **dict.fromkeys(("se_resnext50_32x4d", "se_resnext101_32x4d"), _BOTTLENECK),
    # Szegedy et al., 2014, table 1, column "output size"
    "googlenet_paper": _squares(
        conv1=(64, 112),
        maxpool1=(64, 56),
        conv3=(192, 56),
        maxpool2=(192, 28),
        inception3a=(256, 28),
        inception3b=(480, 28),
        maxpool3=(480, 14),
        inception4a=(512, 14),
        inception4b=(512, 14),
        inception4c=(512, 14),
        inception4d=(528, 14),
        inception4e=(832, 14),
        maxpool4=(832, 7),
        inception5a=(832, 7),
        inception5b=(1024, 7),
        avgpool=(1024, 1),
    ),
    # Ioffe, Szegedy, 2015, figure 5; of its two modules that halve the image it writes the size that arrives
    "bn_inception": _squares(
        conv1=(64, 112),
        maxpool1=(64, 56),
        conv3=(192, 56),
        maxpool2=(192, 28),
        inception3a=(256, 28),
        inception3b=(320, 28),
        inception3c=(576, 14),
        inception4a=(576, 14),
        inception4b=(576, 14),
        inception4c=(576, 14),
        inception4d=(576, 14),
        inception4e=(1024, 7),
        inception5a=(1024, 7),
        inception5b=(1024, 7),
        avgpool=(1024, 1),
    ),
    # Szegedy et al., 2016, figures 3 and 9
    "inception_v4": _squares(
        conv1=(32, 149),
        conv2=(32, 147),
        conv3=(64, 147),
        mixed1=(160, 73),
        mixed2=(192, 71),
        mixed3=(384, 35),
        inception_a4=(384, 35),
        inception_b7=(1024, 17),
        inception_c3=(1536, 8),
    ),
    # Szegedy et al., 2016, figure 15; for v2 figures 17 to 19 less their slips, 1154 and 2048
    "inception_resnet_v1": _squares(inception_a5=(256, 35), inception_b10=(896, 17), inception_c5=(1792, 8)),
    "inception_resnet_v2": _squares(inception_a5=(384, 35), inception_b10=(1152, 17), inception_c5=(2144, 8)),
    # Chollet, 2016, figure 5: 19 x 19 x 728 between entry and middle flow, 2048 numbers at the end
    "xception": {
        **{f"block{number}": (728, 19, 19) for number in range(3, 12)},
        "block12": (1024, 10, 10),
        "conv4": (2048, 10, 10),
        "flatten": (2048,),
    },
    # Howard et al., 2017, table 1, column "input size" of the row behind
    "mobilenet_v1": {
        f"features.{number}": (channels, extent, extent)
        for number, (channels, extent) in enumerate(
            [(64, 112), (128, 56), (128, 56), (256, 28), (256, 28), *[(512, 14)] * 6, (1024, 7), (1024, 7)], 1
        )
    },
    # Ronneberger et al., 2015, figure 1
    "u_net": _squares(
        down1=(64, 568),
        down2=(128, 280),
        down3=(256, 136),
        down4=(512, 64),
        bottom=(1024, 28),
        up4=(512, 56),
        crop4=(512, 56),
        conv4=(512, 52),
        up3=(256, 104),
        conv3=(256, 100),
        up2=(128, 200),
        conv2=(128, 196),
        up1=(64, 392),
        conv1=(64, 388),
        head=(2, 388),
    ),
    # He et al., 2014, table 1: of conv1 the size of the map behind its pooling, of the others before it; section 2.2
    "spp_net": {
        "features.3": (96, 55, 55),
        "features.4": (256, 27, 27),
        "features.8": (384, 13, 13),
        "features.10": (384, 13, 13),
        "features.12": (256, 13, 13),
        "pyramid": (50 * 256,),
    },
    # LeCun et al., 1998, section II.B
    "lenet5_1998": {**_squares(c1=(6, 28), s2=(6, 14), c3=(16, 10), s4=(16, 5), c5=(120, 1)), "f6": (84,)},
    # Liu et al., 2015, figure 2
    "ssd300": _squares(
        norm4_3=(512, 38),
        conv6=(1024, 19),
        conv7=(1024, 19),
        conv8_2=(512, 10),
        conv9_2=(256, 5),
        conv10_2=(256, 3),
        conv11_2=(256, 1),
    ),
    # Radford et al., 2015, figure 1
    "dcgan_generator": _squares(to_image=(1024, 4), up1=(512, 8), up2=(256, 16), up3=(128, 32)),
    # Redmon et al., 2015, figure 3
    "yolo": {
        "features.2": (64, 112, 112),
        "features.5": (192, 56, 56),
        "features.14": (512, 28, 28),
        "features.35": (1024, 14, 14),
        "features.50": (1024, 7, 7),
        "cells": (30, 7, 7),
    },
}
