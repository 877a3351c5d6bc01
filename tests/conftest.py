"""What all tests share."""

from hypothesis import HealthCheck, settings

#: Slow machines are no failures; the examples are the same in every run.
settings.register_profile(
    "lively",
    deadline=None,
    derandomize=True,
    print_blob=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("lively")
