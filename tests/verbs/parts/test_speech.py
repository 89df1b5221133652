"""What is spoken, in pieces that the carrier takes: nothing is lost, nothing is too long, and no tag is cut."""

import re
from time import process_time
from xml.etree import ElementTree

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from callverbs.verbs.parts.speech import is_ssml, loss, losses, payload_max_characters, pieces, utterances

WORDS = st.text(st.sampled_from("abcdäöé0123,.!?;:。 \n\t"), max_size=200)
TEXTS = st.lists(st.text(st.sampled_from("abc,.!?é&lt;"), min_size=1, max_size=12), max_size=20).map(" ".join)


def squeezed(text: str) -> str:
    return "".join(text.split())


@given(text=WORDS, limit=st.integers(1, 60))
def test_text(text: str, limit: int) -> None:
    assume(not is_ssml(text))
    found = pieces(text, limit)
    assert all(len(piece) <= limit for piece in found)
    assert squeezed("".join(found)) == squeezed(text)


@given(
    sentences=st.lists(
        st.text(st.sampled_from("abc "), min_size=1, max_size=18).map(lambda text: f"a{text.strip()}."), min_size=1, max_size=12
    )
)
def test_sentences_are_not_cut_where_they_fit(sentences: list[str]) -> None:
    for piece in pieces(" ".join(sentences), 25):
        assert piece.endswith(".")


def test_a_sentence_that_is_too_long_is_cut_between_words() -> None:
    assert pieces("one two three four. Five", 10) == ["one two", "three", "four. Five"]


def test_a_word_that_is_too_long_is_cut_anywhere() -> None:
    assert pieces("abcdefgh ij", 4) == ["abcd", "efgh", "ij"]


@pytest.mark.parametrize("text", ["", " ", "\n\t", [], ["", " "]])
def test_nothing_is_spoken_of_blanks(text: str | list[str]) -> None:
    assert utterances(text) == []


def test_what_fits_is_left_alone() -> None:
    text = "  One.   Two. <b>  "
    assert pieces(text, 100) == [text]
    assert utterances([text, "Three"]) == [text, "Three"]


def test_the_carrier_s_limit() -> None:
    sentence = "This is a sentence of some length. "
    found = utterances(sentence * 300)
    assert payload_max_characters() == 3000
    assert [len(piece) <= 3000 for piece in found] == [True] * 4
    assert all(piece.endswith(".") for piece in found)


# --------------------------------------------------------------------------- SSML


@st.composite
def elements(draw: st.DrawFn, depth: int = 0) -> str:
    """Draws the inside of an element: text, entities, empty elements, comments, and others with more inside."""
    parts = []
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(st.integers(0, 5 if depth < 3 else 4))
        if kind in (0, 1):
            parts.append(draw(st.text(st.sampled_from("abc .,!?é"), max_size=30)))
        elif kind == 2:
            parts.append(draw(st.sampled_from(["&amp;", "&lt;b&gt;", "x &#228; y"])))
        elif kind == 3:
            parts.append(draw(st.sampled_from(['<break time="1s"/>', "<break/>", '<mark name="a>b"/>'])))
        elif kind == 4:
            parts.append(draw(st.sampled_from(["<!-- a > b -->", "<!---->"])))
        else:
            name, more = draw(st.sampled_from([("p", ""), ("s", ""), ("prosody", ' rate="x > y"'), ("say-as", " interpret-as='digits'")]))
            parts.append(f"<{name}{more}>{draw(elements(depth + 1))}</{name}>")
    return "".join(parts)


SSML = elements().map(lambda inside: f"<speak>{inside}</speak>")


def heard(ssml: str) -> str:
    return squeezed("".join(ElementTree.fromstring(ssml).itertext()))


@given(text=SSML, limit=st.integers(160, 400))
def test_ssml(text: str, limit: int) -> None:
    found = pieces(text, limit)
    for piece in found:
        assert len(piece) <= limit, piece
        assert ElementTree.fromstring(piece).tag == "speak"
    assert "".join(map(heard, found)) == heard(text)
    breaks = re.findall(r"<break[^>]*>|<mark[^>]*>", text)
    assert re.findall(r"<break[^>]*>|<mark[^>]*>", "".join(found)) == breaks


