"""A synthesizer as written becomes a voice that the carrier has, in the wanted language."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callverbs import schemas
from callverbs.interpreter.telnyx import voices
from callverbs.verbs.language.app import App
from callverbs.verbs.language.spec import Synthesizer

TABLE = schemas.load_table("voices")
VOICE = re.compile(r"(?:AWS[.]Polly[.][A-Z][a-z]+(?:-(?:Neural|Generative|LongForm))?|Azure[.][a-z]{2,3}-[A-Z]{2}-[A-Za-z]+Neural)")
"""SDK 4.189, speak: AWS.Polly.<VoiceId>, perhaps with -Neural; Azure.<VoiceId>."""


@pytest.mark.parametrize(
    ("written", "voice"),
    [
        (Synthesizer(vendor="aws", language="en-US", voice="Joanna"), "AWS.Polly.Joanna"),
        (Synthesizer(vendor="aws", language="en-US", voice="Joanna", engine="standard"), "AWS.Polly.Joanna"),
        (Synthesizer(vendor="aws", language="en-US", voice="Joanna", engine="neural"), "AWS.Polly.Joanna-Neural"),
        (Synthesizer(vendor="aws", language="en-US", voice="Joanna", engine="generative"), "AWS.Polly.Joanna-Generative"),
        (Synthesizer(vendor="aws", language="en-US", voice="Danielle", engine="long-form"), "AWS.Polly.Danielle-LongForm"),
        (Synthesizer(vendor="aws", language="en-US", voice="Joanna-Neural", engine="generative"), "AWS.Polly.Joanna-Neural"),
        (Synthesizer(vendor="AWS", language="en-US", voice="Joanna"), "AWS.Polly.Joanna"),
        (Synthesizer(vendor="polly", language="de-DE", voice="Vicki", engine="neural"), "AWS.Polly.Vicki-Neural"),
        (Synthesizer(vendor="aws", language="en-AU", voice="Russell", engine="neural"), "AWS.Polly.Russell"),
        (Synthesizer(vendor="aws", language="en-AU", voice="Olivia"), "AWS.Polly.Olivia-Neural"),
        (Synthesizer(vendor="aws", language="en-US", voice="Ruth", engine="generative"), "AWS.Polly.Ruth-Generative"),
        (Synthesizer(vendor="aws", language="en-US", voice={"name": "Ruth"}), "AWS.Polly.Ruth-Neural"),
        (Synthesizer(vendor="aws", language="en-US", voice="AWS.Polly.Joanna-Neural"), "AWS.Polly.Joanna-Neural"),
        (Synthesizer(vendor="microsoft", language="en-US", voice="en-US-AriaNeural"), "Azure.en-US-AriaNeural"),
        (
            Synthesizer(vendor="microsoft", language="en-US", voice="en-US-Ava:DragonHDLatestNeural", engine="neural"),
            "Azure.en-US-Ava:DragonHDLatestNeural",
        ),
        (Synthesizer(vendor="elevenlabs", language="en-US", voice="21m00Tcm4TlvDq8ikWAM"), "ElevenLabs.21m00Tcm4TlvDq8ikWAM"),
        (Synthesizer(vendor="elevenlabs", language="en-US", voice={"voice_id": "21m00Tcm4TlvDq8ikWAM"}), "ElevenLabs.21m00Tcm4TlvDq8ikWAM"),
        (Synthesizer(vendor="telnyx", language="en-US", voice="KokoroTTS.af"), "Telnyx.KokoroTTS.af"),
        (Synthesizer(vendor="telnyx", language="en-US", voice="Telnyx.KokoroTTS.af"), "Telnyx.KokoroTTS.af"),
        (Synthesizer(vendor="xai", language="en-US", voice="eve"), "xAI.eve"),
        (Synthesizer(vendor="rimelabs", language="en-US", voice="ArcanaV3.astra"), "Rime.ArcanaV3.astra"),
    ],
)
def test_voices_of_vendors_that_the_carrier_has(written: Synthesizer, voice: str) -> None:
    assert schemas.has_voices(written.vendor)
    assert voices.carrier_voice(written) == voice


@pytest.mark.parametrize(
    ("written", "voice"),
    [
        (Synthesizer(vendor="google", language="en-US", voice="en-US-Wavenet-D"), "AWS.Polly.Joanna-Neural"),
        (Synthesizer(vendor="google", language="en-US", voice="en-US-Wavenet-D", gender="MALE"), "AWS.Polly.Matthew-Neural"),
        (Synthesizer(vendor="google", language="en-US", voice="en-US-Wavenet-D", gender="NEUTRAL"), "AWS.Polly.Joanna-Neural"),
        (Synthesizer(vendor="google", language="de-DE", gender="MALE"), "AWS.Polly.Daniel-Neural"),
        (Synthesizer(vendor="google", language="de-CH"), "AWS.Polly.Vicki-Neural"),
        (Synthesizer(vendor="google", language="en-GB"), "AWS.Polly.Amy-Neural"),
        (Synthesizer(vendor="google", language="en-ZA"), "AWS.Polly.Joanna-Neural"),
        (Synthesizer(vendor="google", language="pt-BR", gender="MALE"), "AWS.Polly.Thiago-Neural"),
        (Synthesizer(vendor="google", language="cmn-CN"), "AWS.Polly.Zhiyu-Neural"),
        (Synthesizer(vendor="google", language="el-GR"), "Azure.el-GR-AthinaNeural"),
        (Synthesizer(vendor="deepgram", language="xx-YY", voice="aura"), "AWS.Polly.Joanna-Neural"),
        (Synthesizer(vendor="aws", language="it-IT"), "AWS.Polly.Bianca-Neural"),
        (Synthesizer(vendor="aws", language="it-IT", voice={"engine": "x"}), "AWS.Polly.Bianca-Neural"),
    ],
)
def test_a_fallback_speaks_the_language(written: Synthesizer, voice: str) -> None:
    assert voices.carrier_voice(written) == voice


def test_the_default_is_the_application_s() -> None:
    application = App().synthesizer
    assert voices.carrier_voice(Synthesizer().over(application)) == "AWS.Polly.Joanna-Neural"
    assert voices.carrier_voice(Synthesizer(voice="Amy").over(application)) == "AWS.Polly.Amy-Neural"
    assert voices.carrier_voice(Synthesizer(vendor="default", language="en-US").over(application)) == "AWS.Polly.Joanna-Neural"
    assert voices.carrier_voice(Synthesizer(vendor="default", language="fr-FR").over(application)) == "AWS.Polly.Lea-Neural"
    assert voices.carrier_voice(Synthesizer(vendor="default", language="fr-FR", voice="Celine").over(application)) == "AWS.Polly.Celine"
    assert voices.carrier_voice(Synthesizer(vendor="microsoft", language="fr-FR").over(application)) == "AWS.Polly.Lea-Neural"
    assert schemas.has_voices(Synthesizer().vendor)
    assert not schemas.has_voices("google")


def test_every_fallback_is_a_voice_in_its_language() -> None:
    known = {"arb": "ar", "cmn": "zh", "no": "nb", "yue": "zh"}
    for language, by_gender in TABLE["fallback"].items():
        assert set(by_gender) == {"FEMALE", "MALE"}
        for voice in by_gender.values():
            assert VOICE.fullmatch(voice), voice
            if voice.startswith("Azure."):
                assert voice.split(".")[1].split("-")[0] == known.get(language, language.split("-")[0]), voice
            else:
                name, _, engine = voice.removeprefix("AWS.Polly.").partition("-")
                assert (name in TABLE["standard"]) == (not engine), voice


def test_a_voice_has_one_row_only() -> None:
    assert not set(TABLE["standard"]) & set(TABLE["neural"])
    assert TABLE["standard"] == sorted(set(TABLE["standard"]))
    assert TABLE["neural"] == sorted(set(TABLE["neural"]))


def test_every_language_of_the_carrier_has_a_fallback() -> None:
    for language in schemas.load("commands/speak")["properties"]["language"]["enum"]:
        base = language.split("-")[0]
        assert base == "en" or voices.fallback_voice(Synthesizer(vendor="google", language=language)) != voices.fallback_voice(
            Synthesizer(vendor="google", language="en-US")
        ), language


def test_the_language_parameter_is_one_that_the_carrier_knows() -> None:
    assert voices.carrier_language(Synthesizer(vendor="aws", language="de-DE")) == "de-DE"
    assert voices.carrier_language(Synthesizer(vendor="aws", language="de-CH")) is None
    assert voices.carrier_language(Synthesizer(vendor="aws")) is None


ANY_VOICE = st.one_of(st.text(), st.dictionaries(st.text(), st.one_of(st.text(), st.integers(), st.none())))


@given(st.builds(Synthesizer, vendor=st.one_of(st.text(), st.sampled_from(sorted(TABLE["vendors"]))), language=st.text(), voice=ANY_VOICE))
def test_there_is_always_a_voice(written: Synthesizer) -> None:
    assert voices.carrier_voice(written)


def test_the_note_names_the_voice_that_speaks_instead() -> None:
    assert voices.replacement_note(Synthesizer(vendor="aws", language="it-IT")) == ""
    assert voices.replacement_note(Synthesizer(vendor="default")) == ""
    assert voices.replacement_note(Synthesizer(vendor="microsoft", language="en-GB", voice="en-GB-SoniaNeural")) == ""
    wanted = Synthesizer(vendor="microsoft", language="it-IT", gender="MALE")
    assert voices.replacement_note(wanted) == f"no voice of microsoft is named: {voices.carrier_voice(wanted)} speaks instead"
    unknown = Synthesizer(vendor="google", language="it-IT")
    assert voices.replacement_note(unknown) == f"the carrier has no voices of google: {voices.carrier_voice(unknown)} speaks instead"


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en-US", "en"), ("de", "de"), ("cmn-CN", "zh"), ("arb", "ar"), ("nb-NO", "no"), ("he-IL", "iw"), ("tlh", None)],
)
def test_the_language_that_is_recognised(tag: str, language: str | None) -> None:
    assert voices.recognised_language(tag) == language
