"""Background jobs that are never lost: attempts, leases, schedules and pruning around the task queue."""
