"""Files dropped on a folder: what is too large stays behind, and is named beside what was saved."""

import pytest

DROP = """async (files) => {
  const data = new DataTransfer();
  for (const [name, size] of files) data.items.add(new File([new Uint8Array(size)], name));
  document.querySelector("[data-upload-status]").dataset.largest = "1000";
  document.querySelector("[data-files]").dispatchEvent(
    new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


@pytest.mark.sdet("UTI-UTL-ESF-05")
def test_dropped_files_are_saved_but_for_the_one_that_is_too_large(visit):
    page = visit("teacher", "/fichiers/")
    page.evaluate(DROP, [["déposé.txt", 20], ["énorme.bin", 5000], ["aussi.txt", 30]])
    page.get_by_role("link", name="déposé.txt").wait_for()
    page.get_by_role("link", name="aussi.txt").wait_for()
    said = page.locator("[data-upload-status]").inner_text()
    assert "« énorme.bin » n’a pas été enregistré" in said
    assert "il dépasse" in said
    assert "Les autres sont enregistrés." in said
    assert page.get_by_role("link", name="énorme.bin").count() == 0


def test_the_open_tab_shows_on_a_phone(visit):
    page = visit("teacher", "/fichiers/corbeille", viewport={"width": 390, "height": 844})
    box = page.locator(".pr-tabs [aria-current=page]").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
