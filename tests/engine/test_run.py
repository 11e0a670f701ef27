"""The engine: counting, seeds, logs, checkpoints, several processes."""

import json
import os
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from limner.engine.config import RunConfig
from limner.engine.run import Run
from limner.engine.samples import Positions
from limner.engine.schedule import linear_decay, warm_up
from limner.errors import LimnerError
from limner.progress import Progress


class Numbers:
    """Samples that are their own index, with a random number beside it."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count

    def sample(self, index: int, rng: np.random.Generator) -> dict[str, NDArray[np.float32]]:
        return {"x": np.array([index, rng.random()], np.float32)}


def config(folder: Path, **changes: object) -> RunConfig:
    settings: dict[str, object] = {"steps": 6, "batch": 2, "save_every": 2, "log_every": 2, "workers": 0}
    settings["device"] = "cpu"
    return RunConfig(folder, **(settings | changes))  # pyright: ignore[reportArgumentType]


def learn(run: Run, net: nn.Linear, optimizer: torch.optim.Optimizer, stop_at: int = 0) -> list[torch.Tensor]:
    seen: list[torch.Tensor] = []
    for batch in run.batches(Numbers(5)):
        with run.autocast():
            loss = (net(batch["x"]) - torch.rand(2, 1)).square().mean()
        run.descend(loss, optimizer, 1e-2)
        run.log({"loss": loss})
        seen.append(batch["x"])
        if run.step + 1 == stop_at:
            break
    return seen


def parts(folder: Path, **changes: object) -> tuple[Run, nn.Linear, torch.optim.Adam]:
    torch.manual_seed(0)
    net = nn.Linear(2, 1)
    optimizer = torch.optim.Adam(net.parameters())
    run = Run(config(folder, **changes), keep={"net": net, "optimizer": optimizer}, about={})
    return run, net, optimizer


def test_a_resumed_run_sees_and_learns_the_same(tmp_path: Path) -> None:
    run, whole, optimizer = parts(tmp_path / "whole")
    seen = learn(run, whole, optimizer)
    learn(*parts(tmp_path / "cut"), stop_at=5)
    run, net, optimizer = parts(tmp_path / "cut")
    assert run.step == 4
    assert torch.equal(torch.stack(learn(run, net, optimizer)), torch.stack(seen[4:]))
    assert torch.equal(net.weight, whole.weight)
    assert learn(*parts(tmp_path / "cut")) == [], "a finished run has no steps left"


def test_a_run_may_begin_where_another_ended(tmp_path: Path) -> None:
    run, old, optimizer = parts(tmp_path / "old")
    learn(run, old, optimizer)
    # Under other settings, counting from 0; cut off, it goes on from its own checkpoint.
    start: dict[str, object] = {"start": tmp_path / "old", "batch": 3}
    run, net, optimizer = parts(tmp_path / "new", **start)
    assert run.step == 0
    assert torch.equal(net.weight, old.weight)
    assert optimizer.state_dict()["state"], "momenta are taken over"
    for _ in run.batches(Numbers(5)):
        nn.init.ones_(net.weight)
    run.finish(net.state_dict())
    run, net, _ = parts(tmp_path / "new", **start)
    assert (run.step, net.weight.mean().item()) == (6, 1)
    with pytest.raises(LimnerError, match="holds no checkpoint"):
        parts(tmp_path / "third", start=tmp_path / "none")
    with pytest.raises(LimnerError, match="other nets than this run"):
        Run(config(tmp_path / "third", start=tmp_path / "old"), {"net": nn.Linear(5, 1)}, {})


def test_a_finished_run_goes_on_when_it_is_given_more_steps(tmp_path: Path) -> None:
    learn(*parts(tmp_path))
    run, net, optimizer = parts(tmp_path, steps=9)
    assert run.step == 6
    assert len(learn(run, net, optimizer)) == 3
    with pytest.raises(LimnerError, match="batch was 2, is 3"):
        parts(tmp_path, batch=3)


def test_a_run_is_not_given_fewer_steps_than_it_has_done(tmp_path: Path) -> None:
    learn(*parts(tmp_path), stop_at=5)
    with pytest.raises(LimnerError, match=r"of 4 steps, and 3 are given\. Give as many or more"):
        parts(tmp_path, steps=3)
    run, _, _ = parts(tmp_path, steps=4)
    assert run.step == 4


def breaks(run: Run, net: nn.Linear, optimizer: torch.optim.Optimizer, at: int) -> None:
    """Learns, until at a step the loss is 0, which is finite, and its slope is not."""
    for batch in run.batches(Numbers(5)):
        loss = (net(batch["x"]).square().mean() * (run.step + 1 != at)).sqrt()
        run.descend(loss, optimizer, 1e-2)
        run.log({"loss": loss})


@pytest.mark.parametrize("at", [4, 6])
def test_weights_that_are_no_numbers_are_never_saved(tmp_path: Path, at: int) -> None:
    run, net, optimizer = parts(tmp_path)
    told = rf"^weight of net is not finite at step {at}; .* The last checkpoint in .* is good\.$"
    with pytest.raises(FloatingPointError, match=told):
        breaks(run, net, optimizer, at)
    with pytest.raises(FloatingPointError, match=told):
        run.finish(net.state_dict())
    with pytest.raises(FloatingPointError, match="weight of style is not finite"):
        run.write(net.state_dict())
    assert not (tmp_path / "style.safetensors").exists()
    assert run.write({"weight": torch.ones(1, 2)}).exists(), "what is good of a run that cannot go on"
    run, net, _ = parts(tmp_path)
    assert run.step == at - 2
    assert net.weight.isfinite().all()


def test_weights_that_are_no_numbers_are_not_gone_on_with(tmp_path: Path) -> None:
    learn(*parts(tmp_path / "old"), stop_at=5)
    path = tmp_path / "old" / "checkpoint.pt"
    state = torch.load(path, weights_only=True)
    state["keep"]["net"]["weight"].fill_(torch.nan)
    torch.save(state, path)
    with pytest.raises(LimnerError, match="cannot go on: weight of net is not finite"):
        parts(tmp_path / "old")
    with pytest.raises(LimnerError, match="cannot go on: weight of net is not finite"):
        parts(tmp_path / "new", start=tmp_path / "old")


def test_no_checkpoint_is_called_good_where_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(FloatingPointError, match=r"at step 2; a finite number is expected\.$"):
        breaks(*parts(tmp_path), at=2)


def test_torn_lines_of_the_log_are_dropped(tmp_path: Path) -> None:
    learn(*parts(tmp_path), stop_at=5)
    log = tmp_path / "log.jsonl"
    whole = log.read_bytes()
    log.write_bytes(whole + b'[]\n{"seconds": 1}\n\0\0\xff\n{"step": 4, "sec')
    run, _, _ = parts(tmp_path)
    assert run.step == 4
    assert log.read_bytes() == whole


def test_every_sample_comes_once_an_epoch_in_a_new_order() -> None:
    positions = Positions(Numbers(7), seed=3)
    epochs = [[int(positions[7 * e + i]["x"][0]) for i in range(7)] for e in range(4)]
    assert all(sorted(epoch) == list(range(7)) for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) > 1
    chances = Counter(float(positions[i]["x"][1]) for i in range(28))
    assert len(chances) == 28


def test_no_samples_are_told(tmp_path: Path) -> None:
    run, _, _ = parts(tmp_path)
    with pytest.raises(ValueError, match="no samples"):
        next(run.batches(Numbers(0)))


def test_the_log_holds_means_and_steps(tmp_path: Path) -> None:
    learn(*parts(tmp_path))
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [2, 4, 6]
    assert all(line["loss"] > 0 and line["seconds"] >= 0 for line in lines)
    assert list((tmp_path / "tensorboard").iterdir())


def test_descend_moves_only_its_optimizers_parameters(tmp_path: Path) -> None:
    run, net, optimizer = parts(tmp_path)
    other = nn.Linear(1, 1)
    before = other.weight.clone()
    run.descend(other(net(torch.ones(1, 2))).sum(), optimizer, 0.1)
    assert torch.equal(other.weight, before)
    assert other.weight.grad is None
    assert optimizer.param_groups[0]["lr"] == 0.1


def test_a_gradient_is_cut_by_value(tmp_path: Path) -> None:
    run, net, optimizer = parts(tmp_path)
    run.descend((net(torch.ones(1, 2)) * 1e4).sum(), optimizer, 0.1, cut=0.5)
    assert all(p.grad is not None and (p.grad == 0.5).all() for p in net.parameters())


def test_bf16_autocasts_the_networks(tmp_path: Path) -> None:
    run, net, _ = parts(tmp_path, precision="bf16")
    with run.autocast():
        assert net(torch.ones(1, 2)).dtype == torch.bfloat16
    run, net, _ = parts(tmp_path / "other")
    with run.autocast():
        assert net(torch.ones(1, 2)).dtype == torch.float32


def test_a_half_written_checkpoint_is_never_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, net, optimizer = parts(tmp_path)
    learn(run, net, optimizer, stop_at=3)
    good, lying = (tmp_path / "checkpoint.pt").read_bytes(), sorted(tmp_path.iterdir())

    def breaks(_: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", breaks)
    run, net, optimizer = parts(tmp_path)
    with pytest.raises(OSError, match="No space"):
        learn(run, net, optimizer)
    assert (tmp_path / "checkpoint.pt").read_bytes() == good
    assert sorted(tmp_path.iterdir()) == lying


PROCESSES = """
import sys, torch
from pathlib import Path
from tests.engine.test_run import Numbers, learn, parts
folder = Path(sys.argv[1])
device = "cpu" if torch.accelerator.is_available() else "auto"
run, net, optimizer = parts(folder, device=device)
before = learn(run, net, optimizer, stop_at=3)[:2]
run.accelerator.wait_for_everyone()
run, net, optimizer = parts(folder, device=device)
assert run.step == 2
seen = before + learn(run, net, optimizer)
torch.save({"weight": net.weight, "seen": torch.stack(seen)}, folder / f"{run.accelerator.process_index}.pt")
run.finish(net.state_dict())
run, net, optimizer = parts(folder / "odd", device=device)
try:
    for _ in run.batches(Numbers(5)):
        run.log({"odd": torch.tensor(float("nan" if run.accelerator.process_index else 0.0))})
