"""Digests, streams, geometry, the registry and the outcome table."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazer.core import geometry as g
from blazer.core.digest import canonical_json, digest
from blazer.core.errors import BlazerError, UnknownNameError, UsageError
from blazer.core.outcomes import OUTCOME_TABLE, Outcome
from blazer.core.records import Pose, Usage
from blazer.core.registry import Registry
from blazer.core.rng import stream, stream_seed

unit = st.floats(-1, 1)
quats = (
    st.tuples(unit, unit, unit, unit)
    .filter(lambda q: np.linalg.norm(q) > 0.1)
    .map(lambda q: np.array(q) / np.linalg.norm(q))
)


@given(quats)
def test_matrix_and_quaternion_are_inverse(q: np.ndarray) -> None:
    back = g.matrix_to_quat(g.quat_to_matrix(q))
    assert min(np.abs(back - q).max(), np.abs(back + q).max()) < 1e-9


@given(quats, quats)
def test_product_rotates_one_after_the_other(a: np.ndarray, b: np.ndarray) -> None:
    assert np.allclose(
        g.quat_to_matrix(g.quat_multiply(a, b)), g.quat_to_matrix(a) @ g.quat_to_matrix(b), atol=1e-9
    )


@given(quats)
def test_conjugate_undoes(q: np.ndarray) -> None:
    v = np.array([0.3, -0.2, 0.9])
    assert np.allclose(g.quat_rotate(g.quat_conjugate(q), g.quat_rotate(q, v)), v, atol=1e-9)


@given(st.floats(-50, 50))
def test_wrap_keeps_the_angle(angle: float) -> None:
    wrapped = g.wrap_angle(angle)
    assert -math.pi < wrapped <= math.pi
    assert math.isclose(math.cos(wrapped), math.cos(angle), abs_tol=1e-9)


@given(st.floats(-3.1, 3.1))
def test_yaw_survives_the_quaternion(yaw: float) -> None:
    assert math.isclose(g.yaw_of_quat(g.quat_from_yaw(yaw)), yaw, abs_tol=1e-9)
    assert g.tilt_of_quat(g.quat_from_yaw(yaw)) < 1e-6


def test_tilt_of_an_object_on_its_side() -> None:
    assert math.isclose(g.tilt_of_quat((math.cos(math.pi / 4), math.sin(math.pi / 4), 0, 0)), math.pi / 2)


def test_streams_depend_on_every_part_of_the_name() -> None:
    seeds = {
        stream_seed(0),
        stream_seed(1),
        stream_seed(0, "a"),
        stream_seed(0, "a", 1),
        stream_seed(0, "a1"),
    }
    assert len(seeds) == 5
    assert stream(3, "x").integers(1 << 30) == stream(3, "x").integers(1 << 30)


def test_digest_ignores_key_order_and_sees_every_value() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest(Pose(position_m=(0, 0, 1))) != digest(Pose(position_m=(0, 0, 1.0000001)))


def test_digest_refuses_what_has_no_json_form() -> None:
    with pytest.raises(ValueError):
        canonical_json({"x": float("nan")})


def test_records_refuse_infinities_and_unknown_fields() -> None:
    with pytest.raises(ValueError):
        Pose(position_m=(0, 0, math.inf))
    with pytest.raises(ValueError):
        Pose.model_validate({"position_m": (0, 0, 0), "frame": "world"})


def test_usages_add_up() -> None:
    assert Usage(calls=1, cost_usd=0.5).plus(Usage(calls=2, prompt_tokens=7)) == Usage(
        calls=3, cost_usd=0.5, prompt_tokens=7
    )


def test_registry_names_what_there_is() -> None:
    shelf: Registry[int] = Registry("number")
    shelf.add("three", 3)
    with pytest.raises(ValueError):
        shelf.add("three", 4)
    with pytest.raises(UnknownNameError, match=r"unknown number 'thre'. Did you mean 'three'"):
        shelf.get("thre")


def test_unknown_name_survives_pickling_and_is_a_usage_error() -> None:
    error = pickle.loads(pickle.dumps(UnknownNameError("task", "x", ["a"])))
    assert isinstance(error, UsageError) and isinstance(error, BlazerError)
    assert error.known == ("a",)


def test_every_outcome_has_its_row() -> None:
    assert set(OUTCOME_TABLE) == set(Outcome)
    assert not OUTCOME_TABLE[Outcome.INFRA_ERROR].decided
    assert not any(use.sft and use.negative for use in OUTCOME_TABLE.values())
    assert [o for o, use in OUTCOME_TABLE.items() if use.sft] == [Outcome.SUCCESS]
