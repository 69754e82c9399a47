//! Building an event: a value at every place that the workflow reads.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::reads::{Shape, World};
use super::samples;
use super::solve::{Part, Place};

/// Fields that make an object look like one, when the workflow reads the object but no field of it.
const FACE: [&str; 5] = ["id", "name", "title", "email", "handle"];

/// What was decided about an event; everything else is made up by type.
#[derive(Clone, Debug, Default)]
pub(super) struct Choice {
    /// The value at a place. An object here means only that the place is not nil.
    pub values: BTreeMap<Place, Value>,
    /// How many items a list has.
    pub items: BTreeMap<Place, usize>,
    /// Lists that are made longer than they need to be: their last item is repeated up to this many.
    pub padded: BTreeMap<Place, usize>,
}

/// The event with everything the workflow reads, and what was decided about it.
pub(super) fn event(world: &World<'_>, choice: &Choice) -> Value {
    let mut shapes = world.shapes.clone();
    for place in choice
        .values
        .keys()
        .chain(choice.items.keys())
        .chain(choice.padded.keys())
    {
        let fields: Vec<String> = place
            .iter()
            .filter_map(|part| match part {
                Part::Field(name) => Some(name.clone()),
                Part::Item(_) => None,
            })
            .collect();
        world.insert(&mut shapes, &fields, true);
    }
    let builder = Builder { world, choice };
    let mut event = Map::new();
    for (name, shape) in &shapes {
        let mut place = vec![Part::Field(name.clone())];
        let value = builder.value(shape, name, "Query", &mut place, 0, false);
        event.insert(name.clone(), value);
    }
    Value::Object(event)
}

struct Builder<'a> {
    world: &'a World<'a>,
    choice: &'a Choice,
}

impl Builder<'_> {
    /// The value at a place. `number` counts the items of the nearest list, `is_item` says that the
    /// place is one of them.
    fn value(
        &self,
        shape: &Shape,
        name: &str,
        owner: &str,
        place: &mut Place,
        number: usize,
        is_item: bool,
    ) -> Value {
        if let Some(value) = self.choice.values.get(place)
            && !value.is_object()
        {
            return value.clone();
        }
        let chosen = self.choice.items.get(place).copied();
        let padded = self.choice.padded.get(place).copied();
        if chosen.is_some() || padded.is_some() || (shape.ty.list && !is_item) {
            let made = chosen.unwrap_or(usize::from(padded.is_none()));
            let wanted = padded.unwrap_or(made).max(made);
            let mut items: Vec<Value> = Vec::new();
            for i in 0..wanted {
                // Beyond the items that were decided on, the last of them is repeated.
                if i >= made.max(1) {
                    let last = items.last().cloned().unwrap_or(Value::Null);
                    items.push(last);
                    continue;
                }
                place.push(Part::Item(i));
                items.push(self.value(shape, name, owner, place, i, true));
                place.pop();
            }
            return Value::Array(items);
        }
        let catalog = self.world.catalog;
        let known = catalog.types.objects.get(&shape.ty.name);
        if known.is_none() && shape.fields.is_empty() {
            return samples::scalar(catalog, owner, name, &shape.ty, number);
        }
        let mut object = Map::new();
        for face in FACE {
            let bare = shape.fields.is_empty() || face == "id";
            let ty = known.and_then(|fields| fields.get(face));
            if let Some(ty) = ty
                && bare
                && !shape.fields.contains_key(face)
                && !ty.list
                && catalog.is_scalar(&ty.name)
            {
                let value = samples::scalar(catalog, &shape.ty.name, face, ty, number);
                object.insert(face.to_string(), value);
            }
        }
        for (field, inner) in &shape.fields {
            place.push(Part::Field(field.clone()));
            let value = self.value(inner, field, &shape.ty.name, place, number, false);
            place.pop();
            object.insert(field.clone(), value);
        }
        Value::Object(object)
    }
}
