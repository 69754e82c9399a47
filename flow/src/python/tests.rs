//! Printing, reading, drawing by line and merging.

use super::*;

mod round_trip;
