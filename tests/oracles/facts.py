"""Facts that others published and that are not ours to keep here: the tests read them where `CALLVERBS_FACTS` names their folder.

The folder holds `corpus/` (documents that others published; `manifest.json` lists each `file` with its source) and
`tools/check_command.py` and `tools/check_webhook.py` (checks of a command and of a webhook against the carrier's published
OpenAPI document). Where the variable is not set, the tests compare with the `telnyx` package only.
"""

import os
from pathlib import Path


def published(path: str) -> Path:
    """Returns where a file or folder of facts is. It does not exist where nobody named a folder."""
    return Path(os.environ.get("CALLVERBS_FACTS") or os.devnull, path)
