"""The detector finds secrets and persons in every spelling, and leaves texts alone that identify nobody."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ingest.engine.connection import connect
from ingest.engine.plain_text import plain_text, unescaped
from tests.ingest.encodings import SECRETS, encoded, tells
from tests.ingest.engine import ordinary
from tests.ingest.scale import scaled
from tests.ingest.understand import canaries
from tests.ingest.understand.canary_places import PLACES
from tests.oracle.privacy import is_suspect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeAlias

    Kept: TypeAlias = Callable[[str, Sequence[str]], list[str | None]]


FEW = settings(
    max_examples=scaled(4, 200),
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
ESCAPED = r"""array_to_string(
    list_transform(string_split(text, ''), lambda sign: case
        when strlen(sign) > 1 then regexp_replace(hex(encode(sign)), '(..)', '\\x\1', 'g') else sign
    end), ''
)"""
"""A text as nginx logs it: each byte outside ASCII as \\xHH."""

COLUMNS = {
    "request_id": "redacted_request_id(text)",
    "connector": "redacted_name(text)",
    "a part of a connector": "redacted_name('Acme_' || text)",
    "customer": "redacted_word(text)",
    "user_agent": "redacted_user_agent(text)",
    "a word of a user_agent": "redacted_user_agent('Acme ' || text || ' x64')",
    "a comment of a user_agent": "redacted_user_agent('Acme/1.0 (' || text || '; x)')",
    "integration_id": "redacted_integration_id(trim(left(text, 64)))",
    "an integration_id behind its name": "redacted_integration_id(trim(left('id: ' || text, 64)))",
    "api_version": "redacted_version(text)",
    "the name of a field": "redacted_key(text)",
    "the name of a column that a warning shows": "shown_column(text)",
    "sample": "redacted_sample(text)",
    "a value of a sample": 'redacted_sample(\'{"message":"\' || text || \'","status":999}\')',
    "a path of a sample": "redacted_sample('GET /ProfitRestServices/' || text || ' HTTP/1.1')",
    "a value of a sample, its bytes escaped": f"redacted_sample('x \"' || {ESCAPED} || '\" 200')",
    "a host of a sample": "redacted_sample('https://' || text || '.afasfocus.nl/api/x')",
    "a path of a sample that ends as a host does": "redacted_sample('https://x.nl/' || text || '.rest.afas.online/x')",
    "a value that a warning shows": "shown_value(text)",
    "a time that a reason shows": "shown_time(text, redacted_sample(left(text, 60)))",
}
"""Everything of a log that is stored or shown, and the part of it that is kept."""

NAMES = {"the name of a file": "redacted_file_name(text)"}
"""The same of names, in which the address of a server may stand."""


@pytest.fixture(scope="module")
def kept() -> Iterator[Kept]:
    """The kept parts of texts, all asked in one go."""
    with connect(threads=1) as connection:

        def ask(column: str, texts: Sequence[str]) -> list[str | None]:
            query = (
                f"select {(COLUMNS | NAMES)[column]} from (select unnest(?) as text, unnest(range(?)) as n) order by n"
            )
            return [text for (text,) in connection.execute(query, [list(texts), len(texts)]).fetchall()]

        yield ask


def test_the_corpus_has_seventy_encodings_and_twenty_kinds() -> None:
    texts = list(encoded())
    assert len({one.encoding for one in texts}) >= 70
    assert len({one.secret.kind for one in texts}) >= 20
    assert [one.text for one in texts if not tells(one.text, one.secret)] == []


@pytest.mark.parametrize("column", COLUMNS)
def test_nothing_that_is_kept_tells_a_secret_in_any_encoding(kept: Kept, column: str) -> None:
    texts = list(encoded())
    stored = kept(column, [one.text for one in texts])
    told = [
        (one.secret.kind, one.encoding, text)
        for one, text in zip(texts, stored, strict=True)
        if text is not None and tells(text, one.secret)
    ]
    assert told == []


def test_no_name_of_a_file_tells_a_secret_in_any_encoding(kept: Kept) -> None:
    addresses = {"IPv4", "IPv6", "network card"}
    texts = [
        one
        for one in encoded()
        if one.secret.kind not in addresses
        and not set(one.text) & set("/\\")  # which part a path
        and not re.search(r"\b\d{1,3}(\.\d{1,3}){3}\b", one.text)  # which a server may be called
    ]
    assert len({one.encoding for one in texts}) >= 55
    assert len({one.secret.kind for one in texts}) >= 15
    for form in ("{}", "logs-{}.log", "/srv/{}/access.log"):
        stored = kept("the name of a file", [form.format(one.text) for one in texts])
        told = [
            (one.secret.kind, one.encoding, text)
            for one, text in zip(texts, stored, strict=True)
            if tells(text or "", one.secret)
        ]
        assert told == []


STORED = [
    "request_id",
    "connector",
    "customer",
    "user_agent",
    "integration_id",
    "api_version",
    "the name of a field",
    "sample",
    "the name of a file",
]


def _changed_by_a_second_look(kept: Kept, column: str, texts: Sequence[str]) -> dict[str, tuple[str, str | None]]:
    once = kept(column, texts)
    again = kept(column, [text or "" for text in once])
    return {
        text: (first, second)
        for text, first, second in zip(texts, once, again, strict=True)
        if first is not None and first != second
    }


@pytest.mark.parametrize("column", STORED)
def test_what_is_kept_is_kept_as_it_is_when_it_is_judged_again(kept: Kept, column: str) -> None:
    texts = [one.text for one in encoded()] + ordinary.agents() + ordinary.request_ids() + ordinary.connectors()
    texts += [one.line for log_format in PLACES for one in canaries.planted(log_format)]
    texts += [f"{text}{sign}" for text in texts[::7] for sign in ("%26", "%3f", "&amp;", "\uff06", "&", "_GET")]
    assert _changed_by_a_second_look(kept, column, texts) == {}


PIECES = [one.text for one in encoded() if len(one.text) < 100] + ordinary.AGENTS
ANY = st.lists(st.sampled_from(PIECES) | st.text(max_size=12), min_size=1, max_size=5).map(" ".join)
SIGNS = [
    *[
        "&",
        "?",
        "%26",
        "%3F",
        "%253F",
        "&amp;",
        "&#63;",
        "\uff1f",
        "\uff06",
        "\\u0026",
        "\\x3f",
        "=26=3D",
        "?a=1",
        "%20",
    ],
    *[
        "%E2%80%8B",
        "\u200b",
        "=",
        "/",
        '"',
        "'",
        "•",
        "…",
        "%",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "::",
        ".",
        "-",
        "_",
        "<",
        "é",
        "x",
    ],
    *[
        "10:00:00",
        "2026-10-01",
        "01/Oct/2026",
        "1234",
        "123",
        "12",
        "404",
        "1.2.3.4",
        "GET",
        "status=",
        "KnSubject",
        "https://",
    ],
]


def _glued(draw: random.Random) -> str:
    """Return signs and pieces of secrets and of ordinary texts, side by side; one in five is longer than the kept part."""
    count = draw.randint(1, 14) if draw.random() < 0.8 else draw.randint(60, 120)
    return "".join(
        draw.choice([draw.choice(SIGNS), draw.choice(SIGNS), draw.choice(PIECES)[:30], " "]) for _ in range(count)
    )


@pytest.mark.parametrize("column", STORED)
def test_anything_is_redacted_once(kept: Kept, column: str) -> None:
    draw = random.Random(11)
    texts = [_glued(draw) for _ in range(scaled(2_000, 40_000))]
    assert _changed_by_a_second_look(kept, column, texts) == {}


@FEW
@given(st.lists(st.text(max_size=40) | ANY, min_size=100, max_size=100))
def test_any_text_can_be_read(texts: list[str]) -> None:
    for text in texts:
        assert plain_text(text).encode().startswith(text.encode())
        assert unescaped(text).encode().decode() == unescaped(text)


@FEW
@given(
    st.lists(
        st.from_regex(r"[0-9A-Za-z]{1,4}([-_.: %][0-9A-Za-z@:.]{1,12}){0,4}", fullmatch=True) | ANY,
        min_size=100,
        max_size=100,
    )
)
def test_product_and_oracle_find_the_same(texts: list[str]) -> None:
    with connect(threads=1) as connection:
        query = "select tells(text) from (select unnest(?) as text, unnest(range(?)) as n) order by n"
        found = [told for (told,) in connection.execute(query, [texts, len(texts)]).fetchall()]
    differ = [(text, told) for text, told in zip(texts, found, strict=True) if told != is_suspect(text)]
    assert differ == []


def _hexadecimal() -> list[str]:
    """Return digits of every length, in every case, random ones and such that spell something, and UUIDs of them."""
    draw = random.Random(5)
    alphabets = [
        "0123456789abcdef",
        "0123456789ABCDEF",
        "0123456789abcdefABCDEF",
        "0123456789",
        "234567",
        "234567abcdef",
    ]
    words = [
        "".join(draw.choices(alphabet, k=length))
        for alphabet in alphabets
        for length in range(1, 41)
        for _ in range(20)
    ]
    spelt = [one.text.encode().hex()[:length] for one in SECRETS for length in (8, 12, 16, 20, 24, 32)]
    uuids = [
        "-".join((word[:8], word[8:12], word[12:16], word[16:20], word[20:32]))
        for word in words + spelt
        if len(word) >= 32
    ]
    return [*words, *spelt, *map(str.upper, spelt), *uuids]


def test_a_request_id_that_is_kept_at_once_is_one_that_no_question_objects_to() -> None:
    texts = [*_hexadecimal(), *(one.text for one in encoded()), *ordinary.request_ids()]
    with connect(threads=1) as connection:
        connection.execute("create table given as select unnest(?) as text", [texts])
        asked = "select text, judged_request_id(text, unjudged_part(text)), judged_request_id(text, unjudged_request_id(text)) from given"
        judged = connection.execute(asked).fetchall()
        [[at_once]] = connection.execute(
            "select count(*) from given where unjudged_request_id(text) in ('', '~')"
        ).fetchall()
    assert [(text, slow, quick) for text, slow, quick in judged if slow != quick] == []
    assert at_once > 1000
    assert sum(slow == "redacted" for _, slow, _ in judged) > 1000


def test_a_version_that_is_kept_at_once_tells_nothing() -> None:
    with connect(threads=1) as connection:
        versions = "select a.n || case when b.n is null then '' else '.' || b.n end as text from {numbers} as a cross join {numbers} as b"
        numbers = "(select unnest(['0', '00', '000', '1', '7', '01', '31', '127', '255', '999', null]) as n)"
        [[told, kept]] = connection.execute(
            "select count(*) filter (tells(text)), count(*) filter (redacted_version(text) = text)"
            f" from ({versions.format(numbers=numbers)}) where text is not null"
        ).fetchall()
    assert (told, kept) == (0, 110)


def test_no_ordinary_connector_is_redacted(kept: Kept) -> None:
    names = ordinary.connectors()
    assert len(names) == ordinary.MANY
    assert kept("connector", names) == names


def test_no_ordinary_user_agent_is_redacted(kept: Kept) -> None:
    agents = ordinary.agents()
    assert len(agents) == ordinary.MANY
    assert kept("user_agent", agents) == agents


def test_no_ordinary_request_id_is_redacted(kept: Kept) -> None:
    ids = ordinary.request_ids()
    assert len(ids) == ordinary.MANY
    assert kept("request_id", ids) == ids


NO_TRACE_IDS = {
    "32 hexadecimal digits that spell an address": "6b616e6172696540766f67656c732e6e",
    "a UUID that spells a number": "32373138-3238-3138-3320-202020202020",
    "64 hexadecimal digits": SECRETS[17].text,
    "64 of them, by 16": "-".join(SECRETS[17].text[start : start + 16] for start in range(0, 64, 16)),
    "64 of them, by 8": "-".join(SECRETS[17].text[start : start + 8] for start in range(0, 64, 8)),
    "41 random characters": "q9Zx3LmTr8VbKw2YhNd5PcGf7SjAe4UuXo1RiEt6M",
    "44 random characters and hyphens": "q9Zx3-LmTr8V_bKw2Yh-Nd5PcG_f7SjAe-4UuXo1RiE",
    "an address in the form of a load balancer": "CB007161:1F90_CB007162:0050_54C0A8B1_0001:1234",
}


@pytest.mark.parametrize("text", NO_TRACE_IDS.values(), ids=NO_TRACE_IDS.keys())
def test_what_only_looks_like_a_trace_id_is_not_kept(kept: Kept, text: str) -> None:
    assert kept("request_id", [text]) == ["redacted"]


KEYS = {
    "32 hexadecimal digits": "9f86d081884c7d659a2feaa0c55ad015",
    "behind a name": "Acme_9f86d081884c7d659a2feaa0",
    "letters and digits": "q9Zx3LmTr8VbKw2YhNd5",
    "letters": "xqjzvbnwpqmtrlhgvcxz",
    "capitals": "XQJZVBNWPQMTRLHGVCXZ",
    "digits": "Acme_123456789012",
}


@pytest.mark.parametrize("text", KEYS.values(), ids=KEYS.keys())
def test_a_long_random_word_is_no_connector(kept: Kept, text: str) -> None:
    assert kept("connector", [text]) == ["redacted"]
