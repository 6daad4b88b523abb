CREATE TYPE public.procrastinate_job_event_type AS ENUM (
    'deferred',
    'started',
    'deferred_for_retry',
    'failed',
    'succeeded',
    'cancelled',
    'abort_requested',
    'aborted',
    'scheduled',
    'retried'
);

CREATE TYPE public.procrastinate_job_status AS ENUM (
    'todo',
    'doing',
    'succeeded',
    'failed',
    'cancelled',
    'aborting',
    'aborted'
);

CREATE TYPE public.procrastinate_job_to_defer_v1 AS (
	queue_name character varying,
	task_name character varying,
	priority integer,
	lock text,
	queueing_lock text,
	args jsonb,
	scheduled_at timestamp with time zone
);

CREATE FUNCTION public.journal_is_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF current_setting('preau.journal_purge', true) = 'on' AND TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'PRE-JOU-001: the journal is append-only';
END $$;

CREATE FUNCTION public.preau_fold(name text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower(public.unaccent('public.unaccent'::regdictionary, name));

CREATE FUNCTION public.procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status = 'todo'
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        IF abort THEN
            UPDATE procrastinate_jobs
            SET abort_requested = true,
                status = CASE status
                    WHEN 'todo' THEN 'cancelled'::procrastinate_job_status ELSE status
                END
            WHERE id = job_id AND status IN ('todo', 'doing')
            RETURNING id INTO _job_id;
        ELSE
            UPDATE procrastinate_jobs
            SET status = 'cancelled'::procrastinate_job_status
            WHERE id = job_id AND status = 'todo'
            RETURNING id INTO _job_id;
        END IF;
    END IF;
    RETURN _job_id;
END;
$$;

CREATE FUNCTION public.procrastinate_defer_jobs_v1(jobs public.procrastinate_job_to_defer_v1[]) RETURNS bigint[]
    LANGUAGE plpgsql
    AS $$
DECLARE
    job_ids bigint[];
BEGIN
    WITH inserted_jobs AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
        SELECT (job).queue_name,
               (job).task_name,
               (job).priority,
               (job).lock,
               (job).queueing_lock,
               (job).args,
               (job).scheduled_at
        FROM unnest(jobs) AS job
        RETURNING id
    )
    SELECT array_agg(id) FROM inserted_jobs INTO job_ids;

    RETURN job_ids;
END;
$$;

CREATE FUNCTION public.procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
	_job_id bigint;
	_defer_id bigint;
BEGIN
    INSERT
        INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)
        VALUES (_task_name, _periodic_id, _defer_timestamp)
        ON CONFLICT DO NOTHING
        RETURNING id into _defer_id;

    IF _defer_id IS NULL THEN
        RETURN NULL;
    END IF;

    UPDATE procrastinate_periodic_defers
        SET job_id = (
            SELECT COALESCE((
                SELECT unnest(procrastinate_defer_jobs_v1(
                    ARRAY[
                        ROW(
                            _queue_name,
                            _task_name,
                            _priority,
                            _lock,
                            _queueing_lock,
                            _args,
                            NULL::timestamptz
                        )
                    ]::procrastinate_job_to_defer_v1[]
                ))
            ), NULL)
        )
        WHERE id = _defer_id
        RETURNING job_id INTO _job_id;

    DELETE
        FROM procrastinate_periodic_defers
        USING (
            SELECT id
            FROM procrastinate_periodic_defers
            WHERE procrastinate_periodic_defers.task_name = _task_name
            AND procrastinate_periodic_defers.periodic_id = _periodic_id
            AND procrastinate_periodic_defers.defer_timestamp < _defer_timestamp
            ORDER BY id
            FOR UPDATE
        ) to_delete
        WHERE procrastinate_periodic_defers.id = to_delete.id;

    RETURN _job_id;
END;
$$;

CREATE TABLE public.procrastinate_jobs (
    id bigint NOT NULL,
    queue_name character varying(128) NOT NULL,
    task_name character varying(128) NOT NULL,
    priority integer DEFAULT 0 NOT NULL,
    lock text,
    queueing_lock text,
    args jsonb DEFAULT '{}'::jsonb NOT NULL,
    status public.procrastinate_job_status DEFAULT 'todo'::public.procrastinate_job_status NOT NULL,
    scheduled_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    abort_requested boolean DEFAULT false NOT NULL,
    worker_id bigint,
    CONSTRAINT check_not_todo_abort_requested CHECK ((NOT ((status = 'todo'::public.procrastinate_job_status) AND (abort_requested = true))))
);

CREATE FUNCTION public.procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) RETURNS public.procrastinate_jobs
    LANGUAGE plpgsql
    AS $$
DECLARE
	found_jobs procrastinate_jobs;
BEGIN
    WITH candidate AS (
        SELECT jobs.*
            FROM procrastinate_jobs AS jobs
            WHERE
                -- reject the job if its lock has earlier or higher priority jobs
                NOT EXISTS (
                    SELECT 1
                        FROM procrastinate_jobs AS other_jobs
                        WHERE
                            jobs.lock IS NOT NULL
                            AND other_jobs.lock = jobs.lock
                            AND (
                                -- job with same lock is already running
                                other_jobs.status = 'doing'
                                OR
                                -- job with same lock is waiting and has higher priority (or same priority but was queued first)
                                (
                                    other_jobs.status = 'todo'
                                    AND (
                                        other_jobs.priority > jobs.priority
                                        OR (
                                        other_jobs.priority = jobs.priority
                                        AND other_jobs.id < jobs.id
                                        )
                                    )
                                )
                            )
                )
                AND jobs.status = 'todo'
                AND (target_queue_names IS NULL OR jobs.queue_name = ANY( target_queue_names ))
                AND (jobs.scheduled_at IS NULL OR jobs.scheduled_at <= now())
            ORDER BY jobs.priority DESC, jobs.id ASC LIMIT 1
            FOR UPDATE OF jobs SKIP LOCKED
    )
    UPDATE procrastinate_jobs
        SET status = 'doing', worker_id = p_worker_id
        FROM candidate
        WHERE procrastinate_jobs.id = candidate.id
        RETURNING procrastinate_jobs.* INTO found_jobs;

 RETURN found_jobs;
END;
$$;

CREATE FUNCTION public.procrastinate_finish_job_v1(job_id bigint, end_status public.procrastinate_job_status, delete_job boolean) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF end_status NOT IN ('succeeded', 'failed', 'aborted') THEN
        RAISE 'End status should be either "succeeded", "failed" or "aborted" (job id: %)', job_id;
    END IF;
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = end_status,
            abort_requested = false,
            attempts = CASE status
                WHEN 'doing' THEN attempts + 1 ELSE attempts
            END
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" or "todo" status (job id: %)', job_id;
    END IF;
END;
$$;

CREATE FUNCTION public.procrastinate_notify_queue_abort_job_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'abort_job_requested', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_notify_queue_job_inserted_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'job_inserted', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    DELETE FROM procrastinate_workers
    WHERE last_heartbeat < NOW() - (seconds_since_heartbeat || 'SECOND')::INTERVAL
    RETURNING procrastinate_workers.id;
END;
$$;

CREATE FUNCTION public.procrastinate_register_worker_v1() RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    INSERT INTO procrastinate_workers DEFAULT VALUES
    RETURNING procrastinate_workers.id;
END;
$$;

CREATE FUNCTION public.procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
BEGIN
    SELECT abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status = 'doing'
    FOR UPDATE
    INTO _abort_requested;
    IF _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" status (job id: %)', job_id;
    END IF;
END;
$$;

CREATE FUNCTION public.procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
    _current_status procrastinate_job_status;
BEGIN
    SELECT status, abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status IN ('doing', 'failed')
    FOR UPDATE
    INTO _current_status, _abort_requested;
    IF _current_status = 'doing' AND _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status IN ('doing', 'failed')
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or has an invalid status to retry (job id: %)', job_id;
    END IF;

END;
$$;

CREATE FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'abort_requested'::procrastinate_job_event_type);
    RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_trigger_function_scheduled_events_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type, at)
        VALUES (NEW.id, 'scheduled'::procrastinate_job_event_type, NEW.scheduled_at);

	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_trigger_function_status_events_insert_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'deferred'::procrastinate_job_event_type);
	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_trigger_function_status_events_update_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    WITH t AS (
        SELECT CASE
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND NEW.status = 'doing'::procrastinate_job_status
                THEN 'started'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'deferred_for_retry'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'failed'::procrastinate_job_status
                THEN 'failed'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'succeeded'::procrastinate_job_status
                THEN 'succeeded'::procrastinate_job_event_type
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND (
                    NEW.status = 'cancelled'::procrastinate_job_status
                    OR NEW.status = 'failed'::procrastinate_job_status
                    OR NEW.status = 'succeeded'::procrastinate_job_status
                )
                THEN 'cancelled'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'aborted'::procrastinate_job_status
                THEN 'aborted'::procrastinate_job_event_type
            WHEN OLD.status = 'failed'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'retried'::procrastinate_job_event_type
            ELSE NULL
        END as event_type
    )
    INSERT INTO procrastinate_events(job_id, type)
        SELECT NEW.id, t.event_type
        FROM t
        WHERE t.event_type IS NOT NULL;
	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_unlink_periodic_defers_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_periodic_defers
    SET job_id = NULL
    WHERE job_id = OLD.id;
    RETURN OLD;
END;
$$;

CREATE FUNCTION public.procrastinate_unregister_worker_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM procrastinate_workers
    WHERE id = worker_id;
END;
$$;

CREATE FUNCTION public.procrastinate_update_heartbeat_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_workers
    SET last_heartbeat = NOW()
    WHERE id = worker_id;
END;
$$;

CREATE FUNCTION public.search_forget() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  DELETE FROM search_document WHERE kind = TG_ARGV[0] AND object_id = to_jsonb(OLD) ->> TG_ARGV[1];
  RETURN OLD;
END $$;

CREATE TABLE public.account (
    person_id bigint NOT NULL,
    login text NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    password_hash text DEFAULT ''::text NOT NULL,
    picture_hash text DEFAULT ''::text NOT NULL,
    activation_hash text DEFAULT ''::text NOT NULL,
    activation_expires_at timestamp with time zone,
    totp_secret text DEFAULT ''::text NOT NULL,
    totp_last_step bigint,
    recovery_mail text DEFAULT ''::text NOT NULL,
    recovery_mobile text DEFAULT ''::text NOT NULL,
    must_change_password boolean DEFAULT false NOT NULL,
    charter_accepted_at timestamp with time zone,
    charter_id bigint,
    last_seen_at timestamp with time zone,
    last_profile_id bigint,
    failures bigint DEFAULT '0'::bigint NOT NULL,
    locked_until timestamp with time zone,
    disabled_at timestamp with time zone,
    disabled_reason text DEFAULT ''::text NOT NULL,
    purge_on date,
    rights_version bigint DEFAULT '0'::bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    stem text GENERATED ALWAYS AS (regexp_replace(login, '[0-9]+$'::text, ''::text)) STORED NOT NULL,
    rank bigint GENERATED ALWAYS AS ((COALESCE(NULLIF("left"("substring"(login, '[0-9]+$'::text), 9), ''::text), '1'::text))::bigint) STORED NOT NULL
);

ALTER TABLE ONLY public.account FORCE ROW LEVEL SECURITY;

CREATE TABLE public.account_batch (
    id uuid NOT NULL,
    kind text NOT NULL,
    label text NOT NULL,
    person_ids bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    asked_by_id bigint NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    done bigint DEFAULT '0'::bigint NOT NULL,
    changed bigint DEFAULT '0'::bigint NOT NULL,
    options jsonb DEFAULT '{}'::jsonb NOT NULL,
    file bytea,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    structure_id bigint NOT NULL
);

ALTER TABLE ONLY public.account_batch FORCE ROW LEVEL SECURITY;

CREATE TABLE public.app_password (
    id uuid NOT NULL,
    person_id bigint NOT NULL,
    name text NOT NULL,
    scope text NOT NULL,
    token_hash text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone
);

ALTER TABLE ONLY public.app_password FORCE ROW LEVEL SECURITY;

