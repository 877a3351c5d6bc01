"""How models are fitted many times a second."""

from collections.abc import Iterator
from contextlib import contextmanager

from sklearn import config_context
from threadpoolctl import ThreadpoolController

_threads = ThreadpoolController()


@contextmanager
def fast_fitting() -> Iterator[None]:
    """Run many small fits quickly.

    scikit-learn's own checks cost more than such a fit, and all that comes here is checked already.
    Threads of the linear algebra only wait for each other on matrices this small; where several
    kernels share the cores, waiting is all that they do.
    """
    with (
        config_context(assume_finite=True, skip_parameter_validation=True),
        _threads.limit(limits=1),
    ):
        yield
