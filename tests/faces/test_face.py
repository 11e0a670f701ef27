"""What a face says of itself, and the same face in another picture."""

import json

import numpy as np
import pytest

from limner.faces import Face, given


def test_the_record_is_json_of_the_agreed_form() -> None:
    record = json.loads(json.dumps(given((10, 20, 30.126, 20), 50, 50).record()))
    assert list(record) == ["box", "score", "points"]
    assert len(record["box"]) == 4
    assert record["score"] == 1
    assert record["points"][:2] == [[10, 20], [30.13, 20]]
    assert [len(point) for point in record["points"]] == [2] * 5


def test_numbers_of_numpy_are_json_too() -> None:
    x = np.float64(3)
    point = (x, x)
    assert json.dumps(Face((x, x, x, x), float(x), (point, point, point, point, point)).record())


def test_a_moved_face_grows_and_turns_with_its_picture() -> None:
    face = given((10, 20, 30, 20), 50, 50)
    twice = np.array([[0, -2, 100], [2, 0, 5]], np.float64)
    moved = face.moved(twice)
    assert moved.eyes == ((60, 25), (60, 65))
    assert moved.area == pytest.approx(4 * face.area)
    assert moved.score == face.score
