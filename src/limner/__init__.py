"""limner turns face photos into sketches and sketches into photos.

import limner
limner.load()("portrait.jpg").save("sketch.png")
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from limner import evaluate
    from limner.sketcher import Sketcher, load, styles

__version__ = "0.1.0"
__all__ = ["Sketcher", "__version__", "evaluate", "load", "styles"]


def __getattr__(name: str) -> object:
    """Imports the drawing parts when they are first used: `import limner` itself stays instant."""
    if name == "evaluate":
        from importlib import import_module

        return import_module("limner.evaluate")
    if name in ("Sketcher", "load", "styles"):
        from limner import sketcher

        return getattr(sketcher, name)
    raise AttributeError(f"module 'limner' has no attribute {name!r}")
