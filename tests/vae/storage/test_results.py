import dataclasses
import io
import json
import pickle
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vae.tiny import make_result
from vae.errors import ResultsError
from vae.storage.results import (
    ARRAYS_FILE,
    FORMAT,
    PROVENANCE_FILE,
    RESULT_FILE,
    Keys,
    fingerprint,
    from_files,
    read_keys,
    to_files,
)

FILES = to_files(make_result())


def test_round_trip() -> None:
    result, back = make_result(), from_files(FILES)
    assert (back.run, back.seed, back.keys, back.spec) == (result.run, result.seed, result.keys, result.spec)
    assert back.history == result.history
    assert back.provenance == result.provenance
    assert back.arrays.keys() == result.arrays.keys()
    for name, array in result.arrays.items():
        assert back.arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(back.arrays[name], array)
    assert read_keys(FILES[RESULT_FILE]) == result.keys


def test_scores_keep_the_precision_of_float32() -> None:
    value = float(np.float32(1 / 3))
    assert np.float32(from_files(to_files(make_result(value=value))).score("mse")) == np.float32(1 / 3)


def test_equal_numbers_give_equal_bytes_whatever_their_order() -> None:
    result = make_result()
    reversed_ = dataclasses.replace(
        result,
        scores=dict(reversed(result.scores.items())),
        arrays=dict(reversed(result.arrays.items())),
        history=dict(reversed(result.history.items())),
    )
    assert to_files(reversed_) == FILES
    assert to_files(make_result(value=2.0))[ARRAYS_FILE] != FILES[ARRAYS_FILE]


def test_a_fingerprint_is_of_the_numbers_alone() -> None:
    result = make_result()
    name, array = next((n, a) for n, a in result.arrays.items() if a.size > 1)
    base = fingerprint(result)
    arrays = dict(reversed(result.arrays.items()))
    same = [
        {"provenance": {}}, {"keys": Keys("another", "one")}, {"spec": {}}, {"run": "e50"}, {"arrays": arrays},
    ]  # fmt: skip
    assert {fingerprint(dataclasses.replace(result, **change)) for change in same} == {base}
    assert fingerprint(from_files(to_files(result))) == fingerprint(from_files(to_files(result)))
    flipped = array.copy()
    flipped.flat[0] += 1
    others = [
        {"scores": {**result.scores, "bce": 0.5}},
        {"history": {**result.history, "more": [1.0]}},
        {"arrays": {**result.arrays, name: flipped}},
        {"arrays": {**result.arrays, name: array.reshape(-1, 1)}},
        {"arrays": {n: a for n, a in result.arrays.items() if n != name}},
    ]
    assert len({base} | {fingerprint(dataclasses.replace(result, **change)) for change in others}) == 6


def test_noise_below_nine_digits_gives_equal_bytes() -> None:
    nudged = dataclasses.replace(make_result(), scores={"mse": 1.0 + 1e-12, "bce": 1 / 3 + 1e-13})
    assert to_files(nudged)[RESULT_FILE] == FILES[RESULT_FILE]


def test_bytes_do_not_depend_on_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setattr(time, "time", lambda: 2e9)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(2_000_000_000))
    assert to_files(make_result()) == FILES


def test_provenance_is_in_a_file_of_its_own() -> None:
    other = dataclasses.replace(make_result(), provenance={"training": [{"device": "another"}]})
    changed = {name for name, content in to_files(other).items() if content != FILES[name]}
    assert changed == {PROVENANCE_FILE}


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_score_that_is_not_finite_is_refused_by_name(value: float) -> None:
    with pytest.raises(ResultsError, match=r"e10/42: the score mse is (nan|inf)"):
        to_files(make_result(value=value))


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (pytest.fail, ("a pickled array was loaded",))


def pickled_member() -> bytes:
    buffer = io.BytesIO()
    array = np.array([Bomb()], dtype=object)
    np.savez(buffer, test_bce=array)
    return buffer.getvalue()


@pytest.mark.parametrize("content", [pickle.dumps(Bomb()), pickled_member()])
def test_pickles_are_refused_and_not_run(content: bytes) -> None:
    with pytest.raises(ResultsError, match="not a readable result"):
        from_files({**FILES, ARRAYS_FILE: content})


def test_arrays_of_objects_are_not_written() -> None:
    with pytest.raises(ValueError, match="pickle"):
        to_files(dataclasses.replace(make_result(), arrays={"bad": np.array([{}], dtype=object)}))


@pytest.mark.parametrize("name", [RESULT_FILE, ARRAYS_FILE, PROVENANCE_FILE])
def test_a_missing_file_is_refused(name: str) -> None:
    with pytest.raises(ResultsError, match=name):
        from_files({other: content for other, content in FILES.items() if other != name})


def test_another_format_is_refused() -> None:
    body = json.loads(FILES[RESULT_FILE]) | {"format": FORMAT + 1}
    with pytest.raises(ResultsError, match=f"format {FORMAT + 1}, this version reads {FORMAT}"):
        from_files({**FILES, RESULT_FILE: json.dumps(body).encode()})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=5,
)


def only_results_error(files: dict[str, bytes]) -> None:
    try:
        result = from_files(files)
        read_keys(files[RESULT_FILE])
    except ResultsError:
        return
    assert all(isinstance(array, np.ndarray) for array in result.arrays.values())


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([RESULT_FILE, ARRAYS_FILE, PROVENANCE_FILE]), st.binary(max_size=300))
def test_random_bytes_raise_nothing_else(name: str, content: bytes) -> None:
    only_results_error({**FILES, name: content})


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([RESULT_FILE, ARRAYS_FILE]),
    st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 255)), min_size=1, max_size=4),
)
def test_altered_bytes_raise_nothing_else(name: str, changes: list[tuple[int, int]]) -> None:
    content = bytearray(FILES[name])
    for position, value in changes:
        content[position % len(content)] = value
    only_results_error({**FILES, name: bytes(content)})


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["format", "run", "seed", "spec", "keys", "scores", "history"]), json_values)
def test_other_json_raises_nothing_else(field: str, value: object) -> None:
    body = json.loads(FILES[RESULT_FILE]) | {field: value}
    only_results_error({**FILES, RESULT_FILE: json.dumps(body).encode()})
    only_results_error({**FILES, RESULT_FILE: json.dumps(value).encode()})


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=40) | st.just(b"\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': (1, 'shape'"))
def test_a_member_that_is_no_array_raises_nothing_else(member: bytes) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("test_bce.npy", member)
        archive.writestr("readme.txt", member)
    only_results_error({**FILES, ARRAYS_FILE: buffer.getvalue()})


def test_a_name_that_is_not_there_is_named_with_its_run() -> None:
    with pytest.raises(ResultsError, match=r"e10/42 has no score 'nope'\. Not every run has.*EVALUATION_NUMERICS"):
        make_result().score("nope")
    with pytest.raises(ResultsError, match=r"e10/42 has no array 'latent_mea'\. Did you mean latent_mean\?"):
        make_result().array("latent_mea")
    with pytest.raises(ResultsError, match=r"e10/42 has no array 'nope'\. Not every run has.*EVALUATION_NUMERICS"):
        make_result().array("nope")
