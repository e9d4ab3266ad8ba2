"""Background work on procrastinate: enqueued in the transaction of the change that causes it."""
