"""The command line: `limner draw`, `limner train` and so on. Doors only, the work is below.

Each command is a function whose signature is its options. A command's imports happen when it is called, so
that `limner --help` answers at once and `limner draw` never imports torch.
"""

import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Literal, TypeVar

from limner.errors import LimnerError
from limner.learners.settings import Settings
from limner.progress import Progress, Report, silent

T = TypeVar("T")
Command = Callable[[Sequence[str]], int]


def draw(
    inputs: tuple[str, ...],
    /,
    to: Literal["sketch", "photo"] | None = None,
    style: str | None = None,
    out: str | None = None,
    face: Literal["all", "largest"] | int = "all",
    points: tuple[float, ...] | None = None,
    background: Literal["keep", "paper"] | None = None,
    crop: bool = False,
    whole: bool = False,
    steps: int | None = None,
    text_scale: float | None = None,
    image_scale: float | None = None,
    trace: float | None = None,
    seed: int | None = None,
    prior: str = "",
    force: bool = False,
) -> int:
    """Draw pictures: each photo becomes a sketch of the same size, or each sketch a photo (--to photo).

    Args:
        inputs: Pictures, folders of pictures, or patterns such as 'holiday/*.jpg'.
        to: What is drawn; by default what the style draws, and without a style a sketch.
        style: Name of a style (see `limner styles`), or a .onnx or .safetensors file; by default the one that
            limner has for what is drawn.
        out: A file for one picture, or a folder; by default NAME.sketch.png, or NAME.photo.png, beside each
            picture.
        face: All, the largest alone, or a face's number as `limner faces` lists them. A face that is not
            meant is drawn like its surroundings.
        points: In place of looking for a face: X Y of the eye at the image's left and X Y of that at its
            right, or these and X Y of the nose and of both corners of the mouth, in pixels of the upright
            picture. For one picture.
        background: Draw it (keep), or leave paper where nobody is: of a sketch. By default as the style's
            artist does, where that is known, and else drawn.
        crop: Give one portrait cut to the style's frame instead of the whole picture: of the face that --face
            or --points names, else of the largest.
        whole: Draw the picture as it is, without looking for a face.
        steps: Of the sampling, of a style that `limner learn` made; by default as the style says, as all of
            these.
        text_scale: Of such a style: how much the hand is exaggerated.
        image_scale: Of such a style: how much of the photo is kept.
        trace: Of such a style: how far it is laid on the lines that were learned with it, from 0 to 1.
        seed: Of such a style's chance; the same seed draws the same picture.
        prior: Of such a style: where the prior lies that it was learned on.
        force: Overwrite files that exist.
    """
    from limner import sketcher
    from limner.batch import draw_all, photos, plan
    from limner.methods.base import Sampling

    if not inputs:
        raise LimnerError("no picture is given; see limner draw --help")
    sampling = Sampling(steps, text_scale, image_scale, trace, seed)
    options = sketcher.Options(face, points, background, crop, whole, sampling)
    hand = sketcher.load(style, to=to, prior=prior)
    hand.check(options)
    planned = plan(photos(inputs, hand.draws), out, hand.draws)
    if points is not None and len(planned) > 1:
        raise LimnerError(f"--points tells of one picture; {len(planned)} are given")
    failed = 0
    with _bar(shown=len(planned) > 1) as report:
        for outcome in draw_all(lambda p: hand.draw(p, options), planned, report, force):
            for note in outcome.notes:
                _complain(note)
            if outcome.target is None:
                failed += 1
                _complain(outcome.error)
            else:
                _tell(str(outcome.target))
    return 1 if failed else 0