CREATE TABLE public.blob (
    sha256 text NOT NULL,
    size bigint NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    signature text DEFAULT ''::text NOT NULL,
    thumbnail text,
    created_at timestamp with time zone NOT NULL,
    wanted_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.bookmark (
    title text NOT NULL,
    url text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    folder_id uuid,
    "position" bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    path uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    id uuid NOT NULL,
    owner_id bigint NOT NULL,
    open_to bigint[] DEFAULT '{}'::bigint[] NOT NULL
);

ALTER TABLE ONLY public.bookmark FORCE ROW LEVEL SECURITY;

CREATE TABLE public.bookmark_folder (
    name text NOT NULL,
    parent_id uuid,
    "position" bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    path uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    id uuid NOT NULL,
    owner_id bigint NOT NULL,
    open_to bigint[] DEFAULT '{}'::bigint[] NOT NULL
);

ALTER TABLE ONLY public.bookmark_folder FORCE ROW LEVEL SECURITY;

CREATE TABLE public.charter (
    id bigint NOT NULL,
    structure_id bigint,
    version bigint NOT NULL,
    text text NOT NULL,
    published_by_id bigint,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE public.charter_acceptance (
    person_id bigint NOT NULL,
    charter_id bigint NOT NULL,
    at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.charter_acceptance FORCE ROW LEVEL SECURITY;

CREATE SEQUENCE public.charter_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.charter_id_seq OWNED BY public.charter.id;

CREATE TABLE public.class_door (
    id uuid NOT NULL,
    code text NOT NULL,
    group_id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    structure_id bigint NOT NULL
);

ALTER TABLE ONLY public.class_door FORCE ROW LEVEL SECURITY;

CREATE TABLE public.exchange_run (
    id uuid NOT NULL,
    kind text NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    request jsonb DEFAULT '{}'::jsonb NOT NULL,
    report jsonb DEFAULT '{}'::jsonb NOT NULL,
    error text DEFAULT ''::text NOT NULL,
    done bigint DEFAULT '0'::bigint NOT NULL,
    total bigint DEFAULT '0'::bigint NOT NULL,
    blob text,
    name text DEFAULT ''::text NOT NULL,
    size bigint DEFAULT '0'::bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    owner_id bigint NOT NULL,
    open_to bigint[] DEFAULT '{}'::bigint[] NOT NULL
);

ALTER TABLE ONLY public.exchange_run FORCE ROW LEVEL SECURITY;

CREATE TABLE public.feed_batch (
    delivery_id bigint NOT NULL,
    stage text NOT NULL,
    number bigint NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    done boolean DEFAULT false NOT NULL,
    result jsonb DEFAULT '{}'::jsonb NOT NULL
);

CREATE UNLOGGED TABLE public.feed_code (
    delivery_id bigint NOT NULL,
    batch bigint NOT NULL,
    kind text,
    key text,
    operation text,
    label text,
    "national" text,
    stat text
);

CREATE TABLE public.feed_delivery (
    id bigint NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    size bigint NOT NULL,
    source text NOT NULL,
    mode text NOT NULL,
    dated date NOT NULL,
    uai text DEFAULT ''::text NOT NULL,
    path text DEFAULT ''::text NOT NULL,
    state text DEFAULT 'received'::text NOT NULL,
    stage text DEFAULT ''::text NOT NULL,
    progress jsonb DEFAULT '{}'::jsonb NOT NULL,
    counts jsonb DEFAULT '{}'::jsonb NOT NULL,
    plan jsonb DEFAULT '{}'::jsonb NOT NULL,
    refusal jsonb DEFAULT '{}'::jsonb NOT NULL,
    received_by text DEFAULT ''::text NOT NULL,
    received_at timestamp with time zone NOT NULL,
    approved_by text DEFAULT ''::text NOT NULL,
    applied_at timestamp with time zone
);

CREATE SEQUENCE public.feed_delivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.feed_delivery_id_seq OWNED BY public.feed_delivery.id;

CREATE UNLOGGED TABLE public.feed_membership (
    delivery_id bigint NOT NULL,
    batch bigint NOT NULL,
    category text,
    key text,
    structure_key text,
    kind text,
    code text,
    role text,
    label text
);

CREATE UNLOGGED TABLE public.feed_missing (
    delivery_id bigint NOT NULL,
    batch bigint NOT NULL,
    category text,
    key text,
    person_id bigint
);

CREATE UNLOGGED TABLE public.feed_person (
    delivery_id bigint NOT NULL,
    batch bigint NOT NULL,
    category text,
    key text,
    operation text,
    head bigint,
    last_name text,
    first_name text,
    birth_name text,
    other_names text,
    civility text,
    birth_date date,
    mail text,
    phones jsonb,
    address jsonb,
    attributes jsonb,
    ine text,
    speaks_of smallint
);

CREATE TABLE public.feed_problem (
    id bigint NOT NULL,
    delivery_id bigint NOT NULL,
    batch bigint NOT NULL,
    code text NOT NULL,
    file text NOT NULL,
    "position" bigint NOT NULL,
    key text NOT NULL,
    structure_key text DEFAULT ''::text NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL
);

CREATE SEQUENCE public.feed_problem_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.feed_problem_id_seq OWNED BY public.feed_problem.id;

CREATE UNLOGGED TABLE public.feed_profile (
    delivery_id bigint NOT NULL,
    batch bigint NOT NULL,
    category text,
    key text,
    structure_key text,
    kind text,
    functions jsonb,
    level text,
    attributes jsonb
);

CREATE TABLE public.feed_record (
    source text NOT NULL,
    category text NOT NULL,
    key text NOT NULL,
    head bigint,
    delivery_id bigint NOT NULL
);

CREATE UNLOGGED TABLE public.feed_relation (
    delivery_id bigint NOT NULL,
    batch bigint NOT NULL,
    key text,
    guardian_key text,
    link text,
    legal smallint,
    financial boolean,
    contact boolean,
    payment boolean,
    lives_with boolean,
    structure_keys text[]
);

CREATE UNLOGGED TABLE public.feed_removal (
    delivery_id bigint NOT NULL,
    batch bigint NOT NULL,
    target text,
    category text,
    key text
);

CREATE UNLOGGED TABLE public.feed_seen (
    delivery_id bigint NOT NULL,
    batch bigint NOT NULL,
    head bigint
);

CREATE UNLOGGED TABLE public.feed_structure (
    delivery_id bigint NOT NULL,
    batch bigint NOT NULL,
    key text,
    operation text,
    content jsonb
);

CREATE UNLOGGED TABLE public.feed_teaching (
    delivery_id bigint NOT NULL,
    batch bigint NOT NULL,
    category text,
    key text,
    structure_key text,
    kind text,
    code text,
    subject_code text
);

CREATE UNLOGGED TABLE public.feed_touched (
    delivery_id bigint NOT NULL,
    batch bigint NOT NULL,
    person_id bigint
);

CREATE TABLE public.file_hand_in (
    id uuid NOT NULL,
    locker_id uuid NOT NULL,
    handed_at timestamp with time zone NOT NULL,
    late boolean DEFAULT false NOT NULL,
    comment text DEFAULT ''::text NOT NULL,
    returned_at timestamp with time zone,
    answer text DEFAULT ''::text NOT NULL,
    owner_id bigint NOT NULL,
    open_to bigint[] DEFAULT '{}'::bigint[] NOT NULL
);

ALTER TABLE ONLY public.file_hand_in FORCE ROW LEVEL SECURITY;

CREATE TABLE public.file_hand_in_file (
    id uuid NOT NULL,
    hand_in_id uuid NOT NULL,
    name text NOT NULL,
    blob text NOT NULL,
    size bigint NOT NULL,
    media_type text NOT NULL,
    returned boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.file_hand_in_file FORCE ROW LEVEL SECURITY;

CREATE TABLE public.file_lock (
    token text NOT NULL,
    node_id uuid NOT NULL,
    space_id uuid NOT NULL,
    person_id bigint NOT NULL,
    exclusive boolean NOT NULL,
    deep boolean NOT NULL,
    owner text DEFAULT ''::text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.file_lock FORCE ROW LEVEL SECURITY;

CREATE TABLE public.file_locker (
    id uuid NOT NULL,
    group_id bigint NOT NULL,
    title text NOT NULL,
    instructions text DEFAULT ''::text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    late_accepted boolean DEFAULT true NOT NULL,
    closed_at timestamp with time zone,
    reminded_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    owner_id bigint NOT NULL,
    open_to bigint[] DEFAULT '{}'::bigint[] NOT NULL
);

ALTER TABLE ONLY public.file_locker FORCE ROW LEVEL SECURITY;

CREATE TABLE public.file_node (
    owner_id bigint,
    space_id uuid NOT NULL,
    parent_id uuid,
    name text NOT NULL,
    is_folder boolean DEFAULT false NOT NULL,
    blob text,
    size bigint DEFAULT '0'::bigint NOT NULL,
    media_type text DEFAULT ''::text NOT NULL,
    properties jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_by_id bigint,
    updated_by_id bigint,
    created_at timestamp with time zone NOT NULL,
    trashed_at timestamp with time zone,
    trash_id uuid,
    updated_at timestamp with time zone NOT NULL,
    path uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    id uuid NOT NULL,
    open_to bigint[] DEFAULT '{}'::bigint[] NOT NULL
);

ALTER TABLE ONLY public.file_node FORCE ROW LEVEL SECURITY;

CREATE TABLE public.file_space (
    id uuid NOT NULL,
    owner_id bigint,
    group_id bigint,
    used bigint DEFAULT '0'::bigint NOT NULL,
    quota bigint NOT NULL,
    warn_at bigint NOT NULL,
    quota_set bigint,
    warned_at timestamp with time zone,
    members_level text DEFAULT 'write'::text NOT NULL,
    open_to bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    CONSTRAINT ck_file_space_whose CHECK ((num_nonnulls(owner_id, group_id) = 1))
);

ALTER TABLE ONLY public.file_space FORCE ROW LEVEL SECURITY;

CREATE TABLE public.file_version (
    id uuid NOT NULL,
    node_id uuid NOT NULL,
    blob text NOT NULL,
    size bigint NOT NULL,
    media_type text NOT NULL,
    author_id bigint,
    written_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.file_version FORCE ROW LEVEL SECURITY;

CREATE TABLE public.group_join_request (
    group_id bigint NOT NULL,
    person_id bigint NOT NULL,
    message text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.group_join_request FORCE ROW LEVEL SECURITY;

CREATE TABLE public.group_sheet (
    group_id bigint NOT NULL,
    joining text DEFAULT 'closed'::text NOT NULL,
    code text,
    reminded_for date,
    closed_at timestamp with time zone,
    ended_on date,
    CONSTRAINT ck_group_sheet_joining CHECK ((joining = ANY (ARRAY['closed'::text, 'request'::text, 'code'::text])))
);

ALTER TABLE ONLY public.group_sheet FORCE ROW LEVEL SECURITY;

CREATE TABLE public.group_tool (
    group_id bigint NOT NULL,
    service text NOT NULL,
    level text DEFAULT 'write'::text NOT NULL,
    quota bigint,
    CONSTRAINT ck_group_tool_level CHECK ((level = ANY (ARRAY['read'::text, 'write'::text, 'manage'::text])))
);

ALTER TABLE ONLY public.group_tool FORCE ROW LEVEL SECURITY;

CREATE TABLE public.group_tool_right (
    group_id bigint NOT NULL,
    service text NOT NULL,
    person_id bigint NOT NULL,
    level text NOT NULL,
    CONSTRAINT ck_group_tool_right_level CHECK ((level = ANY (ARRAY['none'::text, 'read'::text, 'write'::text, 'manage'::text])))
);

ALTER TABLE ONLY public.group_tool_right FORCE ROW LEVEL SECURITY;

CREATE TABLE public."grouping" (
    id bigint NOT NULL,
    uid text NOT NULL,
    structure_id bigint,
    kind text NOT NULL,
    code text DEFAULT ''::text NOT NULL,
    name text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    level text DEFAULT ''::text NOT NULL,
    source text DEFAULT 'manual'::text NOT NULL,
    attributes jsonb DEFAULT '{}'::jsonb NOT NULL,
    owner_id bigint,
    starts_on date,
    ends_on date,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    open_to bigint[] DEFAULT '{}'::bigint[] NOT NULL
);

ALTER TABLE ONLY public."grouping" FORCE ROW LEVEL SECURITY;

CREATE SEQUENCE public.grouping_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.grouping_id_seq OWNED BY public."grouping".id;

CREATE TABLE public.incident (
    id uuid NOT NULL,
    reported_by_id bigint,
    title text NOT NULL,
    body text NOT NULL,
    severity text NOT NULL,
    page text NOT NULL,
    device text NOT NULL,
    state text NOT NULL,
    answer text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    structure_id bigint NOT NULL
);

ALTER TABLE ONLY public.incident FORCE ROW LEVEL SECURITY;

CREATE TABLE public.journal_entry (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_id bigint NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    object_kind text NOT NULL,
    object_key text NOT NULL,
    structure_id bigint,
    origin text NOT NULL,
    details jsonb NOT NULL
);

ALTER TABLE ONLY public.journal_entry FORCE ROW LEVEL SECURITY;

CREATE SEQUENCE public.journal_entry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.journal_entry_id_seq OWNED BY public.journal_entry.id;

CREATE TABLE public.journal_seal (
    sequence bigint NOT NULL,
    entry_id bigint NOT NULL,
    hash text NOT NULL
);

CREATE TABLE public.known_origin (
    person_id bigint NOT NULL,
    network text NOT NULL,
    device text NOT NULL,
    seen_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.known_origin FORCE ROW LEVEL SECURITY;

CREATE TABLE public.mef (
    code text NOT NULL,
    label text NOT NULL,
    national_code text DEFAULT ''::text NOT NULL,
    stat_code text DEFAULT ''::text NOT NULL
);

CREATE TABLE public.membership (
    group_id bigint NOT NULL,
    person_id bigint NOT NULL,
    role text DEFAULT 'member'::text NOT NULL,
    source text DEFAULT 'manual'::text NOT NULL
);

ALTER TABLE ONLY public.membership FORCE ROW LEVEL SECURITY;

CREATE TABLE public.news_article (
    id uuid NOT NULL,
    structure_id bigint NOT NULL,
    level text DEFAULT 'information'::text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    audience text[] DEFAULT '{}'::text[] NOT NULL,
    public boolean DEFAULT false NOT NULL,
    pinned boolean DEFAULT false NOT NULL,
    ask_receipt boolean DEFAULT false NOT NULL,
    picture text,
    picture_type text DEFAULT ''::text NOT NULL,
    picture_alt text DEFAULT ''::text NOT NULL,
    state text DEFAULT 'draft'::text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    submitted_at timestamp with time zone,
    published_at timestamp with time zone,
    decided_by_id bigint,
    refusal text DEFAULT ''::text NOT NULL,
    announced_at timestamp with time zone,
    trashed_at timestamp with time zone,
    owner_id bigint NOT NULL,
    open_to bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    CONSTRAINT ck_news_article_duration CHECK ((ends_at > starts_at)),
    CONSTRAINT ck_news_article_level CHECK ((level = ANY (ARRAY['alert'::text, 'important'::text, 'information'::text]))),
    CONSTRAINT ck_news_article_picture_alt CHECK (((picture IS NULL) OR (picture_alt <> ''::text))),
    CONSTRAINT ck_news_article_state CHECK ((state = ANY (ARRAY['draft'::text, 'submitted'::text, 'published'::text, 'refused'::text, 'archived'::text])))
);

ALTER TABLE ONLY public.news_article FORCE ROW LEVEL SECURITY;

CREATE TABLE public.news_attachment (
    id uuid NOT NULL,
    article_id uuid NOT NULL,
    blob text NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    alt text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.news_attachment FORCE ROW LEVEL SECURITY;

CREATE TABLE public.news_notebook_notice (
    article_id uuid NOT NULL,
    pupil_id bigint NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    signed_by_id bigint,
    signed_at timestamp with time zone
);

ALTER TABLE ONLY public.news_notebook_notice FORCE ROW LEVEL SECURITY;

CREATE TABLE public.news_reading (
    article_id uuid NOT NULL,
    person_id bigint NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone
);

ALTER TABLE ONLY public.news_reading FORCE ROW LEVEL SECURITY;

CREATE TABLE public.news_version (
    article_id uuid NOT NULL,
    number bigint NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    saved_at timestamp with time zone NOT NULL,
    saved_by_id bigint
);

ALTER TABLE ONLY public.news_version FORCE ROW LEVEL SECURITY;

CREATE TABLE public.notification (
    id bigint NOT NULL,
    person_id bigint NOT NULL,
    event text NOT NULL,
    title text NOT NULL,
    body text DEFAULT ''::text NOT NULL,
    short text DEFAULT ''::text NOT NULL,
    url text DEFAULT ''::text NOT NULL,
    shown boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone NOT NULL,
    read_at timestamp with time zone
);

ALTER TABLE ONLY public.notification FORCE ROW LEVEL SECURITY;

CREATE TABLE public.notification_choice (
    person_id bigint NOT NULL,
    event text NOT NULL,
    medium text NOT NULL,
    frequency text NOT NULL
);

ALTER TABLE ONLY public.notification_choice FORCE ROW LEVEL SECURITY;

CREATE TABLE public.notification_delivery (
    notification_id bigint NOT NULL,
    medium text NOT NULL,
    person_id bigint NOT NULL,
    due_at timestamp with time zone NOT NULL,
    digest boolean DEFAULT false NOT NULL
);

ALTER TABLE ONLY public.notification_delivery FORCE ROW LEVEL SECURITY;

CREATE SEQUENCE public.notification_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.notification_id_seq OWNED BY public.notification.id;

CREATE TABLE public.outgoing_message (
    id bigint NOT NULL,
    medium text NOT NULL,
    recipient text NOT NULL,
    subject text DEFAULT ''::text NOT NULL,
    text text NOT NULL,
    kind text DEFAULT ''::text NOT NULL,
    secret boolean DEFAULT false NOT NULL,
    person_id bigint,
    structure_id bigint,
    created_at timestamp with time zone NOT NULL,
    refusal text DEFAULT ''::text NOT NULL
);

ALTER TABLE ONLY public.outgoing_message FORCE ROW LEVEL SECURITY;

CREATE SEQUENCE public.outgoing_message_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.outgoing_message_id_seq OWNED BY public.outgoing_message.id;

CREATE TABLE public.partner (
    id uuid NOT NULL,
    name text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    owner text NOT NULL,
    agreement text DEFAULT ''::text NOT NULL,
    category bigint NOT NULL,
    landing text NOT NULL,
    addresses text[] DEFAULT '{}'::text[] NOT NULL,
    identifier text DEFAULT 'opaque'::text NOT NULL,
    released jsonb DEFAULT '[]'::jsonb NOT NULL,
    layout text DEFAULT 'cas3'::text NOT NULL,
    level bigint DEFAULT '10'::bigint NOT NULL,
    may_proxy boolean DEFAULT false NOT NULL,
    starts_on date,
    ends_on date,
    suspended boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

CREATE TABLE public.partner_link (
    person_id bigint NOT NULL,
    partner_id uuid NOT NULL,
    opaque text NOT NULL,
    told text[] DEFAULT '{}'::text[] NOT NULL,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    times bigint DEFAULT '0'::bigint NOT NULL
);

ALTER TABLE ONLY public.partner_link FORCE ROW LEVEL SECURITY;

CREATE TABLE public.partner_opening (
    id bigint NOT NULL,
    partner_id uuid NOT NULL,
    profiles text[] DEFAULT '{}'::text[] NOT NULL,
    structure_id bigint NOT NULL
);

ALTER TABLE ONLY public.partner_opening FORCE ROW LEVEL SECURITY;

CREATE SEQUENCE public.partner_opening_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.partner_opening_id_seq OWNED BY public.partner_opening.id;

CREATE UNLOGGED TABLE public.partner_ticket (
    hash text NOT NULL,
    kind text NOT NULL,
    partner_id uuid NOT NULL,
    session_id uuid NOT NULL,
    address text NOT NULL,
    fresh boolean NOT NULL,
    proxies text[] DEFAULT '{}'::text[] NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

CREATE TABLE public.partner_visit (
    id bigint NOT NULL,
    session_id uuid NOT NULL,
    partner_id uuid NOT NULL,
    address text NOT NULL,
    ticket text NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE SEQUENCE public.partner_visit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.partner_visit_id_seq OWNED BY public.partner_visit.id;

CREATE TABLE public.permission_grant (
    id uuid NOT NULL,
    permission text NOT NULL,
    principal text NOT NULL,
    starts_on date,
    ends_on date,
    suspended boolean DEFAULT false NOT NULL,
    delegated_by_id bigint,
    created_at timestamp with time zone NOT NULL,
    structure_id bigint NOT NULL
);

ALTER TABLE ONLY public.permission_grant FORCE ROW LEVEL SECURITY;

CREATE TABLE public.permission_override (
    id bigint NOT NULL,
    permission text NOT NULL,
    profile text NOT NULL,
    allowed boolean NOT NULL,
    structure_id bigint NOT NULL
);

ALTER TABLE ONLY public.permission_override FORCE ROW LEVEL SECURITY;

CREATE SEQUENCE public.permission_override_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.permission_override_id_seq OWNED BY public.permission_override.id;

CREATE TABLE public.person (
    uid text NOT NULL,
    last_name text NOT NULL,
    first_name text NOT NULL,
    birth_name text DEFAULT ''::text NOT NULL,
    other_names text DEFAULT ''::text NOT NULL,
    civility text DEFAULT ''::text NOT NULL,
    birth_date date,
    mail text DEFAULT ''::text NOT NULL,
    phones jsonb DEFAULT '{}'::jsonb NOT NULL,
    address jsonb DEFAULT '{}'::jsonb NOT NULL,
    attributes jsonb DEFAULT '{}'::jsonb NOT NULL,
    merged_into_id bigint,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    id bigint NOT NULL,
    open_to bigint[] DEFAULT '{}'::bigint[] NOT NULL
);

ALTER TABLE ONLY public.person FORCE ROW LEVEL SECURITY;

CREATE SEQUENCE public.person_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.person_id_seq OWNED BY public.person.id;

CREATE TABLE public.person_merge (
    id uuid NOT NULL,
    kept_id bigint NOT NULL,
    gone_id bigint NOT NULL,
    moved jsonb NOT NULL,
    before jsonb NOT NULL,
    merged_by_id bigint,
    created_at timestamp with time zone NOT NULL,
    undone_at timestamp with time zone
);

ALTER TABLE ONLY public.person_merge FORCE ROW LEVEL SECURITY;

CREATE TABLE public.portal_logo (
    id uuid NOT NULL,
    kind text NOT NULL,
    structure_id bigint,
    name text NOT NULL,
    content bytea NOT NULL,
    width bigint NOT NULL,
    height bigint NOT NULL,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE public.portal_message (
    id uuid NOT NULL,
    structure_id bigint,
    title text NOT NULL,
    body text NOT NULL,
    tone text NOT NULL,
    audience text[] DEFAULT '{}'::text[] NOT NULL,
    public boolean NOT NULL,
    starts_on date,
    ends_on date,
    author_id bigint,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.portal_message FORCE ROW LEVEL SECURITY;

CREATE TABLE public.portal_text (
    name text NOT NULL,
    body text NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

CREATE TABLE public.procrastinate_events (
    id bigint NOT NULL,
    job_id bigint NOT NULL,
    type public.procrastinate_job_event_type,
    at timestamp with time zone DEFAULT now()
);

CREATE SEQUENCE public.procrastinate_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.procrastinate_events_id_seq OWNED BY public.procrastinate_events.id;

CREATE SEQUENCE public.procrastinate_jobs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.procrastinate_jobs_id_seq OWNED BY public.procrastinate_jobs.id;

CREATE TABLE public.procrastinate_periodic_defers (
    id bigint NOT NULL,
    task_name character varying(128) NOT NULL,
    defer_timestamp bigint,
    job_id bigint,
    periodic_id character varying(128) DEFAULT ''::character varying NOT NULL
);

CREATE SEQUENCE public.procrastinate_periodic_defers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.procrastinate_periodic_defers_id_seq OWNED BY public.procrastinate_periodic_defers.id;

CREATE TABLE public.procrastinate_workers (
    id bigint NOT NULL,
    last_heartbeat timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.procrastinate_workers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.procrastinate_workers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.profile (
    id bigint NOT NULL,
    person_id bigint NOT NULL,
    kind text NOT NULL,
    source text DEFAULT 'manual'::text NOT NULL,
    functions jsonb DEFAULT '[]'::jsonb NOT NULL,
    level text DEFAULT ''::text NOT NULL,
    attributes jsonb DEFAULT '{}'::jsonb NOT NULL,
    starts_on date,
    ends_on date,
    left_on date,
    structure_id bigint NOT NULL
);

ALTER TABLE ONLY public.profile FORCE ROW LEVEL SECURITY;

CREATE SEQUENCE public.profile_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.profile_id_seq OWNED BY public.profile.id;

CREATE TABLE public.project_role (
    person_id bigint NOT NULL,
    name text NOT NULL,
    starts_on date,
    ends_on date
);

CREATE TABLE public.recovery_code (
    id bigint NOT NULL,
    person_id bigint NOT NULL,
    code_hash text NOT NULL,
    used_at timestamp with time zone
);

ALTER TABLE ONLY public.recovery_code FORCE ROW LEVEL SECURITY;

CREATE SEQUENCE public.recovery_code_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.recovery_code_id_seq OWNED BY public.recovery_code.id;

CREATE TABLE public.relation (
    guardian_id bigint NOT NULL,
    pupil_id bigint NOT NULL,
    link text NOT NULL,
    legal bigint DEFAULT '0'::bigint NOT NULL,
    financial boolean DEFAULT false NOT NULL,
    contact boolean DEFAULT false NOT NULL,
    payment boolean DEFAULT false NOT NULL,
    lives_with boolean DEFAULT false NOT NULL,
    source text DEFAULT 'manual'::text NOT NULL,
    CONSTRAINT ck_relation_legal CHECK (((legal >= 0) AND (legal <= 2)))
);

ALTER TABLE ONLY public.relation FORCE ROW LEVEL SECURITY;

CREATE TABLE public.role (
    id bigint NOT NULL,
    person_id bigint NOT NULL,
    name text NOT NULL,
    group_id bigint,
    source text DEFAULT 'manual'::text NOT NULL,
    starts_on date,
    ends_on date,
    delegated_by_id bigint,
    structure_id bigint NOT NULL
);

ALTER TABLE ONLY public.role FORCE ROW LEVEL SECURITY;

CREATE SEQUENCE public.role_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.role_id_seq OWNED BY public.role.id;

CREATE TABLE public.saved_search (
    id uuid NOT NULL,
    name text NOT NULL,
    query jsonb NOT NULL,
    results jsonb DEFAULT '[]'::jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    owner_id bigint NOT NULL,
    open_to bigint[] DEFAULT '{}'::bigint[] NOT NULL
);

ALTER TABLE ONLY public.saved_search FORCE ROW LEVEL SECURITY;

CREATE TABLE public.search_document (
    kind text NOT NULL,
    object_id text NOT NULL,
    owner_id bigint,
    open_to bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    title text NOT NULL,
    body text DEFAULT ''::text NOT NULL,
    author text DEFAULT ''::text NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    url text DEFAULT ''::text NOT NULL,
    at timestamp with time zone,
    blob text DEFAULT ''::text NOT NULL,
    tsv tsvector NOT NULL,
    indexed_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.search_document FORCE ROW LEVEL SECURITY;

CREATE TABLE public.search_history (
    id bigint NOT NULL,
    person_id bigint NOT NULL,
    query jsonb NOT NULL,
    words text NOT NULL,
    results bigint NOT NULL,
    at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.search_history FORCE ROW LEVEL SECURITY;

CREATE SEQUENCE public.search_history_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.search_history_id_seq OWNED BY public.search_history.id;

CREATE TABLE public.search_text (
    blob text NOT NULL,
    text text DEFAULT ''::text NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    state text NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.search_text FORCE ROW LEVEL SECURITY;

CREATE TABLE public.second_channel_code (
    id uuid NOT NULL,
    person_id bigint NOT NULL,
    purpose text NOT NULL,
    code_hash text NOT NULL,
    target text NOT NULL,
    tries bigint NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

CREATE TABLE public.security_alert (
    id uuid NOT NULL,
    kind text NOT NULL,
    structure_id bigint,
    person_id bigint,
    origin text NOT NULL,
    details jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    handled_at timestamp with time zone,
    handled_by_id bigint
);

ALTER TABLE ONLY public.security_alert FORCE ROW LEVEL SECURITY;

CREATE TABLE public.setting_value (
    name text NOT NULL,
    level text NOT NULL,
    scope_id bigint NOT NULL,
    value jsonb NOT NULL,
    locked boolean NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

CREATE TABLE public.setting_version (
    person_id bigint NOT NULL,
    number bigint NOT NULL
);

CREATE TABLE public.share (
    object_id uuid NOT NULL,
    principal text NOT NULL,
    kind text NOT NULL,
    level bigint NOT NULL,
    structures bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    shared_by_id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE public.sign_in_session (
    id uuid NOT NULL,
    token_hash text NOT NULL,
    person_id bigint NOT NULL,
    identity jsonb NOT NULL,
    rights_version bigint NOT NULL,
    level bigint NOT NULL,
    device text NOT NULL,
    origin text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    idle_minutes bigint NOT NULL,
    stepped_up_at timestamp with time zone,
    ends_at timestamp with time zone,
    data jsonb NOT NULL
);

CREATE TABLE public.source_key (
    source text NOT NULL,
    key text NOT NULL,
    person_id bigint NOT NULL,
    delivery_id bigint,
    hash text DEFAULT ''::text NOT NULL
);

ALTER TABLE ONLY public.source_key FORCE ROW LEVEL SECURITY;

CREATE TABLE public.structure (
    id bigint NOT NULL,
    uai text,
    kind text NOT NULL,
    degree bigint,
    name text NOT NULL,
    short_name text NOT NULL,
    siret text NOT NULL,
    source text NOT NULL,
    key text,
    contact jsonb DEFAULT '{}'::jsonb NOT NULL,
    attributes jsonb DEFAULT '{}'::jsonb NOT NULL,
    opened boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

CREATE SEQUENCE public.structure_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.structure_id_seq OWNED BY public.structure.id;

CREATE TABLE public.structure_link (
    parent_id bigint NOT NULL,
    child_id bigint NOT NULL,
    kind text NOT NULL
);

CREATE TABLE public.subject (
    code text NOT NULL,
    label text NOT NULL,
    national_code text DEFAULT ''::text NOT NULL
);

CREATE TABLE public.teaching (
    id bigint NOT NULL,
    person_id bigint NOT NULL,
    group_id bigint NOT NULL,
    subject_code text DEFAULT ''::text NOT NULL,
    source text DEFAULT 'manual'::text NOT NULL,
    structure_id bigint NOT NULL
);

ALTER TABLE ONLY public.teaching FORCE ROW LEVEL SECURITY;

CREATE SEQUENCE public.teaching_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.teaching_id_seq OWNED BY public.teaching.id;

CREATE TABLE public.throttle (
    bucket text NOT NULL,
    failures bigint NOT NULL,
    locks bigint NOT NULL,
    seen text[] DEFAULT '{}'::text[] NOT NULL,
    since timestamp with time zone NOT NULL,
    blocked_until timestamp with time zone
);

CREATE TABLE public.usage_hour (
    hour timestamp with time zone NOT NULL,
    service text NOT NULL,
    counter text NOT NULL,
    profile text NOT NULL,
    structure_id bigint NOT NULL,
    channel text NOT NULL,
    count bigint NOT NULL
);

ALTER TABLE ONLY public.usage_hour FORCE ROW LEVEL SECURITY;

CREATE TABLE public.visibility_rule (
    id uuid NOT NULL,
    viewer text NOT NULL,
    subject text NOT NULL,
    scope text NOT NULL,
    fields text[] DEFAULT '{}'::text[] NOT NULL,
    structure_id bigint NOT NULL
);

ALTER TABLE ONLY public.visibility_rule FORCE ROW LEVEL SECURITY;

CREATE TABLE public.white_page (
    person_id bigint NOT NULL,
    mail text DEFAULT ''::text NOT NULL,
    phone text DEFAULT ''::text NOT NULL,
    website text DEFAULT ''::text NOT NULL,
    about text DEFAULT ''::text NOT NULL,
    photo text,
    restrictions jsonb DEFAULT '{}'::jsonb NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.white_page FORCE ROW LEVEL SECURITY;

CREATE TABLE public.year_change (
    id uuid NOT NULL,
    year text NOT NULL,
    state text NOT NULL,
    report jsonb NOT NULL,
    done_groups bigint NOT NULL,
    total_groups bigint NOT NULL,
    asked_by_id bigint,
    created_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    structure_id bigint NOT NULL
);

ALTER TABLE ONLY public.year_change FORCE ROW LEVEL SECURITY;

ALTER TABLE ONLY public.charter ALTER COLUMN id SET DEFAULT nextval('public.charter_id_seq'::regclass);

ALTER TABLE ONLY public.feed_delivery ALTER COLUMN id SET DEFAULT nextval('public.feed_delivery_id_seq'::regclass);

ALTER TABLE ONLY public.feed_problem ALTER COLUMN id SET DEFAULT nextval('public.feed_problem_id_seq'::regclass);

ALTER TABLE ONLY public."grouping" ALTER COLUMN id SET DEFAULT nextval('public.grouping_id_seq'::regclass);

ALTER TABLE ONLY public.journal_entry ALTER COLUMN id SET DEFAULT nextval('public.journal_entry_id_seq'::regclass);

ALTER TABLE ONLY public.notification ALTER COLUMN id SET DEFAULT nextval('public.notification_id_seq'::regclass);

ALTER TABLE ONLY public.outgoing_message ALTER COLUMN id SET DEFAULT nextval('public.outgoing_message_id_seq'::regclass);

ALTER TABLE ONLY public.partner_opening ALTER COLUMN id SET DEFAULT nextval('public.partner_opening_id_seq'::regclass);

ALTER TABLE ONLY public.partner_visit ALTER COLUMN id SET DEFAULT nextval('public.partner_visit_id_seq'::regclass);

ALTER TABLE ONLY public.permission_override ALTER COLUMN id SET DEFAULT nextval('public.permission_override_id_seq'::regclass);

ALTER TABLE ONLY public.person ALTER COLUMN id SET DEFAULT nextval('public.person_id_seq'::regclass);

ALTER TABLE ONLY public.procrastinate_events ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_events_id_seq'::regclass);

ALTER TABLE ONLY public.procrastinate_jobs ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_jobs_id_seq'::regclass);

ALTER TABLE ONLY public.procrastinate_periodic_defers ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_periodic_defers_id_seq'::regclass);

ALTER TABLE ONLY public.profile ALTER COLUMN id SET DEFAULT nextval('public.profile_id_seq'::regclass);

ALTER TABLE ONLY public.recovery_code ALTER COLUMN id SET DEFAULT nextval('public.recovery_code_id_seq'::regclass);

ALTER TABLE ONLY public.role ALTER COLUMN id SET DEFAULT nextval('public.role_id_seq'::regclass);

ALTER TABLE ONLY public.search_history ALTER COLUMN id SET DEFAULT nextval('public.search_history_id_seq'::regclass);

ALTER TABLE ONLY public.structure ALTER COLUMN id SET DEFAULT nextval('public.structure_id_seq'::regclass);

ALTER TABLE ONLY public.teaching ALTER COLUMN id SET DEFAULT nextval('public.teaching_id_seq'::regclass);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT pk_account PRIMARY KEY (person_id);

ALTER TABLE ONLY public.account_batch
    ADD CONSTRAINT pk_account_batch PRIMARY KEY (id);

ALTER TABLE ONLY public.app_password
    ADD CONSTRAINT pk_app_password PRIMARY KEY (id);

ALTER TABLE ONLY public.blob
    ADD CONSTRAINT pk_blob PRIMARY KEY (sha256);

ALTER TABLE ONLY public.bookmark
    ADD CONSTRAINT pk_bookmark PRIMARY KEY (id);

ALTER TABLE ONLY public.bookmark_folder
    ADD CONSTRAINT pk_bookmark_folder PRIMARY KEY (id);

ALTER TABLE ONLY public.charter
    ADD CONSTRAINT pk_charter PRIMARY KEY (id);

ALTER TABLE ONLY public.charter_acceptance
    ADD CONSTRAINT pk_charter_acceptance PRIMARY KEY (person_id, charter_id);

ALTER TABLE ONLY public.class_door
    ADD CONSTRAINT pk_class_door PRIMARY KEY (id);

ALTER TABLE ONLY public.exchange_run
    ADD CONSTRAINT pk_exchange_run PRIMARY KEY (id);

ALTER TABLE ONLY public.feed_batch
    ADD CONSTRAINT pk_feed_batch PRIMARY KEY (delivery_id, stage, number);

ALTER TABLE ONLY public.feed_delivery
    ADD CONSTRAINT pk_feed_delivery PRIMARY KEY (id);

ALTER TABLE ONLY public.feed_problem
    ADD CONSTRAINT pk_feed_problem PRIMARY KEY (id);

ALTER TABLE ONLY public.feed_record
    ADD CONSTRAINT pk_feed_record PRIMARY KEY (source, category, key);

ALTER TABLE ONLY public.file_hand_in
    ADD CONSTRAINT pk_file_hand_in PRIMARY KEY (id);

ALTER TABLE ONLY public.file_hand_in_file
    ADD CONSTRAINT pk_file_hand_in_file PRIMARY KEY (id);

ALTER TABLE ONLY public.file_lock
    ADD CONSTRAINT pk_file_lock PRIMARY KEY (token);

ALTER TABLE ONLY public.file_locker
    ADD CONSTRAINT pk_file_locker PRIMARY KEY (id);

ALTER TABLE ONLY public.file_node
    ADD CONSTRAINT pk_file_node PRIMARY KEY (id);

ALTER TABLE ONLY public.file_space
    ADD CONSTRAINT pk_file_space PRIMARY KEY (id);

ALTER TABLE ONLY public.file_version
    ADD CONSTRAINT pk_file_version PRIMARY KEY (id);

ALTER TABLE ONLY public.group_join_request
    ADD CONSTRAINT pk_group_join_request PRIMARY KEY (group_id, person_id);

ALTER TABLE ONLY public.group_sheet
    ADD CONSTRAINT pk_group_sheet PRIMARY KEY (group_id);

ALTER TABLE ONLY public.group_tool
    ADD CONSTRAINT pk_group_tool PRIMARY KEY (group_id, service);

ALTER TABLE ONLY public.group_tool_right
    ADD CONSTRAINT pk_group_tool_right PRIMARY KEY (group_id, service, person_id);

ALTER TABLE ONLY public."grouping"
    ADD CONSTRAINT pk_grouping PRIMARY KEY (id);

ALTER TABLE ONLY public.incident
    ADD CONSTRAINT pk_incident PRIMARY KEY (id);

ALTER TABLE ONLY public.journal_entry
    ADD CONSTRAINT pk_journal_entry PRIMARY KEY (id);

ALTER TABLE ONLY public.journal_seal
    ADD CONSTRAINT pk_journal_seal PRIMARY KEY (sequence);

ALTER TABLE ONLY public.known_origin
    ADD CONSTRAINT pk_known_origin PRIMARY KEY (person_id, network, device);

ALTER TABLE ONLY public.mef
    ADD CONSTRAINT pk_mef PRIMARY KEY (code);

ALTER TABLE ONLY public.membership
    ADD CONSTRAINT pk_membership PRIMARY KEY (group_id, person_id);

ALTER TABLE ONLY public.news_article
    ADD CONSTRAINT pk_news_article PRIMARY KEY (id);

ALTER TABLE ONLY public.news_attachment
    ADD CONSTRAINT pk_news_attachment PRIMARY KEY (id);

ALTER TABLE ONLY public.news_notebook_notice
    ADD CONSTRAINT pk_news_notebook_notice PRIMARY KEY (article_id, pupil_id);

ALTER TABLE ONLY public.news_reading
    ADD CONSTRAINT pk_news_reading PRIMARY KEY (article_id, person_id);

ALTER TABLE ONLY public.news_version
    ADD CONSTRAINT pk_news_version PRIMARY KEY (article_id, number);

ALTER TABLE ONLY public.notification
    ADD CONSTRAINT pk_notification PRIMARY KEY (id);

ALTER TABLE ONLY public.notification_choice
    ADD CONSTRAINT pk_notification_choice PRIMARY KEY (person_id, event, medium);

ALTER TABLE ONLY public.notification_delivery
    ADD CONSTRAINT pk_notification_delivery PRIMARY KEY (notification_id, medium);

ALTER TABLE ONLY public.outgoing_message
    ADD CONSTRAINT pk_outgoing_message PRIMARY KEY (id);

ALTER TABLE ONLY public.partner
    ADD CONSTRAINT pk_partner PRIMARY KEY (id);

ALTER TABLE ONLY public.partner_link
    ADD CONSTRAINT pk_partner_link PRIMARY KEY (person_id, partner_id);

ALTER TABLE ONLY public.partner_opening
    ADD CONSTRAINT pk_partner_opening PRIMARY KEY (id);

ALTER TABLE ONLY public.partner_ticket
    ADD CONSTRAINT pk_partner_ticket PRIMARY KEY (hash);

ALTER TABLE ONLY public.partner_visit
    ADD CONSTRAINT pk_partner_visit PRIMARY KEY (id);

ALTER TABLE ONLY public.permission_grant
    ADD CONSTRAINT pk_permission_grant PRIMARY KEY (id);

ALTER TABLE ONLY public.permission_override
    ADD CONSTRAINT pk_permission_override PRIMARY KEY (id);

ALTER TABLE ONLY public.person
    ADD CONSTRAINT pk_person PRIMARY KEY (id);

ALTER TABLE ONLY public.person_merge
    ADD CONSTRAINT pk_person_merge PRIMARY KEY (id);

ALTER TABLE ONLY public.portal_logo
    ADD CONSTRAINT pk_portal_logo PRIMARY KEY (id);

ALTER TABLE ONLY public.portal_message
    ADD CONSTRAINT pk_portal_message PRIMARY KEY (id);

ALTER TABLE ONLY public.portal_text
    ADD CONSTRAINT pk_portal_text PRIMARY KEY (name);

ALTER TABLE ONLY public.profile
    ADD CONSTRAINT pk_profile PRIMARY KEY (id);

ALTER TABLE ONLY public.project_role
    ADD CONSTRAINT pk_project_role PRIMARY KEY (person_id, name);

ALTER TABLE ONLY public.recovery_code
    ADD CONSTRAINT pk_recovery_code PRIMARY KEY (id);

ALTER TABLE ONLY public.relation
    ADD CONSTRAINT pk_relation PRIMARY KEY (guardian_id, pupil_id);

ALTER TABLE ONLY public.role
    ADD CONSTRAINT pk_role PRIMARY KEY (id);

ALTER TABLE ONLY public.saved_search
    ADD CONSTRAINT pk_saved_search PRIMARY KEY (id);

ALTER TABLE ONLY public.search_document
    ADD CONSTRAINT pk_search_document PRIMARY KEY (kind, object_id);

ALTER TABLE ONLY public.search_history
    ADD CONSTRAINT pk_search_history PRIMARY KEY (id);

ALTER TABLE ONLY public.search_text
    ADD CONSTRAINT pk_search_text PRIMARY KEY (blob);

ALTER TABLE ONLY public.second_channel_code
    ADD CONSTRAINT pk_second_channel_code PRIMARY KEY (id);

ALTER TABLE ONLY public.security_alert
    ADD CONSTRAINT pk_security_alert PRIMARY KEY (id);

ALTER TABLE ONLY public.setting_value
    ADD CONSTRAINT pk_setting_value PRIMARY KEY (name, level, scope_id);

ALTER TABLE ONLY public.setting_version
    ADD CONSTRAINT pk_setting_version PRIMARY KEY (person_id);

ALTER TABLE ONLY public.share
    ADD CONSTRAINT pk_share PRIMARY KEY (object_id, principal);

ALTER TABLE ONLY public.sign_in_session
    ADD CONSTRAINT pk_sign_in_session PRIMARY KEY (id);

ALTER TABLE ONLY public.source_key
    ADD CONSTRAINT pk_source_key PRIMARY KEY (source, key);

ALTER TABLE ONLY public.structure
    ADD CONSTRAINT pk_structure PRIMARY KEY (id);

ALTER TABLE ONLY public.structure_link
    ADD CONSTRAINT pk_structure_link PRIMARY KEY (parent_id, child_id, kind);

ALTER TABLE ONLY public.subject
    ADD CONSTRAINT pk_subject PRIMARY KEY (code);

ALTER TABLE ONLY public.teaching
    ADD CONSTRAINT pk_teaching PRIMARY KEY (id);

ALTER TABLE ONLY public.throttle
    ADD CONSTRAINT pk_throttle PRIMARY KEY (bucket);

ALTER TABLE ONLY public.usage_hour
    ADD CONSTRAINT pk_usage_hour PRIMARY KEY (hour, service, counter, profile, structure_id, channel);

ALTER TABLE ONLY public.visibility_rule
    ADD CONSTRAINT pk_visibility_rule PRIMARY KEY (id);

ALTER TABLE ONLY public.white_page
    ADD CONSTRAINT pk_white_page PRIMARY KEY (person_id);

ALTER TABLE ONLY public.year_change
    ADD CONSTRAINT pk_year_change PRIMARY KEY (id);

ALTER TABLE ONLY public.procrastinate_events
    ADD CONSTRAINT procrastinate_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_unique UNIQUE (task_name, periodic_id, defer_timestamp);

ALTER TABLE ONLY public.procrastinate_workers
    ADD CONSTRAINT procrastinate_workers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT uq_account_login UNIQUE (login);

ALTER TABLE ONLY public.app_password
    ADD CONSTRAINT uq_app_password_token_hash UNIQUE (token_hash);

ALTER TABLE ONLY public.charter
    ADD CONSTRAINT uq_charter_structure_id_version UNIQUE NULLS NOT DISTINCT (structure_id, version);

ALTER TABLE ONLY public.class_door
    ADD CONSTRAINT uq_class_door_code UNIQUE (code);

ALTER TABLE ONLY public.class_door
    ADD CONSTRAINT uq_class_door_group_id UNIQUE (group_id);

ALTER TABLE ONLY public.file_hand_in
    ADD CONSTRAINT uq_file_hand_in_locker_id_owner_id UNIQUE (locker_id, owner_id);

ALTER TABLE ONLY public.file_space
    ADD CONSTRAINT uq_file_space_group_id UNIQUE (group_id);

ALTER TABLE ONLY public.file_space
    ADD CONSTRAINT uq_file_space_owner_id UNIQUE (owner_id);

ALTER TABLE ONLY public.group_sheet
    ADD CONSTRAINT uq_group_sheet_code UNIQUE (code);

ALTER TABLE ONLY public."grouping"
    ADD CONSTRAINT uq_grouping_uid UNIQUE (uid);

ALTER TABLE ONLY public.journal_seal
    ADD CONSTRAINT uq_journal_seal_entry_id UNIQUE (entry_id);

ALTER TABLE ONLY public.partner_link
    ADD CONSTRAINT uq_partner_link_opaque UNIQUE (opaque);

ALTER TABLE ONLY public.partner
    ADD CONSTRAINT uq_partner_name UNIQUE (name);

ALTER TABLE ONLY public.partner_opening
    ADD CONSTRAINT uq_partner_opening_structure_id_partner_id UNIQUE (structure_id, partner_id);

ALTER TABLE ONLY public.permission_grant
    ADD CONSTRAINT uq_permission_grant_structure_id_permission_principal UNIQUE (structure_id, permission, principal);

ALTER TABLE ONLY public.permission_override
    ADD CONSTRAINT uq_permission_override_structure_id_permission_profile UNIQUE (structure_id, permission, profile);

ALTER TABLE ONLY public.person
    ADD CONSTRAINT uq_person_uid UNIQUE (uid);

ALTER TABLE ONLY public.profile
    ADD CONSTRAINT uq_profile_person_id_structure_id_kind UNIQUE (person_id, structure_id, kind);

ALTER TABLE ONLY public.role
    ADD CONSTRAINT uq_role_person_id_structure_id_name_group_id UNIQUE NULLS NOT DISTINCT (person_id, structure_id, name, group_id);

ALTER TABLE ONLY public.sign_in_session
    ADD CONSTRAINT uq_sign_in_session_token_hash UNIQUE (token_hash);

ALTER TABLE ONLY public.structure
    ADD CONSTRAINT uq_structure_source_key UNIQUE (source, key);

ALTER TABLE ONLY public.structure
    ADD CONSTRAINT uq_structure_uai UNIQUE (uai);

ALTER TABLE ONLY public.teaching
    ADD CONSTRAINT uq_teaching_person_id_group_id_subject_code UNIQUE (person_id, group_id, subject_code);

ALTER TABLE ONLY public.visibility_rule
    ADD CONSTRAINT uq_visibility_rule_structure_id_viewer_subject UNIQUE (structure_id, viewer, subject);

CREATE INDEX idx_procrastinate_jobs_worker_not_null ON public.procrastinate_jobs USING btree (worker_id) WHERE ((worker_id IS NOT NULL) AND (status = 'doing'::public.procrastinate_job_status));

CREATE INDEX idx_procrastinate_workers_last_heartbeat ON public.procrastinate_workers USING btree (last_heartbeat);

CREATE INDEX ix_account_batch_structure_id ON public.account_batch USING btree (structure_id);

CREATE INDEX ix_account_purge_on ON public.account USING btree (purge_on);

CREATE INDEX ix_account_state ON public.account USING btree (state);

CREATE INDEX ix_account_stem_rank ON public.account USING btree (stem, rank);

CREATE INDEX ix_app_password_person_id ON public.app_password USING btree (person_id);

CREATE INDEX ix_blob_pending ON public.blob USING btree (sha256) WHERE (state = 'pending'::text);

CREATE INDEX ix_blob_wanted_at ON public.blob USING btree (wanted_at);

CREATE INDEX ix_bookmark_folder_id ON public.bookmark USING btree (folder_id);

CREATE INDEX ix_bookmark_folder_owner_id ON public.bookmark_folder USING btree (owner_id);

CREATE INDEX ix_bookmark_folder_parent_id ON public.bookmark_folder USING btree (parent_id);

CREATE INDEX ix_bookmark_folder_path ON public.bookmark_folder USING gin (path);

CREATE INDEX ix_bookmark_owner_id ON public.bookmark USING btree (owner_id);

CREATE INDEX ix_bookmark_path ON public.bookmark USING gin (path);

CREATE INDEX ix_class_door_structure_id ON public.class_door USING btree (structure_id);

CREATE INDEX ix_exchange_run_blob ON public.exchange_run USING btree (blob);

CREATE INDEX ix_exchange_run_owner_id ON public.exchange_run USING btree (owner_id);

CREATE INDEX ix_exchange_run_owner_id_created_at ON public.exchange_run USING btree (owner_id, created_at);

CREATE INDEX ix_feed_code_kind ON public.feed_code USING btree (delivery_id, kind);

CREATE INDEX ix_feed_delivery_state ON public.feed_delivery USING btree (state);

CREATE INDEX ix_feed_membership_batch ON public.feed_membership USING btree (delivery_id, batch);

CREATE INDEX ix_feed_missing_batch ON public.feed_missing USING btree (delivery_id, batch);

CREATE INDEX ix_feed_person_batch ON public.feed_person USING btree (delivery_id, batch);

CREATE INDEX ix_feed_problem_delivery_id ON public.feed_problem USING btree (delivery_id);

CREATE INDEX ix_feed_profile_batch ON public.feed_profile USING btree (delivery_id, batch);

CREATE INDEX ix_feed_relation_batch ON public.feed_relation USING btree (delivery_id, batch);

CREATE INDEX ix_feed_relation_guardian_key ON public.feed_relation USING btree (delivery_id, guardian_key);

CREATE INDEX ix_feed_removal_key ON public.feed_removal USING btree (delivery_id, key);

CREATE INDEX ix_feed_structure_key ON public.feed_structure USING btree (delivery_id, key);

CREATE INDEX ix_feed_teaching_batch ON public.feed_teaching USING btree (delivery_id, batch);

CREATE INDEX ix_feed_touched_person_id ON public.feed_touched USING btree (delivery_id, person_id);

CREATE INDEX ix_file_hand_in_file_blob ON public.file_hand_in_file USING btree (blob);

CREATE INDEX ix_file_hand_in_file_hand_in_id ON public.file_hand_in_file USING btree (hand_in_id);

CREATE INDEX ix_file_hand_in_owner_id ON public.file_hand_in USING btree (owner_id);

CREATE INDEX ix_file_lock_expires_at ON public.file_lock USING btree (expires_at);

CREATE INDEX ix_file_lock_node_id ON public.file_lock USING btree (node_id);

CREATE INDEX ix_file_lock_space_id ON public.file_lock USING btree (space_id);

CREATE INDEX ix_file_locker_group_id ON public.file_locker USING btree (group_id);

CREATE INDEX ix_file_locker_owner_id ON public.file_locker USING btree (owner_id);

CREATE INDEX ix_file_node_blob ON public.file_node USING btree (blob);

CREATE INDEX ix_file_node_created_at ON public.file_node USING btree (created_at);

CREATE INDEX ix_file_node_owner_id ON public.file_node USING btree (owner_id);

CREATE INDEX ix_file_node_path ON public.file_node USING gin (path);

CREATE INDEX ix_file_node_space_id ON public.file_node USING btree (space_id);

CREATE INDEX ix_file_node_trash ON public.file_node USING btree (trash_id) WHERE (trash_id IS NOT NULL);

CREATE INDEX ix_file_version_blob ON public.file_version USING btree (blob);

CREATE INDEX ix_file_version_node_id ON public.file_version USING btree (node_id);

CREATE INDEX ix_grouping_open_to ON public."grouping" USING gin (open_to);

CREATE INDEX ix_grouping_structure_id ON public."grouping" USING btree (structure_id);

CREATE INDEX ix_incident_reported_by_id ON public.incident USING btree (reported_by_id);

CREATE INDEX ix_incident_structure_id ON public.incident USING btree (structure_id);

CREATE INDEX ix_journal_entry_action ON public.journal_entry USING btree (action);

CREATE INDEX ix_journal_entry_actor_id ON public.journal_entry USING btree (actor_id);

CREATE INDEX ix_journal_entry_at ON public.journal_entry USING btree (at);

CREATE INDEX ix_journal_entry_structure_id ON public.journal_entry USING btree (structure_id);

CREATE INDEX ix_membership_person_id ON public.membership USING btree (person_id);

CREATE INDEX ix_news_article_audience ON public.news_article USING gin (audience);

CREATE INDEX ix_news_article_owner_id ON public.news_article USING btree (owner_id);

CREATE INDEX ix_news_article_picture ON public.news_article USING btree (picture);

CREATE INDEX ix_news_article_shown ON public.news_article USING btree (ends_at, starts_at);

CREATE INDEX ix_news_article_structure_id ON public.news_article USING btree (structure_id);

CREATE INDEX ix_news_attachment_article_id ON public.news_attachment USING btree (article_id);

CREATE INDEX ix_news_attachment_blob ON public.news_attachment USING btree (blob);

CREATE INDEX ix_news_notebook_notice_pupil_id ON public.news_notebook_notice USING btree (pupil_id);

CREATE INDEX ix_notification_created_at ON public.notification USING btree (created_at);

CREATE INDEX ix_notification_delivery_due_at ON public.notification_delivery USING btree (due_at);

CREATE INDEX ix_notification_person_id_id ON public.notification USING btree (person_id, id);

CREATE INDEX ix_notification_unread ON public.notification USING btree (person_id) WHERE ((read_at IS NULL) AND shown);

CREATE INDEX ix_outgoing_message_medium_id ON public.outgoing_message USING btree (medium, id);

CREATE INDEX ix_outgoing_message_person_id ON public.outgoing_message USING btree (person_id);

CREATE INDEX ix_partner_link_partner_id ON public.partner_link USING btree (partner_id);

CREATE INDEX ix_partner_opening_partner_id ON public.partner_opening USING btree (partner_id);

CREATE INDEX ix_partner_opening_structure_id ON public.partner_opening USING btree (structure_id);

CREATE INDEX ix_partner_ticket_session_id ON public.partner_ticket USING btree (session_id);

CREATE INDEX ix_partner_visit_partner_id ON public.partner_visit USING btree (partner_id);

CREATE INDEX ix_partner_visit_session_id ON public.partner_visit USING btree (session_id);

CREATE INDEX ix_permission_grant_principal ON public.permission_grant USING btree (principal);

CREATE INDEX ix_permission_grant_structure_id ON public.permission_grant USING btree (structure_id);

CREATE INDEX ix_permission_override_structure_id ON public.permission_override USING btree (structure_id);

CREATE INDEX ix_person_first_folded ON public.person USING btree (public.preau_fold(first_name) text_pattern_ops);

CREATE INDEX ix_person_last_folded ON public.person USING btree (public.preau_fold(last_name) text_pattern_ops);

CREATE INDEX ix_person_merge_gone_id ON public.person_merge USING btree (gone_id);

CREATE INDEX ix_person_merge_kept_id ON public.person_merge USING btree (kept_id);

CREATE INDEX ix_person_names ON public.person USING btree (lower(last_name), lower(first_name));

CREATE INDEX ix_person_open_to ON public.person USING gin (open_to);

CREATE INDEX ix_portal_logo_kind ON public.portal_logo USING btree (kind);

CREATE INDEX ix_portal_message_structure_id ON public.portal_message USING btree (structure_id);

CREATE INDEX ix_profile_person_id ON public.profile USING btree (person_id);

CREATE INDEX ix_profile_structure_id ON public.profile USING btree (structure_id);

CREATE INDEX ix_profile_structure_id_kind ON public.profile USING btree (structure_id, kind);

CREATE INDEX ix_recovery_code_person_id ON public.recovery_code USING btree (person_id);

CREATE INDEX ix_relation_pupil_id ON public.relation USING btree (pupil_id);

CREATE INDEX ix_role_person_id ON public.role USING btree (person_id);

CREATE INDEX ix_role_structure_id ON public.role USING btree (structure_id);

CREATE INDEX ix_saved_search_owner_id ON public.saved_search USING btree (owner_id);

CREATE INDEX ix_search_document_at ON public.search_document USING btree (at DESC NULLS LAST);

CREATE INDEX ix_search_document_blob ON public.search_document USING btree (blob) WHERE (blob <> ''::text);

CREATE INDEX ix_search_document_owner_id ON public.search_document USING btree (owner_id);

CREATE INDEX ix_search_document_tsv ON public.search_document USING gin (tsv) WITH (gin_pending_list_limit='256');

CREATE INDEX ix_search_history_person_id_at ON public.search_history USING btree (person_id, at);

CREATE INDEX ix_second_channel_code_person_id ON public.second_channel_code USING btree (person_id);

CREATE INDEX ix_security_alert_structure_id ON public.security_alert USING btree (structure_id);

CREATE INDEX ix_share_principal_kind ON public.share USING btree (principal, kind);

CREATE INDEX ix_sign_in_session_person_id ON public.sign_in_session USING btree (person_id);

CREATE INDEX ix_source_key_person_id ON public.source_key USING btree (person_id);

CREATE INDEX ix_teaching_group_id ON public.teaching USING btree (group_id);

CREATE INDEX ix_teaching_person_id ON public.teaching USING btree (person_id);

CREATE INDEX ix_teaching_structure_id ON public.teaching USING btree (structure_id);

CREATE INDEX ix_usage_hour_structure_id_hour ON public.usage_hour USING btree (structure_id, hour);

CREATE INDEX ix_visibility_rule_structure_id ON public.visibility_rule USING btree (structure_id);

CREATE INDEX ix_white_page_photo ON public.white_page USING btree (photo);

CREATE INDEX ix_year_change_structure_id ON public.year_change USING btree (structure_id);

CREATE INDEX procrastinate_events_job_id_fkey_v1 ON public.procrastinate_events USING btree (job_id);

CREATE INDEX procrastinate_jobs_id_lock_idx_v1 ON public.procrastinate_jobs USING btree (id, lock) WHERE (status = ANY (ARRAY['todo'::public.procrastinate_job_status, 'doing'::public.procrastinate_job_status]));

CREATE UNIQUE INDEX procrastinate_jobs_lock_idx_v1 ON public.procrastinate_jobs USING btree (lock) WHERE (status = 'doing'::public.procrastinate_job_status);

CREATE INDEX procrastinate_jobs_priority_idx_v1 ON public.procrastinate_jobs USING btree (priority DESC, id) WHERE (status = 'todo'::public.procrastinate_job_status);

CREATE INDEX procrastinate_jobs_queue_name_idx_v1 ON public.procrastinate_jobs USING btree (queue_name);

CREATE UNIQUE INDEX procrastinate_jobs_queueing_lock_idx_v1 ON public.procrastinate_jobs USING btree (queueing_lock) WHERE (status = 'todo'::public.procrastinate_job_status);

CREATE INDEX procrastinate_periodic_defers_job_id_fkey_v1 ON public.procrastinate_periodic_defers USING btree (job_id);

CREATE UNIQUE INDEX uq_file_node_parent_id_name ON public.file_node USING btree (parent_id, name) WHERE (trashed_at IS NULL);

CREATE UNIQUE INDEX uq_grouping_source_code ON public."grouping" USING btree (structure_id, kind, code) WHERE (code <> ''::text);

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.journal_entry FOR EACH ROW EXECUTE FUNCTION public.journal_is_append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.journal_seal FOR EACH ROW EXECUTE FUNCTION public.journal_is_append_only();

CREATE TRIGGER procrastinate_jobs_notify_queue_job_aborted_v1 AFTER UPDATE OF abort_requested ON public.procrastinate_jobs FOR EACH ROW WHEN (((old.abort_requested = false) AND (new.abort_requested = true) AND (new.status = 'doing'::public.procrastinate_job_status))) EXECUTE FUNCTION public.procrastinate_notify_queue_abort_job_v1();

CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 AFTER INSERT ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::public.procrastinate_job_status)) EXECUTE FUNCTION public.procrastinate_notify_queue_job_inserted_v1();

CREATE TRIGGER procrastinate_trigger_abort_requested_events_v1 AFTER UPDATE OF abort_requested ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.abort_requested = true)) EXECUTE FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1();

CREATE TRIGGER procrastinate_trigger_delete_jobs_v1 BEFORE DELETE ON public.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION public.procrastinate_unlink_periodic_defers_v1();

CREATE TRIGGER procrastinate_trigger_scheduled_events_v1 AFTER INSERT OR UPDATE ON public.procrastinate_jobs FOR EACH ROW WHEN (((new.scheduled_at IS NOT NULL) AND (new.status = 'todo'::public.procrastinate_job_status))) EXECUTE FUNCTION public.procrastinate_trigger_function_scheduled_events_v1();

CREATE TRIGGER procrastinate_trigger_status_events_insert_v1 AFTER INSERT ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::public.procrastinate_job_status)) EXECUTE FUNCTION public.procrastinate_trigger_function_status_events_insert_v1();

CREATE TRIGGER procrastinate_trigger_status_events_update_v1 AFTER UPDATE OF status ON public.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION public.procrastinate_trigger_function_status_events_update_v1();

CREATE TRIGGER search_forget_bookmark AFTER DELETE ON public.bookmark FOR EACH ROW EXECUTE FUNCTION public.search_forget('bookmark', 'id');

CREATE TRIGGER search_forget_file_node AFTER DELETE ON public.file_node FOR EACH ROW EXECUTE FUNCTION public.search_forget('file_node', 'id');

CREATE TRIGGER search_forget_news_article AFTER DELETE ON public.news_article FOR EACH ROW EXECUTE FUNCTION public.search_forget('news_article', 'id');

ALTER TABLE ONLY public.account_batch
    ADD CONSTRAINT fk_account_batch_asked_by_id FOREIGN KEY (asked_by_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.account_batch
    ADD CONSTRAINT fk_account_batch_structure_id FOREIGN KEY (structure_id) REFERENCES public.structure(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.account
    ADD CONSTRAINT fk_account_person_id FOREIGN KEY (person_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.app_password
    ADD CONSTRAINT fk_app_password_person_id FOREIGN KEY (person_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.bookmark
    ADD CONSTRAINT fk_bookmark_folder_id FOREIGN KEY (folder_id) REFERENCES public.bookmark_folder(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.bookmark_folder
    ADD CONSTRAINT fk_bookmark_folder_owner_id FOREIGN KEY (owner_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.bookmark_folder
    ADD CONSTRAINT fk_bookmark_folder_parent_id FOREIGN KEY (parent_id) REFERENCES public.bookmark_folder(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.bookmark
    ADD CONSTRAINT fk_bookmark_owner_id FOREIGN KEY (owner_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.charter_acceptance
    ADD CONSTRAINT fk_charter_acceptance_charter_id FOREIGN KEY (charter_id) REFERENCES public.charter(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.charter_acceptance
    ADD CONSTRAINT fk_charter_acceptance_person_id FOREIGN KEY (person_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.charter
    ADD CONSTRAINT fk_charter_published_by_id FOREIGN KEY (published_by_id) REFERENCES public.person(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.charter
    ADD CONSTRAINT fk_charter_structure_id FOREIGN KEY (structure_id) REFERENCES public.structure(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.class_door
    ADD CONSTRAINT fk_class_door_group_id FOREIGN KEY (group_id) REFERENCES public."grouping"(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.class_door
    ADD CONSTRAINT fk_class_door_structure_id FOREIGN KEY (structure_id) REFERENCES public.structure(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.exchange_run
    ADD CONSTRAINT fk_exchange_run_owner_id FOREIGN KEY (owner_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.file_hand_in_file
    ADD CONSTRAINT fk_file_hand_in_file_hand_in_id FOREIGN KEY (hand_in_id) REFERENCES public.file_hand_in(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.file_hand_in
    ADD CONSTRAINT fk_file_hand_in_locker_id FOREIGN KEY (locker_id) REFERENCES public.file_locker(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.file_hand_in
    ADD CONSTRAINT fk_file_hand_in_owner_id FOREIGN KEY (owner_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.file_lock
    ADD CONSTRAINT fk_file_lock_node_id FOREIGN KEY (node_id) REFERENCES public.file_node(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.file_lock
    ADD CONSTRAINT fk_file_lock_person_id FOREIGN KEY (person_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.file_lock
    ADD CONSTRAINT fk_file_lock_space_id FOREIGN KEY (space_id) REFERENCES public.file_space(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.file_locker
    ADD CONSTRAINT fk_file_locker_group_id FOREIGN KEY (group_id) REFERENCES public."grouping"(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.file_locker
    ADD CONSTRAINT fk_file_locker_owner_id FOREIGN KEY (owner_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.file_node
    ADD CONSTRAINT fk_file_node_created_by_id FOREIGN KEY (created_by_id) REFERENCES public.person(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.file_node
    ADD CONSTRAINT fk_file_node_owner_id FOREIGN KEY (owner_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.file_node
    ADD CONSTRAINT fk_file_node_parent_id FOREIGN KEY (parent_id) REFERENCES public.file_node(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.file_node
    ADD CONSTRAINT fk_file_node_space_id FOREIGN KEY (space_id) REFERENCES public.file_space(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.file_node
    ADD CONSTRAINT fk_file_node_updated_by_id FOREIGN KEY (updated_by_id) REFERENCES public.person(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.file_space
    ADD CONSTRAINT fk_file_space_group_id FOREIGN KEY (group_id) REFERENCES public."grouping"(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.file_space
    ADD CONSTRAINT fk_file_space_owner_id FOREIGN KEY (owner_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.file_version
    ADD CONSTRAINT fk_file_version_author_id FOREIGN KEY (author_id) REFERENCES public.person(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.file_version
    ADD CONSTRAINT fk_file_version_node_id FOREIGN KEY (node_id) REFERENCES public.file_node(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.group_join_request
    ADD CONSTRAINT fk_group_join_request_group_id FOREIGN KEY (group_id) REFERENCES public."grouping"(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.group_join_request
    ADD CONSTRAINT fk_group_join_request_person_id FOREIGN KEY (person_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.group_sheet
    ADD CONSTRAINT fk_group_sheet_group_id FOREIGN KEY (group_id) REFERENCES public."grouping"(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.group_tool
    ADD CONSTRAINT fk_group_tool_group_id FOREIGN KEY (group_id) REFERENCES public."grouping"(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.group_tool_right
    ADD CONSTRAINT fk_group_tool_right_group_id FOREIGN KEY (group_id) REFERENCES public."grouping"(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.group_tool_right
    ADD CONSTRAINT fk_group_tool_right_person_id FOREIGN KEY (person_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public."grouping"
    ADD CONSTRAINT fk_grouping_owner_id FOREIGN KEY (owner_id) REFERENCES public.person(id) ON DELETE SET NULL;

ALTER TABLE ONLY public."grouping"
    ADD CONSTRAINT fk_grouping_structure_id FOREIGN KEY (structure_id) REFERENCES public.structure(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.incident
    ADD CONSTRAINT fk_incident_reported_by_id FOREIGN KEY (reported_by_id) REFERENCES public.person(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.incident
    ADD CONSTRAINT fk_incident_structure_id FOREIGN KEY (structure_id) REFERENCES public.structure(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.journal_seal
    ADD CONSTRAINT fk_journal_seal_entry_id FOREIGN KEY (entry_id) REFERENCES public.journal_entry(id);

ALTER TABLE ONLY public.known_origin
    ADD CONSTRAINT fk_known_origin_person_id FOREIGN KEY (person_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.membership
    ADD CONSTRAINT fk_membership_group_id FOREIGN KEY (group_id) REFERENCES public."grouping"(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.membership
    ADD CONSTRAINT fk_membership_person_id FOREIGN KEY (person_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.news_article
    ADD CONSTRAINT fk_news_article_decided_by_id FOREIGN KEY (decided_by_id) REFERENCES public.person(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.news_article
    ADD CONSTRAINT fk_news_article_owner_id FOREIGN KEY (owner_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.news_article
    ADD CONSTRAINT fk_news_article_structure_id FOREIGN KEY (structure_id) REFERENCES public.structure(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.news_attachment
    ADD CONSTRAINT fk_news_attachment_article_id FOREIGN KEY (article_id) REFERENCES public.news_article(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.news_notebook_notice
    ADD CONSTRAINT fk_news_notebook_notice_article_id FOREIGN KEY (article_id) REFERENCES public.news_article(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.news_notebook_notice
    ADD CONSTRAINT fk_news_notebook_notice_pupil_id FOREIGN KEY (pupil_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.news_notebook_notice
    ADD CONSTRAINT fk_news_notebook_notice_signed_by_id FOREIGN KEY (signed_by_id) REFERENCES public.person(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.news_reading
    ADD CONSTRAINT fk_news_reading_article_id FOREIGN KEY (article_id) REFERENCES public.news_article(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.news_reading
    ADD CONSTRAINT fk_news_reading_person_id FOREIGN KEY (person_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.news_version
    ADD CONSTRAINT fk_news_version_article_id FOREIGN KEY (article_id) REFERENCES public.news_article(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.news_version
    ADD CONSTRAINT fk_news_version_saved_by_id FOREIGN KEY (saved_by_id) REFERENCES public.person(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.notification_choice
    ADD CONSTRAINT fk_notification_choice_person_id FOREIGN KEY (person_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notification_delivery
    ADD CONSTRAINT fk_notification_delivery_notification_id FOREIGN KEY (notification_id) REFERENCES public.notification(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notification
    ADD CONSTRAINT fk_notification_person_id FOREIGN KEY (person_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.partner_link
    ADD CONSTRAINT fk_partner_link_partner_id FOREIGN KEY (partner_id) REFERENCES public.partner(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.partner_link
    ADD CONSTRAINT fk_partner_link_person_id FOREIGN KEY (person_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.partner_opening
    ADD CONSTRAINT fk_partner_opening_partner_id FOREIGN KEY (partner_id) REFERENCES public.partner(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.partner_opening
    ADD CONSTRAINT fk_partner_opening_structure_id FOREIGN KEY (structure_id) REFERENCES public.structure(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.partner_ticket
    ADD CONSTRAINT fk_partner_ticket_partner_id FOREIGN KEY (partner_id) REFERENCES public.partner(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.partner_ticket
    ADD CONSTRAINT fk_partner_ticket_session_id FOREIGN KEY (session_id) REFERENCES public.sign_in_session(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.partner_visit
    ADD CONSTRAINT fk_partner_visit_partner_id FOREIGN KEY (partner_id) REFERENCES public.partner(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.permission_grant
    ADD CONSTRAINT fk_permission_grant_delegated_by_id FOREIGN KEY (delegated_by_id) REFERENCES public.person(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.permission_grant
    ADD CONSTRAINT fk_permission_grant_structure_id FOREIGN KEY (structure_id) REFERENCES public.structure(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.permission_override
    ADD CONSTRAINT fk_permission_override_structure_id FOREIGN KEY (structure_id) REFERENCES public.structure(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.person_merge
    ADD CONSTRAINT fk_person_merge_gone_id FOREIGN KEY (gone_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.person_merge
    ADD CONSTRAINT fk_person_merge_kept_id FOREIGN KEY (kept_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.person_merge
    ADD CONSTRAINT fk_person_merge_merged_by_id FOREIGN KEY (merged_by_id) REFERENCES public.person(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.person
    ADD CONSTRAINT fk_person_merged_into_id FOREIGN KEY (merged_into_id) REFERENCES public.person(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.portal_logo
    ADD CONSTRAINT fk_portal_logo_structure_id FOREIGN KEY (structure_id) REFERENCES public.structure(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.portal_message
    ADD CONSTRAINT fk_portal_message_author_id FOREIGN KEY (author_id) REFERENCES public.person(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.portal_message
    ADD CONSTRAINT fk_portal_message_structure_id FOREIGN KEY (structure_id) REFERENCES public.structure(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.profile
    ADD CONSTRAINT fk_profile_person_id FOREIGN KEY (person_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.profile
    ADD CONSTRAINT fk_profile_structure_id FOREIGN KEY (structure_id) REFERENCES public.structure(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.project_role
    ADD CONSTRAINT fk_project_role_person_id FOREIGN KEY (person_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.recovery_code
    ADD CONSTRAINT fk_recovery_code_person_id FOREIGN KEY (person_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.relation
    ADD CONSTRAINT fk_relation_guardian_id FOREIGN KEY (guardian_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.relation
    ADD CONSTRAINT fk_relation_pupil_id FOREIGN KEY (pupil_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.role
    ADD CONSTRAINT fk_role_delegated_by_id FOREIGN KEY (delegated_by_id) REFERENCES public.person(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.role
    ADD CONSTRAINT fk_role_group_id FOREIGN KEY (group_id) REFERENCES public."grouping"(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.role
    ADD CONSTRAINT fk_role_person_id FOREIGN KEY (person_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.role
    ADD CONSTRAINT fk_role_structure_id FOREIGN KEY (structure_id) REFERENCES public.structure(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.saved_search
    ADD CONSTRAINT fk_saved_search_owner_id FOREIGN KEY (owner_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.search_history
    ADD CONSTRAINT fk_search_history_person_id FOREIGN KEY (person_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.second_channel_code
    ADD CONSTRAINT fk_second_channel_code_person_id FOREIGN KEY (person_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.security_alert
    ADD CONSTRAINT fk_security_alert_person_id FOREIGN KEY (person_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.security_alert
    ADD CONSTRAINT fk_security_alert_structure_id FOREIGN KEY (structure_id) REFERENCES public.structure(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sign_in_session
    ADD CONSTRAINT fk_sign_in_session_person_id FOREIGN KEY (person_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.source_key
    ADD CONSTRAINT fk_source_key_person_id FOREIGN KEY (person_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.structure_link
    ADD CONSTRAINT fk_structure_link_child_id FOREIGN KEY (child_id) REFERENCES public.structure(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.structure_link
    ADD CONSTRAINT fk_structure_link_parent_id FOREIGN KEY (parent_id) REFERENCES public.structure(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.teaching
    ADD CONSTRAINT fk_teaching_group_id FOREIGN KEY (group_id) REFERENCES public."grouping"(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.teaching
    ADD CONSTRAINT fk_teaching_person_id FOREIGN KEY (person_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.teaching
    ADD CONSTRAINT fk_teaching_structure_id FOREIGN KEY (structure_id) REFERENCES public.structure(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.visibility_rule
    ADD CONSTRAINT fk_visibility_rule_structure_id FOREIGN KEY (structure_id) REFERENCES public.structure(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.white_page
    ADD CONSTRAINT fk_white_page_person_id FOREIGN KEY (person_id) REFERENCES public.person(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.year_change
    ADD CONSTRAINT fk_year_change_asked_by_id FOREIGN KEY (asked_by_id) REFERENCES public.person(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.year_change
    ADD CONSTRAINT fk_year_change_structure_id FOREIGN KEY (structure_id) REFERENCES public.structure(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.procrastinate_events
    ADD CONSTRAINT procrastinate_events_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.procrastinate_workers(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id);

ALTER TABLE public.account ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.account_batch ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.app_password ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bookmark ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bookmark_folder ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.charter_acceptance ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.class_door ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.exchange_run ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.file_hand_in ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.file_hand_in_file ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.file_lock ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.file_locker ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.file_node ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.file_space ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.file_version ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.group_join_request ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.group_sheet ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.group_tool ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.group_tool_right ENABLE ROW LEVEL SECURITY;

ALTER TABLE public."grouping" ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.incident ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.journal_entry ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.known_origin ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.membership ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.news_article ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.news_attachment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.news_notebook_notice ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.news_reading ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.news_version ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notification ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notification_choice ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notification_delivery ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.outgoing_message ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.partner_link ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.partner_opening ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.permission_grant ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.permission_override ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.person ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.person_merge ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.portal_message ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.profile ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.recovery_code ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.relation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.role ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.saved_search ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.search_document ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.search_history ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.search_text ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.security_alert ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.source_key ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.teaching ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.usage_hour ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.visibility_rule ENABLE ROW LEVEL SECURITY;

CREATE POLICY wall ON public.account USING ((EXISTS ( SELECT 1
   FROM public.person parent
  WHERE (parent.id = account.person_id))));

CREATE POLICY wall ON public.account_batch USING ((structure_id = ANY (( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif")::bigint[])));

CREATE POLICY wall ON public.app_password USING ((EXISTS ( SELECT 1
   FROM public.person parent
  WHERE (parent.id = app_password.person_id))));

CREATE POLICY wall ON public.bookmark USING (((owner_id = ( SELECT (NULLIF(current_setting('preau.person'::text, true), ''::text))::bigint AS "nullif")) OR (open_to && ( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif"))));

CREATE POLICY wall ON public.bookmark_folder USING (((owner_id = ( SELECT (NULLIF(current_setting('preau.person'::text, true), ''::text))::bigint AS "nullif")) OR (open_to && ( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif"))));

CREATE POLICY wall ON public.charter_acceptance USING ((EXISTS ( SELECT 1
   FROM public.person parent
  WHERE (parent.id = charter_acceptance.person_id))));

CREATE POLICY wall ON public.class_door USING ((structure_id = ANY (( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif")::bigint[])));

CREATE POLICY wall ON public.exchange_run USING (((owner_id = ( SELECT (NULLIF(current_setting('preau.person'::text, true), ''::text))::bigint AS "nullif")) OR (open_to && ( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif"))));

CREATE POLICY wall ON public.file_hand_in USING (((owner_id = ( SELECT (NULLIF(current_setting('preau.person'::text, true), ''::text))::bigint AS "nullif")) OR (open_to && ( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif"))));

CREATE POLICY wall ON public.file_hand_in_file USING ((EXISTS ( SELECT 1
   FROM public.file_hand_in parent
  WHERE (parent.id = file_hand_in_file.hand_in_id))));

CREATE POLICY wall ON public.file_lock USING ((EXISTS ( SELECT 1
   FROM public.file_node parent
  WHERE (parent.id = file_lock.node_id))));

CREATE POLICY wall ON public.file_locker USING (((owner_id = ( SELECT (NULLIF(current_setting('preau.person'::text, true), ''::text))::bigint AS "nullif")) OR (open_to && ( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif"))));

CREATE POLICY wall ON public.file_node USING (((owner_id = ( SELECT (NULLIF(current_setting('preau.person'::text, true), ''::text))::bigint AS "nullif")) OR (open_to && ( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif"))));

CREATE POLICY wall ON public.file_space USING (((owner_id = ( SELECT (NULLIF(current_setting('preau.person'::text, true), ''::text))::bigint AS "nullif")) OR (open_to && ( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif"))));

CREATE POLICY wall ON public.file_version USING ((EXISTS ( SELECT 1
   FROM public.file_node parent
  WHERE (parent.id = file_version.node_id))));

CREATE POLICY wall ON public.group_join_request USING (((person_id = ( SELECT (NULLIF(current_setting('preau.person'::text, true), ''::text))::bigint AS "nullif")) OR (EXISTS ( SELECT 1
   FROM public."grouping" parent
  WHERE (parent.id = group_join_request.group_id)))));

CREATE POLICY wall ON public.group_sheet USING ((EXISTS ( SELECT 1
   FROM public."grouping" parent
  WHERE (parent.id = group_sheet.group_id))));

CREATE POLICY wall ON public.group_tool USING ((EXISTS ( SELECT 1
   FROM public."grouping" parent
  WHERE (parent.id = group_tool.group_id))));

CREATE POLICY wall ON public.group_tool_right USING ((EXISTS ( SELECT 1
   FROM public."grouping" parent
  WHERE (parent.id = group_tool_right.group_id))));

CREATE POLICY wall ON public."grouping" USING (((owner_id = ( SELECT (NULLIF(current_setting('preau.person'::text, true), ''::text))::bigint AS "nullif")) OR (open_to && ( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif"))));

CREATE POLICY wall ON public.incident USING ((structure_id = ANY (( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif")::bigint[])));

CREATE POLICY wall ON public.journal_entry USING (((actor_id = ( SELECT (NULLIF(current_setting('preau.person'::text, true), ''::text))::bigint AS "nullif")) OR (structure_id = ANY (( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif")::bigint[]))));

CREATE POLICY wall ON public.known_origin USING ((EXISTS ( SELECT 1
   FROM public.person parent
  WHERE (parent.id = known_origin.person_id))));

CREATE POLICY wall ON public.membership USING ((EXISTS ( SELECT 1
   FROM public."grouping" parent
  WHERE (parent.id = membership.group_id))));

CREATE POLICY wall ON public.news_article USING (((owner_id = ( SELECT (NULLIF(current_setting('preau.person'::text, true), ''::text))::bigint AS "nullif")) OR (open_to && ( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif"))));

CREATE POLICY wall ON public.news_attachment USING ((EXISTS ( SELECT 1
   FROM public.news_article parent
  WHERE (parent.id = news_attachment.article_id))));

CREATE POLICY wall ON public.news_notebook_notice USING ((EXISTS ( SELECT 1
   FROM public.news_article parent
  WHERE (parent.id = news_notebook_notice.article_id))));

CREATE POLICY wall ON public.news_reading USING ((EXISTS ( SELECT 1
   FROM public.news_article parent
  WHERE (parent.id = news_reading.article_id))));

CREATE POLICY wall ON public.news_version USING ((EXISTS ( SELECT 1
   FROM public.news_article parent
  WHERE (parent.id = news_version.article_id))));

CREATE POLICY wall ON public.notification USING ((person_id = ( SELECT (NULLIF(current_setting('preau.person'::text, true), ''::text))::bigint AS "nullif")));

CREATE POLICY wall ON public.notification_choice USING ((person_id = ( SELECT (NULLIF(current_setting('preau.person'::text, true), ''::text))::bigint AS "nullif")));

CREATE POLICY wall ON public.notification_delivery USING ((person_id = ( SELECT (NULLIF(current_setting('preau.person'::text, true), ''::text))::bigint AS "nullif")));

CREATE POLICY wall ON public.outgoing_message USING (false);

CREATE POLICY wall ON public.partner_link USING ((EXISTS ( SELECT 1
   FROM public.person parent
  WHERE (parent.id = partner_link.person_id))));

CREATE POLICY wall ON public.partner_opening USING ((structure_id = ANY (( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif")::bigint[])));

CREATE POLICY wall ON public.permission_grant USING ((structure_id = ANY (( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif")::bigint[])));

CREATE POLICY wall ON public.permission_override USING ((structure_id = ANY (( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif")::bigint[])));

CREATE POLICY wall ON public.person USING (((id = ( SELECT (NULLIF(current_setting('preau.person'::text, true), ''::text))::bigint AS "nullif")) OR (open_to && ( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif"))));

CREATE POLICY wall ON public.person_merge USING ((EXISTS ( SELECT 1
   FROM public.person parent
  WHERE (parent.id = person_merge.kept_id))));

CREATE POLICY wall ON public.portal_message USING (((structure_id IS NULL) OR (structure_id = ANY (( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif")::bigint[]))));

CREATE POLICY wall ON public.profile USING ((structure_id = ANY (( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif")::bigint[])));

CREATE POLICY wall ON public.recovery_code USING ((EXISTS ( SELECT 1
   FROM public.person parent
  WHERE (parent.id = recovery_code.person_id))));

CREATE POLICY wall ON public.relation USING ((EXISTS ( SELECT 1
   FROM public.person parent
  WHERE (parent.id = relation.pupil_id))));

CREATE POLICY wall ON public.role USING ((structure_id = ANY (( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif")::bigint[])));

CREATE POLICY wall ON public.saved_search USING (((owner_id = ( SELECT (NULLIF(current_setting('preau.person'::text, true), ''::text))::bigint AS "nullif")) OR (open_to && ( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif"))));

CREATE POLICY wall ON public.search_document USING (((owner_id = ( SELECT (NULLIF(current_setting('preau.person'::text, true), ''::text))::bigint AS "nullif")) OR (open_to && ( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif")) OR (open_to @> ARRAY[(0)::bigint]) OR ( SELECT (pg_trigger_depth() > 0))));

CREATE POLICY wall ON public.search_history USING ((person_id = ( SELECT (NULLIF(current_setting('preau.person'::text, true), ''::text))::bigint AS "nullif")));

CREATE POLICY wall ON public.search_text USING (false);

CREATE POLICY wall ON public.security_alert USING ((structure_id = ANY (( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif")::bigint[])));

CREATE POLICY wall ON public.source_key USING ((EXISTS ( SELECT 1
   FROM public.person parent
  WHERE (parent.id = source_key.person_id))));

CREATE POLICY wall ON public.teaching USING ((structure_id = ANY (( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif")::bigint[])));

CREATE POLICY wall ON public.usage_hour USING ((structure_id = ANY (( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif")::bigint[])));

CREATE POLICY wall ON public.visibility_rule USING ((structure_id = ANY (( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif")::bigint[])));

CREATE POLICY wall ON public.white_page USING ((EXISTS ( SELECT 1
   FROM public.person parent
  WHERE (parent.id = white_page.person_id))));

CREATE POLICY wall ON public.year_change USING ((structure_id = ANY (( SELECT (NULLIF(current_setting('preau.structures'::text, true), ''::text))::bigint[] AS "nullif")::bigint[])));

ALTER TABLE public.white_page ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.year_change ENABLE ROW LEVEL SECURITY;
