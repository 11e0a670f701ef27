"""Learning-rate schedules: pure functions of the step, so that a resumed run needs no state."""


def linear_decay(step: int, steps: int, hold: float = 0.5) -> float:
    """One for the first part of a run, then linearly down to zero.

    Source: Zhu et al., CycleGAN (ICCV 2017), appendix 7.1: constant for half of the epochs, then linear.

    Args:
        step: The present step, 0 to `steps` - 1.
        steps: Steps in all.
        hold: The share of steps before the decay starts, in [0, 1).

    Returns:
        The factor of the learning rate, in (0, 1].
    """
    return min(1.0, (steps - step) / (steps * (1 - hold)))


def warm_up(step: int, steps: int) -> float:
    """From near zero linearly up to one, so that an optimizer knows the gradients' size before it strides.

    Source: Goyal et al., Accurate, large minibatch SGD (2017), section 2.2.

    Args:
        step: The present step, from 0.
        steps: How many it takes, at least 1; 1 begins at once.

    Returns:
        The factor of the learning rate, in (0, 1].
    """
    return min(1.0, (step + 1) / steps)
