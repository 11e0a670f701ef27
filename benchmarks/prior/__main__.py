"""Measures one part: python -m benchmarks.prior PART MODEL [OPTIONS]."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import tyro

import benchmarks.prior
from benchmarks.prior import autoencoder, edits, inversion, retrieval, scales, seconds, words

PARTS: Mapping[str, tuple[type[Any], Callable[[Any], None]]] = {
    "autoencoder": (autoencoder.Options, autoencoder.measure),
    "edits": (edits.Options, edits.measure),
    "retrieval": (retrieval.Options, retrieval.measure),
    "inversion": (inversion.Options, inversion.measure),
    "scales": (scales.Options, scales.measure),
    "seconds": (seconds.Options, seconds.measure),
    "words": (words.Options, words.measure),
}


def main(args: Sequence[str]) -> None:
    """Prints what a part measured.

    Args:
        args: The part's name, then its options. Without a part, what parts there are.
    """
    if not args or args[0] in ("-h", "--help"):
        print(benchmarks.prior.__doc__)
        return
    if args[0] not in PARTS:
        sys.exit(f"no part is called {args[0]!r}; known are {', '.join(PARTS)}")
    options, measure = PARTS[args[0]]
    config = (tyro.conf.FlagCreatePairsOff, tyro.conf.PositionalMetavarFromFieldName)
    measure(
        tyro.cli(options, args=list(args[1:]), prog=f"python -m benchmarks.prior {args[0]}", config=config)
    )


if __name__ == "__main__":
    main(sys.argv[1:])