@given(text=SSML, more=st.lists(SSML, min_size=2, max_size=6))
def test_long_ssml(text: str, more: list[str]) -> None:
    inside = "".join(one.removeprefix("<speak>").removesuffix("</speak>") for one in (text, *more))
    whole = f'<speak version="1.0">{inside}</speak>'
    found = pieces(whole, 170)
    assert all(len(piece) <= 170 for piece in found)
    assert "".join(map(heard, found)) == heard(whole)
    for piece in found:
        assert piece.startswith('<speak version="1.0">')


def test_ssml_elements_are_opened_again() -> None:
    text = '<speak><prosody rate="slow">One sentence here. Another one there.</prosody><break time="1s"/>End.</speak>'
    assert pieces(text, 70) == [
        '<speak><prosody rate="slow">One sentence here.</prosody></speak>',
        '<speak><prosody rate="slow"> Another one there.</prosody></speak>',
        '<speak><break time="1s"/>End.</speak>',
    ]


def test_what_loses_its_sense_in_pieces_stays_whole() -> None:
    number = '<say-as interpret-as="telephone">+1 415 555 0100</say-as>'
    text = f"<speak>Call us now or any time: {number} Thank you. Goodbye.</speak>"
    assert [number in piece for piece in pieces(text, 95)].count(True) == 1


def test_pieces_that_say_nothing_are_left_out() -> None:
    text = f"<speak><p>{'a' * 40}</p><p> </p><!-- {'b' * 40} --></speak>"
    assert pieces(text, 70) == [f"<speak><p>{'a' * 40}</p><p> </p></speak>"]


def test_an_entity_is_not_cut() -> None:
    text = f"<speak>{'a' * 20}&amp;{'b' * 20}</speak>"
    for limit in range(24, 70):
        for piece in pieces(text, limit):
            ElementTree.fromstring(piece)


def test_text_that_only_looks_like_ssml() -> None:
    """A speak that is never closed, and a bracket that is no tag: its words are spoken somehow, and nothing fails."""
    for text in ("<speak>" + "a b. " * 50, "<speak> 1 < 2 and " * 20, "</speak>" * 30, "<speak" + " a" * 100):
        assert all(len(piece) <= 60 for piece in pieces(text, 60)), text


def test_markup_that_leaves_no_room_for_words_is_left_out() -> None:
    deep = "".join(f'<prosody rate="{n}">' for n in range(30)) + "One &amp; two. Three." + "</prosody>" * 30
    assert pieces(f"<speak>{deep}</speak>", 20) == ["One & two. Three."]


def test_words_of_an_element_that_cannot_be_cut_are_spoken_without_it() -> None:
    text = f'<speak><say-as interpret-as="characters">{"one two. " * 400}</say-as><![CDATA[ and three]]></speak>'
    found = utterances(text)
    assert " ".join(found).split() == [*("one two. " * 400).split(), "and", "three"]
    assert loss(text) == "one element of this SSML is longer than 3000 characters: its words are spoken without the markup"
    assert losses(["Hello", text]) == [loss(text)]


def test_an_element_without_words_that_is_too_long() -> None:
    text = f'<speak><audio src="https://example.com/{"a" * 3000}.mp3"/></speak>'
    assert utterances(text) == []
    assert loss(text) == "one element of this SSML is longer than 3000 characters, and nothing can be spoken without it"


def test_what_can_be_cut_loses_nothing() -> None:
    for text in ("Hello. " * 1000, f"<speak>{'Hello. ' * 1000}</speak>", "<speak>Hello</speak>"):
        assert loss(text) == ""


def test_sentences_that_no_space_follows() -> None:
    text = "你好世界。今天天气很好！明天呢？" * 3
    assert pieces(text, 20) == ["你好世界。今天天气很好！明天呢？"] * 3
    assert pieces(text, 12) == [
        "你好世界。今天天气很好！",
        "明天呢？你好世界。",
        "今天天气很好！明天呢？",
        "你好世界。今天天气很好！",
        "明天呢？",
    ]
    assert pieces(f"<speak>{text}</speak>", 32) == [f"<speak>{text[:16]}</speak>"] * 3


@pytest.mark.parametrize("opening", ["<p>", "<!--", "<![CDATA[", "<?", "<say-as>x"])
def test_what_is_opened_thousands_of_times_and_never_closed(opening: str) -> None:
    began = process_time()
    utterances("<speak>" + opening * 20_000)
    assert process_time() - began < 5
