"""Some use of two schools."""

from preau.kernel import statistics


def populate(world):
    for key in ("teacher", "pupil", "school_teacher"):
        statistics.count("search.asked", world.identity(key), 3)
    statistics.flush()
