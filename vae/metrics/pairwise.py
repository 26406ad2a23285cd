"""What all pairwise metrics need: float64, and rows in blocks that keep memory bounded."""

from collections.abc import Iterator

from jaxtyping import Float
from torch import Tensor

BLOCK_ELEMENTS = 1 << 21  # 16 MiB a float64 matrix: a handful of them at a time, and smaller blocks are no faster


def float64(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Return x in float64, on the CPU where its device has no float64 (Apple's MPS).

    Distances and Gaussian exponents come out of matrix products as differences of large terms; in float32 that
    cancellation reorders near neighbours and costs tenths of a nat where posteriors are narrow.
    """
    return (x.cpu() if x.device.type == "mps" else x).double()


def row_blocks(rows: int, columns: int) -> Iterator[slice]:
    """Yield slices that cover the rows of a rows x columns matrix, each of at most BLOCK_ELEMENTS elements.

    Write what is kept of a block into a tensor made before the loop: small results kept in a list come to lie between
    freed blocks, so that the heap grows by a block at each step.
    """
    height = max(1, BLOCK_ELEMENTS // max(1, columns))
    for first in range(0, rows, height):
        yield slice(first, first + height)
