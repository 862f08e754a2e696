"""Metrics for Prometheus: how many questions went which way. No question and no person in them."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server


class Metrics:
    """The bot's counters, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.questions = Counter(
            "caveat_questions", "Questions by door and outcome", ["door", "outcome"], registry=self.registry
        )
        self.errors = Counter("caveat_errors", "Errors that reached a member", registry=self.registry)
        self.entries = Gauge("caveat_live_entries", "Entries that are served", registry=self.registry)
        self.reloads = Counter(
            "caveat_reloads",
            "Reloads of the knowledge by what came of them",
            ["came"],
            registry=self.registry,
        )
        self.reply_seconds = Histogram(
            "caveat_reply_seconds",
            "From the arrival of an /ask to the moment its reply goes out",
            buckets=(0.01, 0.03, 0.1, 0.3, 1.0, 3.0),
            registry=self.registry,
        )

    def serve(self, port: int) -> None:
        """Serve /metrics on 127.0.0.1. Raises OSError where the port is taken."""
        start_http_server(port, addr="127.0.0.1", registry=self.registry)
