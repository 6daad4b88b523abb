"""One real server for the suites that others wrote."""

from collections.abc import Iterator

import pytest

from tests.support.site import Site, serving


@pytest.fixture(scope="session")
def site(cluster, worker, tmp_path_factory) -> Iterator[Site]:
    """The site that the suites examine."""
    with serving(cluster, f"suites_{worker}", tmp_path_factory.mktemp("suites")) as site:
        yield site
