"""What is found, by whom."""

import pytest
from sqlalchemy import delete, text

from preau.kernel.database import db
from preau.kernel.search_find import search
from preau.kernel.search_query import Query
from preau.kernel.search_suggest import suggest
from preau.kernel.tenancy import behind, lifted
from preau.kernel.transaction import atomic
from preau.services.information.bookmarks.models import Bookmark


def titles(identity, words="", **narrowed) -> list[str]:
    return [hit.title for hit in search(identity, Query(text=words, **narrowed)).hits]


@pytest.mark.sdet("SOC-POR-MDR-01", "SOC-POR-MDR-04", "UTI-IDO-REC-01", "UTI-IDO-REC-06")
def test_what_a_person_writes_is_found_at_once_whatever_accents_and_endings(world, bookmark):
    bookmark("teacher", "Les volcans d’Auvergne", note="Une éruption expliquée aux élèves")
    teacher = world.identity("teacher")
    for words in ("volcan", "VOLCANS", "eruptions", "élève auvergne"):
        assert titles(teacher, words) == ["Les volcans d’Auvergne"]
    assert titles(teacher, "glacier") == []


@pytest.mark.sdet("SOC-POR-MDR-01")
def test_nobody_finds_what_is_not_open_to_them(world, bookmark):
    bookmark("teacher", "Sujet du contrôle")
    for key in ("head", "pupil", "stranger", "school_head", "camille"):
        assert titles(world.identity(key), "contrôle") == []
        assert suggest(world.identity(key), "contrôle") == []


def test_what_is_shared_is_found_and_what_is_no_longer_shared_is_not(world, bookmark):
    shared = bookmark("teacher", "Fiche de géométrie", shared=[f"group:{world.groups['6A']}"])
    assert titles(world.identity("pupil"), "géométrie") == ["Fiche de géométrie"]
    assert titles(world.identity("guardian"), "géométrie") == []
    from preau.kernel.traits.shared import share

    teacher = world.identity("teacher")
    with behind(teacher):
        share(teacher, db.session.get_one(Bookmark, shared.id), {})
    assert titles(world.identity("pupil"), "géométrie") == []
    assert titles(teacher, "géométrie") == ["Fiche de géométrie"]


def test_the_second_wall_holds_without_the_first(world, bookmark):
    bookmark("teacher", "Fiche de géométrie", shared=[f"group:{world.groups['6A']}"])
    for key, seen in (("pupil", 1), ("stranger", 0), ("school_head", 0)):
        with behind(world.identity(key)):
            assert (
                db.session.scalar(text("SELECT count(*) FROM search_document WHERE tsv @@ 'geometr'")) == seen
            )


def test_a_principal_cannot_be_typed(world, bookmark):
    bookmark("teacher", "Sujet du contrôle")
    me = world.people["teacher"]
    for words in (f"§person:{me}", f'"§person:{me}"', f"person:{me} or contrôle", "contrôle -§person"):
        assert titles(world.identity("pupil"), words) == []


def test_deleting_by_any_way_forgets(world, bookmark):
    bookmark("teacher", "Premier essai")
    second = bookmark("teacher", "Deuxième essai")
    teacher = world.identity("teacher")
    with lifted(), atomic() as session:
        session.delete(session.get_one(Bookmark, second.id))
    assert titles(teacher, "essai") == ["Premier essai"]
    with lifted(), atomic() as session:
        session.execute(delete(Bookmark))
    assert titles(teacher, "essai") == []


def test_a_cascade_forgets_too(world, bookmark):
    from preau.services.information.bookmarks import operations
    from preau.services.information.bookmarks.models import Folder
    from preau.services.information.bookmarks.schemas import BookmarkIn, FolderIn

    teacher = world.identity("teacher")
    with behind(teacher):
        folder = operations.create_folder(teacher, FolderIn(name="Essais"))
        data = BookmarkIn(title="Rangé", url="https://exemple.test/", folder_id=folder.id)
        operations.create_bookmark(teacher, data)
        assert titles(teacher, "rangé") == ["Rangé"]
        with atomic() as session:
            session.execute(delete(Folder).where(Folder.id == folder.id))
    with lifted():
        assert db.session.scalar(text("SELECT count(*) FROM search_document WHERE title = 'Rangé'")) == 0


def test_what_is_undone_is_not_found(world, bookmark):
    teacher = world.identity("teacher")
    with pytest.raises(RuntimeError), behind(teacher), atomic():
        bookmark("teacher", "Jamais écrit")
        raise RuntimeError
    assert titles(teacher, "jamais") == []


