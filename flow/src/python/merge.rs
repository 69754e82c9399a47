//! Laying an edited program over the workflow it came from.

use serde_json::Value as Json;

use crate::catalog::Catalog;
use crate::sorted::{SortedMap, SortedSet, sort_by_key};
use crate::workflow::{ConfigValue, Link, Step, Workflow};

use super::{parse, print};

/// Beyond this many pairs steps are matched without regard to near misses.
const MAX_PAIRS: usize = 4_000_000;

/// See [`super::merge`].
pub(super) fn merge(base: &Workflow, new: &Workflow, catalog: &Catalog) -> Workflow {
    // What the program of `base` reads as: the difference to it is what was changed.
    let (text, order) = print::print(base, catalog);
    let mut read = parse::parse(&text, catalog, usize::MAX).workflow;
    let mut order = order;
    if read.steps.len() != order.len() || order.len() != base.steps.len() {
        read = base.clone();
        order = (0..base.steps.len()).collect();
    }
    let pairs = align(&read.steps, &new.steps);
    // For each new step, the step of `base` it is.
    let same: Vec<Option<usize>> = pairs.iter().map(|pair| pair.map(|at| order[at])).collect();
    let steps = steps(base, &read, new, &pairs, &order);
    let ids: Vec<(String, bool)> = steps
        .iter()
        .map(|step| (step.id.clone(), step.numeric_id))
        .collect();
    Workflow {
        name: if new.name == read.name {
            base.name.clone()
        } else {
            new.name.clone()
        },
        links: links(base, &read, new, &same, &order, &ids),
        steps: in_order(steps, &same),
        patched_fields: base.patched_fields.clone(),
        extra: base.extra.clone(),
    }
}

/// For each new step the place of the old step it continues.
fn align(old: &[Step], new: &[Step]) -> Vec<Option<usize>> {
    let mut pairs = vec![None; new.len()];
    let mut taken = vec![false; old.len()];
    if old.len().saturating_mul(new.len()) <= MAX_PAIRS {
        // The alignment of highest score, in line order.
        let width = new.len() + 1;
        let mut best = vec![0_u32; (old.len() + 1) * width];
        for i in (0..old.len()).rev() {
            for j in (0..new.len()).rev() {
                let skip = best[(i + 1) * width + j].max(best[i * width + j + 1]);
                let score = likeness(&old[i], &new[j]);
                best[i * width + j] = if score > 0 {
                    skip.max(best[(i + 1) * width + j + 1] + score)
                } else {
                    skip
                };
            }
        }
        let (mut i, mut j) = (0, 0);
        while i < old.len() && j < new.len() {
            let here = best[i * width + j];
            let score = likeness(&old[i], &new[j]);
            if score > 0 && here == best[(i + 1) * width + j + 1] + score {
                pairs[j] = Some(i);
                taken[i] = true;
                i += 1;
                j += 1;
            } else if here == best[(i + 1) * width + j] {
                i += 1;
            } else {
                j += 1;
            }
        }
    }
    // A step that was moved elsewhere is still that step, first when equal, then when it alone is like it.
    for (j, step) in new.iter().enumerate() {
        if pairs[j].is_none() {
            let found = (0..old.len()).find(|i| !taken[*i] && alike(&old[*i], step));
            if let Some(i) = found {
                pairs[j] = Some(i);
                taken[i] = true;
            }
        }
    }
    pairs
}

fn alike(old: &Step, new: &Step) -> bool {
    old.task_id == new.task_id && old.config == new.config && old.name == new.name
}

/// How much a new step looks like an old one; 0 when it is another step.
fn likeness(old: &Step, new: &Step) -> u32 {
    if old.task_id != new.task_id || old.task_type != new.task_type {
        return 0;
    }
    if alike(old, new) {
        return 1_000;
    }
    let equal = new
        .config
        .iter()
        .filter(|field| old.config_value(&field.id) == Some(&field.value))
        .count();
    let equal = u32::try_from(equal.min(50)).unwrap_or(50);
    100 + equal * 10
}

fn steps(
    base: &Workflow,
    read: &Workflow,
    new: &Workflow,
    pairs: &[Option<usize>],
    order: &[usize],
) -> Vec<Step> {
    let mut used: SortedSet<String> = base.steps.iter().map(|step| step.id.clone()).collect();
    let numeric = !base.steps.is_empty() && base.steps.iter().all(|step| step.numeric_id);
    let mut next = if numeric {
        base.steps
            .iter()
            .filter_map(|step| step.id.parse::<usize>().ok())
            .max()
            .map_or(1, |largest| largest.saturating_add(1))
    } else {
        1
    };
    let sideways = base.extra.get("vertical_layout_enabled") == Some(&Json::Bool(false));
    let mut positions: SortedMap<&str, [f64; 2]> = SortedMap::new();
    let mut out: Vec<Step> = Vec::with_capacity(new.steps.len());
    for (step, pair) in new.steps.iter().zip(pairs) {
        let merged = match pair {
            Some(at) => kept(&base.steps[order[*at]], &read.steps[*at], step),
            None => {
                let mut fresh = step.clone();
                loop {
                    fresh.id = if numeric {
                        next.to_string()
                    } else {
                        format!("s{next}")
                    };
                    next += 1;
                    if used.insert(fresh.id.clone()) {
                        break;
                    }
                }
                fresh.numeric_id = numeric;
                let before = new
                    .incoming(&step.id)
                    .find_map(|link| positions.get(link.from.as_str()));
                if let Some([x, y]) = before {
                    fresh.position = if sideways {
                        [x + 360.0, *y]
                    } else {
                        [*x, y + 160.0]
                    };
                }
                fresh
            }
        };
        positions.insert(step.id.as_str(), merged.position);
        out.push(merged);
    }
    out
}

