-- Only text, bigint and double precision columns: the same statements run on SQLite and PostgreSQL.
-- Times are milliseconds since the epoch, truth values 0 and 1, structures JSON in text.

-- A shop. Everything a merchant has belongs to exactly one store.
create table store (
    id text primary key not null,
    name text not null,
    -- Connectors installed in the shop, a JSON list of names: they decide which tasks exist.
    installed text not null,
    -- SHA-256 of the token that posts events; the token itself is shown once and not kept.
    event_token_hash text not null unique,
    created_ms bigint not null
);

-- Somebody who signs in. Owners have a store; support and ML staff have none.
create table person (
    id text primary key not null,
    email text not null unique,
    name text not null,
    role text not null,
    store_id text references store (id),
    -- argon2id in PHC notation.
    password text not null,
    created_ms bigint not null
);

-- Cookies of the browsers that are signed in (tower-sessions).
create table web_session (
    id text primary key not null,
    record text not null,
    expires_at bigint not null
);

-- A workflow as its owner knows it; what it does is in its versions.
create table workflow (
    id text primary key not null,
    store_id text not null references store (id),
    session_id text not null,
    name text not null,
    active bigint not null,
    version bigint not null,
    activated_ms bigint not null
);
create index workflow_of_store on workflow (store_id);

-- What each activation turned on. Never changed: a run points at the version it ran.
create table workflow_version (
    workflow_id text not null references workflow (id),
    version bigint not null,
    body text not null,
    at_ms bigint not null,
    primary key (workflow_id, version)
);

-- A chat with its canvas. What happened in it is in its events only.
create table session (
    id text primary key not null,
    store_id text not null references store (id),
    person_id text not null references person (id),
    workflow_id text,
    title text not null,
    started_ms bigint not null
);
create index session_of_store on session (store_id, started_ms);

-- The log. Rows are only ever added; seq counts from 1 without gaps in one session.
create table session_event (
    session_id text not null references session (id),
    seq bigint not null,
    at_ms bigint not null,
    kind text not null,
    body text not null,
    primary key (session_id, seq)
);

-- A turn that is running. Its primary key is what keeps a second one from starting; a row whose
-- server stopped beating was interrupted.
create table turn_lease (
    session_id text primary key not null references session (id),
    turn bigint not null,
    server text not null,
    beat_ms bigint not null
);

-- One execution of a workflow version.
create table run (
    id text primary key not null,
    store_id text not null references store (id),
    workflow_id text not null references workflow (id),
    version bigint not null,
    trigger_id text not null,
    started_ms bigint not null,
    status text not null,
    event text not null,
    body text not null
);
create index run_of_workflow on run (workflow_id, started_ms);

-- What was done in the world for a run, in order, in words.
create table performed (
    run_id text not null references run (id),
    position bigint not null,
    step_id text not null,
    kind text not null,
    summary text not null,
    at_ms bigint not null,
    primary key (run_id, position)
);

-- Waits of runs that are not over. A row is deleted by whoever resumes it.
create table run_wait (
    id text primary key not null,
    run_id text not null references run (id),
    due_ms bigint not null,
    resume text not null
);
create index run_wait_due on run_wait (due_ms);

-- Tags that runs put on orders, customers, products: the store's own record of them.
create table resource_tag (
    store_id text not null references store (id),
    resource_id text not null,
    tag text not null,
    at_ms bigint not null,
    primary key (store_id, resource_id, tag)
);
