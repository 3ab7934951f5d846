"""A made-up platform whose every call has a known owner, although many carry no id.

All that varies follows from the seed: which vendors have a program or a prefix of their own, which share a library, who sends no id,
since when or until when, and who stands behind an aggregator. The shares are assumptions, stated here, and not measurements.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST_DAY, DAYS = dt.date(2026, 8, 1), 90
CUSTOMERS, PARTNERS, SCRIPTS, STRANGERS = 400, 50, 120, 8
NOBODY: Final = "nobody"
AGGREGATOR: Final = "aggregator"
"""Owners that are no integration: nobody knows whose the calls are, or they are of one program for many products."""

_SYLLABLES = [
    "ba",
    "be",
    "bi",
    "bo",
    "bra",
    "da",
    "de",
    "do",
    "dra",
    "fa",
    "fe",
    "flo",
    "ga",
    "go",
    "gri",
    "ha",
    "he",
    "ka",
    "ke",
    "klo",
    "la",
    "le",
    "lo",
    "ma",
    "me",
    "mo",
    "na",
    "ne",
    "pa",
    "pe",
    "pla",
    "ra",
    "re",
    "ri",
    "sa",
    "se",
    "sti",
    "ta",
    "te",
    "to",
    "va",
    "ve",
    "vo",
    "wa",
    "we",
    "za",
    "zo",
]
_NOUNS = [
    "Orders",
    "Artikelen",
    "Klanten",
    "Uren",
    "Facturen",
    "Verlof",
    "Relaties",
    "Projecten",
    "Debiteuren",
    "Voorraad",
    "Planning",
    "Dossiers",
]
_PRODUCTS = ["Uren", "CRM", "Planning", "Verzuim", "Webshop", "Kassa", "EDI", "Portaal", "Inkoop", "Scan"]
_LIBRARIES = (
    "python-requests/2.{v}.0", "Apache-HttpClient/4.5.{v} (Java/17)", "okhttp/4.{v}.0", "GuzzleHttp/{v}", "axios/1.{v}.2", "RestSharp/11{v}.0.0",
)  # fmt: skip
_SHARED_PREFIXES = ("Export", "BI", "Api", "App", "Koppel", "Web")
_TOOLS = (
    "Microsoft.Data.Mashup (https://go.microsoft.com/fwlink/)",
    "curl/8.{v}.1",
    "PostmanRuntime/7.{v}.0",
    "python-requests/2.{v}.0",
)


@dataclass
class _Program:
    """One program: who owns it, how it calls itself, what it calls."""

    owner: str
    agents: list[str | None]
    connectors: list[str]
    product: str = "profit"
    prefix: str | None = None
    sends: str | None = None


@dataclass(frozen=True)
class World:
    """The calls (with a column `owner` that no log has), and the vendor's lists of partners and integrations."""

    calls: pl.DataFrame
    partners: list[str] = field(repr=False)
    integrations: list[str] = field(repr=False)


def make_world(seed: int) -> World:
    """The world of this seed."""
    return _Maker(np.random.default_rng(seed)).made()


