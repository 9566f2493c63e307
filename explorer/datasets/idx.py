"""The IDX format of the MNIST family: a magic number, the sizes of the dimensions, then the bytes.

Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", section on file formats.
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from io import BufferedIOBase
from pathlib import Path

import numpy as np
import numpy.typing as npt

from explorer.errors import DataError

_UNSIGNED_BYTE = 0x08
_MAX_BYTES = 1 << 30  # a damaged header must not make us ask for terabytes; the largest set of the family has 47 MB
_REMEDY = "delete it and load the data set again, or point at a folder with sound files."


def read_idx(path: Path, dimensions: int) -> npt.NDArray[np.uint8]:
    """Reads an IDX file of unsigned bytes, gzip-compressed or plain.

    Args:
        path: The file; what it is compressed with is told by its content, not by its name.
        dimensions: How many dimensions it must have: 1 for labels, 3 for grey images.

    Raises:
        DataError: If the file is missing, unreadable, damaged, cut short or of another kind.
    """
    try:
        with path.open("rb") as file:
            compressed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            with gzip.GzipFile(fileobj=file) if compressed else file as content:
                return _parse(content, path, dimensions)
    except FileNotFoundError as error:
        raise DataError(
            f"The file {path.name} is missing from {path.parent}; put it there or load the set anew."
        ) from error
    except EOFError as error:
        raise DataError(f"The file {path} is cut short; {_REMEDY}") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"The file {path} is damaged ({error}); {_REMEDY}") from error
    except OSError as error:
        raise DataError(f"The file {path} cannot be read ({error.strerror}); check the file and its rights.") from error


def write_idx(path: Path, array: npt.NDArray[np.uint8]) -> None:
    """Writes an array as an IDX file, gzip-compressed if the name ends in ``.gz``; equal arrays give equal bytes.

    Args:
        path: The file to write.
        array: Unsigned bytes of any shape.
    """
    header = struct.pack(f">HBB{array.ndim}I", 0, _UNSIGNED_BYTE, array.ndim, *array.shape)
    content = header + array.tobytes()
    path.write_bytes(gzip.compress(content, compresslevel=9, mtime=0) if path.suffix == ".gz" else content)


def _parse(content: BufferedIOBase, path: Path, dimensions: int) -> npt.NDArray[np.uint8]:
    zero, kind, count = struct.unpack(">HBB", _exactly(content, 4, path))
    if zero != 0 or kind != _UNSIGNED_BYTE or count != dimensions:
        raise DataError(f"The file {path} is not an IDX file of bytes with {dimensions} dimensions; {_REMEDY}")
    shape = struct.unpack(f">{count}I", _exactly(content, 4 * count, path))
    size = math.prod(shape)
    if size > _MAX_BYTES:
        raise DataError(f"The file {path} claims to hold {size} bytes, which no set of this family has; {_REMEDY}")
    data = _exactly(content, size, path)
    if content.read(1):
        raise DataError(f"The file {path} holds more than its header says; {_REMEDY}")
    return np.frombuffer(data, dtype=np.uint8).reshape(shape)


def _exactly(content: BufferedIOBase, size: int, path: Path) -> bytearray:
    data = bytearray(content.read(size))  # a bytearray, so that the array over it can be written to
    if len(data) != size:
        raise DataError(f"The file {path} is cut short; {_REMEDY}")
    return data
