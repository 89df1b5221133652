"""A synthesizer as written becomes a voice that the carrier has, in the language that was asked for."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import schemas
from interpreter.telnyx import voices
from verbs._app import App
from verbs._spec import Synthesizer

TABLE = schemas.data("voices")
VOICE = re.compile(r"(?:AWS[.]Polly[.][A-Z][a-z]+(?:-(?:Neural|Generative|LongForm))?|Azure[.][a-z]{2,3}-[A-Z]{2}-[A-Za-z]+Neural)")
"""SDK 4.189, speak: AWS.Polly.<VoiceId>, perhaps with -Neural; Azure.<VoiceId>."""


@pytest.mark.parametrize(
    ("written", "voice"),
    [
        (Synthesizer("aws", "en-US", "Joanna"), "AWS.Polly.Joanna"),
        (Synthesizer("aws", "en-US", "Joanna", "standard"), "AWS.Polly.Joanna"),
        (Synthesizer("aws", "en-US", "Joanna", "neural"), "AWS.Polly.Joanna-Neural"),
        (Synthesizer("aws", "en-US", "Joanna", "generative"), "AWS.Polly.Joanna-Generative"),
        (Synthesizer("aws", "en-US", "Danielle", "long-form"), "AWS.Polly.Danielle-LongForm"),
        (Synthesizer("aws", "en-US", "Joanna-Neural", "generative"), "AWS.Polly.Joanna-Neural"),
        (Synthesizer("AWS", "en-US", "Joanna"), "AWS.Polly.Joanna"),
        (Synthesizer("polly", "de-DE", "Vicki", "neural"), "AWS.Polly.Vicki-Neural"),
        (Synthesizer("aws", "en-AU", "Russell", "neural"), "AWS.Polly.Russell"),
        (Synthesizer("aws", "en-AU", "Olivia"), "AWS.Polly.Olivia-Neural"),
        (Synthesizer("aws", "en-US", "Ruth", "generative"), "AWS.Polly.Ruth-Generative"),
        (Synthesizer("aws", "en-US", {"name": "Ruth"}), "AWS.Polly.Ruth-Neural"),
        (Synthesizer("aws", "en-US", "AWS.Polly.Joanna-Neural"), "AWS.Polly.Joanna-Neural"),
        (Synthesizer("microsoft", "en-US", "en-US-AriaNeural"), "Azure.en-US-AriaNeural"),
        (Synthesizer("microsoft", "en-US", "en-US-Ava:DragonHDLatestNeural", "neural"), "Azure.en-US-Ava:DragonHDLatestNeural"),
        (Synthesizer("elevenlabs", "en-US", "21m00Tcm4TlvDq8ikWAM"), "ElevenLabs.21m00Tcm4TlvDq8ikWAM"),
        (Synthesizer("elevenlabs", "en-US", {"voice_id": "21m00Tcm4TlvDq8ikWAM"}), "ElevenLabs.21m00Tcm4TlvDq8ikWAM"),
        (Synthesizer("telnyx", "en-US", "KokoroTTS.af"), "Telnyx.KokoroTTS.af"),
        (Synthesizer("telnyx", "en-US", "Telnyx.KokoroTTS.af"), "Telnyx.KokoroTTS.af"),
        (Synthesizer("xai", "en-US", "eve"), "xAI.eve"),
        (Synthesizer("rimelabs", "en-US", "ArcanaV3.astra"), "Rime.ArcanaV3.astra"),
    ],
)
def test_a_vendor_that_the_carrier_has(written: Synthesizer, voice: str) -> None:
    assert schemas.speaks(written.vendor)
    assert voices.voice(written) == voice


@pytest.mark.parametrize(
    ("written", "voice"),
    [
        (Synthesizer("google", "en-US", "en-US-Wavenet-D"), "AWS.Polly.Joanna-Neural"),
        (Synthesizer("google", "en-US", "en-US-Wavenet-D", gender="MALE"), "AWS.Polly.Matthew-Neural"),
        (Synthesizer("google", "en-US", "en-US-Wavenet-D", gender="NEUTRAL"), "AWS.Polly.Joanna-Neural"),
        (Synthesizer("google", "de-DE", gender="MALE"), "AWS.Polly.Daniel-Neural"),
        (Synthesizer("google", "de-CH"), "AWS.Polly.Vicki-Neural"),
        (Synthesizer("google", "en-GB"), "AWS.Polly.Amy-Neural"),
        (Synthesizer("google", "en-ZA"), "AWS.Polly.Joanna-Neural"),
        (Synthesizer("google", "pt-BR", gender="MALE"), "AWS.Polly.Thiago-Neural"),
        (Synthesizer("google", "cmn-CN"), "AWS.Polly.Zhiyu-Neural"),
        (Synthesizer("google", "el-GR"), "Azure.el-GR-AthinaNeural"),
        (Synthesizer("deepgram", "xx-YY", "aura"), "AWS.Polly.Joanna-Neural"),
        (Synthesizer("aws", "it-IT"), "AWS.Polly.Bianca-Neural"),
        (Synthesizer("aws", "it-IT", {"engine": "x"}), "AWS.Polly.Bianca-Neural"),
    ],
)
def test_a_stand_in_speaks_the_language(written: Synthesizer, voice: str) -> None:
    assert voices.voice(written) == voice


def test_the_default_is_the_application_s() -> None:
    application = App().synthesizer
    assert voices.voice(Synthesizer().over(application)) == "AWS.Polly.Joanna-Neural"
    assert voices.voice(Synthesizer(voice="Amy").over(application)) == "AWS.Polly.Amy-Neural"
    assert voices.voice(Synthesizer("default", "en-US").over(application)) == "AWS.Polly.Joanna-Neural"
    assert voices.voice(Synthesizer("default", "fr-FR").over(application)) == "AWS.Polly.Lea-Neural"
    assert voices.voice(Synthesizer("default", "fr-FR", "Celine").over(application)) == "AWS.Polly.Celine"
    assert voices.voice(Synthesizer("microsoft", "fr-FR").over(application)) == "AWS.Polly.Lea-Neural"
    assert schemas.speaks(Synthesizer().vendor)
    assert not schemas.speaks("google")


def test_every_stand_in_is_a_voice_in_its_language() -> None:
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


def test_every_language_of_the_carrier_has_a_stand_in() -> None:
    for language in schemas.load("commands/speak")["properties"]["language"]["enum"]:
        base = language.split("-")[0]
        assert base == "en" or voices.stand_in(Synthesizer("google", language)) != voices.stand_in(Synthesizer("google", "en-US")), language


def test_the_language_parameter_is_one_that_the_carrier_knows() -> None:
    assert voices.language(Synthesizer("aws", "de-DE")) == "de-DE"
    assert voices.language(Synthesizer("aws", "de-CH")) is None
    assert voices.language(Synthesizer("aws")) is None


ANY_VOICE = st.one_of(st.text(), st.dictionaries(st.text(), st.one_of(st.text(), st.integers(), st.none())))


@given(st.builds(Synthesizer, st.one_of(st.text(), st.sampled_from(sorted(TABLE["vendors"]))), st.text(), ANY_VOICE))
def test_there_is_always_a_voice(written: Synthesizer) -> None:
    assert voices.voice(written)


def test_whoever_speaks_instead_is_told() -> None:
    assert voices.replaced(Synthesizer(vendor="aws", language="it-IT")) == ""
    assert voices.replaced(Synthesizer(vendor="default")) == ""
    assert voices.replaced(Synthesizer(vendor="microsoft", language="en-GB", voice="en-GB-SoniaNeural")) == ""
    wanted = Synthesizer(vendor="microsoft", language="it-IT", gender="MALE")
    assert voices.replaced(wanted) == f"no voice of microsoft is named: {voices.voice(wanted)} speaks instead"
    unknown = Synthesizer(vendor="google", language="it-IT")
    assert voices.replaced(unknown) == f"the carrier has no voices of google: {voices.voice(unknown)} speaks instead"
