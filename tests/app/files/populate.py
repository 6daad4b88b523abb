"""Files of several people, some shared, some handed in."""

from datetime import timedelta

from preau.kernel import files
from preau.kernel.database import now
from preau.kernel.tenancy import behind
from preau.services.utilities.files import content, hand_ins, lockers, sharing, spaces, tree
from preau.services.utilities.files.schemas import LockerIn


def populate(world):
    for key, group, pupil in (("teacher", "6A", "pupil"), ("school_teacher", "CP", "child")):
        identity = world.identity(key)
        group_id = world.groups[group]
        with behind(identity):
            root = spaces.own_root(identity)
            folder = tree.create_folder(identity, root, "Partagé")
            inner = tree.create_folder(identity, folder, "Dedans")
            content.put(identity, inner, "leçon.txt", files.store(b"la lecon"))
            content.put(identity, inner, "leçon.txt", files.store(b"la lecon, mieux"))
            content.put(identity, root, "à moi.txt", files.store(key.encode()))
            sharing.share(identity, folder, {f"group:{group_id}": "read"})
            content.put(identity, spaces.group_root(identity, group_id), "commun.txt", files.store(b"commun"))
            data = LockerIn(group_id=group_id, title="Exposé", due_at=now() + timedelta(days=3))
            locker = lockers.open_locker(identity, data)
        handing = world.identity(pupil)
        with behind(handing):
            hand_ins.hand_in(handing, locker, [("exposé.txt", files.store(b"mon expose"))])
