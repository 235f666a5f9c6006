-- What the queue needs besides its own schema; see docs/decisions/0002-lanes-for-ordered-work.md.
-- Runs with search_path = procrastinate.

-- The shipped index on (id, lock) makes each probe of a lock walk the whole backlog.
CREATE INDEX candor_jobs_by_lock ON procrastinate_jobs (lock, priority DESC, id)
    WHERE status IN ('todo', 'doing');

-- Nobody is told when a lock gets free: the next job of that lock would wait for the poll.
CREATE FUNCTION candor_notify_lock_freed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify(
        'procrastinate_any_queue_v1',
        json_build_object('type', 'job_inserted', 'job_id', OLD.id)::text
    );
    RETURN NULL;
END;
$$;
CREATE TRIGGER candor_lock_freed_by_update AFTER UPDATE OF status ON procrastinate_jobs
    FOR EACH ROW WHEN (OLD.status = 'doing' AND NEW.status <> 'doing' AND OLD.lock IS NOT NULL)
    EXECUTE FUNCTION candor_notify_lock_freed();
CREATE TRIGGER candor_lock_freed_by_delete AFTER DELETE ON procrastinate_jobs
    FOR EACH ROW WHEN (OLD.status = 'doing' AND OLD.lock IS NOT NULL)
    EXECUTE FUNCTION candor_notify_lock_freed();

-- Rows live for seconds: vacuum by rows, not by share of a table that is empty most of the time.
ALTER TABLE procrastinate_jobs SET (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 1000);
ALTER TABLE procrastinate_events SET (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 1000);

-- Jobs are inserted by units of work whose search_path does not know this schema.
DO $$
DECLARE
    routine text;
BEGIN
    FOR routine IN
        SELECT p.oid::regprocedure::text FROM pg_proc p
        JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'procrastinate'
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = procrastinate, pg_catalog', routine);
    END LOOP;
END;
$$;
