//! Reading the types of this crate from JSON.
//!
//! What serde derives to read a type is made anew for every source it is read from, and once more in
//! every type that holds it; reading a session's log came to a tenth of the language's WebAssembly.
//! Here serde reads JSON into a [`Value`], and a type takes its fields out of that. Writing stays with
//! what serde derives, which is small.
//!
//! Mistakes are told in serde's own words. The first one is kept and reading goes on with empty
//! values, so that only the whole has to ask whether all went well.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::{Deserialize, Deserializer, Error as _, Unexpected};
use serde_json::{Error, Map, Value};

use crate::catalog::Named;

/// A type that is read from a JSON value.
pub(crate) trait FromJson: Sized {
    /// The value as this type; an empty one where `reading` keeps a mistake.
    fn from_json(value: Value, reading: &mut Reading) -> Self;

    /// What stands for a field that is not there.
    fn missing(name: &'static str, reading: &mut Reading) -> Self {
        reading.keep(Error::missing_field(name));
        Self::from_json(Value::Null, reading)
    }
}

/// What went wrong so far.
#[derive(Default)]
pub(crate) struct Reading {
    mistake: Option<Error>,
}

impl Reading {
    pub(crate) fn keep(&mut self, mistake: Error) {
        self.mistake.get_or_insert(mistake);
    }

    /// Keeps that a value is of another kind than was expected.
    fn wrong(&mut self, value: &Value, expected: &str) {
        let found = match value {
            Value::Null => Unexpected::Unit,
            Value::Bool(value) => Unexpected::Bool(*value),
            Value::Number(_) => Unexpected::Other("number"),
            Value::String(text) => Unexpected::Str(text),
            Value::Array(_) => Unexpected::Seq,
            Value::Object(_) => Unexpected::Map,
        };
        self.keep(Error::invalid_type(found, &expected));
    }
}

/// Reads a whole value for serde.
pub(crate) fn deserialize<'de, T: FromJson, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let mut reading = Reading::default();
    let read = T::from_json(value, &mut reading);
    match reading.mistake {
        Some(mistake) => Err(D::Error::custom(mistake)),
        None => Ok(read),
    }
}

