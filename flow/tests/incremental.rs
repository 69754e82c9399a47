//! Reading a program while it arrives costs the same for every line, however long the program is.
//!
//! The measure is exact: the bytes that a line makes the reader take from the allocator. Whatever
//! copied the text, the names or the graph so far would make later lines dearer. Growing a list in
//! place is not counted; it is paid for by all the lines that fill it.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use flow::Catalog;
use flow::python::Incremental;

thread_local! {
    static TAKEN: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call goes to the system's allocator unchanged; the counter is a plain cell of this
// thread that takes no memory of its own.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = TAKEN.try_with(|taken| taken.set(taken.get() + layout.size()));
        // SAFETY: as promised by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as promised by the caller.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as promised by the caller.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// The bytes taken for the lines of the second and of the last of ten equal parts; the first one
/// warms up: an open bracket is given up only after some lines.
fn early_and_late(count: usize, line: impl Fn(usize) -> String) -> (usize, usize) {
    let mut reading = Incremental::new(Catalog::builtin());
    reading.push("@order_created\ndef f(order):\n");
    let part = count / 10;
    let mut parts = Vec::new();
    for start in (0..count).step_by(part) {
        let lines: Vec<String> = (start..start + part).map(&line).collect();
        let before = TAKEN.get();
        for line in &lines {
            reading.push(line);
        }
        parts.push(TAKEN.get() - before);
    }
    (parts[1], parts[parts.len() - 1])
}

#[test]
fn a_line_costs_what_it_says_however_much_stands_before_it() {
    type Case = (&'static str, usize, fn(usize) -> String);
    let cases: [Case; 11] = [
        ("comments", 20_000, |n| format!("    # line {n:06}\n")),
        ("blank lines", 20_000, |_| "\n".to_string()),
        ("lines that mean nothing", 20_000, |n| {
            format!("    what {n:06}\n")
        }),
        ("steps", 1_900, |n| {
            format!("    log_output(message=\"{n:06}\")\n")
        }),
        ("variables of one's own", 1_900, |n| {
            format!("    own{n:06} = get_order_data(query=own{n:06}.id)\n")
        }),
        ("variables, read in conditions", 900, |n| {
            format!(
                "    own{n:06} = get_order_data()\n    if any(x == own{n:06}.id for x in order.tags):\n        return\n"
            )
        }),
        ("detached steps", 1_900, |n| {
            format!("    with detached():\n        log_output(message=\"{n:06}\")\n")
        }),
        ("branches", 1_900, |n| {
            format!("    with branch():\n        log_output(message=\"{n:06}\")\n")
        }),
        ("paths to one label", 900, |n| {
            format!(
                "    if order.test:\n        log_output(message=\"{n:06}\")\n        goto(\"a\")\n"
            )
        }),
        ("labels", 900, |n| {
            format!(
                "    if order.test:\n        goto(\"l{n:06}\")\n    log_output(message=\"x\")\n    label(\"l{n:06}\")\n    wait(days=1)\n"
            )
        }),
        ("brackets that stay open", 4_000, |n| {
            format!("    f({n:06}\n")
        }),
    ];
    for (name, count, line) in cases {
        let (early, late) = early_and_late(count, line);
        // Ids grow by a digit or two, and maps take a node now and then.
        assert!(
            late <= early + early / 2 + 4_096,
            "{name}: {early} bytes for the second tenth, {late} for the last"
        );
    }
}
