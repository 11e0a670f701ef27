"""Feature similarity: do two pictures have their lines in the same places, equally strong?

Lines are where the Fourier components agree in phase. A bank of 4 scales s and 4 orientations o
of one-sided log-Gabor filters G_so = radial_s spread_o answers with an even and an odd part,

    a_so = e_so + i o_so = F^-1(G_so F(x)),        a_o = sum_s a_so

and phase congruency is how much of all the amplitude adds up instead of cancelling:

    PC = sum_o max(0, E_o - T_o) / sum_so |a_so|
    E_o = (|a_o|^2 - sum_s |Im(conj(a_o) a_so)|) / (|a_o| + epsilon)               local energy

T_o is what noise alone would answer: mean + k std of a Rayleigh law, over 1.7. Its tau comes from
the finest scale s = 1, where most answers are noise, and from the filters' even parts g_so(t):

    tau_o^2 = median(|a_1o|^2) / (ln 2 sum_w G_1o(w)^2) * sum_t (sum_s g_so(t))^2
    T_o = tau_o (sqrt(pi / 2) + k sqrt(2 - pi / 2)) / 1.7

With G the length of Scharr's gradient, the score weighs two similarities by the stronger line:

    S_PC = (2 PC_x PC_y + T1) / (PC_x^2 + PC_y^2 + T1),    S_G likewise from G with T2
    FSIM = sum S_PC S_G PC_m / sum PC_m over all pixels,   PC_m = max(PC_x, PC_y)
"""

import math
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from limner.metrics.check import Grey, check_pair

Plane = npt.NDArray[np.float32]
Spectrum = npt.NDArray[np.complex64]

SCALES = 4
ORIENTATIONS = 4
SHORTEST = 6.0  # wavelength of the finest scale, in pixels; each next one is twice as long
LONGEST = 48
BANDWIDTH = 0.55  # sigma of the log-Gabor's radial part over its centre frequency
SPREAD = math.pi / ORIENTATIONS / 1.2  # sigma of its angular part, in radians
CUTOFF, ORDER = 0.45, 15  # Butterworth low-pass, in cycles per pixel
K = 2.0  # standard deviations of noise that are taken for noise
EPSILON = 1e-4
T1, T2 = 0.85, 160.0


def fsim(real: Grey, made: Grey) -> float:
    """Feature similarity of two grey pictures; symmetric, 1 for equal ones.

    Args:
        real: The reference picture x, uint8 of shape (H, W), values 0 to 255, sides >= 48 (the
            longest wavelength of the filters).
        made: The picture y that is judged, as `real`.

    Returns:
        The score in [0, 1]; higher is more alike.

    Raises:
        TypeError: If a picture is not a uint8 array.
        MetricError: If a picture is not (H, W), is too small, or the shapes differ.

    Source: Zhang, Zhang, Mou, Zhang, "FSIM: a feature similarity index for image quality
        assessment", IEEE TIP 2011; phase congruency after Kovesi, "Image features from phase
        congruency", Videre 1999, with FSIM's constants.
    Chosen: The grey score, not FSIM_C. The constants the paper leaves open (low-pass, epsilon,
        the 1.7 of the noise threshold, zeros beyond the border, odd sizes' frequencies, the
        block averages of large pictures) are those of its authors' program, which published
        scores come from. Single precision; double would move a score by 1e-8.
    Differs: Where neither picture has a line (both flat) the published ratio is 0 / 0; every
        pixel then weighs the same.
    """
    check_pair(real, made, smallest=LONGEST)
    x, y = _shrink(real), _shrink(made)
    pc_x, pc_y = _phase_congruency(x), _phase_congruency(y)
    similar = _similarity(pc_x, pc_y, T1) * _similarity(_gradient(x), _gradient(y), T2)
    weight = np.maximum(pc_x, pc_y)
    if not weight.any():
        return float(similar.mean(dtype=np.float64))
    return float((similar * weight).sum(dtype=np.float64) / weight.sum(dtype=np.float64))


def _similarity(a: Plane, b: Plane, constant: float) -> Plane:
    """S of two feature maps, (H, W), in (0, 1]."""
    t = np.float32(constant)
    return np.divide(2 * a * b + t, a * a + b * b + t)