/// The fields of an object, each of which is taken once.
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    /// The fields of a value that should be an object; `expected` names the type.
    pub(crate) fn of(value: Value, expected: &str, reading: &mut Reading) -> Fields {
        match value {
            Value::Object(fields) => Fields(fields),
            other => {
                reading.wrong(&other, expected);
                Fields(Map::new())
            }
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    fn value(&mut self, name: &str) -> Option<Value> {
        self.0.get_mut(name).map(Value::take)
    }

    /// A field that has to be there, or whose type allows that it is not.
    pub(crate) fn take<T: FromJson>(&mut self, name: &'static str, reading: &mut Reading) -> T {
        match self.value(name) {
            Some(value) => T::from_json(value, reading),
            None => T::missing(name, reading),
        }
    }

    /// A field that is empty when it is left out.
    pub(crate) fn or_default<T: FromJson + Default>(
        &mut self,
        name: &'static str,
        reading: &mut Reading,
    ) -> T {
        match self.value(name) {
            Some(value) => T::from_json(value, reading),
            None => T::default(),
        }
    }
}

impl FromJson for Value {
    fn from_json(value: Value, _: &mut Reading) -> Value {
        value
    }
}

impl FromJson for Map<String, Value> {
    fn from_json(value: Value, reading: &mut Reading) -> Map<String, Value> {
        Fields::of(value, "a map", reading).0
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(value: Value, reading: &mut Reading) -> Vec<T> {
        let mut read = Vec::new();
        match value {
            Value::Array(items) => {
                for item in items {
                    read.push(T::from_json(item, reading));
                }
            }
            other => reading.wrong(&other, "a sequence"),
        }
        read
    }
}

impl<T: FromJson> FromJson for BTreeMap<String, T> {
    fn from_json(value: Value, reading: &mut Reading) -> BTreeMap<String, T> {
        let mut read = BTreeMap::new();
        for (key, value) in Fields::of(value, "a map", reading).0 {
            read.insert(key, T::from_json(value, reading));
        }
        read
    }
}

impl<T: FromJson> FromJson for Named<T> {
    fn from_json(value: Value, reading: &mut Reading) -> Named<T> {
        let mut read = Named::default();
        for (key, value) in Fields::of(value, "a map", reading).0 {
            read.insert(key, T::from_json(value, reading));
        }
        read
    }
}

impl FromJson for BTreeSet<String> {
    fn from_json(value: Value, reading: &mut Reading) -> BTreeSet<String> {
        let mut read = BTreeSet::new();
        read.extend(Vec::from_json(value, reading));
        read
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(value: Value, reading: &mut Reading) -> Option<T> {
        match value {
            Value::Null => None,
            value => Some(T::from_json(value, reading)),
        }
    }

    fn missing(_: &'static str, _: &mut Reading) -> Option<T> {
        None
    }
}

/// Types that serde reads from a value as they are.
macro_rules! plain {
    ($($type:ty),*) => {$(
        impl FromJson for $type {
            fn from_json(value: Value, reading: &mut Reading) -> $type {
                <$type>::deserialize(value).unwrap_or_else(|mistake| {
                    reading.keep(mistake);
                    Default::default()
                })
            }
        }
    )*};
}

plain!(bool, i64, u32, u64, usize, String, [f64; 2]);

/// How a type is read from JSON, for [`FromJson`] and for serde.
///
/// A struct names its fields; `as` gives the name in JSON where it is another one, and `or default`
/// stands behind a field that may be left out. An enum of words gives the word of each variant. An
/// enum with fields names the field that holds the word, and the fields of each variant. An enum of
/// single values (`of`) is an object whose one field has the name of the variant.
macro_rules! from_json {
    (struct $type:ident {
        $($field:ident $(as $name:literal)? $(or $default:ident)?),* $(,)?
    }) => {
        impl $crate::from_json::FromJson for $type {
            fn from_json(
                value: serde_json::Value,
                reading: &mut $crate::from_json::Reading,
            ) -> $type {
                let expected = concat!("struct ", stringify!($type));
                let mut fields = $crate::from_json::Fields::of(value, expected, reading);
                $type {
                    $($field: from_json!(
                        @field fields, reading, $field $(as $name)? $(or $default)?
                    )),*
                }
            }
        }
        from_json!(@serde $type);
    };
    (enum $type:ident { $first:ident = $first_word:literal $(, $variant:ident = $word:literal)* $(,)? }) => {
        impl $crate::from_json::FromJson for $type {
            fn from_json(
                value: serde_json::Value,
                reading: &mut $crate::from_json::Reading,
            ) -> $type {
                let word: String = $crate::from_json::FromJson::from_json(value, reading);
                match word.as_str() {
                    $first_word => $type::$first,
                    $($word => $type::$variant,)*
                    _ => {
                        reading.keep(serde::de::Error::unknown_variant(
                            &word,
                            &[$first_word $(, $word)*],
                        ));
                        $type::$first
                    }
                }
            }
        }
        from_json!(@serde $type);
    };
    (enum $type:ident by $tag:literal {
        $first:ident = $first_word:literal { $($first_field:ident),* $(,)? }
        $(, $variant:ident = $word:literal { $($field:ident),* $(,)? })* $(,)?
    }) => {
        impl $crate::from_json::FromJson for $type {
            fn from_json(
                value: serde_json::Value,
                reading: &mut $crate::from_json::Reading,
            ) -> $type {
                let expected = concat!("enum ", stringify!($type));
                let mut fields = $crate::from_json::Fields::of(value, expected, reading);
                let word: String = fields.take($tag, reading);
                match word.as_str() {
                    $($word => $type::$variant {
                        $($field: fields.take(stringify!($field), reading)),*
                    },)*
                    word => {
                        if word != $first_word {
                            reading.keep(serde::de::Error::unknown_variant(
                                word,
                                &[$first_word $(, $word)*],
                            ));
                        }
                        $type::$first {
                            $($first_field: fields.take(stringify!($first_field), reading)),*
                        }
                    }
                }
            }
        }
        from_json!(@serde $type);
    };
    (enum $type:ident of { $first:ident $(, $variant:ident)* $(,)? }) => {
        impl $crate::from_json::FromJson for $type {
            fn from_json(
                value: serde_json::Value,
                reading: &mut $crate::from_json::Reading,
            ) -> $type {
                let expected = concat!("enum ", stringify!($type));
                let mut fields = $crate::from_json::Fields::of(value, expected, reading);
                $(if fields.has(stringify!($variant)) {
                    return $type::$variant(fields.take(stringify!($variant), reading));
                })*
                $type::$first(fields.take(stringify!($first), reading))
            }
        }
        from_json!(@serde $type);
    };
    (@field $fields:ident, $reading:ident, $field:ident) => {
        $fields.take(stringify!($field), $reading)
    };
    (@field $fields:ident, $reading:ident, $field:ident as $name:literal) => {
        $fields.take($name, $reading)
    };
    (@field $fields:ident, $reading:ident, $field:ident or default) => {
        $fields.or_default(stringify!($field), $reading)
    };
    (@serde $type:ident) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<$type, D::Error> {
                $crate::from_json::deserialize(deserializer)
            }
        }
    };
}

pub(crate) use from_json;

#[cfg(test)]
mod tests;