def faces(
    inputs: tuple[str, ...],
    /,
    out: str | None = None,
    json: bool = False,
    force: bool = False,
) -> int:
    """Show which faces are found in photos, largest first. Finding none is no failure.

    Args:
        inputs: Pictures, folders of pictures, or patterns such as 'holiday/*.jpg'.
        out: Write the photo with boxes, points and numbers: a file for one picture, or a folder.
        json: Print a JSON list with box [x0, y0, x1, y1], score and five points [x, y] of each face: eyes,
            nose, corners of the mouth, image-left first, in pixels of the upright photo. For anything but
            one picture's name: an object with such a list for each picture.
        force: Overwrite files that exist.
    """
    from json import dumps

    from limner.batch import look_all, photos, plan

    if not inputs:
        raise LimnerError("no picture is given; see limner faces --help")
    pictures = photos(inputs, "faces")
    planned = plan(pictures, out, "faces") if out else [(picture, None) for picture in pictures]
    with _bar(shown=len(planned) > 1) as report:
        looks = list(look_all(planned, report, force))
    seen = {str(look.source): look.faces for look in looks if not look.error}
    if json and seen:
        records = {path: [face.record() for face in found] for path, found in seen.items()}
        alone = len(inputs) == 1 and pictures == [Path(inputs[0])]
        _tell(dumps(records[str(pictures[0])] if alone else records))
    for look in looks:
        if look.error:
            _complain(look.error)
        elif not json:
            _tell(str(look))
    return 1 if len(seen) < len(looks) else 0


def score(
    real: Path,
    made: Path,
    /,
    metrics: tuple[str, ...] = ("ssim", "fsim", "scoot"),
    out: Path | None = None,
    json: bool = False,
    force: bool = False,
) -> int:
    """Score made pictures against real ones, each mean with its bootstrap 95 % interval.

    Args:
        real: The references: a picture, or a folder; names pair up to the first dot.
        made: What is judged; brought to the references' size first, as the field does.
        metrics: Names of metrics; docs/metrics.md tells what each says.
        out: Write every picture's scores to this file, as comma-separated values.
        json: Print an object: n, and each metric's mean, low and high.
        force: Overwrite a file that exists.
    """
    from json import dumps

    from limner.evaluate import lines, matched, measure, spread
    from limner.files import replacing

    matches = matched(real, made)
    if out:
        if out.exists() and not force:
            raise LimnerError(f"{out} exists; --force overwrites it")
        out.parent.mkdir(parents=True, exist_ok=True)
    with _bar(shown=len(matches) > 1) as report:
        scores = measure(matches, metrics, report=report)
    for note in scores.notes:
        _complain(note)
    if out:
        with replacing(out, force=force) as new:
            new.write_text(spread({made.name: scores}), encoding="utf-8")
    _tell(dumps(scores.record(), allow_nan=False) if json else lines(scores))
    return 0


def bench(
    protocol: str,
    /,
    style: tuple[str, ...] = (),
    made: tuple[str, ...] = (),
    to: Literal["sketch", "photo"] | None = None,
    data: Path | None = None,
    photos: Path | None = None,
    sketches: Path | None = None,
    grey: bool = False,
    background: Literal["keep", "paper"] | None = None,
    split: str = "",
    method: tuple[str, ...] = (),
    pairs: int = 5,
    seeds: int = 1,
    learning: Settings = Settings(),  # noqa: B008  frozen
    keep: bool = False,
    out: Path | None = None,
) -> int:
    """Run a benchmark of the field: draw its pictures, score the drawings, compare methods, show them.

    With --method it is one-shot: one pair trains, all others test, for several pairs in turn.

    Args:
        protocol: cuhk, cufs, cufsf, fs2k, ossketch, pairs (your own) or wild (photos alone).
        style: Styles that draw; the first is what the others are compared with.
        made: NAME=FOLDER of pictures that another program made, named like those that they were made from.
        to: What is drawn: sketches from the set's photos, or photos from its sketches; by default what the
            styles draw, and without one sketches.
        data: Where the data set lies; by default its name in the folder that LIMNER_DATA names.
        photos: Draw sketches from these in place of the set's own photos, e.g. larger scans; named alike.
        sketches: Draw photos from these in place of the set's own sketches; named alike.
        grey: Draw from grey versions of the pictures.
        background: What the styles make of it, as of `limner draw`; by default each as its artist does.
        split: Another split of the data set, see docs/data.md; SPLIT/ARTIST, or /ARTIST, leaves the pairs of
            one artist. Of photos alone, held-out leaves only people whom no part of limner is trained on.
        method: What learns from one pair: instruct, lines, grey, xdog, gatys, paired (docs/instruct.md). The
            first is what the others are compared with; styles and made pictures beside it are scored as they
            are.
        pairs: How many pairs teach a method, each alone; which ones is a rule's.
        seeds: How often each pair does, by the seeds 0, 1 and so on.
        learning: How methods learn.
        keep: Keep the drawings of the same command that was cut off, and draw what lacks; those of another
            style or setting are refused.
        out: Where table, values and contact sheet go, and the drawings; by default runs/bench/PROTOCOL, with
            -photo, -grey or -one-shot after it where these are asked for.
    """
    from functools import partial

    from limner.evaluate import PROTOCOLS, Plan, located, named_folder, one_shot
    from limner.evaluate import bench as run_bench
    from limner.learners import named
    from limner.sketcher import Options, load_all

    if protocol not in PROTOCOLS:
        known = f"no protocol is called {protocol!r}; known are {', '.join(PROTOCOLS)}"
        raise LimnerError(f"{known}; each of pairs is one-shot with --method, see docs/instruct.md")
    opened = load_all(style, to)
    to = to or (next(iter(opened.values())).draws if opened else "sketch")
    for hand in opened.values():
        hand.check(Options(background=background))
    hands = {name: partial(hand, background=background) for name, hand in opened.items()}
    chosen = PROTOCOLS[protocol].drawing(to)
    sources, unused = (sketches, photos) if to == "photo" else (photos, sketches)
    if unused:
        other = "photos" if to == "photo" else "sketches"
        raise LimnerError(f"--{other} {unused}: {other} are drawn here, not drawn from")
    asked = {"photo": to == "photo", "grey": grey, "one-shot": bool(method)}
    out = out or Path(
        "runs", "bench", "-".join([protocol, *(kind for kind, is_so in asked.items() if is_so)])
    )
    others, learners = dict(named_folder(word) for word in made), named(method, learning)
    plan = Plan(chosen, located(chosen, data), hands, others, out, sources, split, grey, keep)
    with _bar(shown=True) as report:
        result = one_shot(learners, plan, pairs, seeds, report) if learners else run_bench(plan, report)
    files = result.write(out)
    _tell(result.page() + "\n" + "\n".join(str(path) for path in files))
    return 0


