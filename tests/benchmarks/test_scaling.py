"""What the benchmark of scaling is measured against: an ideal cluster, and the published trainings."""

from benchmarks import scaling


def test_an_ideal_cluster_never_waits() -> None:
    assert scaling.ideal([3, 1, 1, 1], 2) == 3
    assert scaling.ideal([1, 1, 1, 3], 2) == 4, "in the order in which they are handed out"
    assert scaling.ideal([2.0] * 10, 100) == 2


def test_the_durations_are_those_of_the_published_trainings() -> None:
    durations = scaling.measured_durations()
    assert len(durations) > 10
    assert min(durations) > 10
