"""The engine of all trainings: `RunConfig`, `Run` and the schedules."""
