"""Contrast of every palette, scheme and contrast level, computed from the stylesheet that is served.

RGAA 3.2 and 3.3: 4.5 for text, 3 for what delimits a control; high contrast aims at 7 (WCAG AAA).
"""

import re
from itertools import product

import pytest

from preau.web.assets import STATIC

CSS = (STATIC / "css" / "preau.css").read_text()
PALETTES = ("preau", "tuile", "foret", "lagon", "lavande", "cerise")
HUES = ("blue", "teal", "green", "honey", "coral", "rose", "plum", "slate")
STATES = ("success", "warning", "danger", "info")
NAMED = {"#fff": "#ffffff", "#000": "#000000", "white": "#ffffff", "black": "#000000"}
TEXT = [
    *product(("text", "muted", "brand-ink"), ("bg", "surface", "sunken")),
    ("on-brand", "brand"),
    ("tint-ink", "tint"),
    *((f"{hue}-ink", f"{hue}-tint") for hue in HUES),
    *((state, f"{state}-tint") for state in STATES),
    *((state, ground) for state in STATES for ground in ("bg", "surface")),
    *((f"on-{state}", state) for state in STATES),
    *(("text", f"{state}-tint") for state in STATES),
]
EDGES = [
    ("line-strong", "surface"),
    ("line-strong", "bg"),
    ("focus", "bg"),
    ("focus", "surface"),
    ("brand-ink", "tint"),
]
ACCENT_TEXT = "#23180a"


def tokens(palette: str, scheme: str, contrast: str = "normal") -> dict[str, str]:
    """The custom properties of the root element, by the cascade of the rules outside media queries."""
    plain = re.sub(r"@media[^{]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", CSS)
    state = {"data-palette": palette, "data-bs-theme": scheme, "data-contrast": contrast}
    found: list[tuple[int, int, dict[str, str]]] = []
    for order, (selectors, body) in enumerate(re.findall(r"([^{}]+)\{([^{}]*--pr-[^{}]*)\}", plain)):
        for selector in selectors.split(","):
            if re.sub(r"\[[^\]]+\]|:root", "", selector).strip():
                continue
            asked = re.findall(r"\[([\w-]+)(?:=\"?([\w-]+)\"?)?\]", selector)
            if " " not in selector.strip() and all(
                state.get(name) == (value or state.get(name)) for name, value in asked
            ):
                found.append(
                    (
                        len(asked) + selector.count(":root"),
                        order,
                        dict(re.findall(r"--pr-([\w-]+):\s*([^;]+)", body)),
                    )
                )
    return {
        name: value
        for _, _, declared in sorted(found, key=lambda each: each[:2])
        for name, value in declared.items()
    }


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    digits = NAMED.get(colour, colour).lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def failures(found: dict[str, str], pairs: list[tuple[str, str]], least: float) -> dict[str, float]:
    measured = {f"{ink} on {ground}": round(ratio(found[ink], found[ground]), 2) for ink, ground in pairs}
    return {pair: value for pair, value in measured.items() if value < least}


def test_black_on_white_is_21() -> None:
    assert ratio("#000", "#ffffff") == pytest.approx(21)


def test_the_cascade_is_read_as_a_browser_does() -> None:
    assert tokens("preau", "light")["bg"] != tokens("preau", "dark")["bg"]
    assert len({tokens(palette, "light")["brand"] for palette in PALETTES}) == len(PALETTES)
    assert tokens("tuile", "dark", "high")["bg"] in {"#000", "#000000"}


@pytest.mark.sdet("SOC-POR-PPO-05", "SOC-POR-PPO-07")
@pytest.mark.parametrize(("palette", "scheme"), list(product(PALETTES, ("light", "dark"))))
def test_text_and_controls_of_each_palette_can_be_read(palette: str, scheme: str) -> None:
    found = tokens(palette, scheme)
    assert failures(found, TEXT, 4.5) == {}
    assert failures(found, EDGES, 3) == {}
    assert ratio("#ffffff", found["brand-deep"]) >= 7
    assert ratio(ACCENT_TEXT, found["accent"]) >= 4.5
    assert ratio(found["accent"], found["brand-deep"]) >= 3


@pytest.mark.parametrize(("palette", "scheme"), list(product(PALETTES, ("light", "dark"))))
def test_high_contrast_reaches_seven(palette: str, scheme: str) -> None:
    found = tokens(palette, scheme, "high")
    hues = [pair for pair in TEXT if pair[0].removesuffix("-ink") in HUES]
    assert failures(found, [pair for pair in TEXT if pair not in hues], 7) == {}
    assert failures(found, hues, 4.5) == {}
    assert failures(found, EDGES, 4.5) == {}
