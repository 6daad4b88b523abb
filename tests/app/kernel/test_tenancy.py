"""Two walls between schools, each holding alone."""

import pytest
from sqlalchemy import select, text

from preau.kernel.database import db
from preau.kernel.tenancy import behind, lifted
from preau.socle.directory.models import Person, Profile


def names(statement) -> set[str]:
    return set(db.session.scalars(statement))


def test_each_person_sees_only_the_profiles_of_their_schools(world):
    for key, school in (("teacher", "college"), ("school_teacher", "ecole"), ("pupil", "college")):
        with behind(world.identity(key)):
            seen = names(select(Profile.structure_id))
            assert seen == {world.structures[school]}


def test_the_database_holds_the_wall_without_the_orm(world):
    with behind(world.identity("teacher")):
        rows = db.session.execute(text("SELECT DISTINCT structure_id FROM profile")).scalars().all()
        assert rows == [world.structures["college"]]
        assert (
            db.session.execute(
                text("SELECT count(*) FROM account a JOIN person p ON p.id = a.person_id")
            ).scalar()
            == 7
        )


def test_nobody_signed_in_sees_nobody(world):
    assert names(select(Person.uid)) == set()


def test_a_lifted_wall_falls_back_after_the_block(world):
    with behind(world.identity("teacher")):
        with lifted():
            assert len(names(select(Person.uid))) == 13
        assert len(names(select(Person.uid))) == 7


def test_a_row_of_another_school_cannot_be_written(world):
    from sqlalchemy.exc import ProgrammingError

    from preau.socle.security.models import Grant

    with behind(world.identity("teacher")):
        db.session.add(Grant(structure_id=world.structures["ecole"], permission="x", principal="y"))
        with pytest.raises(ProgrammingError, match="row-level security"):
            db.session.flush()
        db.session.rollback()
