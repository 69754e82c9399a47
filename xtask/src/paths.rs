//! Where things are: the checkout, the build's output, the cache that several checkouts share.

use std::path::PathBuf;

/// The root of the checkout. Cargo says it when it runs the program, which matters where several
/// checkouts share a build output: the program may have been built in another one.
pub fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().map(PathBuf::from).unwrap_or(manifest)
}

/// Cargo's target folder, which `CARGO_TARGET_DIR` may move out of the checkout.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// The page as it is served. Always inside the checkout, so that two checkouts never mix.
pub fn site() -> PathBuf {
    root().join("target/site")
}

/// What the running program writes: database, outbox, published models.
pub fn var() -> PathBuf {
    root().join("var")
}

/// Downloads that are the same for every checkout.
pub fn cache() -> PathBuf {
    if let Some(folder) = std::env::var_os("FLOWRIGHT_CACHE") {
        return root().join(folder);
    }
    if let Some(folder) = std::env::var_os("XDG_CACHE_HOME") {
        return PathBuf::from(folder).join("flowright");
    }
    match std::env::var_os("HOME") {
        Some(home) => PathBuf::from(home).join(".cache/flowright"),
        None => root().join("target/cache"),
    }
}

/// A program of this workspace, built in the dev profile.
pub fn program(name: &str) -> PathBuf {
    target().join("debug").join(name)
}
