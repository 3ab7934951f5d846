"""Texts like those in logs, and the ways in which they get damaged."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.ingest.formats.writing import WRITERS, Given

if TYPE_CHECKING:
    from collections.abc import Callable

_NUMBERS = st.integers(1, 10**10).map(str)
_VALID_IDS = st.builds("{}_{}".format, st.integers(1000, 9_999_999), st.integers(1, 999_999_999))
_DAMAGE = "0123456789_-.,;:/| \t\r\n\v\x00+%@#?&=<>abcXYZé\uff11\u00a0\u2028"
_CONNECTORS = st.sampled_from(
    [
        "KnSubject",
        "knsubject",
        "Profit_Users",
        "PROFIT_DEBTOR",
        "FbSales",
        "Acme_Employees",
        "acme-x.y",
        "X",
        "jan@example.nl",
    ]
)
_ELEMENTS = st.sampled_from(
    ["KnSubject", "FbSales", "FbSalesLines", "@SbId", "SbId", "@OrNu,@Type", "4711", "Jansen", "a%2Fb", "%40Id", ""]
)


def _damaged(texts: st.SearchStrategy[str], alphabet: str = _DAMAGE) -> st.SearchStrategy[str]:
    """Put a few characters in, or take some away, anywhere."""

    @st.composite
    def damage(draw: Callable[[st.SearchStrategy[object]], object]) -> str:
        text = str(draw(texts))
        for _ in range(int(str(draw(st.integers(0, 3))))):
            start = int(str(draw(st.integers(0, len(text)))))
            gone = int(str(draw(st.integers(0, 2))))
            text = text[:start] + str(draw(st.sampled_from(["", *alphabet]))) + text[start + gone :]
        return text

    return damage()


def integration_ids() -> st.SearchStrategy[str]:
    """Headers: right, nearly right, repeated, and anything."""
    near = st.builds("{}_{}".format, _NUMBERS, _NUMBERS) | _VALID_IDS | _NUMBERS
    joined = st.lists(near, min_size=2, max_size=6).flatmap(
        lambda ids: st.sampled_from([", ", ",", "_", " "]).map(lambda joint: joint.join(ids))
    )
    return (
        _VALID_IDS | _damaged(near) | _damaged(joined) | st.sampled_from(["", "-", " - ", "_"]) | st.text(max_size=80)
    )


def requests() -> st.SearchStrategy[tuple[str, str]]:
    """Methods and URLs: right, nearly right, and anything."""
    methods = st.sampled_from(["GET", "POST", "PUT", "DELETE", "get", "PATCH", "HEAD"])
    return st.tuples(
        methods, urls() | _damaged(urls(), _DAMAGE.replace("\r", "").replace("\n", "")) | st.text(max_size=80)
    )


def urls() -> st.SearchStrategy[str]:
    """URLs of the three kinds, on hosts of ours and of others."""
    users = st.sampled_from(["", "", "", "user:secret@"])
    ports = st.sampled_from(["", "", "", ":443", ".", ".:8443"])
    numbers = st.sampled_from(["12345", "1234", "7654321", "123", "12345678", "www", "0123"])
    rest_hosts = st.builds(
        "{}.{}".format,
        numbers,
        st.sampled_from(
            [
                "rest.afas.online",
                "resttest.afas.online",
                "RestAccept.AFAS.online",
                "restcursus.afas.online",
                "afasonlineconnector.nl",
                "restfoo.afas.online",
                "example.com",
            ]
        ),
    )
    soap_hosts = st.builds(
        "{}.{}".format, numbers, st.sampled_from(["soap.afas.online", "soaptest.afas.online", "soapaccept.afas.online"])
    )
    sb_hosts = st.sampled_from(["beers.afasfocus.nl", "Beers-2.AfasFocus.nl"])
    authority = "https://{}{}{}{}{}".format
    return (
        st.builds(authority, users, rest_hosts, ports, _rest_paths(), _queries())
        | st.builds(authority, users, soap_hosts, ports, _soap_paths(), _queries())
        | st.builds(authority, users, sb_hosts, ports, _sb_paths(), _queries())
    )


def _rest_paths() -> st.SearchStrategy[str]:
    prefixes = st.sampled_from(
        ["/ProfitRestServices/", "/ProfitRestServices/", "/profitrestservices/", "/", "//PROFITRESTSERVICES//"]
    )
    words = st.sampled_from(
        [
            "metainfo",
            "MetaInfo/",
            "SubjectConnector/4711",
            "fileconnector",
            "ImageConnector/x/y",
            "ReportConnector/1",
            "ProfitVersion",
            "OtpRequest",
            "otpvalidation",
            "oauth/authorize",
            "OAuth/Token",
            "bi/Sales",
            "other/thing",
        ]
    )
    with_names = st.builds(
        "{}/{}".format,
        st.sampled_from(["connectors", "Connectors", "metainfo/get", "MetaInfo/Update", "bi"]),
        _CONNECTORS,
    )
    deep = st.builds("connectors/{}/{}".format, _CONNECTORS, st.lists(_ELEMENTS, min_size=1, max_size=7).map("/".join))
    return st.builds("{}{}".format, prefixes, words | with_names | deep)


def _soap_paths() -> st.SearchStrategy[str]:
    services = ["Get", "Update", "Report", "Subject", "Data", "VersionInfo", "get", "UPDATE", "Foo"]
    return st.builds(
        "/{}/{}.{}".format,
        st.sampled_from(["ProfitServices", "profitservices"]),
        st.sampled_from([f"AppConnector{name}" for name in services] + ["TokenConnector", "CmdConnector"]),
        st.sampled_from(["asmx", "ASMX"]),
    )


def _sb_paths() -> st.SearchStrategy[str]:
    first = st.sampled_from(
        ["enyoi", "Enyoi", "admin", "app", "authentication", "123456782", "en_yoi-1", "jan%40x.nl", ""]
    )
    rest = st.sampled_from(
        ["api/administrations", "API/administrations/4711", "api", "app/x", "authentication", "foo/bar", ""]
    )
    return st.builds("/{}/{}".format, first, rest)


def _queries() -> st.SearchStrategy[str]:
    parameters = st.sampled_from(
        [
            "skip=0",
            "take=100",
            "Take=-1",
            "skip=x",
            "orderbyfieldids=A,-B",
            "OrderByFieldIds=A",
            "filterfieldids=A,B;C",
            "filterfieldids=Name%2CCity",
            "filtervalues=Jansen,Ede",
            "filterfieldids=jan@example.nl,B",
            "operatortypes=1",
            "OperatorTypes=6,10;123456782",
            "operatortypes=%2014,+7,06,x;99;100",
            "filterjson=%7B%22@FieldId%22:%22A%22,%22@OperatorType%22:%2213%22,%22%23text%22:%226%22%7D",
            "filterjson=%7B%22@OperatorType%22:1,%22@operatortype%22:+6%7D",
            "x",
        ]
    )
    queries = st.lists(parameters, max_size=4).map("&".join).map("?{}".format)
    return st.just("") | queries | st.just("?wsdl") | st.just("?WSDL") | queries.map("{}#take=5".format)


def calls() -> st.SearchStrategy[Given]:
    """Requests as every format can write them: whole seconds, ids without white space, agents without a plus."""
    letters = st.characters(categories=["L"], max_codepoint=0x2FF) | st.sampled_from(" .;()/,\u00a0\u0085\u2028")
    agents = st.text(letters, min_size=1, max_size=30)
    hosts = st.sampled_from(
        [
            "12345.rest.afas.online",
            "7654321.resttest.afas.online",
            "1234.restaccept.afas.online",
            "beers.afasfocus.nl",
            "12345.soap.afas.online",
            "12345.afasonlineconnector.nl",
            "www.example.com",
            "www.rest.afas.online",
        ]
    )
    return st.builds(
        Given,
        at=st.integers(1_700_000_000, 1_793_000_000).map(lambda second: dt.datetime.fromtimestamp(second, dt.UTC)),
        offset_minutes=st.sampled_from([0, 60, 120, -330]),
        method=st.sampled_from(["GET", "GET", "POST", "PUT", "DELETE"]),
        host=hosts,
        path=_rest_paths() | _soap_paths() | _sb_paths(),
        query=_queries().map(lambda query: query.partition("#")[0]).filter(lambda query: query != "?"),
        integration_id=st.none()
        | _VALID_IDS
        | st.sampled_from(["12345-678900", "_", "0123_4", "1234_5678,1234_5678", "é_1"]),
        status=st.sampled_from([200, 200, 201, 302, 400, 401, 403, 404, 413, 429, 500, 502, 503]),
        duration_ms=st.integers(0, 1_000_000),
        request_bytes=st.integers(0, 10**9),
        response_bytes=st.integers(0, 10**9),
        user_agent=st.none()
        | st.sampled_from(["Acme/1.0 (x; y)", 'Acme "quoted" \\ back'])
        | agents.map(lambda text: f"A{text}Z"),
        request_id=st.none() | st.from_regex(r"[a-z0-9]{4}-[a-z0-9_.:]{1,20}", fullmatch=True),
    )


def damaged_lines(log_format: str) -> st.SearchStrategy[bytes]:
    """Lines of a format, some of them with a few characters more or less, and anything."""
    lines = calls().map(lambda call: WRITERS[log_format]([call]).decode().splitlines()[-1])
    gone = "@\t" if log_format == "w3c" else "@"
    damage = "".join(character for character in _DAMAGE if character not in gone)
    return (lines | _damaged(lines, damage + "\"'\\{}[]") | st.text(max_size=40)).map(str.encode) | st.binary(
        max_size=40
    )


def files(log_format: str) -> st.SearchStrategy[bytes]:
    """Whole files that can be told for what they are: a header where the format has one, or a good line."""
    header = WRITERS[log_format]([])
    first = st.just(header) if header else calls().map(lambda call: WRITERS[log_format]([call]))
    marks = st.sampled_from([b"", b"", b"\xef\xbb\xbf"])
    body = st.lists(damaged_lines(log_format), max_size=8)
    ends = st.sampled_from([b"\n", b"\n", b"\r\n", b"\n\n"])
    return st.builds(
        lambda mark, start, lines, end, last: mark + start + end.join(lines) + last,
        marks,
        first,
        body,
        ends,
        st.sampled_from([b"\n", b"\n", b""]),
    )


def numbers() -> st.SearchStrategy[str]:
    """Durations and sizes: as logs have them, as spreadsheets in two notations do, with units and clocks, and damaged."""
    digits = st.from_regex(r"(0|[1-9][0-9]{0,4})", fullmatch=True)
    decimals = st.from_regex(r"[0-9]{1,4}", fullmatch=True)
    thousands = st.from_regex(r"[1-9][0-9]{0,2}([.][0-9]{3}){1,2}(,[0-9]{1,3})?", fullmatch=True)
    swapped = str.maketrans(".,", ",.")
    plain = digits | st.builds("{}.{}".format, digits, decimals)
    units = st.sampled_from(["ns", "us", "ms", "s", "m", "h", "sec", "minutes", "parsec", "MS"])
    clocks = st.from_regex(r"([0-9]{1,2}[.])?[0-9]{1,2}:[0-6][0-9]:[0-6][0-9]([.,][0-9]{1,9})?", fullmatch=True)
    written = st.builds(
        "{}{}{}".format, plain | st.builds("{},{}".format, digits, decimals), st.sampled_from(["", " "]), units
    )
    right = plain | thousands | thousands.map(lambda text: text.translate(swapped)) | written | clocks
    odd = st.sampled_from(
        [
            "",
            "-",
            "-1",
            "+5",
            "1e3",
            "1.5e2",
            "1e99",
            "1,2E+05",
            "1,024e3",
            "12,5E+02",
            " 1.024 ",
            "1.024 ms",
            "NaN",
            "PT1.5S",
            "P1DT2H",
            "1h2m",
            "1 024",
            "00:00:00",
        ]
    )
    return right | st.builds("{},{}".format, digits, decimals) | odd | _damaged(right, "0123456789.,:- ")


def times() -> st.SearchStrategy[str]:
    """Times as products write them. Most of them exist."""
    dates = st.sampled_from(["2026-10-01", "2026/10/01", "2026-02-30", "2016-12-31", "2026-10-25"])
    clocks = st.sampled_from(
        [
            "09:00",
            "09:00:01",
            "02:30:00.25",
            "23:59:60",
            "23:59:59.123456789",
            "24:00",
            "24:00:00",
            "24:00:01",
            "9:00:00",
        ]
    )
    zones = st.sampled_from(
        [
            "Z",
            "z",
            "+02:00",
            "+0200",
            "-05",
            " UTC",
            " GMT",
            "+02:00[Europe/Amsterdam]",
            " +0200 CEST",
            "",
            "+99:00",
            "Z[UTC]",
        ]
    )
    written = st.builds("{}{}{}{}".format, dates, st.sampled_from(["T", " "]), clocks, zones)
    return written | st.sampled_from(["1790805000", "1790805000.5", "1.790805e9", "1790805000123", "1E3", "soon", ""])
