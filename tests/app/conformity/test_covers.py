"""What a service declares to cover exists, and ``preau conformity --check`` wants its evidence."""

from preau.conformity.requirements import requirements
from preau.services_list import SERVICES


def test_every_id_that_a_service_declares_is_an_sdet_id():
    declared = {(service.name, id_) for service in SERVICES for id_ in service.covers}
    assert {(name, id_) for name, id_ in declared if id_ not in requirements()} == set()


def test_no_service_declares_an_id_twice():
    assert [each.name for each in SERVICES if len(set(each.covers)) != len(each.covers)] == []


def test_the_check_passes_when_each_declared_id_has_evidence(project, declare):
    declare("UTI-IDO-GSI-01", "SOC-SEC-APS-01")
    project.tested("UTI-IDO-GSI-01")
    project.document("SOC-SEC-APS-01")
    checked = project.conformity("--check")
    assert (checked.exit_code, checked.stderr) == (0, "")


def test_the_check_fails_and_names_each_id_without_evidence(project, declare):
    declare("UTI-IDO-GSI-01", "UTI-IDO-GSI-02", "RUL-122", "SOC-SEC-APS-01", "UTI-XXX-01")
    project.tested("UTI-IDO-GSI-01")
    project.tested("UTI-IDO-GSI-02", outcome="skipped")
    checked = project.conformity("--check")
    assert checked.exit_code == 1
    named = [line.split()[1] for line in checked.stdout.splitlines()]
    assert named == ["UTI-IDO-GSI-02", "RUL-122", "SOC-SEC-APS-01", "UTI-XXX-01"]
    assert "4 identifiants déclarés sur 5" in checked.stderr


def test_the_check_fails_when_there_is_nothing_to_check(project, declare):
    declare()
    checked = project.conformity("--check")
    assert checked.exit_code == 1
    assert "PRE-CON-003" in checked.output
