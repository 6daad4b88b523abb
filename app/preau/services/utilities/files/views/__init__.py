"""Pages of files."""

from preau.services.utilities.files.views import browse, change, group, locker, picker, share, trashbin
from preau.services.utilities.files.views.blueprint import blueprint

__all__ = ["blueprint", "browse", "change", "group", "locker", "picker", "share", "trashbin"]
