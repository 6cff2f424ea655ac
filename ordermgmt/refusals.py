"""Why something was refused, in words a person can act on."""

from django_fsm import TransitionNotAllowed

from orders.flow import State

UNCHANGED = "Nothing was changed."


def explain(refusal: Exception) -> str:
    """One or two sentences; what the state machine misses is read off its own conditions."""
    if isinstance(refusal, TransitionNotAllowed):
        return f"{_missing(refusal)} {UNCHANGED}"
    return f"{str(refusal).rstrip('.')}. {UNCHANGED}"


def _missing(refusal: TransitionNotAllowed) -> str:
    subject, flow = refusal.object, refusal.method._django_fsm
    verb, transition = refusal.method.__name__, flow.get_transition(subject.state)
    if transition is None:
        return f"Cannot {verb} {subject}: it is {State(subject.state).label.lower()} by now."
    # The first alone: by now the step is rolled back, so what it would have brought about itself is missing, too.
    unmet = next((condition for condition in transition.conditions if not condition(subject)), None)
    if unmet is None:
        return f"Cannot {verb} {subject} right now. Please look again."
    return f"Cannot {verb} {subject} yet. It takes that {_lower(unmet.__doc__ or unmet.__name__)}."


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:].rstrip(".")
