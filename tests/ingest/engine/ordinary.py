"""Ordinary texts of logs: ids, connectors, user agents and request ids. None of them may be taken for a secret."""

from __future__ import annotations

import itertools
import random
import string
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MANY = 500


def integration_ids() -> list[str]:
    """Return valid ids of every length, among them such whose digits together pass the eleven test."""
    draw = random.Random(1)
    firsts = (10 ** draw.randint(3, 6) for _ in itertools.count())
    found = (
        f"{draw.randint(first, 10 * first - 1)}_{draw.randint(1, 10 ** draw.randint(1, 9) - 1)}" for first in firsts
    )
    return ["1234_56782", "1234_123456782", "1234567_82", *itertools.islice(found, MANY - 3)]


COMPANIES = [
    "Acme",
    "Vogel",
    "VanDijk",
    "ABC",
    "acme",
    "HRM",
    "Bakkerij_Smit",
    "T1234",
    "x2y",
    "Acme-NL",
    "1234",
    "Kanarie.Online",
    "Kwekerij",
]
THINGS = [
    *[
        "Employees",
        "Medewerkers",
        "Werknemers_v2",
        "employees_v2",
        "Contracten2026",
        "Verlof_Saldi",
        "DebtorsFull",
        "Roosters",
    ],
    *[
        "Projecten_Uren_Export",
        "FacturenPerMaand",
        "SalesOrders_20240101",
        "Absence_2024Q1",
        "KostenplaatsenEnKostendragers",
    ],
    *[
        "Arbeidsongeschiktheidsverzekering",
        "Werknemers_met_contract_en_rooster",
        "PasswordReset",
        "TokenUsage",
        "ApiKeys",
        "Users",
    ],
    *[
        "Bankrekeningen",
        "Telefoonlijst",
        "Emailadressen",
        "BSN_controle",
        "XMLExport",
        "KPI_2",
        "GC01",
        "Stamgegevens_HR_01",
    ],
    *[
        "Verzuimmeldingen_UWV",
        "Loonaangiftetijdvakken",
        "InkoopfactuurRegels",
        "FiscaleJaarafsluiting",
        "Wachtwoordbeleid",
    ],
    *["Sleuteluitgifte", "Beschikbaarheidsrooster", "Kwartaalcijfers_2026_Q3", "IntegrationOverview", "1001_Artikelen"],
]


def connectors() -> list[str]:
    """Return names as partners and customers give them to their own connectors."""
    names = [f"{company}_{thing}" for company in COMPANIES for thing in THINGS] + THINGS
    return [name for name in names if len(name) <= 64 and any(map(str.isalpha, name))][:MANY]


AGENTS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{a}.0.{c}.{b} Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{a}.0.0.0 Safari/537.36 Edg/{a}.0.{c}.{b}",
    "Mozilla/5.0 (X11; Linux x86_64; rv:{a}.0) Gecko/20100101 Firefox/{a}.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.{b} Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 13; SM-G991B Build/TP1A.220624.014) AppleWebKit/537.36 Chrome/{a}.0.{c}.{b} Mobile Safari/537.36",
    "Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 4.0.30319.42000)",
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1; Trident/7.0; .NET CLR 2.0.50727; .NET CLR 3.5.30729)",
    "Apache-HttpClient/4.5.{b} (Java/11.0.20.1)",
    "Apache-CXF/3.{b}.0",
    "Java/1.8.0_{b}",
    "Java-http-client/17.0.{b}",
    "okhttp/4.12.{b}",
    "python-requests/2.31.{b}",
    "python-httpx/0.27.{b}",
    "Python/3.11 aiohttp/3.9.{b}",
    "PostmanRuntime/7.36.{b}",
    "insomnia/2023.5.{b}",
    "axios/1.6.{b}",
    "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)",
    "got (https://github.com/sindresorhus/got)",
    "undici",
    "Go-http-client/1.{b}",
    "GuzzleHttp/7",
    "GuzzleHttp/6.5.{b} curl/7.68.0 PHP/7.4.{b}",
    "curl/8.4.{b}",
    "Wget/1.21.{b}",
    "RestSharp/106.{b}.7.0",
    "RestSharp/{a}.2.0.0",
    "Acme.Connector/1.2.3.{b}",
    "Acme.Connector/10.0.{c}.{b} (.NET 8.0.{b}; Microsoft Windows 10.0.19045)",
    "Acme/1.{b} (Microsoft Windows NT 10.0.{c}.0)",
    "Acme-Sync/2026.11.{b}",
    "AcmeConnector/20261129.{b}",
    "Acme HR Connector v2.{b}",
    "Acme Koppeling versie 3.{b}.1",
    "Boekhouding-Koppeling/2.{b} (Müller & Söhne)",
    "Dalvik/2.1.0 (Linux; U; Android 12; Pixel 6 Build/SQ3A.220705.004)",
    "CFNetwork/1410.0.{b} Darwin/22.6.0",
    "Acme/{b} CFNetwork/1485 Darwin/23.1.0",
    "Microsoft.Data.Mashup (https://go.microsoft.com/fwlink/)",
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Excel 16.0.{c}; Pro)",
    "Microsoft-Azure-Logic-Apps/1.{b}",
    "microsoft-flow/1.0",
    "PowerBI/2.{a}.{c}.0",
    "Boomi Platform/24.{b}",
    "SAP NetWeaver Application Server (1.0;7{b})",
    "SOAP::Lite/Perl/1.{b}",
    "LWP::Simple/6.{b} libwww-perl/6.{b}",
    "Ruby",
    "Faraday v2.7.{b}",
    "rest-client/2.1.0 (linux x86_64) ruby/3.1.2p{b}",
    "Symfony HttpClient/Curl",
    "Zapier",
    "Make/production",
    "n8n",
    "Workato/1.{b}",
    "Mendix/9.24.{c}",
    "MuleSoft AnypointPlatform/4.{b}.0",
    "ZGW-client/1.{b} (nl; +https://www.example.nl/integraties/afas)",
    "@acme/afas-client {b}.0.1",
    "UniversalConnector/{a}.{b}.{c} build 2026-11-{d}",
    "kube-probe/1.2{b}",
    "ELB-HealthChecker/2.0",
    "WinHttp.WinHttpRequest.5",
    "Oracle-HTTP-Client/12.2.1.4.{b}",
    "jersey/2.35 (HttpUrlConnection 1.8.0_{a})",
    "Jakarta Commons-HttpClient/3.1",
    "Axis2",
    "gSOAP/2.8",
    "Delphi 10.4 TNetHTTPClient/{b}",
    "Embarcadero RESTClient/1.0",
    "FME/2023.1.{b}.{c}",
    "Talend/8.0.1.R2023-{d}",
    "Exact-Sync/1.0 (build {c}; release 2026-10-{d})",
    "medewerkerportaal-api/{b}.{d} spring-boot/3.2.{b}",
]
"""As products send them: with versions that look like addresses, dates and numbers of persons."""


