"""How the programs speak with the broker: settings of Celery's transport."""


def transport_options(*, task_seconds: int) -> dict[str, float]:
    """For tasks that may run for so long. Silence is noticed soon, and nobody waits for a broker that is away."""
    return {
        # Longer than twice the time limit, else a slow task would run twice at once.
        "visibility_timeout": task_seconds * 2 + 60,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 10,
        "socket_connect_timeout": 1,
        "socket_timeout": 3,  # longer than the second a worker waits in one BRPOP
        "socket_keepalive": True,
        "health_check_interval": 10,
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.1,
        "interval_max": 0.1,
    }
