"""A context for many small fits."""

from collections.abc import Iterator
from contextlib import contextmanager

from sklearn import config_context
from threadpoolctl import ThreadpoolController

_threads = ThreadpoolController()


@contextmanager
def fast_fitting() -> Iterator[None]:
    """Skip scikit-learn's input checks, and limit linear algebra to one thread.

    The checks take longer than a small fit, and settings are validated already. On matrices this
    small, the threads of the linear algebra mostly wait for each other, more so where several
    kernels share the cores.
    """
    with (
        config_context(assume_finite=True, skip_parameter_validation=True),
        _threads.limit(limits=1),
    ):
        yield