def styles(json: bool = False) -> int:
    """List the styles that come with limner, with licence and scores.

    Args:
        json: Print a JSON list of the whole cards.
    """
    import dataclasses
    from json import dumps

    from limner import hub

    cards = sorted(hub.styles().values(), key=lambda card: card.name)
    if json:
        _tell(dumps([dataclasses.asdict(card) for card in cards], indent=2))
        return 0
    _tell("\n".join(map(str, cards)))
    return 0


def export(style: Path, /, out: Path | None = None, artist: str = "", beside: Path | None = None) -> int:
    """Turn a trained style into an ONNX file, and check that it draws the same.

    Args:
        style: A style.safetensors that `limner train` made.
        out: The file to write or replace; by default beside the style, with the suffix .onnx.
        artist: Which of a style's several artists draws; by default the first.
        beside: An .onnx file whose network goes into the new one too: the finder's, of which there are two.
    """
    target = out or style.with_suffix(".onnx")
    if target.suffix.lower() != ".onnx":
        raise LimnerError(f"{target}: a file NAME.onnx is expected")
    try:
        from limner.export import export as run_export
    except ImportError as error:
        raise LimnerError(f"{error}: exporting needs pip install 'limner[train]'") from error

    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
    difference = run_export(style, target, artist, beside)
    _tell(f"{target}  (largest difference to torch {difference:.5f} of the range 0 to 1)")
    return 0


def pairs(folders: tuple[Path, ...], /, out: Path = Path("runs/pairs"), seed: int = 0) -> int:
    """Let limner's own pencil draw portraits: pairs to train a style on, free of anybody's drawings.

    Args:
        folders: Folders of portraits; people who are kept for testing are left out.
        out: Gets photos/ and sketches/. A pair that is there already is left as it is.
        seed: Of all chance in the drawings.
    """
    from limner.data.portraits import portraits
    from limner.pairing import make_pairs

    if not folders:
        raise LimnerError("no folder is given; see limner pairs --help")
    failed = 0
    with _bar(shown=True) as report:
        for made in make_pairs(
            [p for folder in folders for p in portraits(folder)], out, seed, report=report
        ):
            if made.error:
                failed += 1
                _complain(made.error)
    _tell(str(out))
    return 1 if failed else 0


