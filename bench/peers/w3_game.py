"""The alternating offers of workload W3: what bench/models/w3.melian says, for the peers."""

OFFERS = 5
DISCOUNT = 0.9
PRECISION = 1.0


def accepted(proposer, offer, period):
    """Payoffs when the offer of a period is accepted."""
    share = (offer + 1) / (OFFERS + 1)
    worth = DISCOUNT ** (period - 1)
    payoffs = [0.0, 0.0]
    payoffs[proposer] = (1 - share) * worth
    payoffs[1 - proposer] = share * worth
    return payoffs


def breakdown(rounds):
    """Payoffs when the last offer is refused."""
    return [0.20 * DISCOUNT**rounds, 0.30 * DISCOUNT**rounds]


def check(payoffs):
    """Numbers that must agree between programs."""
    return {"value One": float(payoffs[0]), "value Two": float(payoffs[1])}