class _Maker:
    def __init__(self, chance: np.random.Generator) -> None:
        self._chance = chance
        self._customers = [str(2_000_000 + 7 * number) for number in range(CUSTOMERS)]
        self._official = [f"Kn{one}{two}" for one in _NOUNS for two in _PRODUCTS]
        self._words: set[str] = set()
        self._parts: list[pl.DataFrame] = []

    def made(self) -> World:
        partners, integrations, programs = ["partner,name"], ["integration,name"], []
        for number in range(PARTNERS):
            partner, word = 1_000_000 + 13 * number, self._word()
            prefix = self._prefix_of(word)
            shared = f"{word}/{self._digit()}.{self._digit()}"
            partners.append(f"{partner},{word} Software")
            for place in range(min(4, int(self._chance.geometric(0.5)))):
                product = str(self._chance.choice(_PRODUCTS))
                owner = f"{partner}_{300_000 + 17 * number + place}"
                agents = self._agents_of(word, product, shared)
                programs.append(_Program(owner, agents, *self._repertoire(prefix), prefix, owner))
                if self._chance.random() < 0.9:
                    integrations.append(f"{owner},{word} {product}")
        self._call_all(programs, {line.split(",")[0] for line in integrations})
        self._call_scripts()
        return World(pl.concat(self._parts), partners, integrations)

    # --- who calls

    def _word(self) -> str:
        while True:
            word = "".join(self._chance.choice(_SYLLABLES, 3)).capitalize()
            if len(word) >= 6 and word not in self._words:
                self._words.add(word)
                return word

    def _digit(self) -> int:
        return int(self._chance.integers(1, 9))

    def _prefix_of(self, word: str) -> str | None:
        kinds = (word, word[:2].upper() + word[4].upper(), str(self._chance.choice(_SHARED_PREFIXES)), None)
        return kinds[int(self._chance.choice(4, p=[0.5, 0.15, 0.1, 0.25]))]

    def _agents_of(self, word: str, product: str, shared: str) -> list[str | None]:
        """Up to three versions of what it calls itself: a name of its own, the partner's, a code name, a library's, or none."""
        kind = int(self._chance.choice(5, p=[0.3, 0.22, 0.08, 0.3, 0.1]))
        if kind == 1:
            return [shared]
        name = (f"{word}{product}/{{v}}.1", "", f"{self._word()}/{{v}}.0", str(self._chance.choice(_LIBRARIES)), "")[
            kind
        ]
        return [name.format(v=self._digit()) for _ in range(3)] if name else [None]

    def _repertoire(self, prefix: str | None) -> tuple[list[str], str]:
        if self._chance.random() < 0.08:
            return [f"sb{noun.lower()}" for noun in self._chance.choice(_NOUNS, 5, replace=False)], "sb"
        # Popular connectors are called by many.
        weights = 1 / np.arange(1, len(self._official) + 1) ** 0.7
        count = int(self._chance.integers(2, 7))
        official = list(self._chance.choice(self._official, count, replace=False, p=weights / weights.sum()))
        own = list(self._chance.choice(_NOUNS, int(self._chance.integers(2, 6)), replace=False)) if prefix else []
        return [*official, *(f"{prefix}_{noun}" for noun in own)], "profit"

    # --- what they call, and with which id

    def _call_all(self, programs: Sequence[_Program], registered: set[str]) -> None:
        behind = {int(place) for place in self._chance.permutation(len(programs))[:12]}
        hub_names = [self._word() + "Hub/2.1", self._word() + "Connect/5.0"]
        self._call_hubs([programs[place] for place in sorted(behind)], [*hub_names, self._word() + "/1.4"])
        for place, program in enumerate(programs):
            silent = self._chance.random() < 0.06
            owner = program.owner if not silent or program.owner in registered else NOBODY
            many = int(np.clip(self._chance.lognormal(2.1, 1.0), 1, 80))
            for customer in self._chance.choice(self._customers, many, replace=False):
                agent = program.agents[int(self._chance.integers(len(program.agents)))]
                is_hub = place in behind and self._chance.random() < 0.4
                if is_hub:
                    agent = hub_names[place % 2]
                hidden = silent or self._chance.random() < (0.4 if is_hub else 0.13)
                self._call(program, owner, str(customer), agent, hidden=hidden, silent=silent)

    def _call(
        self, program: _Program, owner: str, customer: str, agent: str | None, *, hidden: bool, silent: bool
    ) -> None:
        since = int(self._chance.integers(0, 60)) if self._chance.random() < 0.2 else 0
        until = int(self._chance.integers(since + 10, DAYS)) if self._chance.random() < 0.1 else DAYS
        count = 1 + int(self._chance.poisson(min(8.0, self._chance.lognormal(0, 0.8)) * (until - since) / 2))
        days = np.sort(self._chance.integers(since, until, count))
        sends = np.full(count, not hidden)
        if hidden and not silent:
            mode, turn = self._chance.random(), int(self._chance.integers(since, until))
            if mode < 0.3:
                sends = days < turn
            elif mode < 0.5:
                sends = days >= turn
        wrong = self._wrong(program.sends) if hidden and self._chance.random() < 0.15 and program.sends else None
        # A customer uses a part of what a program can do.
        count_used = max(1, len(program.connectors) - int(self._chance.integers(0, 4)))
        used = list(self._chance.choice(program.connectors, count_used, replace=False))
        if program.prefix and self._chance.random() < 0.3:
            own = self._chance.choice(_NOUNS, int(self._chance.integers(1, 4)), replace=False)
            used = [
                *used[: int(self._chance.integers(0, len(used) + 1))],
                *(f"{program.prefix}_{noun}{customer[-2:]}" for noun in own),
            ]
        more = [str(one) for one in self._chance.choice(self._official, 2, replace=False)]
        more.append(f"Klant{customer[-3:]}_{self._chance.choice(_NOUNS)}")
        # Four in ten have something of their own: a connector that no other customer of the program calls, or of a name of their own.
        extra = (
            more[: int(self._chance.integers(1, 4))] if self._chance.random() < 0.4 and program.product != "sb" else []
        )
        called = [*(str(one) for one in used), *extra]
        self._add(program, owner, customer, agent, days=days, sends=sends, wrong=wrong, connectors=called)

    def _wrong(self, sent: str) -> str:
        return (
            sent.replace("_", "-"),
            sent.replace("_", ""),
            sent.split("_", maxsplit=1)[0] + "_",
            "abonnement_project",
        )[int(self._chance.integers(4))]

    def _call_hubs(self, programs: Sequence[_Program], names: Sequence[str]) -> None:
        """What aggregators call for several products in one go, without an id. The last one never sends any."""
        for name in names:
            for customer in self._chance.choice(self._customers, 6, replace=False):
                behind = self._chance.permutation(len(programs))[: int(self._chance.integers(2, 5))]
                for place in behind:
                    self._call_part_of(programs[place], str(customer), name)

    def _call_part_of(self, program: _Program, customer: str, agent: str) -> None:
        """A product's part of that: its prefix shows whose it is, and what anybody may call is the aggregator's."""
        own = [name for name in program.connectors if program.prefix and name.startswith(f"{program.prefix}_")]
        others = [name for name in program.connectors if name not in own]
        for owner, names in ((program.owner, own), (AGGREGATOR, others)):
            if names:
                part = _Program(owner, [], names, program.product)
                self._call(part, owner, customer, agent, hidden=True, silent=True)

    def _call_scripts(self) -> None:
        """What customers made themselves, and programs of vendors that no list names: none sends an id, and nobody knows whose it is."""
        for _ in range(SCRIPTS):
            customer = str(self._chance.choice(self._customers))
            agent = str(self._chance.choice(_TOOLS)).format(v=self._digit())
            own = self._chance.choice(_NOUNS, 2, replace=False)
            names = [
                f"{self._chance.choice(['Eigen', 'Klant' + customer[-3:], 'Export', 'BI', 'Web'])}_{noun}"
                for noun in own
            ]
            self._call(
                _Program(NOBODY, [], [*self._repertoire(None)[0], *names]),
                NOBODY,
                customer,
                agent,
                hidden=True,
                silent=True,
            )
        for _ in range(STRANGERS):
            word = self._word()
            connectors, product = self._repertoire(word)
            for customer in self._chance.choice(self._customers, int(self._chance.integers(1, 7)), replace=False):
                stranger = _Program(NOBODY, [], connectors, product)
                self._call(stranger, NOBODY, str(customer), f"{word}/1.0", hidden=True, silent=True)

    def _add(
        self, program: _Program, owner: str, customer: str, agent: str | None, *,
        days: np.ndarray, sends: np.ndarray, wrong: str | None, connectors: Sequence[str],
    ) -> None:  # fmt: skip
        partner, project = program.sends.split("_") if program.sends else ("", "")
        is_sb = program.product == "sb"
        self._parts.append(
            pl.DataFrame(
                {
                    "day_number": days,
                    "sends": sends,
                    "connector": self._chance.choice(connectors, len(days)).tolist(),
                    "seconds": self._chance.integers(6 * 3600, 18 * 3600, len(days)),
                }
            ).select(
                called_at=pl.lit(FIRST_DAY).cast(pl.Datetime("us", "UTC"))
                + pl.duration(days="day_number", seconds="seconds"),
                product=pl.lit(program.product),
                customer=pl.lit(f"kantoor/{customer}" if is_sb else customer),
                integration_id=pl.when("sends")
                .then(pl.lit(program.sends, pl.String))
                .otherwise(pl.lit(wrong, pl.String)),
                id_status=pl.when("sends").then(pl.lit("valid")).otherwise(pl.lit("malformed" if wrong else "missing")),
                id_defect=pl.when("sends")
                .then(None)
                .otherwise(pl.lit("wrong_separator" if wrong else None, pl.String)),
                partner=pl.when("sends").then(pl.lit(int(partner or 0), pl.Int32)),
                project=pl.when("sends").then(pl.lit(int(project or 0), pl.Int32)),
                integration=pl.when("sends").then(pl.lit(program.sends, pl.String)),
                connector=pl.col("connector"),
                user_agent=pl.lit(agent, pl.String),
                owner=pl.lit(owner),
            )
        )