def agents() -> list[str]:
    """Return user agents with the versions that come by."""
    draw = random.Random(2)

    def numbers() -> dict[str, str]:
        versions = {"a": draw.randint(60, 140), "b": draw.randint(0, 9), "c": draw.randint(1000, 9999)}
        return {name: str(number) for name, number in versions.items()} | {"d": f"{draw.randint(1, 12):02}"}

    return [agent.format(**numbers()) for agent in itertools.islice(itertools.cycle(AGENTS), MANY)]


def request_ids() -> list[str]:
    """Return request and trace ids as gateways, servers and programs write them."""
    draw = random.Random(3)
    forms = itertools.cycle(_forms(draw))
    return [next(forms)() for _ in range(MANY)]


def _forms(draw: random.Random) -> Iterator[Callable[[], str]]:
    def digits(alphabet: str, length: int) -> str:
        return "".join(draw.choices(alphabet, k=length))

    def hexadecimal(length: int) -> str:
        return digits("0123456789abcdef", length)

    def guid() -> str:
        return str(uuid.UUID(int=draw.getrandbits(128), version=4))

    def count(most: int) -> int:
        return draw.randint(1, most)

    base32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    yield guid
    yield lambda: guid().upper()
    yield lambda: hexadecimal(32)
    yield lambda: hexadecimal(32).upper()
    yield lambda: f"00-{hexadecimal(32)}-{hexadecimal(16)}-0{count(1)}"
    yield lambda: f"Root=1-{hexadecimal(8)}-{hexadecimal(24)}"
    yield lambda: f"Self=1-{hexadecimal(8)}-{hexadecimal(24)};Root=1-{hexadecimal(8)}-{hexadecimal(24)}"
    yield lambda: f"Root=1-{hexadecimal(8)}-{hexadecimal(24)};Parent={hexadecimal(16)};Sampled=1"
    yield lambda: f"1-{hexadecimal(8)}-{hexadecimal(24)}"
    yield lambda: f"{hexadecimal(32)}-{hexadecimal(16)}-1"
    yield lambda: f"{hexadecimal(16)}:{hexadecimal(16)}:0:1"
    yield lambda: f"a{hexadecimal(15)}"
    yield lambda: f"{hexadecimal(11)}c"
    yield lambda: f"{hexadecimal(4)}-{hexadecimal(4)}"
    yield lambda: f"a{hexadecimal(7)}-b{hexadecimal(3)}"
    yield lambda: f"6{hexadecimal(22)}f"
    yield lambda: f"0HM{digits(base32, 10)}:{count(9999):08}"
    yield lambda: f"01H{digits(base32, 23)}"
    yield lambda: digits(string.ascii_letters + string.digits, 21)
    yield lambda: digits(string.ascii_letters + string.digits, 27)
    yield lambda: f"{hexadecimal(15)}e-AMS"
    yield lambda: f"req-{count(9_999_999)}"
    yield lambda: f"req-{count(99_999):08}"
    yield lambda: f"req_{digits(string.ascii_lowercase, 8)}"
    yield lambda: str(count(9_999_999))
    yield lambda: f"17{digits(string.digits, 8)}.{digits(string.digits, 3)}"
    yield lambda: f"17{digits(string.digits, 11)}"
    yield lambda: f"17{digits(string.digits, 8)}-{count(9999)}"
    yield lambda: f"2026-11-{count(28):02}T10:{count(59):02}:00Z-{count(999)}"
    yield lambda: f"202611{count(28):02}-10{count(59):02}59-{count(99_999):06}"
    yield lambda: f"gateway-01-{guid()}"
    yield lambda: f"gateway.production.acme.example-{count(9_999_999)}"
    yield lambda: f"{count(9999)}-{count(9)}"
    yield lambda: f"{digits(string.ascii_lowercase, 3)}.{count(9999)}.{count(99)}"
