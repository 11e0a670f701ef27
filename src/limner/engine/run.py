"""`Run`: one training, counted, seeded, logged, saved, and resumed to bit-equal weights.

A method writes its own loop and its own mathematics:

    run = Run(config.run, keep={"net": net, "optimizer": optimizer}, about=about)
    for batch in run.batches(samples):
        with run.autocast():
            loss = ...
        run.descend(loss, optimizer, rate)
        run.log({"loss": loss})
    return run.finish(net.state_dict())

Running the same command again goes on at the last checkpoint. A step's randomness follows from (seed, step,
process) and nothing else, so no random state is stored. Processes and device are Hugging Face
Accelerate's; gradients are averaged over processes by `descend`, so that networks stay unwrapped.
"""

import dataclasses
import json
import math
import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
import safetensors.torch
import torch
from accelerate import Accelerator
from accelerate.utils import set_seed
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.utils.data import DataLoader
from torch.utils.tensorboard import SummaryWriter

from limner.engine.config import RunConfig
from limner.engine.samples import Positions, Samples
from limner.errors import LimnerError
from limner.files import replacing
from limner.progress import Progress, Report, silent

# What may change between two sittings of one run. All but `steps` leave the weights as they would have been;
# a run that is given more steps goes on from where it stands, and where it started is then in its checkpoint.
FREE = frozenset({"folder", "steps", "save_every", "log_every", "workers", "start"})


CHECKPOINT = "checkpoint.pt"


def settings_of(folder: Path) -> Mapping[str, str]:
    """What the run in a folder was begun with, its `about` among it; empty where no checkpoint lies."""
    path = folder / CHECKPOINT
    return torch.load(path, weights_only=True, mmap=True)["settings"] if path.exists() else {}


class Keepable(Protocol):
    """What a run keeps: a network, an optimizer, an average."""

    def state_dict(self) -> Any:  # noqa: ANN401  torch's own states are of many kinds
        """The state as nested dicts and lists of tensors and numbers."""
        ...

    def load_state_dict(self, state: Any, /) -> Any:  # noqa: ANN401
        """Takes what `state_dict` gave."""
        ...


