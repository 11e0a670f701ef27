"""Training of the `transfer` method: two students at once, each taught by two teachers and by the other.

With p a photo and s its sketch, phi_P and phi_S the frozen teachers, E_ps and D_ps the encoder's and the
decoder's maps of the student that draws sketches (E_sp, D_sp of the other), r and r' the adapters:

    L = l1 L_picture + a (L_mimic + L_transform) + b L_mutual [+ c L_gan]

Source: Zhu, Wang, Gao, Li, Li, Face photo-sketch synthesis via knowledge transfer (IJCAI 2019): teachers of
photos and of sketches, students trained simultaneously that mimic, transform and teach each other; with a GAN
it is KD+ of the journal form (TNNLS 33(2), 2022).
Chosen: every term's form. Differs: the picture term also holds the local contrast to the artist's; several
artists share one student; strangers u, whom nobody drew, pass through it as well, for the mimic term and for
the discriminator, which need no drawing; the students' weights are standardised, where asked for
(`limner.nn.standard`).
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.optim import Adam

from limner.data.pair import Pair
from limner.engine.run import Run
from limner.engine.schedule import linear_decay
from limner.errors import LimnerError
from limner.losses.adversarial import discriminator_loss, generator_loss, matching_loss
from limner.losses.cooccurrence import LEAST, cooccurrence_loss
from limner.losses.distill import knowledge_loss, mutual_loss
from limner.losses.perceptual import perceptual_loss
from limner.losses.texture import texture_loss
from limner.methods.base import describe
from limner.methods.ground import background_of
from limner.methods.transfer.artists import Artists, all_named
from limner.methods.transfer.config import Config
from limner.methods.transfer.model import Adapters, one_hand, photo_judge, signed, sketch_judge, student
from limner.nn.average import Average
from limner.nn.standard import plain
from limner.pretrained.perceptual import load_teacher
from limner.progress import Report, silent


def train(config: Config, report: Report = silent) -> Path:
    """Trains both students; the same call resumes a run that was cut off.

    Args:
        config: All settings.
        report: Is told the progress after every step.

    Returns:
        The path of the finished `style.safetensors`, which draws sketches; `photo.safetensors` beside it
        draws photos.

    Raises:
        limner.data.pair.DataError: A data set is missing or damaged, or no face is found in it.
        limner.image.ImageError: A picture cannot be read.
        limner.hub.StyleError: There is no such teacher, or its file, or that of the packaged finder or matte,
            is missing or damaged.
        limner.hub.FetchError: VGG-19 is asked for and was not fetched.
        limner.errors.LimnerError: Crops are too small for the co-occurrence that is asked for, or the run's
            folder holds a run with other settings.
        FloatingPointError: A loss is no longer finite.
    """
    if config.cooccurrence and config.augment.crop < LEAST:
        raise LimnerError(
            f"cooccurrence in crops of {config.augment.crop} pixels; --augment.crop of at least {LEAST}, or "
            "--cooccurrence 0, is expected"
        )
    sources = all_named(config.data)
    pairs = [source.pairs(config.hold_out) for source in sources.values()]
    kept = config.run.folder / "eyes.json"
    samples = Artists.read(pairs, config.strangers, config.frame, config.augment, kept, config.often)

    torch.manual_seed(config.run.seed)
    to_sketch, to_photo = student(config, "photo-sketch"), student(config, "sketch-photo")
    of_sketches, of_photos = sketch_judge(config), photo_judge(config)
    phi_p, phi_s = load_teacher(config.photo_teacher), load_teacher(config.sketch_teacher)
    r_ps = Adapters(to_sketch, phi_p.widths, phi_s.widths)
    r_sp = Adapters(to_photo, phi_s.widths, phi_p.widths)
    students = nn.ModuleList([to_sketch, to_photo, r_ps, r_sp])
    judges = nn.ModuleList([of_sketches, of_photos])
    sketch_average, photo_average = Average(to_sketch, config.average), Average(to_photo, config.average)
    students_step = Adam(students.parameters(), config.rate, config.betas)
    judges_step = Adam(judges.parameters(), config.judge_rate, config.betas)
    run = Run(
        config.run,
        keep={
            "students": students,
            "judges": judges,
            "sketch_average": sketch_average,
            "photo_average": photo_average,
            "students_step": students_step,
            "judges_step": judges_step,
        },
        about=_about(config, dict(zip(sources, pairs, strict=True)), len(samples.strangers)),
        report=report,
    )
    phi_p, phi_s = phi_p.to(run.device), phi_s.to(run.device)

    for batch in run.batches(samples):
        decay = linear_decay(run.step, config.run.steps)
        # p is drawn from under a changed light; q is the same photo as it was taken, to be drawn from s.
        p, q, s, hand = batch["photo"], batch["plain"], batch["sketch"], batch["hand"]
        few = len(hand)
        # Every other pair brings a stranger, to be drawn by the same artist.
        seen = torch.cat([p, batch["stranger"][::2]])
        hands = torch.cat([hand, hand[::2]])
        with run.autocast():
            with torch.no_grad():
                known_p, known_q, known_s = phi_p(seen), phi_p(q), phi_s(s)
            ps, sp = to_sketch.trace(seen, hands), to_photo.trace(s)
            made_s, made_p = ps.made[:few], sp.made

        # L_D of KD+: each discriminator tells its domain from made pictures, those of strangers too.
        real_s: list[Tensor] = []
        real_p: list[Tensor] = []
        if config.adversarial:
            with run.autocast():
                real_s = of_sketches.features(signed(s, hand))
                real_p = of_photos.features(q)
                false_s, false_p = of_sketches(signed(ps.made.detach(), hands)), of_photos(made_p.detach())
                judged = discriminator_loss(real_s[-1], false_s) + discriminator_loss(real_p[-1], false_p)
            run.descend(judged, judges_step, config.judge_rate * decay)
            run.log({"judges": judged})

        with run.autocast():
            # L_picture: L1 both ways, and strokes as strong as the artist's.
            l1 = (s - made_s).abs().mean() + (q - made_p).abs().mean()
            texture = texture_loss(s, made_s) + texture_loss(q, made_p)
            # L_mimic = sum_l |r^l(E_ps^l(p)) - phi_P^l(p)|^2, and its mirror image.
            mimic = knowledge_loss(r_ps.seen(ps.encoded), known_p)
            mimic = mimic + knowledge_loss(r_sp.seen(sp.encoded), known_s)
            # L_transform = sum_l |r'^l(D_ps^l(p)) - phi_S^l(s)|^2, and its mirror image.
            drawn_s = [each[:few] for each in ps.decoded]
            transform = knowledge_loss(r_ps.drawn(drawn_s), known_s[:-1])
            transform = transform + knowledge_loss(r_sp.drawn(sp.decoded), known_q[:-1])
            # L_mutual = sum_l |D_ps^l(p) - sg E_sp^l(s)|^2 + |D_sp^l(s) - sg E_ps^l(p)|^2.
            mutual = mutual_loss(drawn_s, sp.encoded[:-1])
            mutual = mutual + mutual_loss(sp.decoded, [e[:few] for e in ps.encoded[:-1]])
            loss = config.l1 * l1 + config.texture * texture
            loss = loss + config.mimic * mimic + config.transform * transform + config.mutual * mutual
            logged = {"l1": l1, "texture": texture, "mimic": mimic, "transform": transform, "mutual": mutual}
            # The artist's grey levels beside each other, for artists whose strokes were too few or too even.
            if config.cooccurrence:
                beside = cooccurrence_loss(s, made_s)
                loss = loss + config.cooccurrence * beside
                logged = {**logged, "cooccurrence": beside}
            # The competitor: both made pictures look to the teachers as the real ones do.
            if config.perceptual:
                alike = perceptual_loss(known_s, phi_s(made_s)) + perceptual_loss(known_q, phi_p(made_p))
                loss, logged = loss + config.perceptual * alike, {**logged, "perceptual": alike}
            # L_gan of KD+: be taken for the artist and for a photo; look alike to the discriminators.
            if config.adversarial:
                felt_s, felt_p = of_sketches.features(signed(ps.made, hands)), of_photos.features(made_p)
                fool = generator_loss(felt_s[-1]) + generator_loss(felt_p[-1])
                match = matching_loss(real_s[:-1], [f[:few] for f in felt_s[:-1]])
                match = match + matching_loss(real_p[:-1], felt_p[:-1])
                loss = loss + config.adversarial * (fool + config.match * match)
                logged = {**logged, "fool": fool, "match": match}
        run.descend(loss, students_step, config.rate * decay, config.clip)

        sketch_average.update(to_sketch)
        photo_average.update(to_photo)
        run.log(logged)

    back = {
        "direction": "sketch-photo",
        "background": "keep",
        "artist": "photo",
        "artists": json.dumps(["photo"]),
    }
    run.finish(plain(one_hand(photo_average.module, None)), "photo", back)
    return run.finish(plain(one_hand(sketch_average.module, 0)))


def _about(config: Config, pairs: Mapping[str, Sequence[Pair]], strangers: int) -> dict[str, str]:
    """What the weight files say of themselves; the first artist draws unless another is asked for."""
    names = list(pairs)
    told = ", ".join(f"{len(each)} pairs of {name}" for name, each in pairs.items())
    # The ground is left where all artists leave it: the file says it once.
    grounds = {background_of(each) for each in pairs.values()}
    # A weight file tells nobody's folders.
    teachers = {
        "photo_teacher": Path(config.photo_teacher).name,
        "sketch_teacher": Path(config.sketch_teacher).name,
    }
    config = dataclasses.replace(config, data=tuple(names), strangers=(), **teachers)
    return {
        **describe(config, "photo-sketch", f"{told}; {strangers} portraits that nobody drew"),
        "frame": json.dumps(dataclasses.asdict(config.frame)),
        "background": "paper" if grounds == {"paper"} else "keep",
        "artists": json.dumps(names),
        "artist": names[0],
    }
