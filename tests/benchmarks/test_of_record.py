"""What benchmarks tell of their scores."""

import pytest
from benchmarks.record import mean


@pytest.mark.parametrize(
    ("scores", "told"),
    [
        ([{"mean": 0.25}, {"mean": 0.5}], "0.3750"),
        ([{"mean": 0.25, "found": 1.0}], "0.2500"),
        ([{"mean": 0.25, "found": 1.0}, {"mean": 0.5, "found": 0.5}], "0.3750, found 75.0 %"),
        ([{"mean": None, "found": 0.0}, {"mean": 0.5, "found": 1.0}], "none, found 50.0 %"),
    ],
)
def test_a_mean_tells_how_many_faces_were_found(scores: list[dict[str, float | None]], told: str) -> None:
    assert mean(scores) == told