class Run:
    """One training run.

    Args:
        config: Steps, batch, seed, folder and the like.
        keep: All that a checkpoint must hold, by name. Networks are moved to the device.
        about: What the finished weight file says of itself (method, config, frame ...); a checkpoint made
            under another `about` is refused.
        report: Is told the progress after every step.

    Raises:
        LimnerError: The folder holds a run with other settings or of more steps, the run to start from holds
            other nets, or weights are not finite.
    """

    def __init__(
        self,
        config: RunConfig,
        keep: Mapping[str, Keepable],
        about: Mapping[str, str],
        report: Report = silent,
    ) -> None:
        self.config, self.keep, self.report = config, keep, report
        # Without a GPU, Accelerate joins processes only where it is told of the processor.
        self.accelerator = Accelerator(cpu=config.device == "cpu" or not torch.accelerator.is_available())
        self.device = self.accelerator.device
        self.about = dict(about)
        self.settings = {k: str(v) for k, v in dataclasses.asdict(config).items() if k not in FREE}
        self.settings |= {"processes": str(self.accelerator.num_processes), **about}
        self.step, self.seconds = 0, 0.0
        self._sums: dict[str, Tensor] = {}
        self._summed: dict[str, int] = {}
        self._resume()

    # -- the loop ------------------------------------------------------------------------------------

    def batches(self, samples: Samples) -> Generator[dict[str, Tensor], None, None]:
        """Yields one batch a step until the run is done; seeds, saves and reports around each.

        Args:
            samples: What to train on.

        Yields:
            Each of a sample's arrays, stacked to (batch, ...), on the device.

        Raises:
            ValueError: There are no samples.
            FloatingPointError: A logged value, or a weight to be saved, is not finite; the last checkpoint is
                left as it was.
        """
        begun, started, before = self.step, time.monotonic(), self.seconds
        with self._writer() as writer:
            for batch in self._load(samples):
                set_seed(self._seed())
                yield {k: v.to(self.device, non_blocking=True) for k, v in batch.items()}
                self.step += 1
                seconds = time.monotonic() - started
                self.seconds = before + seconds
                note = self._write_log(writer) if self._due(self.config.log_every) else ""
                if self._due(self.config.save_every):
                    self._save()
                self.report(Progress(self.step, self.config.steps, "step", seconds, begun, note))

    def autocast(self) -> AbstractContextManager[Any]:
        """The context in which networks run in the run's precision."""
        # Not Accelerate's: its precision is one for the whole program, a run's is its own.
        on = self.config.precision == "bf16"
        return torch.autocast(self.device.type, torch.bfloat16, enabled=on)

    def descend(
        self, loss: Tensor, optimizer: Optimizer, rate: float, clip: float = math.inf, cut: float = math.inf
    ) -> None:
        """One step down the gradient of `loss`, for the parameters of `optimizer` alone.

        Other networks that the loss passes through get no gradient. Gradients are averaged over processes.

        Args:
            loss: A scalar.
            optimizer: Holds the parameters to move.
            rate: The learning rate of this step.
            clip: The largest norm of the whole gradient; a longer one is shortened to it.
            cut: The largest value in the gradient; each larger one is cut off, before `clip`.
        """
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        gradients = self._meant(torch.autograd.grad(loss, parameters))
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.grad = gradient
        nn.utils.clip_grad_value_(parameters, cut)
        nn.utils.clip_grad_norm_(parameters, clip)
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.step()

    def log(self, values: Mapping[str, Tensor]) -> None:
        """Adds scalars to the means that the log writes every `log_every` steps.

        What is told at some steps only is the mean of those; a line between them does not hold it.
        """
        for name, value in values.items():
            self._sums[name] = self._sums.get(name, torch.zeros((), device=self.device)) + value.detach()
            self._summed[name] = self._summed.get(name, 0) + 1

    @property
    def watches(self) -> bool:
        """Whether a checkpoint follows the present step: the time to look at a held-out loss."""
        return (self.step + 1) % self.config.save_every == 0 or self.step + 1 == self.config.steps

    def finish(
        self, weights: Mapping[str, Tensor], name: str = "style", about: Mapping[str, str] | None = None
    ) -> Path:
        """Saves the last checkpoint and the weights. A method that trains several networks finishes each.

        Args:
            weights: The finished network's weights, by name.
            name: Of the file, without suffix.
            about: What this file says otherwise of itself than the run does.

        Returns:
            The path of `NAME.safetensors` in the run's folder.

        Raises:
            FloatingPointError: A weight is not finite; no file holds it.
        """
        self._save()
        return self.write(weights, name, about)

    def write(
        self, weights: Mapping[str, Tensor], name: str = "style", about: Mapping[str, str] | None = None
    ) -> Path:
        """As `finish`, without a checkpoint: for what is good of a run that cannot go on."""
        path = self.config.folder / f"{name}.safetensors"
        self._refuse(*_broken(name, weights.items()))
        if self.accelerator.is_main_process:
            whole = {k: v.detach().cpu().contiguous() for k, v in weights.items()}
            told = {**self.about, **(about or {}), "seconds": f"{self.seconds:.0f}", "steps": str(self.step)}
            with replacing(path) as new:
                safetensors.torch.save_file(whole, new, told)
        self.accelerator.wait_for_everyone()
        return path

    def _meant(self, gradients: Sequence[Tensor]) -> Sequence[Tensor]:
        """The gradients' means over processes, sent as one: a hundred small ones take as long as the step."""
        if self.accelerator.num_processes == 1:
            return gradients
        whole = torch.cat([g.reshape(-1) for g in gradients])
        mean = cast("Tensor", self.accelerator.reduce(whole, reduction="mean"))
        parts = mean.split([g.numel() for g in gradients])
        return [g.copy_(part.view(g.shape)) for g, part in zip(gradients, parts, strict=True)]

    # -- bookkeeping ---------------------------------------------------------------------------------

    def _due(self, every: int) -> bool:
        return self.step % every == 0 or self.step == self.config.steps

    def _seed(self) -> int:
        key = (self.config.seed, self.step, self.accelerator.process_index)
        return int(np.random.SeedSequence(key).generate_state(1)[0])

    def _load(self, samples: Samples) -> Iterable[dict[str, Tensor]]:
        batch, lanes = self.config.batch, self.accelerator.num_processes
        mine = [
            (step * lanes + self.accelerator.process_index) * batch + i
            for step in range(self.step, self.config.steps)
            for i in range(batch)
        ]
        return DataLoader(  # pyright: ignore[reportReturnType]  it collates arrays into tensors
            Positions(samples, self.config.seed),
            batch_size=batch,
            sampler=mine,
            num_workers=self.config.workers if mine else 0,
        )

    def _writer(self) -> AbstractContextManager[SummaryWriter | None]:
        if not self.accelerator.is_main_process:
            return nullcontext()
        return SummaryWriter(str(self.config.folder / "tensorboard"), purge_step=self.step + 1)

    def _write_log(self, writer: SummaryWriter | None) -> str:
        means = self._means()
        self._sums, self._summed = {}, {}
        if writer:
            for name, value in means.items():
                writer.add_scalar(name, value, self.step)
            line = {"step": self.step, "seconds": round(self.seconds, 1), **means}
            with self._log_path.open("a", encoding="utf-8") as log:
                log.write(json.dumps(line) + "\n")
        return "  ".join(f"{k} {v:.4f}" for k, v in means.items())

    def _means(self) -> dict[str, float]:
        means = {k: float(v) / self._summed[k] for k, v in self._sums.items()}
        self._refuse(*(f"{name} is {value}" for name, value in means.items() if not math.isfinite(value)))
        return means

    def _refuse(self, *wrong: str) -> None:
        """Raises in all processes what is wrong in one, lest the others wait for it."""
        count = self.accelerator.reduce(torch.tensor(float(len(wrong)), device=self.device), reduction="sum")
        if cast("Tensor", count):
            told = wrong[0] if wrong else "a number of another process is not finite"
            told += f" at step {self.step}; a finite number is expected."
            if self._checkpoint.exists():
                told += f" The last checkpoint in {self.config.folder} is good."
            raise FloatingPointError(told)

    @property
    def _log_path(self) -> Path:
        return self.config.folder / "log.jsonl"

    @property
    def _checkpoint(self) -> Path:
        return self.config.folder / CHECKPOINT

    @property
    def _nets(self) -> Mapping[str, nn.Module]:
        """What is kept and is a network, or an average of one."""
        kept = {name: getattr(each, "module", each) for name, each in self.keep.items()}
        return {name: each for name, each in kept.items() if isinstance(each, nn.Module)}

    def _save(self) -> None:
        self._means()  # raises rather than save weights that a loss beyond all numbers has made
        # Nor what a gradient beyond them has made of the weights since the loss was taken.
        self._refuse(*(b for name, net in self._nets.items() for b in _broken(name, net.named_parameters())))
        if not self.accelerator.is_main_process:
            return
        state = {
            "settings": self.settings,
            "step": self.step,
            "seconds": self.seconds,
            "keep": {name: kept.state_dict() for name, kept in self.keep.items()},
        }
        with replacing(self._checkpoint) as new:
            torch.save(state, new)

    def _resume(self) -> None:
        self.config.folder.mkdir(parents=True, exist_ok=True)
        for net in self._nets.values():
            # Convolutions are faster so, on processors and on GPUs alike.
            net.to(device=self.device, memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        if self._checkpoint.exists():
            state = torch.load(self._checkpoint, map_location="cpu", weights_only=True)
            if state["settings"] != self.settings:
                raise LimnerError(
                    f"{self.config.folder} holds a run with other settings: "
                    f"{_difference(state['settings'], self.settings)}. "
                    "Give another --run.folder, or remove that one."
                )
            if state["step"] > self.config.steps:
                raise LimnerError(
                    f"{self.config.folder} holds a run of {state['step']} steps, and {self.config.steps} "
                    "are given. Give as many or more, or another --run.folder, or remove that one."
                )
            self.step, self.seconds = state["step"], state["seconds"]
            self._take(state["keep"])
        elif self.config.start:
            self._begin_from(self.config.start)
        broken = [b for name, net in self._nets.items() for b in _broken(name, net.named_parameters())]
        if broken:
            # Until 2026-11-24 such checkpoints were written.
            raise LimnerError(f"{self.config.folder} cannot go on: {broken[0]}; finite weights are expected")
        self._cut_log()

    def _begin_from(self, folder: Path) -> None:
        try:
            state = torch.load(folder / CHECKPOINT, map_location="cpu", weights_only=True)
        except FileNotFoundError:
            raise LimnerError(f"{folder} holds no checkpoint; a run to start from is expected") from None
        try:
            self._take(state["keep"])
        except (KeyError, RuntimeError, ValueError):
            raise LimnerError(f"{folder} holds other nets than this run and is no start for it") from None

    def _take(self, state: Mapping[str, Any]) -> None:
        for name, kept in self.keep.items():
            kept.load_state_dict(state[name])

    def _cut_log(self) -> None:
        """Drops the lines a killed sitting tore, or wrote after its last checkpoint; they will come again."""
        if self.accelerator.is_main_process and self._log_path.exists():
            lines = self._log_path.read_text(encoding="utf-8", errors="replace").splitlines()
            kept = [line for line in lines if _step_of(line) <= self.step]
            with replacing(self._log_path) as new:
                new.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")


def _broken(net: str, weights: Iterable[tuple[str, Tensor]]) -> list[str]:
    """Says of each weight that is not finite so."""
    return [f"{name} of {net} is not finite" for name, weight in weights if not weight.isfinite().all()]


def _step_of(line: str) -> float:
    """The step of a line of the log; infinite of a torn one."""
    try:
        return json.loads(line)["step"]
    except (KeyError, TypeError, ValueError):
        return math.inf


def _difference(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    names = sorted(k for k in old.keys() | new.keys() if old.get(k) != new.get(k))
    return "; ".join(f"{k} was {old.get(k)}, is {new.get(k)}" for k in names)
