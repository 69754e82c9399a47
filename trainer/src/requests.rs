//! How merchants ask: a small grammar of phrasing, pools of values, and the noise of real typing.

pub mod grammar;
pub mod noise;
pub mod pools;
pub mod seed;
