"""What `/metrics` shows, in Prometheus' words. One object, made once at start and handed to whatever counts."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

ANSWER_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 6, 15, 60)


class Metrics:
    """All figures of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        registry = self.registry
        self.accepted = Counter("xiaoer_messages_accepted", "Events written for the first time", registry=registry)
        self.duplicates_refused = Counter(
            "xiaoer_duplicates_refused", "Deliveries of events that we had already", registry=registry
        )
        self.decisions = Counter("xiaoer_decisions", "Decisions by what was decided", ["outcome"], registry=registry)
        self.sends = Counter(
            "xiaoer_sends", "Sends by channel and what became of them", ["channel", "outcome"], registry=registry
        )
        self.channel_delivers = Gauge(
            "xiaoer_channel_delivers", "1 while replies arrive at the channel, else 0", ["channel"], registry=registry
        )
        self.refused_deliveries = Counter(
            "xiaoer_refused_deliveries", "Deliveries turned away at the door", ["channel"], registry=registry
        )
        self.left_out = Counter(
            "xiaoer_fields_left_out", "Optional fields that could not be read", ["channel"], registry=registry
        )
        self.failures = Counter(
            "xiaoer_failures", "Failures of background work, by its name", ["part"], registry=registry
        )
        self.poison_messages = Gauge(
            "xiaoer_poison_messages", "Messages that could not be decided about and wait for people", registry=registry
        )
        self.alerts = Counter(
            "xiaoer_alerts",
            "Alerts to people of the shop, by what became of them",
            ["peer", "outcome"],
            registry=registry,
        )
        self.lease_steals = Counter(
            "xiaoer_lease_steals", "Conversations taken from a node whose lease had run out", registry=registry
        )
        self.first_answer_seconds = Histogram(
            "xiaoer_first_answer_seconds",
            "From a message's arrival here to the platform's word that the answer arrived",
            buckets=ANSWER_SECONDS,
            registry=registry,
        )
        self.oldest_unanswered_seconds = Gauge(
            "xiaoer_oldest_unanswered_seconds", "Age of the oldest message without a decision", registry=registry
        )
        self.oldest_queued_seconds = Gauge(
            "xiaoer_oldest_queued_seconds", "Age of the oldest reply that is not sent yet", registry=registry
        )
        self.queued = Gauge("xiaoer_replies_queued", "Replies that are not sent yet", registry=registry)
        self.unknown_sends = Gauge(
            "xiaoer_unknown_sends", "Replies of which nobody knows whether they arrived", registry=registry
        )
        self.waiting_for_person = Gauge("xiaoer_waiting_for_person", "Buyers who wait for a person", registry=registry)
        self.loop_lag_seconds = Gauge("xiaoer_loop_lag_seconds", "How late the event loop was last", registry=registry)
