"""Everything is reached with the keyboard, in order, with a focus that is seen, and nothing traps it."""

import pytest

from tests.browser.crawl import pages

MOST_STEPS = 250
STATE = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  here.dataset.walked ||= String(++window.walked || (window.walked = 1));
  const style = getComputedStyle(here);
  const box = here.getBoundingClientRect();
  return {
    id: here.dataset.walked,
    html: here.outerHTML.slice(0, 120),
    seen: style.outlineStyle !== 'none' || style.boxShadow !== 'none',
    size: box.width * box.height,
  };
}"""
EXPECTED = """() => [...document.querySelectorAll(
  'a[href], button:not([disabled]), input:not([type=hidden]):not([disabled]), select, textarea, summary'
)].filter((each) => each.checkVisibility({visibilityProperty: true}) && each.tabIndex >= 0
  && !(each.type === 'radio' && !each.checked)).length"""


@pytest.mark.sdet("QUA-ACC-01")
@pytest.mark.parametrize("key", [None, "child", "teacher", "manager"])
def test_a_walk_with_the_tab_key_meets_everything_and_ends(site, visit, key):
    page = visit(key)
    faults = []
    for endpoint, path in pages(site, key).items():
        page.goto(path)
        expected = page.evaluate(EXPECTED)
        met: dict[str, dict] = {}
        for _step in range(min(2 * expected + 20, MOST_STEPS)):
            page.keyboard.press("Tab")
            state = page.evaluate(STATE)
            # A date takes several steps in the same field; the walk ends where it began.
            if state is None or (met and state["id"] == next(iter(met)) and len(met) > 1):
                break
            met[state["id"]] = state
        hidden = [state["html"] for state in met.values() if not state["seen"]]
        faults += [f"{endpoint}: focus not seen on {html}" for html in hidden]
        if len(met) < min(expected, MOST_STEPS) * 0.8:
            faults.append(f"{endpoint} {path}: met {len(met)} of {expected}")
    assert not faults, "\n".join(faults)
