"""The ID check: verdicts, near misses and advice, over a few calls; and any text gets an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.check.check import Check, NearMiss, NearMissKind, Verdict, check
from analytics.registry import RegistryFiles
from analytics.warehouse.warehouse import Warehouse
from ingest.engine.integration_id import parse_integration_id
from tests.analytics.given import call, given_lake, given_snapshot
from tests.ingest.engine.single_values import parse_integration_ids

Calls = list[dict[str, Any]]

REGISTRY = """integration,name,replaces
1234567_11,Orders,
1234567_12,Prices,
1000001_300,New,1000001_3
2222222_21,Never called,
3333333_31,Silent,
"""


def sent(integration_id: str | None, day: str = "10-20", customers: int = 1, **said: Any) -> Calls:
    """One call by each of this number of customers, on each of these days of 2026."""
    return [
        call(
            **{"called_at": f"2026-{one}T08:00:00Z", "integration_id": integration_id}
            | {"customer": str(7000001 + number)}
            | said
        )
        for one in day.split()
        for number in range(customers)
    ]


CALLS = [
    *sent("1234567_11", "10-01 10-20", 2, user_agent="Acme/1"),
    *sent("1234567_11", "10-05", status=500),
    *sent("1234567_11", environment="accept", customer="7000009"),
    *sent("1234567_12"),
    *sent("1234576_11"),  # neighbours swapped: nobody's
    *sent("1234567-11", id_defect="wrong_separator"),
    *sent("123456711", id_defect="no_separator"),
    *sent("01234567_11", id_defect="leading_zero"),
    *sent("1234567_11, 1234567_11", id_defect="repeated"),
    *sent("1234567_11_1", id_defect="too_many_parts"),
    *sent("11_1234567", id_defect="too_short"),
    *sent("1234567_", id_defect="empty_part"),
    *sent(None, body_integration_id="1234567_11", customers=3),
    # its log could not have held the header, which may be right
    *sent(None, body_integration_id="1234567_11", id_status="not_logged", customers=5),
    *sent("12345_678900", user_agent="Acme/1"),
    *sent("12345_678900", customer="7000009", user_agent="Other/1"),
    *sent("redacted", id_defect="not_a_number"),
    *sent("1000001_3"),
    *sent("1000001_300"),
    *sent("3333333_31", "10-01 10-02 10-03"),
    *sent("4444444_41", status=401),
    *sent("5555555_51", customer="5555555"),
    *sent("6666666_61", environment="test"),
]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    folder = tmp_path_factory.mktemp("check")
    (folder / "integrations.csv").write_text(REGISTRY, encoding="utf-8")
    with Warehouse.open(given_lake(folder / "lake", CALLS, registry=[folder / "integrations.csv"])) as opened:
        yield opened


@pytest.fixture(scope="module")
def without_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    snapshot = given_snapshot(tmp_path_factory.mktemp("check"), CALLS)
    with Warehouse.over(snapshot, RegistryFiles()) as opened:
        yield opened


def at(day: int) -> dt.datetime:
    return dt.datetime(2026, 10, day, 8, tzinfo=dt.UTC)


def test_an_answer_says_all_there_is_to_say(warehouse: Warehouse) -> None:
    twentieth = {"first_call": at(20), "last_call": at(20)}
    assert check(warehouse, " 1000001_300 ") == Check(
        input=" 1000001_300 ",
        id_status="valid",
        id_defect=None,
        partner=1000001,
        project=300,
        seen=True,
        **twentieth,
        calls=1,
        errors=0,
        customers=1,
        environments=("production",),
        near_misses=(
            NearMiss(
                integration_id="1000001_3",
                kind="old_id",
                name=None,
                registered=False,
                calls=1,
                customers=1,
                environments=("production",),
                **twentieth,
            ),
        ),
        verdict="arriving",
        advice=(
            "The id arrives and is correct: 1 call from 1 customer (production). "
            "1000001_3: the old id, which counts for this one, 1 call from 1 customer."
        ),
    )


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("1000001_300", "arriving"),
        ("1234567_11", "partly"),
        ("1000001_3", "replaced"),
        ("2222222_21", "not_seen"),
        ("3333333_31", "stopped"),
        ("4444444_41", "only_errors"),
        ("5555555_51", "only_own"),
        ("6666666_61", "not_in_production"),
        ("1234576_11", "not_registered"),
        ("12345_678900", "example"),
        ("12345_123456", "example"),
        ("1234567-11", "malformed"),
        ("no id at all", "malformed"),
        ("-", "missing"),
        (" ", "missing"),
        ("7654321_99", "not_seen"),
        ("7654321_11", "not_seen"),
        ("1234567_119", "only_near_misses"),
    ],
)
def test_the_verdict_names_the_worst(warehouse: Warehouse, text: str, verdict: Verdict) -> None:
    assert check(warehouse, text).verdict == verdict


def test_a_stray_call_behind_the_logs_stops_no_id(tmp_path: Path) -> None:
    daily = sent("1234567_11", " ".join(f"10-{day:02}" for day in range(1, 21)), 2)
    with Warehouse.open(given_lake(tmp_path / "lake", [*daily, *sent("1234567_12", "12-20")])) as warehouse:
        assert check(warehouse, "1234567_11").verdict == "arriving"


def test_an_answer_counts_every_environment(warehouse: Warehouse) -> None:
    answer = check(warehouse, "1234567_11")
    assert (answer.calls, answer.errors, answer.customers, answer.environments) == (6, 1, 3, ("production", "accept"))
    assert (answer.first_call, answer.last_call) == (at(1), at(20))


def near(warehouse: Warehouse, text: str) -> list[tuple[str, str, int, int]]:
    found = check(warehouse, text).near_misses
    return [(one.integration_id, one.kind, one.calls, one.customers) for one in found]


def test_near_misses_are_told_apart(warehouse: Warehouse) -> None:
    assert near(warehouse, "1234567_11") == [
        ("1234567_11", "in_envelope", 3, 3),
        ("01234567_11", "leading_zero", 1, 1),
        ("11_1234567", "swapped_parts", 1, 1),
        ("1234567-11", "separator", 1, 1),
        ("123456711", "separator", 1, 1),
        ("1234567_", "part_missing", 1, 1),
        ("1234567_11, 1234567_11", "repeated", 1, 1),
        ("1234567_11_1", "tail", 1, 1),
        ("1234576_11", "typing_error", 1, 1),
        # sent by the same program at the same customer; the other call of the example is not
        ("12345_678900", "documentation_example", 1, 1),
    ]


def test_a_registered_integration_is_no_typing_error_of_another(warehouse: Warehouse) -> None:
    assert ("1234567_12", "typing_error") not in [one[:2] for one in near(warehouse, "1234567_11")]
    typing_errors = [one for one in near(warehouse, "1234567_19") if one[1] == "typing_error"]
    assert {("1234567_11", "typing_error", 6, 3), ("1234567_12", "typing_error", 1, 1)} <= set(typing_errors)
    # and calls that carry a registered id are right: the one asked for is not
    assert check(warehouse, "1234566_11").verdict == "only_near_misses"
    assert check(warehouse, "1243567_12").verdict == "not_seen"


def test_the_nearest_typing_error_is_first_however_few_its_calls(warehouse: Warehouse) -> None:
    assert [one for one in near(warehouse, "1234567_22") if one[1] == "typing_error"] == [
        ("1234567_12", "typing_error", 1, 1),
        ("1234567_11", "typing_error", 6, 3),
    ]


def test_a_malformed_id_that_is_another_integrations_is_nobody_elses_typing_error(warehouse: Warehouse) -> None:
    assert ("1234567-11", "separator", 1, 1) in near(warehouse, "1234567_11")
    assert "1234567-11" not in [one[0] for one in near(warehouse, "1234567_12")]


def given_ids(folder: Path, *ids: str, registry: str | None = None) -> Path:
    """A lake in which each of these ids was sent, with the stored form and the defect that ingest gives it."""
    calls = []
    for read in parse_integration_ids(ids):
        calls += sent(read.stored, id_defect=read.defect) if read.defect else sent(read.stored)
    files = []
    if registry is not None:
        (folder / "i.csv").write_text(f"integration\n{registry}\n", encoding="utf-8")
        files = [folder / "i.csv"]
    return given_lake(folder / "lake", calls, registry=files)


@pytest.mark.parametrize("registry", [None, "4321_678901\n4321_678902"])
def test_a_padded_id_is_the_near_miss_of_its_own_number(tmp_path: Path, registry: str | None) -> None:
    others = "4321=678901", "4321x678901"
    lake = given_ids(tmp_path, "04321_678901", "4321_0678902x", "4321_678902", *others, registry=registry)
    with Warehouse.open(lake) as opened:
        assert [one[:2] for one in near(opened, "4321_678901") if one[2]] == [
            ("04321_678901", "leading_zero"),
            ("4321?678901", "separator"),
            ("4321x678901", "separator"),
            ("4321_678902", "same_partner"),
        ]
        assert [one[:2] for one in near(opened, "4321_678902") if one[2]] == [("4321_0678902x", "typing_error")]
        assert check(opened, "4321_678901").verdict == "only_near_misses"
        assert check(opened, "4321_678902").verdict == "partly"


SLIPS = {
    '"4321_678901"': "wrapped",
    "'4321_678901'": "wrapped",
    "{4321_678901}": "wrapped",
    "IntegrationId: 4321_678901": "wrapped",
    "„4321_678901”": "wrapped",
    '4321_678901"': "tail",
    "4321_67890l": "typing_error",  # el for one
    "43Z1_67890l": "typing_error",  # and Z for two: what is kept has question marks there
    "4321_67890x": "typing_error",
    "x4321_678901": "wrapped",
    '"04321_678901"': "leading_zero",
    "4321=678901": "separator",
    "4321%5F678901": "separator",
    "4321\u2013678901": "separator",
    "4321x678901": "separator",
    '"678901_4321"': "swapped_parts",
}


@pytest.mark.parametrize("registry", [None, "4321_678901\n4321_700000"])
def test_typing_errors_with_letters_and_quotes_are_near_misses(tmp_path: Path, registry: str | None) -> None:
    lake = given_ids(tmp_path, *SLIPS, "4321_700000", registry=registry)
    with Warehouse.open(lake) as opened:
        found = {one[0]: one[1] for one in near(opened, "4321_678901") if one[1] != "same_partner"}
        stored = [str(read.stored) for read in parse_integration_ids(list(SLIPS))]
        assert found == dict(zip(stored, SLIPS.values(), strict=True))
        assert check(opened, "4321_678901").verdict == "only_near_misses"
        # and of the other integration of that partner they are none
        assert [one for one in near(opened, "4321_700000") if one[2]] == []


def test_a_letter_that_may_be_a_digit_of_two_ids_is_a_mistake_with_neither(tmp_path: Path) -> None:
    lake = given_ids(tmp_path, "4321_67890x", "4321_678901", "4321_678902", "4321_678911")
    with Warehouse.open(lake) as opened:
        for asked in ("4321_678901", "4321_678902"):
            assert ("4321_67890x", "typing_error") in [one[:2] for one in near(opened, asked)]
            assert check(opened, asked).verdict == "arriving"
        assert near(opened, "4321_678911") == []  # two are nearer


def test_a_swapped_id_is_not_said_to_be_right(tmp_path: Path) -> None:
    both = [*(["4321_678902"] * 2), *(["678902_4321"] * 3)]
    for name, ids, registry, verdicts in (
        ("alone", ["678902_4321"], None, {"678902_4321": "arriving", "4321_678902": "only_near_misses"}),
        ("both", both, None, {"678902_4321": "swapped", "4321_678902": "swapped"}),
        ("known", both, "4321_678902", {"678902_4321": "not_registered", "4321_678902": "partly"}),
    ):
        (tmp_path / name).mkdir()
        with Warehouse.open(given_ids(tmp_path / name, *ids, registry=registry)) as opened:
            for text, verdict in verdicts.items():
                answer = check(opened, text)
                assert answer.verdict == verdict, name
                assert ("and is correct" in answer.advice) == (name == "known" and text == "4321_678902")
        if registry is None:
            assert (
                "this check cannot tell whether it is the correct id" in answer.advice or answer.verdict != "arriving"
            )


PROJECTS = st.integers(10_000, 99_999)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(PROJECTS, min_size=2, max_size=2, unique=True),
    st.sampled_from(['"{}1"', "0{}1", "[{}1]", "id={}1", "{}l"]),
)
def test_a_slip_is_the_near_miss_of_the_id_that_it_says_alone(
    tmp_path_factory: pytest.TempPathFactory, projects: list[int], slip: str
) -> None:
    """However near two projects of a partner are; an l stands for a one."""
    meant, another = (f"4321_{project}1" for project in projects)
    text = slip.format(meant[:-1])
    lake = given_ids(tmp_path_factory.mktemp("slips"), text, another)
    with Warehouse.open(lake) as opened:
        stored = parse_integration_id(text).stored
        assert stored in [near_miss[0] for near_miss in near(opened, meant)]
        assert stored not in [near_miss[0] for near_miss in near(opened, another)]


def test_without_a_registry_another_id_of_the_partner_is_no_typing_error(without_registry: Warehouse) -> None:
    assert "1234567_12" not in [one[0] for one in near(without_registry, "1234567_11")]
    assert ("1234567_12", "same_partner", 1, 1) in near(without_registry, "1234567_19")
    assert check(without_registry, "1234576_11").verdict == "partly"


def test_who_sends_a_malformed_id_is_told_which_one_may_be_meant(warehouse: Warehouse) -> None:
    answer = check(warehouse, "1234567.11")
    assert (answer.id_defect, answer.seen) == ("wrong_separator", False)
    assert "expected <partner's subscription number>_<project number>" in answer.advice
    assert ("1234567_11", "separator", 6, 3) in near(warehouse, "1234567.11")


def test_a_malformed_id_that_arrives_counts_for_nobody(warehouse: Warehouse) -> None:
    answer = check(warehouse, "1234567-11")
    assert (answer.seen, answer.calls, answer.partner) == (True, 1, None)
    assert "It arrives in 1 call. Such calls do not count for any integration." in answer.advice


def test_what_is_not_kept_cannot_be_looked_up(warehouse: Warehouse) -> None:
    for text in ("redacted", "<token>secret</token>"):
        answer = check(warehouse, text)
        assert (answer.seen, answer.near_misses) == (False, ())
        assert "this check cannot tell whether it arrives" in answer.advice


def test_an_id_that_was_never_seen_is_told_what_its_partner_sends(warehouse: Warehouse) -> None:
    assert near(warehouse, "1234567_987654") == [
        ("1234567_", "part_missing", 1, 1),
        ("12345_678900", "documentation_example", 2, 2),
        ("1234567_11", "same_partner", 6, 3),
        ("1234567_12", "same_partner", 1, 1),
    ]


def test_an_empty_lake_has_an_answer(tmp_path: Path) -> None:
    with Warehouse.open(given_lake(tmp_path / "lake")) as empty:
        answer = check(empty, "1234567_11")
    assert (answer.verdict, answer.calls, answer.first_call) == ("not_seen", 0, None)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=80) | st.from_regex(r"[0-9]{1,9}[_\W]?[0-9]{0,9}", fullmatch=True) | st.just("1" * 5000))
def test_any_text_has_an_answer(warehouse: Warehouse, text: str) -> None:
    answer = check(warehouse, text)
    assert answer.input == text
    assert answer.verdict in get_args(Verdict)
    assert {one.kind for one in answer.near_misses} <= set(get_args(NearMissKind))
    assert answer.advice
