"""Networks as ONNX files, run by onnxruntime; the only module that imports it."""

from collections.abc import Mapping

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from limner.hub import StyleError


class Net:
    """An ONNX file of one network, or of several beside each other, each with one input and one output.

    Args:
        content: The ONNX file.
        name: What to call it in an error.
        threads: Threads of one drawing; 0 takes one a core.

    Raises:
        StyleError: The content is not a network.
    """

    def __init__(self, content: bytes, name: str, threads: int = 0) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 4
        # The arena keeps the largest picture's memory for ever; giving it back costs no time that shows.
        options.enable_cpu_mem_arena = False
        try:
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's own errors share no base but this
            raise StyleError(f"{name} is not an ONNX network, or a damaged one") from error
        # All networks of a file run; those that are not asked get a picture of next to nothing.
        self._least = {put.name: _least(put.shape[1]) for put in self._session.get_inputs()}
        self._parts = [
            (put.name, out.name)
            for put, out in zip(self._session.get_inputs(), self._session.get_outputs(), strict=True)
        ]

    @property
    def about(self) -> Mapping[str, str]:
        """What the file says of itself."""
        return self._session.get_modelmeta().custom_metadata_map

    def __call__(self, x: NDArray[np.float32], part: int = 0) -> NDArray[np.float32]:
        """Runs a network.

        Args:
            x: The input, (N, C, H, W).
            part: Which of the file's networks, from 0.

        Returns:
            The output, (N, C', H', W').

        Raises:
            IndexError: The file holds fewer networks.
        """
        taken, given = self._parts[part]
        return np.asarray(self._session.run([given], {**self._least, taken: x})[0], dtype=np.float32)


def _least(channels: object) -> NDArray[np.float32]:
    """The smallest picture that any network takes which shares a file with another."""
    # Not a batch of none: onnxruntime cannot resize that.
    return np.zeros((1, channels if isinstance(channels, int) else 1, 16, 16), np.float32)
