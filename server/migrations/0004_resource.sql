-- Things of a store that workflows name and Flow wants by id (collections, locations, segments), as the
-- store's events showed them. The last name a thing was seen with counts.
create table resource (
    store_id text not null references store (id),
    -- gid://shopify/Collection/1
    id text not null,
    -- The type as the catalogue calls it, such as Collection.
    kind text not null,
    name text not null,
    seen_ms bigint not null,
    primary key (store_id, id)
);
