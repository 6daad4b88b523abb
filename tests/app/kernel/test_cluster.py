"""The embedded PostgreSQL: who may use it, what it holds, and that it leaves nothing behind."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from preau.kernel.adapters import postgres_binaries
from preau.kernel.adapters.postgres import Cluster
from preau.kernel.adapters.postgres_binaries import ClusterError

PATIENCE = 30_000  # Milliseconds.
USER = """
import sys
from pathlib import Path
from preau.kernel.adapters.postgres import Cluster
cluster = Cluster(Path(sys.argv[1]), durable=False)
cluster.start()
print("up", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster that the test may stop and break."""
    own = Cluster(tmp_path / "cluster", durable=False)
    yield own
    own.destroy()


def connect(cluster: Cluster, database: str = "preau", user: str = "preau") -> psycopg.Connection:
    return psycopg.connect(cluster.url(database, user).replace("+psycopg", ""), autocommit=True)


def user_of(cluster: Cluster) -> subprocess.Popen[bytes]:
    """Another process that uses the cluster until it is killed."""
    command = [sys.executable, "-c", USER, str(cluster.directory)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    return process


def ended(pid: int) -> bool:
    """Wait for a process that is not ours to end."""
    poll = select.poll()
    poll.register(os.pidfd_open(pid), select.POLLIN)
    return bool(poll.poll(PATIENCE))


def server_of(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()


def test_the_application_owns_its_database_and_is_above_no_wall(cluster: Cluster) -> None:
    with connect(cluster) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, pg_get_userbyid(datdba)"
            " FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()"
        ).fetchone()
    assert row == (False, False, False, "preau")


def test_a_search_in_french_ignores_accents_and_endings(cluster: Cluster) -> None:
    with connect(cluster) as connection:
        (found,) = connection.execute(
            "SELECT to_tsvector('fr', 'Les élèves étudiaient') @@ plainto_tsquery('fr', 'eleve etudier')"
        ).fetchone()
    assert found


def test_a_copy_of_a_database_starts_with_what_the_first_one_held_and_then_lives_alone(
    cluster: Cluster,
) -> None:
    cluster.create_database("original")
    with connect(cluster, "original") as connection:
        connection.execute("CREATE TABLE things AS SELECT 1 AS thing")
    cluster.create_database("copy", "original")
    with connect(cluster, "copy") as connection:
        connection.execute("INSERT INTO things VALUES (2)")
    with connect(cluster, "original") as connection:
        assert connection.execute("SELECT array_agg(thing) FROM things").fetchone() == ([1],)
    cluster.drop_database("copy")
    cluster.drop_database("original")


def test_a_database_is_dropped_even_when_somebody_is_connected(cluster: Cluster) -> None:
    cluster.create_database("doomed")
    connection = connect(cluster, "doomed")
    cluster.drop_database("doomed")
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    connection.close()
    cluster.drop_database("doomed")


def test_what_was_written_is_there_after_a_stop_and_a_start(own: Cluster) -> None:
    own.start()
    with connect(own) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    own.stop()
    assert not own.running()
    own.start()
    with connect(own) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_second_process_joins_the_server_of_the_first(own: Cluster) -> None:
    own.start()
    server = server_of(own)
    kill(user_of(own))
    assert server_of(own) == server
    assert own.running()


def test_the_server_ends_when_its_last_user_is_killed_and_not_before(own: Cluster) -> None:
    first, second = user_of(own), user_of(own)
    server = server_of(own)
    kill(first)
    with connect(own) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    kill(second)
    assert ended(server)


def test_the_server_ends_with_its_guard(own: Cluster) -> None:
    own.start()
    server = server_of(own)
    guard = int(Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(guard, signal.SIGKILL)
    assert ended(server)


def test_an_interrupted_creation_is_begun_again(own: Cluster) -> None:
    (own.directory / "data.partial").mkdir(parents=True)
    (own.directory / "data.partial" / "PG_VERSION").write_text("half of it")
    own.start()
    assert own.running()


def test_a_directory_too_deep_for_a_socket_is_served_all_the_same(tmp_path: Path) -> None:
    deep = Cluster(tmp_path / ("a" * 100), durable=False)
    deep.start()
    with connect(deep) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    deep.destroy()


def test_nothing_listens_on_the_network(cluster: Cluster) -> None:
    with connect(cluster) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


@pytest.mark.skipif(os.geteuid() != 0, reason="seul root a un répertoire fermé au compte de PostgreSQL")
def test_root_is_served_in_a_directory_closed_to_others_which_stays_closed(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    cluster = Cluster(closed / "cluster", durable=False)
    cluster.start()
    with connect(cluster) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert cluster.directory.parent == postgres_binaries.REFUGE
    assert closed.stat().st_mode & 0o777 == 0o700
    assert Path(f"/proc/{server_of(cluster)}").stat().st_uid != 0
    cluster.destroy()


def test_data_of_a_postgresql_that_is_not_here_is_refused_by_name(own: Cluster) -> None:
    own.data.mkdir(parents=True)
    (own.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(ClusterError, match="PostgreSQL 9") as refusal:
        own.start()
    assert refusal.value.code == "PRE-PGS-003"


@pytest.mark.skipif(os.geteuid() != 0, reason="seul root a un répertoire fermé au compte de PostgreSQL")
def test_a_cluster_kept_elsewhere_goes_when_its_own_directory_has_gone(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    abandoned = Cluster(first, durable=False)
    abandoned.start()
    abandoned.stop()
    first.rmdir()
    next_one = Cluster(second, durable=False)
    next_one.start()
    assert not abandoned.directory.exists()
    next_one.destroy()
