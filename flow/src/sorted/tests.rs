//! Whatever is done to them, they hold what the standard library's hold.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum Deed {
    Insert(u8, u8),
    Remove(u8),
    Entry(u8, u8),
    Look(u8),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let key = || 0..12_u8;
    proptest::collection::vec(
        prop_oneof![
            (key(), any::<u8>()).prop_map(|(key, value)| Deed::Insert(key, value)),
            key().prop_map(Deed::Remove),
            (key(), any::<u8>()).prop_map(|(key, value)| Deed::Entry(key, value)),
            key().prop_map(Deed::Look),
        ],
        0..40,
    )
}

proptest! {
    #[test]
    fn a_map_is_the_standard_one(deeds in deeds()) {
        let mut ours = SortedMap::new();
        let mut theirs = BTreeMap::new();
        for deed in deeds {
            match deed {
                Deed::Insert(key, value) => {
                    prop_assert_eq!(ours.insert(key, value), theirs.insert(key, value));
                }
                Deed::Remove(key) => prop_assert_eq!(ours.remove(&key), theirs.remove(&key)),
                Deed::Entry(key, value) => {
                    let (a, b) = (ours.entry(key).or_insert(value), theirs.entry(key).or_insert(value));
                    *a = a.wrapping_add(1);
                    *b = b.wrapping_add(1);
                }
                Deed::Look(key) => {
                    prop_assert_eq!(ours.get(&key), theirs.get(&key));
                    prop_assert_eq!(ours.get_mut(&key), theirs.get_mut(&key));
                    prop_assert_eq!(ours.contains_key(&key), theirs.contains_key(&key));
                }
            }
            prop_assert_eq!(ours.len(), theirs.len());
            prop_assert!(ours.keys().eq(theirs.keys()));
            prop_assert!((&ours).into_iter().eq(&theirs));
        }
        prop_assert!(ours.into_iter().eq(theirs));
    }

    #[test]
    fn a_list_is_sorted_as_the_standard_one(
        list in proptest::collection::vec((0..6_u8, any::<u16>()), 0..60),
    ) {
        let (mut ours, mut theirs) = (list.clone(), list);
        sort_by_key(&mut ours, |(key, _)| *key);
        theirs.sort_by_key(|(key, _)| *key);
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn a_set_is_the_standard_one(
        elements in proptest::collection::vec(0..20_u8, 0..30),
        others in proptest::collection::vec(0..20_u8, 0..6),
    ) {
        let mut ours: SortedSet<u8> = elements.iter().copied().collect();
        let mut theirs: BTreeSet<u8> = elements.iter().copied().collect();
        let (other, std_other): (SortedSet<u8>, BTreeSet<u8>) =
            (others.iter().copied().collect(), others.iter().copied().collect());
        prop_assert!(ours.iter().eq(theirs.iter()));
        prop_assert_eq!(other.is_subset(&ours), std_other.is_subset(&theirs));
        prop_assert_eq!(other.is_disjoint(&ours), std_other.is_disjoint(&theirs));
        prop_assert!(ours.intersection(&other).eq(theirs.intersection(&std_other)));
        for element in others {
            prop_assert_eq!(ours.contains(&element), theirs.contains(&element));
            prop_assert_eq!(ours.remove(&element), theirs.remove(&element));
            prop_assert_eq!(ours.insert(element / 2), theirs.insert(element / 2));
        }
        ours.retain(|element| element % 3 != 0);
        theirs.retain(|element| element % 3 != 0);
        prop_assert_eq!(ours.len(), theirs.len());
        prop_assert!(ours.into_iter().eq(theirs));
    }
}
