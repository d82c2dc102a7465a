"""What a page says once after something was done, by a short code."""

from engine.quarantine import SAID, Rerun

NOTICES = {
    "canceled": "The submission is canceled.",
    "erased": "The submission is erased: its input, results, events and files.",
    "replayed": "The delivery is on its way again.",
    "replayed_all": "The deliveries are on their way again.",
    "copying": "The outputs that have no copy are being copied.",
    "reread_changed": SAID[Rerun.CHANGED],
    "reread_taken": SAID[Rerun.TAKEN],
    "reread_erased": SAID[Rerun.ERASED],
    "dropped": "The webhook is deleted.",
    "revoked": "The key is revoked; nobody can use it from now on.",
    "group_deleted": "The group is deleted at the provider, with everything that was in it.",
    "asset_deleted": "The asset is deleted at the provider.",
}
