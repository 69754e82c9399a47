//! What a run trains, whichever it is: named variables in a fixed order.

use super::Adapter;
use candle_core::Var;

/// Names and variables. The variables share their values with the model that they belong to.
pub struct Parameters(Vec<(String, Var)>);

impl Parameters {
    /// The matrices of an adapter, with their PEFT names.
    pub fn of_adapter(adapter: &Adapter) -> Self {
        let all = adapter.variables().into_iter();
        Parameters(all.map(|(name, var)| (name, var.clone())).collect())
    }

    /// The variables with their names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Var)> {
        self.0.iter().map(|(name, var)| (name.as_str(), var))
    }
}
