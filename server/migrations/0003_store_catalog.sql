-- What a store said about its own tasks, laid over the built-in catalogue. At most one per store; an
-- import replaces the one before.
create table store_catalog (
    store_id text primary key not null references store (id),
    -- SHA-256 of the body: what was prepared from a catalogue is kept under it.
    hash text not null,
    -- The overlay as flow::catalog::import writes it.
    body text not null,
    imported_ms bigint not null
);
