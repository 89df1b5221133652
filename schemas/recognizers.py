"""What the carrier makes of a recognizer: which engine, its settings, and what of the recognizer is lost. By `recognizers.json`.

It is about documents: `interpreter/telnyx` sends what stands here, and the linter says what is lost.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from callverbs import schemas

DEFAULT = "default"
TAG = "transcription_engine"


class Loss(NamedTuple):
    """A property of a recognizer that the carrier cannot take, in a sentence."""

    property: str
    reason: str


class Transcription(NamedTuple):
    """The carrier's engine, its settings, and what is lost."""

    engine: str
    settings: dict[str, Any]
    losses: tuple[Loss, ...]


def transcription(recognizer: Mapping[str, Any], interim: bool = False) -> Transcription:
    """Returns how the carrier recognises what a recognizer says, in the names of documents; `language` is that of the speech.

    With `interim`, what was recognised so far is wanted as well; not every engine has that.
    """
    losses: list[Loss] = []
    language = recognizer.get("language") or DEFAULT
    engine = _engine(recognizer, language, losses)
    row = _table()["engines"][engine]
    model = _model(engine, row, recognizer, language, losses)
    known = _properties(engine, model)
    settings: dict[str, Any] = {TAG: engine, **_model_setting(row, model)}
    if spoken := _language(known.get("language", {}), language):
        settings["language"] = spoken
    if "interim_results" in known:
        settings["interim_results"] = interim
    settings |= _settings(engine, row, recognizer, known, losses)
    return Transcription(engine, settings, tuple(losses))


def _table() -> dict[str, Any]:
    return schemas.load_table("recognizers")


def _engine(recognizer: Mapping[str, Any], language: str, losses: list[Loss]) -> str:
    """Returns the vendor's engine; the default one where the carrier has none of the vendor, or it does not know the language."""
    table = _table()
    default: str = table["default"]
    vendor = str(recognizer.get("vendor") or DEFAULT)
    engine = default if vendor == DEFAULT else str(table["vendors"].get(vendor.lower(), ""))
    if not engine:
        losses.append(Loss("vendor", f"the carrier recognises no speech with {vendor}: {default} does instead"))
        engine = default
    if _knows(engine, language):
        return engine
    if engine != default and _knows(default, language):
        losses.append(Loss("language", f"the carrier's {engine} does not know {language}: {default} recognises instead"))
        return default
    losses.append(Loss("language", f"the carrier's {engine} does not know {language}: English is recognised"))
    return engine


def _knows(engine: str, language: str) -> bool:
    if language == DEFAULT:
        return True
    row = _table()["engines"][engine]
    if "languages" in row:
        return _base(language) in row["languages"]
    return any(_language(_properties(engine, model).get("language", {}), language) for model in row.get("models", [""]))


def _language(schema: Mapping[str, Any], language: str) -> str:
    """Returns the engine's tag of a language: the tag itself, that of the language without the country, or of any country."""
    if language == DEFAULT or not schema:
        return ""
    if "enum" not in schema:
        return _base(language)
    known = {one.lower(): str(one) for one in schema["enum"]}
    base = _base(language)
    for tag in (language.lower(), base, _table()["spoken"].get(base, "")):
        if tag in known:
            return known[tag]
    return ""


def _base(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()


def _model(engine: str, row: Mapping[str, Any], recognizer: Mapping[str, Any], language: str, losses: list[Loss]) -> str:
    """Returns the carrier's name of the wanted model, or of the first that knows the language; empty where none has to be named."""
    options = recognizer.get("deepgramOptions")
    written = recognizer.get("model") or (isinstance(options, Mapping) and engine == "Deepgram" and options.get("model")) or ""
    known = _names_of_models(engine, row)
    wanted = str(written)
    for name in known:
        bare = name.rpartition("/")[2]
        if wanted and (wanted in (name, bare) or wanted.startswith(f"{bare}-")):
            if _language(_properties(engine, name).get("language", {}), language) or language == DEFAULT or not row.get("models"):
                return name
            losses.append(Loss("model", f"{name} does not know {language}"))
            wanted = ""
    if wanted:
        losses.append(Loss("model", f"the carrier's {engine} has no model {wanted}: its own choice is used"))
    models: list[str] = row.get("models", [])
    fitting = [name for name in models if language == DEFAULT or _language(_properties(engine, name).get("language", {}), language)]
    return next(iter([*fitting, *models]), "")


def _names_of_models(engine: str, row: Mapping[str, Any]) -> list[str]:
    parameter = row["parameters"]["model"]
    return list(row.get("models") or _properties(engine, "").get(parameter, {}).get("enum", []))


def _model_setting(row: Mapping[str, Any], model: str) -> dict[str, str]:
    return {row["parameters"]["model"]: model} if model else {}


def _properties(engine: str, model: str) -> dict[str, Any]:
    """Returns the schemas of an engine's settings; where they depend on the model, of that model."""
    engines = schemas.load("components/transcription")["$defs"]
    properties: dict[str, Any] = engines.get(model.rpartition("/")[2], engines[engine])["properties"]
    return properties


MAPPED = ("profanityFilter", "enhancedModel", "diarization", "diarizationMinSpeakers", "diarizationMaxSpeakers")
MASKED = ("masked", "removed")
"""Values of profanityOption that filter."""


def _settings(
    engine: str, row: Mapping[str, Any], recognizer: Mapping[str, Any], known: Mapping[str, Any], losses: list[Loss]
) -> dict[str, Any]:
    """Returns the engine's other settings."""
    found: dict[str, Any] = {}
    filtered = recognizer.get("profanityOption") in MASKED
    written = {**({"profanityFilter": True} if filtered else {}), **{key: recognizer[key] for key in MAPPED if recognizer.get(key)}}
    for key, value in written.items():
        if key in row["parameters"]:
            found[row["parameters"][key]] = value
        else:
            losses.append(Loss(key if key in recognizer else "profanityOption", f"the carrier's {engine} has no such setting"))
    return found | _hints(engine, row, recognizer, known, losses)


def _hints(
    engine: str, row: Mapping[str, Any], recognizer: Mapping[str, Any], known: Mapping[str, Any], losses: list[Loss]
) -> dict[str, Any]:
    """Returns the phrases to expect, with their boosts where there are some."""
    weights = dict(_weights(recognizer))
    if not weights:
        return {}
    parameter = next((one for one in (row["parameters"].get("hints", ""), "keyterms") if one in known), "")
    if not parameter:
        losses.append(Loss("hints", f"the carrier's {engine} takes no hints"))
        return {}
    phrases = list(weights)[: known[parameter].get("maxItems", len(weights))]
    boosted = {phrase: weights[phrase] for phrase in phrases if weights[phrase]}
    if not boosted:
        return {parameter: phrases}
    if row["boosts"] == "keywords_boosting":
        return {parameter: [phrase for phrase in phrases if phrase not in boosted], "keywords_boosting": boosted}
    groups: dict[float, list[str]] = {}
    for phrase in phrases:
        groups.setdefault(min(max(weights[phrase] or 1, 0), 20), []).append(phrase)
    return {"speech_context": [{"phrases": group, "boost": boost} for boost, group in groups.items()]}


def _weights(recognizer: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Yields each phrase of the hints with its boost; 0 where none is given."""
    boost = recognizer.get("hintsBoost")
    everywhere = float(boost) if isinstance(boost, int | float) else 0.0
    for hint in recognizer.get("hints") or ():
        if isinstance(hint, str):
            yield hint, everywhere
        elif isinstance(hint, Mapping) and isinstance(hint.get("phrase"), str):
            yield hint["phrase"], float(hint.get("boost") or everywhere)