def test_a_bulk_change_is_followed_by_a_job(world, bookmark):
    from sqlalchemy import update

    from preau.kernel import jobs

    bookmark("teacher", "Ancien titre")
    with lifted(), atomic() as session:
        session.execute(update(Bookmark).values(title="Nouveau titre"))
    jobs.run_pending()
    assert titles(world.identity("teacher"), "nouveau") == ["Nouveau titre"]
    assert titles(world.identity("teacher"), "ancien") == []


@pytest.mark.sdet("SOC-POR-MDR-07", "UTI-IDO-REC-05")
def test_advanced_search_narrows_by_phrase_exclusion_kind_date_and_metadata(world, bookmark):
    bookmark("teacher", "Cahier de vacances", url="https://eduscol.test/cahier")
    bookmark("teacher", "Vacances de printemps, le cahier", url="https://ailleurs.test/")
    teacher = world.identity("teacher")
    assert len(titles(teacher, "cahier vacances")) == 2
    assert titles(teacher, phrase="cahier de vacances") == ["Cahier de vacances"]
    assert titles(teacher, "cahier", without="printemps") == ["Cahier de vacances"]
    assert titles(teacher, "cahier", field="identifier", value="eduscol") == ["Cahier de vacances"]
    assert titles(teacher, "cahier", kinds=["news_article"]) == []
    assert titles(teacher, "cahier", since="2020-01-01", order="title") == [
        "Cahier de vacances",
        "Vacances de printemps, le cahier",
    ]
    assert titles(teacher, "cahier", until="2020-01-01") == []
    assert titles(teacher, "cahier", structure=world.structures["lycee"]) == []


def test_a_better_place_ranks_first(world, bookmark):
    bookmark("teacher", "Divers", note="On y parle aussi de poésie, une fois, parmi beaucoup d’autres choses")
    bookmark("teacher", "Poésie")
    assert titles(world.identity("teacher"), "poésie") == ["Poésie", "Divers"]


def test_suggestions_come_while_typing_and_forgive_a_slip(world, bookmark):
    bookmark("teacher", "Photosynthèse des plantes")
    teacher = world.identity("teacher")
    for typed in ("pho", "photosynt", "plantes pho", "fotosynthese", "photosinthèse"):
        assert [hit.title for hit in suggest(teacher, typed)] == ["Photosynthèse des plantes"], typed
    for typed in ("", "'", "'; drop", "& | !", "x" * 500):
        assert suggest(teacher, typed) == []


def test_a_title_is_suggested_at_each_letter_whatever_its_accents_and_endings(world, bookmark):
    bookmark("teacher", "Conférences de l’œuvre")
    teacher = world.identity("teacher")
    for typed in ("conférences"[:length] for length in range(1, 12)):
        assert [hit.title for hit in suggest(teacher, typed)] == ["Conférences de l’œuvre"], typed
    assert [hit.title for hit in suggest(teacher, "oeuv confer")] == ["Conférences de l’œuvre"]
    assert suggest(teacher, "¶") == []


def test_of_two_equal_titles_the_recent_one_comes_first(world, bookmark):
    from datetime import timedelta

    from preau.kernel.database import now

    for title, days in (("Le volcan ancien", 900), ("Le volcan récent", 1), ("Le volcan moyen", 200)):
        made = bookmark("teacher", title)
        with lifted(), atomic() as session:
            session.get_one(Bookmark, made.id).updated_at = now() - timedelta(days=days)
    teacher, admin = world.identity("teacher"), world.identity("admin")
    ordered = ["Le volcan récent", "Le volcan moyen", "Le volcan ancien"]
    assert titles(teacher, "volcan") == ordered
    assert titles(admin, "volcan") == ordered
    assert [hit.title for hit in suggest(teacher, "volc")] == ordered
    assert [hit.title for hit in suggest(admin, "volc")] == ordered


@pytest.mark.parametrize(
    "words", ["'", "\\", "& | !", '"', "((((", "a" * 200, "é'--", "<script>", "or or", "-", "\x00"]
)
def test_no_text_breaks_the_search(world, bookmark, words):
    bookmark("teacher", "Un titre")
    teacher = world.identity("teacher")
    clean = words.replace("\x00", "")
    assert titles(teacher, clean) == []
    assert titles(teacher, "titre", without=clean, author=clean, value=clean, phrase=clean) in (
        [],
        ["Un titre"],
    )