except FloatingPointError as error:
    (folder / f"{run.accelerator.process_index}.txt").write_text(str(error))
# Left to the interpreter's end, the processes' threads now and then abort one of them.
run.accelerator.end_training()
"""


def test_two_processes_share_the_work_resume_and_stay_alike(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text(PROCESSES)
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    root = Path(__file__).parents[2]
    subprocess.run(
        [*launch, str(tmp_path / "job.py"), str(tmp_path)],
        check=True,
        capture_output=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"},
        timeout=240,
    )
    one, two = (torch.load(tmp_path / f"{i}.pt", weights_only=True) for i in (0, 1))
    assert torch.equal(one["weight"], two["weight"])
    assert not torch.equal(one["seen"], two["seen"])
    first = torch.stack([one["seen"], two["seen"]], 1).reshape(-1, 2)[:5, 0]
    assert sorted(first.tolist()) == [0, 1, 2, 3, 4], "an epoch is shared out over the processes"
    assert (tmp_path / "style.safetensors").exists()
    assert (tmp_path / "1.txt").read_text().startswith("odd is nan at step 2")
    assert (tmp_path / "0.txt").read_text().startswith("a number of another process is not finite at step 2")


def test_linear_decay_holds_then_falls_to_almost_zero() -> None:
    rates = [linear_decay(step, 100) for step in range(100)]
    assert rates[:50] == [1.0] * 50
    assert all(a > b > 0 for a, b in pairwise(rates[50:]))
    assert rates[-1] == pytest.approx(0.02)


def test_time_left_follows_the_pace_of_this_sitting() -> None:
    assert Progress(60, 100, "step", 20.0, begun=50).seconds_left == pytest.approx(80.0)
    assert Progress(50, 100, "step", 0.0, begun=50).seconds_left is None


def test_what_is_told_at_some_steps_is_the_mean_of_those(tmp_path: Path) -> None:
    run, net, optimizer = parts(tmp_path, steps=5, log_every=3, save_every=2)
    watched: list[int] = []
    for batch in run.batches(Numbers(5)):
        loss = net(batch["x"]).square().mean()
        run.descend(loss, optimizer, 1e-2)
        run.log({"at": torch.tensor(float(run.step))})
        if run.watches:
            watched.append(run.step)
            run.log({"held": torch.tensor(float(run.step))})
    assert watched == [1, 3, 4]
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["held"] for line in lines] == [1, 3.5]
    assert [line["at"] for line in lines] == [1, 3.5]


def test_the_rate_rises_and_then_stays() -> None:
    assert [warm_up(step, 4) for step in range(6)] == [0.25, 0.5, 0.75, 1, 1, 1]
    assert warm_up(0, 1) == 1
