"""Debian's Chromium on a real server."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.site import Site, serving

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def site(cluster, worker, tmp_path_factory) -> Iterator[Site]:
    """The site that the browser visits."""
    with serving(cluster, f"site_{worker}", tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("PREAU_CHROMIUM", "/usr/bin/chromium"), args=ARGUMENTS
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(site: Site, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """``visit("teacher", "/signets/")``: that page as that person sees it; ``visit(None, "/")`` as a visitor."""
    contexts: list[BrowserContext] = []

    def open_page(
        key: str | None, path: str = "/", *, viewport=DESKTOP, script: bool = True, **options
    ) -> Page:
        context = chromium.new_context(
            base_url=site.url,
            viewport=viewport,
            java_script_enabled=script,
            locale="fr-FR",
            reduced_motion="reduce",
            bypass_csp=options.pop("bypass_csp", False),
            service_workers="block",
            **options,
        )
        contexts.append(context)
        if key:
            context.add_cookies([{"name": "preau", "value": site.cookie(key), "url": site.url}])
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