def learn(
    pictures: tuple[Path, ...],
    /,
    out: Path,
    licence: str,
    prior: str = "stand-in",
    steps: int | None = None,
    instruction: str = "turn it into a pencil sketch",
    start: Literal["given", "nearest", "best"] | None = None,
    largest: bool = False,
    trust: bool = False,
    text_scale: float | None = None,
    image_scale: float | None = None,
    lines: int | None = None,
    trace: float | None = None,
    clip: str = "auto",
    clip_weight: float = 0.1,
    seed: int = 0,
    force: bool = False,
) -> int:
    """Learn a hand from one drawing: PHOTO SKETCH, or several such pairs. limner draw --style draws in it.

    Args:
        pictures: A photo and its sketch; further photos, each with its sketch, of the same hand.
        out: The style's file, NAME.safetensors; NAME.png beside it shows the pairs as they were aligned, and
            the first photo as it was drawn on the way.
        licence: Terms of the style, in your words.
        prior: What it draws with: stand-in, a folder in diffusers' format, or OWNER/NAME on the Hugging Face
            hub after `limner fetch`, such as timbrooks/instruct-pix2pix.
        steps: Of learning; by default 100 on the stand-in, 1000 on others.
        instruction: The sentence that learning starts from, unless a known one is better.
        start: Learn from that sentence, or from the known one that is nearest to the pair by CLIP, or that
            draws it best; by default best on the stand-in, given on others.
        largest: Take the largest face of each picture where there are several.
        trust: Learn from a sketch that looks like a photo, as soft tonal drawings may.
        text_scale: How much the hand is exaggerated, in learning and by default in drawing; by default 2 on
            the stand-in, 7.5 on others.
        image_scale: How much of the photo is kept, likewise; by default 1.5.
        lines: Steps in which limner's own pencil learns the strokes of the pair, to be part of the style; 0
            leaves it out; by default 100 on the stand-in, whose own lines are poor, 0 on others.
        trace: How far what the prior draws is laid on those lines, from 0 to 1; by default 1, or 0 where
            there are none.
        clip: A CLIP with the prior's text encoder; auto takes the prior's own, or the one of InstructPix2Pix.
        clip_weight: Of the term that CLIP gives; 0 does without.
        seed: Of all chance.
        force: Overwrite files that exist.
    """
    from limner.learning import learn as run_learn
    from limner.methods.instruct.config import config_of, run_of

    config = config_of(
        pictures,
        licence,
        prior=prior,
        lines=lines,
        largest=largest,
        trust=trust,
        instruction=instruction,
        start=start,
        text_scale=text_scale,
        image_scale=image_scale,
        trace=trace,
        clip=clip,
        clip_weight=clip_weight,
        run=run_of(prior, steps, seed),
    )
    try:
        with _bar(shown=True) as report:
            made = run_learn(config, out, force, report)
    except ImportError as error:
        raise LimnerError(f"{error}: learning needs pip install 'limner[train,diffusion]'") from error
    _tell("\n".join(map(str, made)))
    return 0


def fetch(names: tuple[str, ...] = (), /) -> int:
    """Download weights that others published, into limner's cache; without a name, list what there is.

    Args:
        names: What to download; what it needs comes with it. OWNER/NAME is a model of the Hugging Face hub,
            such as timbrooks/instruct-pix2pix, and goes to the hub's own cache.
    """
    from limner import hub

    for name in names:
        if "/" in name:
            _tell(str(_fetch_model(name)))
            continue
        with _bar(shown=True) as report:
            _tell(str(hub.fetch(hub.download(name), report)))
    if names:
        return 0
    for card in hub.downloads().values():
        lacks = ", ".join(part.name for part in hub.missing(card))
        _tell(
            f"{card.name}  ({card.size / 1e6:.3g} MB, {f'not here: {lacks}' if lacks else 'fetched'})\n"
            f"  what        {card.what}\n"
            f"  licence     {card.licence}\n"
            f"  from        {card.url}"
        )
    return 0


def _fetch_model(name: str) -> Path:
    try:
        from limner.pretrained.folder import fetch as fetch_model
    except ImportError as error:
        raise LimnerError(f"{error}: {name} needs pip install 'limner[train,diffusion]'") from error
    return fetch_model(name).path


