"""How good a prior and its CLIP are: seven parts, each by one command.

    python -m benchmarks.prior autoencoder MODEL --portraits PORTRAITS --sketches cuhk:CUHK fs2k:FS2K
    python -m benchmarks.prior edits MODEL --portraits PORTRAITS --plain FOLDER
    python -m benchmarks.prior scales MODEL --pack RUN/pack/held
    python -m benchmarks.prior retrieval MODEL --portraits PORTRAITS
    python -m benchmarks.prior inversion MODEL --portraits PORTRAITS
    python -m benchmarks.prior seconds MODEL --threads 1 2
    python -m benchmarks.prior words MODEL --portraits PORTRAITS --training portraits:PORTRAITS

MODEL is what `load_prior` takes: a folder in diffusers' format, a name on the hub, or "stand-in". `--help`
after a part lists its settings; `--count` shortens it, `--json` keeps what it measured.

Portraits are those of people whom no part of limner is trained on. Every picture is a square of the prior's
size around the face that the finder sees: `limner.frame.square`.
"""
