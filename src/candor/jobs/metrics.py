"""What `/metrics` tells about background work."""

from prometheus_client import Counter, Gauge, Histogram

LANE_RUNS = Counter("candor_lane_runs", "Lanes worked on, by kind and outcome", ["kind", "outcome"])
LANE_SECONDS = Histogram(
    "candor_lane_run_seconds",
    "How long a lane's work takes",
    ["kind"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100),
)
LANES_RUNNING = Gauge("candor_lanes_running", "Lanes being worked on in this process", ["kind"])
LANES_RECLAIMED = Counter("candor_lanes_reclaimed", "Lanes taken back from a worker that ended")
LANES_GIVEN_UP = Counter("candor_lanes_given_up", "Lanes that failed too often", ["kind"])
JOB_RUNS = Counter("candor_job_runs", "Queued jobs run, by name and outcome", ["name", "outcome"])
JOBS_RECLAIMED = Counter("candor_jobs_reclaimed", "Jobs taken back from a worker that ended")
