"""Networks as ONNX files, run by onnxruntime; the only module that imports it."""

from collections.abc import Mapping

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from limner.hub import StyleError


class Net:
    """An ONNX network with one input and one output.

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
        self._input = self._session.get_inputs()[0].name

    @property
    def about(self) -> Mapping[str, str]:
        """What the file says of itself."""
        return self._session.get_modelmeta().custom_metadata_map

    def __call__(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Runs the network.

        Args:
            x: The input, (N, C, H, W).

        Returns:
            The output, (N, C', H, W).
        """
        return np.asarray(self._session.run(None, {self._input: x})[0], dtype=np.float32)
