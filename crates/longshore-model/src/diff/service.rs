//! Services (MODEL-242).

use std::collections::{BTreeMap, VecDeque};

use super::compare::{Lists, Objects, Pair, fields};
use super::task::identity;
use super::texts::Texts;
use crate::{Service, ServiceCheck, ServiceWeights};

pub(super) fn add(objects: &mut Objects, services: Lists<'_, Service>) {
    if services.old == services.new {
        return;
    }
    for pair in pairs(services) {
        objects.present("Service", pair, &[], parts);
    }
}

/// One on each side are versions of each other. Else each old one in turn takes the new one, not yet taken, that is most
/// like it, the first of several: a name counts 3, a port 2, a place 1, and 3 is the least.
///
/// Only services of one name, or at one place, come to 3, so those alone are looked at.
fn pairs(services: Lists<'_, Service>) -> Vec<Pair<'_, Service>> {
    if let ([old], [new]) = (services.old, services.new) {
        return vec![Pair { old: Some(old), new: Some(new) }];
    }
    let mut open = Open::new(services.new);
    let mut pairs = Vec::with_capacity(services.old.len().max(services.new.len()));
    for (at, old) in services.old.iter().enumerate() {
        pairs.push(Pair { old: Some(old), new: open.take_best(at, old) });
    }
    pairs.extend(open.left().map(|new| Pair { old: None, new: Some(new) }));
    pairs
}

/// New services that no old one has taken.
struct Open<'a> {
    services: &'a [Service],
    taken: Vec<bool>,
    by_name: BTreeMap<&'a str, VecDeque<usize>>,
    by_name_and_port: BTreeMap<(&'a str, &'a str), VecDeque<usize>>,
}

impl<'a> Open<'a> {
    fn new(services: &'a [Service]) -> Open<'a> {
        let (mut by_name, mut by_name_and_port) = (BTreeMap::new(), BTreeMap::new());
        for (at, service) in services.iter().enumerate() {
            let (name, port) = (service.name.as_str(), service.port_label.as_str());
            by_name.entry(name).or_insert_with(VecDeque::new).push_back(at);
            by_name_and_port.entry((name, port)).or_insert_with(VecDeque::new).push_back(at);
        }
        Open { services, taken: vec![false; services.len()], by_name, by_name_and_port }
    }

    fn take_best(&mut self, place: usize, old: &'a Service) -> Option<&'a Service> {
        let (name, port) = (old.name.as_str(), old.port_label.as_str());
        let taken = &self.taken;
        // Each list gives the first of those that are alike so far and are elsewhere; taken ones are dropped for good.
        let first = |list: Option<&mut VecDeque<usize>>| {
            let list = list?;
            while list.front().is_some_and(|at| taken[*at]) {
                list.pop_front();
            }
            list.front().copied()
        };
        let named = first(self.by_name.get_mut(name));
        let named_with_port = first(self.by_name_and_port.get_mut(&(name, port)));
        let here = Some(place).filter(|at| taken.get(*at) == Some(&false));
        let score = |at: usize| {
            let new = &self.services[at];
            3 * u8::from(new.name == name) + 2 * u8::from(new.port_label == port) + u8::from(at == place)
        };
        let candidates = [here, named_with_port, named].into_iter().flatten();
        let best = candidates.filter(|at| score(*at) > 2).max_by_key(|at| (score(*at), std::cmp::Reverse(*at)))?;
        self.taken[best] = true;
        self.services.get(best)
    }

    fn left(self) -> impl Iterator<Item = &'a Service> {
        self.services.iter().zip(self.taken).filter(|(_, taken)| !taken).map(|(service, _)| service)
    }
}

fn parts(pair: Pair<'_, Service>, within: &mut Objects) {
    within.set("CanaryTags", pair.list(|service| &service.canary_tags));
    within.set("Tags", pair.list(|service| &service.tags));
    for check in pair.list(|service| &service.checks).by_key(|check| &check.name) {
        // Arguments make a check differ, and are not shown.
        within.present("Check", check, &[], check_parts);
    }
    connect(pair, within);
    within.present("Identity", pair.nullable(|service| service.identity.as_ref()), &[], identity);
    weights(pair.nullable(|service| service.weights.as_ref()), within);
}

fn check_parts(pair: Pair<'_, ServiceCheck>, within: &mut Objects) {
    within.deep_map("Header", pair.member(|check| &check.header));
    within.present("CheckRestart", pair.nullable(|check| check.check_restart.as_ref()), &[], |_, _| {});
}

/// Kept as it is, and shown as it is.
fn connect(pair: Pair<'_, Service>, within: &mut Objects) {
    let pair = pair.nullable(|service| Some(&service.connect).filter(|connect| !connect.is_null()));
    let shown = fields(pair.old.map(Texts::of_entries), pair.new.map(Texts::of_entries), &[], within.detail());
    within.add_unless_none(pair.kind(), "ConsulConnect", shown);
}

/// Weights that are not positive are none.
fn weights(pair: Pair<'_, ServiceWeights>, within: &mut Objects) {
    let texts = |weights: &ServiceWeights| {
        let both = [("Passing", weights.passing), ("Warning", weights.warning)];
        Texts::given(
            both.into_iter().filter(|(_, weight)| *weight > 0).map(|(name, weight)| (name, weight.to_string())),
        )
    };
    let shown = fields(pair.old.map(texts), pair.new.map(texts), &[], within.detail());
    within.add_unless_none(pair.kind(), "Weights", shown);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// MODEL-242, word by word: every old service looks at every new one.
    fn plain_pairs(old: &[Service], new: &[Service]) -> Vec<(Option<usize>, Option<usize>)> {
        if let ([_], [_]) = (old, new) {
            return vec![(Some(0), Some(0))];
        }
        let mut taken = vec![false; new.len()];
        let mut pairs = Vec::new();
        for (at, service) in old.iter().enumerate() {
            let mut best: Option<(i32, usize)> = None;
            for (place, other) in new.iter().enumerate() {
                let same = [at == place, service.port_label == other.port_label, service.name == other.name];
                let score = i32::from(same[0]) + 2 * i32::from(same[1]) + 3 * i32::from(same[2]);
                if !taken[place] && score > 2 && best.is_none_or(|(high, _)| score > high) {
                    best = Some((score, place));
                }
            }
            if let Some((_, place)) = best {
                taken[place] = true;
            }
            pairs.push((Some(at), best.map(|(_, place)| place)));
        }
        pairs.extend((0..new.len()).filter(|place| !taken[*place]).map(|place| (None, Some(place))));
        pairs
    }

    fn services() -> impl Strategy<Value = Vec<Service>> {
        let service =
            ("[abc]?", "[xy]?").prop_map(|(name, port_label)| Service { name, port_label, ..Service::default() });
        proptest::collection::vec(service, 0..8)
    }

    proptest! {
        #[test]
        fn model_242_pairs_are_those_of_the_plain_search(old in services(), new in services()) {
            let place = |list: &[Service], one: &Service| list.iter().position(|service| std::ptr::eq(service, one));
            let found = pairs(Lists { old: &old, new: &new });
            let found: Vec<_> = found
                .iter()
                .map(|pair| {
                    let old = pair.old.and_then(|service| place(&old, service));
                    (old, pair.new.and_then(|service| place(&new, service)))
                })
                .collect();
            prop_assert_eq!(found, plain_pairs(&old, &new));
        }
    }
}
