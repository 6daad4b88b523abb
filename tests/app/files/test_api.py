"""The files API, as a program uses it."""

import pytest

API = "/api/v1/files"


@pytest.mark.sdet("UTI-UTL-ESF-04")
def test_a_program_puts_reads_renames_and_throws_away(browser):
    client = browser("teacher")
    folder = client.post(f"{API}/folders", json={"name": "Cours"})
    assert folder.status_code == 201
    parent = folder.json["id"]
    made = client.post(f"{API}/content?name=plan.txt&parent_id={parent}", data=b"le plan")
    assert (made.status_code, made.json["size"]) == (201, 7)
    url = f"{API}/{made.json['id']}"
    assert client.get(f"{url}/content", buffered=True).data == b"le plan"
    assert client.put(f"{url}/content", data=b"autre plan").json["etag"] != made.json["etag"]
    assert client.patch(url, json={"name": "plan 2.txt"}).json["name"] == "plan 2.txt"
    listed = client.get(f"{API}?parent_id={parent}").json
    assert [item["name"] for item in listed["items"]] == ["plan 2.txt"]
    assert client.delete(url).status_code == 204
    assert client.get(f"{API}?parent_id={parent}").json["items"] == []


def test_refusals_are_problems_with_their_reason(browser):
    client = browser("teacher")
    client.post(f"{API}/folders", json={"name": "Cours"})
    again = client.post(f"{API}/folders", json={"name": "Cours"})
    assert (again.status_code, again.content_type) == (409, "application/problem+json")
    assert "Choisissez un autre nom" in again.json["title"]
    assert client.post(f"{API}/folders", json={"name": "a/b"}).json["errors"]["name"]
    assert client.post(f"{API}/content?name=..", data=b"x").status_code == 422


def test_what_is_not_mine_is_not_there(browser, world):
    client = browser("teacher")
    made = client.post(f"{API}/content?name=plan.txt", data=b"le plan").json
    for key in ("pupil", "school_teacher", "stranger"):
        other = browser(key)
        for method, path in (("GET", ""), ("GET", "/content"), ("PUT", "/content"), ("DELETE", "")):
            assert other.open(f"{API}/{made['id']}{path}", method=method).status_code == 404
    assert client.get(f"{API}/{made['id']}").status_code == 200


def test_a_program_shares_and_takes_back(browser, world):
    teacher, pupil = browser("teacher"), browser("pupil")
    made = teacher.post(f"{API}/content?name=plan.txt", data=b"le plan").json
    shares = f"{API}/{made['id']}/shares"
    assert teacher.put(shares, json={"shares": {f"group:{world.groups['6A']}": "read"}}).status_code == 204
    assert pupil.get(f"{API}/{made['id']}").status_code == 200
    assert pupil.put(shares, json={"shares": {}}).status_code == 403
    assert teacher.put(shares, json={"shares": {}}).status_code == 204
    assert pupil.get(f"{API}/{made['id']}").status_code == 404
