"""Placeholders that somebody should have filled: braces of templates, names in brackets, words such as TODO."""

import re
from typing import Any

from callverbs.interpreter.lint.facts.ssml_names import is_tag_name

SIGNS = r"[{<\[$%@]|__|/:|[A-Z]{3}|[Ll]orem|LOREM|[Yy]our|changeme"
"""What every placeholder has one of."""
NOUNS = (
    r"(?:your|my|our|insert|enter|the|customer|caller|client|company|business|user|agent|first|last|full|account|order|phone|base|server|app|api|"
    r"host|hostname|domain|url|uri|name|number|token|id|key|path|text|message|placeholder|value|date|time|todo|ihr|firma|kunde)"
)
TEMPLATES = r"""(?x)\{\{[^{}]*\}\}            # Mustache, Jinja, Handlebars
    |\{%[^{}]*%\}|<%[^<>]*%>      # Jinja, ERB
    |[$\#]\{[^{}]*\}              # shells, JavaScript, Ruby
    |%\([A-Za-z_]\w*\)s           # Python
    |\{[A-Za-z_][\w.-]*\}         # Python, URI templates
    |\[\[[^\[\]]*\]\]
    |__[A-Z][A-Z0-9_]*__|@@[A-Za-z]\w*@@
    |(?<![\w$])\$[A-Za-z_]\w{2,}
    |\b(?:TODO|FIXME|TBD|XXX+|CHANGE_?ME|REPLACE_?ME|PLACEHOLDER)\b|\bchangeme\b
    |(?i:\blorem\s+ipsum\b)"""
BRACKETS = (
    rf"<(?i:{NOUNS}(?:[\s_-][\w\s-]*)?)>|<[A-Z][A-Z0-9_ -]+>|\[(?i:(?:your|insert|enter)\s[^\[\]]*)\]|\[[A-Z][A-Z0-9_ ]{{2,}}\]"
    rf"|\[(?i:{NOUNS}(?:[\s_-]{NOUNS})?)\]"
)
"""What people write into texts for others to fill. In SSML the angle brackets are tags."""
IN_URL = (
    r"%[A-Z][A-Z0-9_]+%|/:[A-Za-z_]\w*(?=[/?]|$)"
    r"|(?i:\byour[-_.]?(?:server|domain|host|company|app|site|api|url|webhook|website|subdomain|name|bucket|org)\b)"
)


def may_have_placeholders(value: Any) -> bool:
    """Returns whether a text in a value may have a placeholder, in a fraction of the time that `find_placeholder` takes."""
    if isinstance(value, str):
        return bool(re.search(SIGNS, value))
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(map(may_have_placeholders, inner))


def find_placeholder(text: str, is_url: bool = False, is_ssml: bool = False) -> str:
    """Returns the first placeholder of a text; "" where there is none."""
    patterns = (TEMPLATES, *([] if is_ssml else [BRACKETS]), *([IN_URL] if is_url else []))
    found = [match for pattern in patterns for match in re.finditer(pattern, text) if not is_tag_name(match[0].strip("<>"))]
    return min(found, key=lambda match: match.start())[0] if found else ""