def _train(args: Sequence[str]) -> int:
    """Train a style: limner train METHOD --help lists a method's settings."""
    from limner.methods import METHODS

    known = ", ".join(sorted(METHODS))
    if not args or args[0] not in METHODS:
        if args and args[0] in ("-h", "--help"):
            _tell(f"usage: limner train METHOD [OPTIONS]\nmethods: {known}")
            return 0
        raise LimnerError(f"limner train needs a method; known are {known}")
    method = METHODS[args[0]]
    config = _parse(method.config, args[1:], f"limner train {args[0]}")
    try:
        with _bar(shown=True) as report:
            style = method.train(config, report)
        from torch import distributed
    except ImportError as error:
        raise LimnerError(f"{error}: training needs pip install 'limner[train]'") from error
    if distributed.is_available() and distributed.is_initialized():
        # Left to the interpreter's end, the threads of several processes now and then abort one of them.
        distributed.destroy_process_group()
    _tell(str(style))
    return 0


def _command(what: Callable[..., int]) -> Command:
    return lambda args: _parse(what, args, f"limner {what.__name__}")


COMMANDS: dict[str, tuple[Command, str]] = {
    "draw": (_command(draw), "draw photos as sketches, or sketches as photos, of the same size"),
    "faces": (_command(faces), "show which faces are found in photos"),
    "score": (_command(score), "score made pictures against real ones"),
    "bench": (_command(bench), "run a benchmark of the field"),
    "styles": (_command(styles), "list the styles that come with limner"),
    "train": (_train, "train a style from pairs"),
    "learn": (_command(learn), "learn a hand from one photo and its sketch"),
    "export": (_command(export), "turn a trained style into an ONNX file"),
    "pairs": (_command(pairs), "let limner's own pencil draw portraits, as training pairs"),
    "fetch": (_command(fetch), "download weights that others published"),
}


def main(args: Sequence[str] | None = None) -> int:
    """Runs one command.

    Args:
        args: The words after `limner`; by default those of the shell.

    Returns:
        The exit status: 0 done, 1 something failed, 2 a wrong option (tyro exits by itself), 130 interrupted.
    """
    args = sys.argv[1:] if args is None else args
    for stream in (sys.stdout, sys.stderr):
        # A file's name may hold what the terminal cannot show.
        if isinstance(stream, TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")
    try:
        if args and args[0] in COMMANDS:
            return COMMANDS[args[0]][0](args[1:])
        return _greet(args)
    except (LimnerError, FloatingPointError) as error:
        _complain(str(error))
        return 1
    except OSError as error:
        _complain(f"{error.filename or ''}: {error.strerror or error}".lstrip(": "))
        return 1
    except KeyboardInterrupt:
        _complain("interrupted")
        return 130


def _greet(args: Sequence[str]) -> int:
    """The top-level help, without importing anything for it."""
    from limner import __version__

    if args and args[0] == "--version":
        _tell(__version__)
        return 0
    rows = "\n".join(f"  {name:<8} {told}" for name, (_, told) in COMMANDS.items())
    usage = (
        "usage: limner COMMAND [OPTIONS]    (limner COMMAND --help tells more)\n\n"
        f"limner turns face photos into sketches and sketches into photos.\n\n{rows}"
    )
    if not args or args[0] in ("-h", "--help"):
        _tell(usage)
        return 0
    import difflib

    near = difflib.get_close_matches(args[0], COMMANDS, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    _complain(f"no command is called {args[0]!r}{hint} Known: {', '.join(COMMANDS)}")
    return 2


def _parse(what: Callable[..., T], args: Sequence[str], prog: str) -> T:
    import tyro

    config = (tyro.conf.FlagCreatePairsOff, tyro.conf.PositionalMetavarFromFieldName)
    return tyro.cli(what, args=list(args), prog=prog, config=config)


@contextmanager
def _bar(shown: bool) -> Generator[Report, None, None]:
    """A progress bar on the error stream of a terminal; the output stays clean for other programs."""
    if not (shown and sys.stderr.isatty()):
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Bar(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as bar:
        task = bar.add_task("")
        noted = ""

        def report(progress: Progress) -> None:
            nonlocal noted
            noted = progress.note or noted
            left = progress.seconds_left
            told = "" if left is None else f"{_clock(left)} left  "
            bar.update(task, total=progress.total, completed=progress.done, description=told + noted)

        yield report


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _tell(text: str) -> None:
    sys.stdout.write(text + "\n")


def _complain(text: str) -> None:
    sys.stderr.write("limner: " + " ".join(text.split()) + "\n")
