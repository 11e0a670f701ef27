"""What a batch is worth: the terms of both students' loss, and the discriminators'.

With p a photo and s its sketch, phi_P and phi_S the frozen teachers, E_ps and D_ps the encoder's and the
decoder's maps of the student that draws sketches (E_sp, D_sp of the other), r and r' the adapters:

    L = l1 L_picture + a (L_mimic + L_transform) + b L_mutual [+ c L_gan]

Source: Zhu, Wang, Gao, Li, Li, Face photo-sketch synthesis via knowledge transfer (IJCAI 2019); with a GAN it
is KD+ of the journal form (TNNLS 33(2), 2022).
Chosen: every term's form. Differs: the picture term also holds the local contrast to the artist's.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from limner.losses.adversarial import discriminator_loss, generator_loss, matching_loss
from limner.losses.cooccurrence import cooccurrence_loss
from limner.losses.distill import knowledge_loss, mutual_loss
from limner.losses.perceptual import perceptual_loss
from limner.losses.texture import texture_loss
from limner.methods.transfer.config import Config
from limner.methods.transfer.model import Adapters, Student, signed
from limner.nn.generator import Trace
from limner.nn.patchgan import PatchGAN
from limner.pretrained.perceptual import Teacher


@dataclass(frozen=True)
class Nets:
    """All that learn, and both that teach.

    Attributes:
        to_sketch: The student that draws sketches.
        to_photo: The student that draws photos.
        r_ps: Adapters of `to_sketch`.
        r_sp: Adapters of `to_photo`.
        of_sketches: Tells an artist's sketches from made ones.
        of_photos: Tells photos from made ones.
        phi_p: The teacher of photos.
        phi_s: The teacher of sketches.
    """

    to_sketch: Student
    to_photo: Student
    r_ps: Adapters
    r_sp: Adapters
    of_sketches: PatchGAN
    of_photos: PatchGAN
    phi_p: Teacher
    phi_s: Teacher


@dataclass(frozen=True)
class Lesson:
    """A batch of n pairs and n / 2 strangers, what the teachers know of it, and what the students made.

    Attributes:
        q: The pairs' photos, (n, 3, H, W) in [0, 1].
        s: Their sketches, (n, 1, H, W).
        hand: Whose sketches they are, (n, hands).
        hands: Whom all drawn photos are drawn by, (n + n / 2, hands).
        known_p: phi_P of the photos that are drawn, the pairs' under a changed light, then the strangers'.
        known_q: phi_P of q.
        known_s: phi_S of s.
        ps: What was drawn of those photos.
        sp: What was made of s.
    """

    q: Tensor
    s: Tensor
    hand: Tensor
    hands: Tensor
    known_p: list[Tensor]
    known_q: list[Tensor]
    known_s: list[Tensor]
    ps: Trace
    sp: Trace

    @property
    def made_s(self) -> Tensor:
        """The pairs' made sketches, as s."""
        return self.ps.made[: len(self.s)]

    @property
    def drawn_s(self) -> list[Tensor]:
        """D_ps^l of the pairs."""
        return [each[: len(self.s)] for each in self.ps.decoded]

    @property
    def seen_p(self) -> list[Tensor]:
        """E_ps^l of the pairs."""
        return [each[: len(self.s)] for each in self.ps.encoded]


@dataclass(frozen=True)
class Judged:
    """What the discriminators say.

    Attributes:
        loss: L_D, a scalar.
        real_s: Their maps of the true sketches, the verdict last.
        real_p: Those of the true photos.
    """

    loss: Tensor
    real_s: list[Tensor]
    real_p: list[Tensor]


def lesson(nets: Nets, batch: dict[str, Tensor]) -> Lesson:
    """Both students draw a batch of `Artists`, and both teachers look at it."""
    # p is drawn from under a changed light; q is the same photo as it was taken, to be drawn from s.
    p, q, s, hand = batch["photo"], batch["plain"], batch["sketch"], batch["hand"]
    # Every other pair brings a stranger, to be drawn by the same artist.
    seen = torch.cat([p, batch["stranger"][::2]])
    hands = torch.cat([hand, hand[::2]])
    with torch.no_grad():
        known_p, known_q, known_s = nets.phi_p(seen), nets.phi_p(q), nets.phi_s(s)
    ps, sp = nets.to_sketch.trace(seen, hands), nets.to_photo.trace(s)
    return Lesson(q, s, hand, hands, known_p, known_q, known_s, ps, sp)


