"""What a weight file says of itself is the same for every method."""

import json
from pathlib import Path

from limner.engine.config import RunConfig
from limner.methods.base import describe
from limner.methods.finder.config import Config


def test_describes_settings_but_no_paths() -> None:
    config = Config(
        Path("/secret/photos"), Path("/secret/yunet.onnx"), "free", run=RunConfig(Path("x"), seed=7)
    )
    about = describe(config, "photo-faces", "3 portraits")
    told = json.loads(about.pop("config"))
    assert told["width"] == 64
    assert told["light"]["camera"]["jpeg"] == config.light.camera.jpeg
    assert not told.keys() & {"data", "teacher", "run"}
    assert about == {
        "method": "finder",
        "direction": "photo-faces",
        "licence": "free",
        "trained_on": "3 portraits",
        "seed": "7",
    }