/// A step of `base` with what the program changed about it.
fn kept(base: &Step, read: &Step, new: &Step) -> Step {
    let mut step = base.clone();
    if new.task_version != read.task_version {
        step.task_version.clone_from(&new.task_version);
    }
    if new.name != read.name {
        step.name.clone_from(&new.name);
    }
    if new.config == read.config {
        return step;
    }
    let mut config: Vec<ConfigValue> = Vec::new();
    for field in &base.config {
        let value = match (read.config_value(&field.id), new.config_value(&field.id)) {
            (Some(before), Some(now)) if before != now => now.to_string(),
            (Some(_), None) => continue,
            (None, Some(now)) => now.to_string(),
            _ => field.value.clone(),
        };
        config.push(ConfigValue {
            id: field.id.clone(),
            value,
        });
    }
    for field in &new.config {
        if base.config_value(&field.id).is_none() {
            config.push(field.clone());
        }
    }
    step.config = config;
    step
}

/// The steps in the order of `base`, each new one after the one it follows in the program.
fn in_order(steps: Vec<Step>, same: &[Option<usize>]) -> Vec<Step> {
    let mut keyed: Vec<((usize, usize), Step)> = Vec::with_capacity(steps.len());
    let mut after = 0;
    for (at, (step, same)) in steps.into_iter().zip(same).enumerate() {
        // Old steps sort by their place; new ones right behind the last old one before them.
        let key = match same {
            Some(place) => {
                after = place + 1;
                (after, 0)
            }
            None => (after, at + 1),
        };
        keyed.push((key, step));
    }
    sort_by_key(&mut keyed, |(key, _)| *key);
    keyed.into_iter().map(|(_, step)| step).collect()
}

type Ends = (String, String, String);

fn ends(link: &Link, id: impl Fn(&str) -> Option<String>) -> Option<Ends> {
    Some((id(&link.from)?, link.from_port.clone(), id(&link.to)?))
}

fn links(
    base: &Workflow,
    read: &Workflow,
    new: &Workflow,
    same: &[Option<usize>],
    order: &[usize],
    ids: &[(String, bool)],
) -> Vec<Link> {
    let read_ids: SortedMap<&str, &str> = read
        .steps
        .iter()
        .zip(order)
        .map(|(step, at)| (step.id.as_str(), base.steps[*at].id.as_str()))
        .collect();
    let new_ids: SortedMap<&str, &str> = new
        .steps
        .iter()
        .zip(ids)
        .map(|(step, (id, _))| (step.id.as_str(), id.as_str()))
        .collect();
    let look = |map: &SortedMap<&str, &str>, id: &str| map.get(id).map(ToString::to_string);
    let said: SortedSet<Ends> = read
        .links
        .iter()
        .filter_map(|link| ends(link, |id| look(&read_ids, id)))
        .collect();
    let wanted: Vec<Ends> = new
        .links
        .iter()
        .filter_map(|link| ends(link, |id| look(&new_ids, id)))
        .collect();
    let wanted_set: SortedSet<&Ends> = wanted.iter().collect();
    let stays: SortedSet<usize> = same.iter().flatten().copied().collect();
    let removed: SortedSet<&str> = base
        .steps
        .iter()
        .enumerate()
        .filter(|(at, _)| !stays.contains(at))
        .map(|(_, step)| step.id.as_str())
        .collect();
    let mut out = Vec::new();
    let mut present: SortedSet<Ends> = SortedSet::new();
    for link in &base.links {
        let ends: Ends = (link.from.clone(), link.from_port.clone(), link.to.clone());
        let stays = if said.contains(&ends) {
            wanted_set.contains(&ends)
        } else {
            // The program cannot say this link, so it did not remove it either.
            !removed.contains(link.from.as_str()) && !removed.contains(link.to.as_str())
        };
        if stays {
            out.push(link.clone());
        }
        present.insert(ends);
    }
    for ends in wanted {
        if present.insert(ends.clone()) {
            out.push(Link::new(ends.0, ends.1, ends.2));
        }
    }
    out
}