def judged(nets: Nets, given: Lesson) -> Judged:
    """L_D of KD+: each discriminator tells its domain from made pictures, those of strangers too."""
    real_s = nets.of_sketches.features(signed(given.s, given.hand))
    real_p = nets.of_photos.features(given.q)
    false_s = nets.of_sketches(signed(given.ps.made.detach(), given.hands))
    false_p = nets.of_photos(given.sp.made.detach())
    loss = discriminator_loss(real_s[-1], false_s) + discriminator_loss(real_p[-1], false_p)
    return Judged(loss, real_s, real_p)


def taught(
    config: Config, nets: Nets, given: Lesson, verdict: Judged | None
) -> tuple[Tensor, dict[str, Tensor]]:
    """L, and its terms by name, each before its weight.

    Args:
        config: The weights.
        nets: The students, their adapters, teachers and discriminators.
        given: What they saw and made.
        verdict: The discriminators'; None where there is no GAN.
    """
    q, s, made_s, made_p = given.q, given.s, given.made_s, given.sp.made
    # L_picture: L1 both ways, and strokes as strong as the artist's.
    l1 = (s - made_s).abs().mean() + (q - made_p).abs().mean()
    texture = texture_loss(s, made_s) + texture_loss(q, made_p)
    # L_mimic = sum_l |r^l(E_ps^l(p)) - phi_P^l(p)|^2, and its mirror image.
    mimic = knowledge_loss(nets.r_ps.seen(given.ps.encoded), given.known_p)
    mimic = mimic + knowledge_loss(nets.r_sp.seen(given.sp.encoded), given.known_s)
    # L_transform = sum_l |r'^l(D_ps^l(p)) - phi_S^l(s)|^2, and its mirror image.
    transform = knowledge_loss(nets.r_ps.drawn(given.drawn_s), given.known_s[:-1])
    transform = transform + knowledge_loss(nets.r_sp.drawn(given.sp.decoded), given.known_q[:-1])
    # L_mutual = sum_l |D_ps^l(p) - sg E_sp^l(s)|^2 + |D_sp^l(s) - sg E_ps^l(p)|^2.
    mutual = mutual_loss(given.drawn_s, given.sp.encoded[:-1])
    mutual = mutual + mutual_loss(given.sp.decoded, given.seen_p[:-1])
    loss = config.l1 * l1 + config.texture * texture
    loss = loss + config.mimic * mimic + config.transform * transform + config.mutual * mutual
    terms = {"l1": l1, "texture": texture, "mimic": mimic, "transform": transform, "mutual": mutual}
    # The artist's grey levels beside each other, for artists whose strokes were too few or too even.
    if config.cooccurrence:
        beside = cooccurrence_loss(s, made_s)
        loss, terms = loss + config.cooccurrence * beside, {**terms, "cooccurrence": beside}
    # The competitor: both made pictures look to the teachers as the real ones do.
    if config.perceptual:
        alike = perceptual_loss(given.known_s, nets.phi_s(made_s))
        alike = alike + perceptual_loss(given.known_q, nets.phi_p(made_p))
        loss, terms = loss + config.perceptual * alike, {**terms, "perceptual": alike}
    # L_gan of KD+: be taken for the artist and for a photo; look alike to the discriminators.
    if verdict:
        felt_s = nets.of_sketches.features(signed(given.ps.made, given.hands))
        felt_p = nets.of_photos.features(made_p)
        fool = generator_loss(felt_s[-1]) + generator_loss(felt_p[-1])
        match = matching_loss(verdict.real_s[:-1], [each[: len(s)] for each in felt_s[:-1]])
        match = match + matching_loss(verdict.real_p[:-1], felt_p[:-1])
        loss = loss + config.adversarial * (fool + config.match * match)
        terms = {**terms, "fool": fool, "match": match}
    return loss, terms
