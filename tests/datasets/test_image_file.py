"""Reading one image file: every kind of pixels, cameras that were held sideways, and files that are no images."""

from __future__ import annotations

import io
import random
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.transforms import v2

from explorer.datasets.image_file import read_image
from explorer.errors import DataError

RGB = np.random.default_rng(0).integers(0, 256, (12, 12, 3), dtype=np.uint8)
GREY = RGB[:, :, 0]


def saved(folder: Path, image: Image.Image, name: str = "image.png", **options: object) -> Path:
    path = folder / name
    image.save(path, **options)  # type: ignore[arg-type]  # what a format takes is not in its type
    return path


def test_colour_and_grey(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.fromarray(RGB))
    assert np.array_equal(read_image(path, (12, 12), 3), RGB.transpose(2, 0, 1))
    grey = read_image(path, (12, 12), 1)
    assert np.array_equal(grey[0], np.asarray(Image.fromarray(RGB).convert("L")))
    for pixels in (grey, read_image(path, (12, 12), 3)):
        assert pixels.flags.c_contiguous
        assert pixels.flags.writeable


def test_a_grey_file_in_colour(tmp_path: Path) -> None:
    read = read_image(saved(tmp_path, Image.fromarray(GREY)), (12, 12), 3)
    assert all(np.array_equal(channel, GREY) for channel in read)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr"])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_mode(tmp_path: Path, mode: str, channels: int) -> None:
    name = "image.png" if mode in {"1", "L", "LA", "P", "RGB", "RGBA"} else "image.tif"
    source = Image.fromarray(RGB).convert("P").convert("PA") if mode == "PA" else Image.fromarray(RGB).convert(mode)
    expected = np.asarray(source.convert("RGB" if channels == 3 else "L")).reshape(12, 12, channels)
    read = read_image(saved(tmp_path, source, name), (12, 12), channels)
    assert np.array_equal(read, expected.transpose(2, 0, 1))


def test_a_palette_with_transparency(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.fromarray(RGB).convert("P"), transparency=bytes(range(256)))
    expected = Image.fromarray(RGB).convert("P").convert("RGB")
    assert np.array_equal(read_image(path, (12, 12), 3), np.asarray(expected).transpose(2, 0, 1))


def test_sixteen_bits_are_scaled_not_clipped(tmp_path: Path) -> None:
    deep = np.arange(144, dtype=np.uint16).reshape(12, 12) * 455
    read = read_image(saved(tmp_path, Image.fromarray(deep)), (12, 12), 1)
    assert np.array_equal(read[0], deep // 256)


def test_pixels_without_a_range_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.fromarray(np.ones((4, 4), dtype=np.float32)), "image.tif")
    with pytest.raises(DataError, match="mode F have no fixed range of brightness"):
        read_image(path, (4, 4), 1)


@pytest.mark.parametrize("extents", [(40, 40), (60, 40), (40, 90), (20, 30)])
def test_scaled_and_cut_as_torchvision_does(tmp_path: Path, extents: tuple[int, int]) -> None:
    height, width = extents
    rows, columns = np.mgrid[0:height, 0:width]
    smooth = np.stack([rows * 200 / height, columns * 200 / width, (rows + columns) % 50], axis=2).astype(np.uint8)
    path = saved(tmp_path, Image.fromarray(smooth))
    theirs = v2.Compose([v2.Resize(24), v2.CenterCrop(24), v2.PILToTensor()])(Image.fromarray(smooth))
    difference = torch.from_numpy(read_image(path, (24, 24), 3)).float() - theirs.float()
    # They round the scaled size to whole pixels before they cut, we do not: a shift of up to a pixel.
    assert difference.abs().mean() < 3


def test_height_comes_before_width(tmp_path: Path) -> None:
    assert read_image(saved(tmp_path, Image.fromarray(RGB)), (6, 10), 3).shape == (3, 6, 10)


def test_turned_as_the_camera_says(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the top of the scene is on the right of the file
    path = saved(tmp_path, Image.fromarray(RGB), exif=exif.tobytes())
    assert np.array_equal(read_image(path, (12, 12), 3), np.rot90(RGB, -1).transpose(2, 0, 1))


def test_no_image(tmp_path: Path) -> None:
    path = tmp_path / "notes.jpg"
    path.write_text("not a picture")
    with pytest.raises(
        DataError, match=rf"The image {path} cannot be read \(no image format is recognised\); repair it"
    ):
        read_image(path, (8, 8), 3)


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot be read \(is a directory\)"):
        read_image(tmp_path, (8, 8), 3)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_a_file_cut_short(tmp_path: Path, kind: str) -> None:
    stream = io.BytesIO()
    Image.fromarray(np.tile(RGB, (8, 8, 1))).save(stream, kind)
    path = tmp_path / "cut"
    path.write_bytes(stream.getvalue()[: len(stream.getvalue()) * 2 // 3])
    with pytest.raises(DataError, match="cannot be read"):
        read_image(path, (8, 8), 3)


def test_a_bomb_is_not_decoded(tmp_path: Path) -> None:
    header = struct.pack(">2I5B", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(100))), (b"IEND", b""))
    content = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    path = tmp_path / "bomb.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + content)
    with pytest.raises(DataError, match=r"cannot be read \(Image size \(3600000000 pixels\) exceeds limit"):
        read_image(path, (8, 8), 3)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # of odd TIFF tags, beside the error or the image
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")  # large, but it may be decoded
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "PPM", "WEBP", "TIFF"])
def test_damage_of_any_kind_is_an_image_or_a_sentence(tmp_path: Path, kind: str) -> None:
    stream = io.BytesIO()
    Image.fromarray(RGB).save(stream, kind)
    chance = random.Random(0)
    path, refused = tmp_path / "damaged", 0
    for _ in range(300):
        content = bytearray(stream.getvalue())
        for _ in range(chance.randint(1, 5)):
            content[min(int(chance.expovariate(1 / 40)), len(content) - 1)] = chance.randrange(256)
        path.write_bytes(content)
        try:
            assert read_image(path, (8, 8), 3).shape == (3, 8, 8)
        except DataError:
            refused += 1
    assert refused > 50


@pytest.mark.parametrize(
    ("size", "channels", "sentence"),
    [
        ((8, 8), 2, "1 channel .* or 3 .*, not 2"),
        ((0, 8), 3, "1 to 4,096 pixels a side, not 0 x 8"),
        ((8, 5000), 3, "not 8 x 5000"),
    ],
)
def test_sizes_out_of_range(tmp_path: Path, size: tuple[int, int], channels: int, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        read_image(saved(tmp_path, Image.fromarray(RGB)), size, channels)
