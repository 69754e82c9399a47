//! What a run trains, whichever it is: named variables in a fixed order.

use super::{Adapter, Base, Place};
use candle_core::{Result, Var};

/// Names and variables. The variables share their values with the model that they belong to.
pub struct Parameters(Vec<(String, Var)>);

impl Parameters {
    /// The matrices of an adapter, with their PEFT names.
    pub fn of_adapter(adapter: &Adapter) -> Self {
        let all = adapter.variables().into_iter();
        Parameters(all.map(|(name, var)| (name, var.clone())).collect())
    }

    /// All weights of a model whose weights are variables, with their Hugging Face names.
    pub fn of_weights(base: &Base) -> Result<Self> {
        let mut all = vec![];
        for place in Place::all(&base.spec) {
            match base.weight(place) {
                Some(weight) if weight.is_variable() => {
                    // Of a variable this is the variable itself, not a copy.
                    all.push((place.huggingface(), Var::from_tensor(weight)?));
                }
                _ => candle_core::bail!("{} is frozen", place.huggingface()),
            }
        }
        Ok(Parameters(all))
    }

    /// The variables with their names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Var)> {
        self.0.iter().map(|(name, var)| (name.as_str(), var))
    }
}
