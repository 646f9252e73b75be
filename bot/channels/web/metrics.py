"""/metrics, for Prometheus: how much is said, how long answers take, how many pages are open, how the push stands.

Invariant: numbers only; no name, no text, no id of anybody.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.channels.web.hub import Hub
from bot.channels.web.ports import Figures

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Histogram

TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass
class Metrics:
    """One server's. Needs the package prometheus-client (ImportError where it is missing)."""

    registry: "CollectorRegistry" = field(init=False)
    answers: "Histogram" = field(init=False)
    refused: "Counter" = field(init=False)

    def __post_init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        here = self.registry = CollectorRegistry()
        told = "From a message on the page to its answer"
        self.answers = Histogram("study_web_answer_seconds", told, registry=here)
        self.refused = Counter("study_web_refused", "Requests that were refused", ["why"], registry=here)
        self._gauges = {
            name: Gauge(name, about, registry=here)
            for name, about in (
                ("study_web_pages", "Open pages"),
                ("study_queued_deliveries", "Pushes that wait to be sent"),
                ("study_oldest_queued_seconds", "How long the oldest of them has waited"),
                ("study_active_subscriptions", "Subscriptions that get pushes"),
                ("study_healthy", "1 when /healthz says 200"),
            )
        }

    def text(self, hub: Hub, figures: Figures, healthy: bool) -> bytes:
        """Everything as Prometheus reads it."""
        from prometheus_client import generate_latest

        now = (hub.count, figures.queued, figures.oldest, figures.subscriptions, int(healthy))
        for gauge, value in zip(self._gauges.values(), now, strict=True):
            gauge.set(value)
        return generate_latest(self.registry)
