"""A `.npy` file that is written row by row, its length known only in the end."""

from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import ArrayLike, DTypeLike


class Growing:
    """An array (N, *shape) that grows on the disk; whole when the context ends.

    Args:
        path: Of the file, which is replaced.
        shape: Of a row.
        dtype: Of the numbers.
    """

    def __init__(self, path: Path, shape: tuple[int, ...], dtype: DTypeLike) -> None:
        self.shape, self.dtype, self.rows = shape, np.dtype(dtype), 0
        self._file = path.open("wb")
        self._head()

    def append(self, row: ArrayLike) -> None:
        """Adds a row; raises ValueError if it is of another shape."""
        taken = np.ascontiguousarray(row, self.dtype)
        if taken.shape != self.shape:
            raise ValueError(f"a row of shape {taken.shape}; {self.shape} is expected")
        self._file.write(taken.tobytes())
        self.rows += 1

    def __enter__(self) -> "Growing":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.seek(0)
        self._head()
        self._file.close()

    def _head(self) -> None:
        # NumPy leaves room in the head for any number of rows, so that it keeps its length.
        told = {
            "descr": np.lib.format.dtype_to_descr(self.dtype),
            "fortran_order": False,
            "shape": (self.rows, *self.shape),
        }
        np.lib.format.write_array_header_1_0(self._file, told)