def _shrink(picture: Grey) -> Plane:
    """Averages blocks so that the shorter side comes near 256; smaller pictures stay."""
    step = max(1, math.floor(min(picture.shape) / 256 + 0.5))
    plane = picture.astype(np.float32, order="C")
    if step == 1:
        return plane
    anchor = ((step - 1) // 2,) * 2
    mean = cv2.blur(plane, (step, step), anchor=anchor, borderType=cv2.BORDER_CONSTANT)
    return np.ascontiguousarray(mean[::step, ::step], dtype=np.float32)


def _gradient(plane: Plane) -> Plane:
    """G, the length of the Scharr gradient, (H, W)."""
    across, down = (
        cv2.Scharr(plane, cv2.CV_32F, dx, 1 - dx, scale=1 / 16, borderType=cv2.BORDER_CONSTANT)
        for dx in (1, 0)
    )
    return np.sqrt(across * across + down * down)


def _phase_congruency(plane: Plane) -> Plane:
    """PC of a picture, (H, W), in [0, 1]."""
    bank, noise = _log_gabor(*plane.shape)
    # No filter sees the mean; without it, single precision keeps its digits for the rest.
    centred = plane - np.float32(plane.mean(dtype=np.float64))
    spectrum = cv2.dft(centred, flags=cv2.DFT_COMPLEX_OUTPUT).view(np.complex64)[..., 0]

    congruent, amplitudes = np.zeros_like(plane), np.zeros_like(plane)
    for filters, noise_o in zip(bank, noise, strict=True):
        answers = [_inverse(g * spectrum) for g in filters]
        total = sum(answers[1:], answers[0])
        length, conjugate = np.abs(total), total.conj()
        energy = length * length
        for a in answers:
            energy -= np.abs((conjugate * a).imag)
            amplitudes += np.abs(a)
        energy /= length + np.float32(EPSILON)

        finest = answers[0]
        threshold = noise_o * math.sqrt(_median(finest.real**2 + finest.imag**2))
        congruent += np.maximum(energy - np.float32(threshold), 0)
    # A flat picture answers nothing at all: 0, not 0 / 0.
    return np.divide(congruent, np.maximum(amplitudes, np.finfo(np.float32).tiny))


def _inverse(spectrum: Spectrum) -> Spectrum:
    """F^-1, (H, W)."""
    planes = spectrum.view(np.float32).reshape(*spectrum.shape, 2)
    answer = cv2.dft(planes, flags=cv2.DFT_INVERSE | cv2.DFT_SCALE)
    return answer.view(np.complex64)[..., 0]


def _median(values: Plane) -> float:
    """np.median(values), five times as fast."""
    middle = values.size // 2
    ordered = np.partition(values, middle, axis=None)
    upper = float(ordered[middle])
    return upper if values.size % 2 else (upper + float(ordered[:middle].max())) / 2


@lru_cache(maxsize=8)
def _log_gabor(height: int, width: int) -> tuple[Plane, npt.NDArray[np.float64]]:
    """The filters G_so, (o, s, H, W), and each orientation's T_o / sqrt(median(|a_1o|^2)), (o,)."""
    fy, fx = np.meshgrid(_frequencies(height), _frequencies(width), indexing="ij")
    radius, angle = np.hypot(fx, fy), np.arctan2(-fy, fx)
    low_pass = 1 / (1 + (radius / CUTOFF) ** (2 * ORDER))
    radius[0, 0] = 1

    wavelengths = SHORTEST * 2.0 ** np.arange(SCALES)[:, None, None]
    off_centre = np.log(radius * wavelengths) / math.log(BANDWIDTH)
    radial = np.exp(-(off_centre**2) / 2) * low_pass
    radial[:, 0, 0] = 0
    turns = angle - np.arange(ORIENTATIONS)[:, None, None] * (math.pi / ORIENTATIONS)
    turns = np.angle(np.exp(1j * turns))  # the short way round
    spread = np.exp(-(turns**2) / (2 * SPREAD**2))
    bank = spread[:, None] * radial

    # The sum over t, by Parseval: an even answer's spectrum is the filter's even half.
    total = bank.sum(axis=1)
    even = (total + np.roll(np.flip(total, (1, 2)), 1, (1, 2))) / 2
    tau = np.sqrt((even**2).sum((1, 2)) / (bank[:, 0] ** 2).sum((1, 2)) / math.log(2))
    noise = tau * (math.sqrt(math.pi / 2) + K * math.sqrt(2 - math.pi / 2)) / 1.7

    bank, noise = bank.astype(np.float32), noise.astype(np.float64)
    bank.setflags(write=False)
    noise.setflags(write=False)
    return bank, noise


def _frequencies(size: int) -> npt.NDArray[np.float64]:
    """Cycles per pixel in the order of the transform; odd sizes are stretched to +-1/2."""
    return np.fft.ifftshift((np.arange(size) - size // 2) / (size - size % 2))
