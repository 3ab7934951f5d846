"""The colours of the charts: one for each meaning, the same on every page."""

CALLS, CUSTOMERS, ERRORS, BEFORE = "#2b7bab", "#2e8b6f", "#c2473d", "#7c8894"
RESULTS = {"ok": CALLS, "error": ERRORS}
PARTIES = {"partner": "#d9962b", "customer": "#6d5fa8", "vendor": "#c2473d"}
ARRIVALS = {"stayed": "#2e8b6f", "returning": "#8fc7b2", "new": "#2b7bab", "unknown": "#b9c2ca", "lost": "#c2473d"}
TOKENS = {"bearer": "#2e8b6f", "mixed": "#2b7bab", "classic": "#d9962b", "not_logged": "#b9c2ca"}
FULLNESS = {"complete": "#b9d7e6", "unjudged": "#dfe5ea", "thin": "#f0a63c", "missing": "#c2473d"}
REACTIONS = {
    "within_second": "#c2473d", "within_ten": "#e08a3c", "within_minute": "#f0c36a", "later": "#8fb9d3", "not_again": "#b9c2ca",
}  # fmt: skip
GRID = "#edf0f3"
LABEL, TEXT = "#6b7885", "#1c2733"
