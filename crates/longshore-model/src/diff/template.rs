//! Templates (MODEL-243).

use std::collections::{BTreeMap, VecDeque};

use super::compare::{Lists, Objects, Pair};
use crate::Template;

pub(super) fn add(objects: &mut Objects, templates: Lists<'_, Template>) {
    if templates.old == templates.new {
        return;
    }
    for pair in pairs(templates) {
        objects.present("Template", pair, &[], parts);
    }
}

/// One on each side are versions of each other; else those of one destination are, in order.
fn pairs(templates: Lists<'_, Template>) -> Vec<Pair<'_, Template>> {
    if let ([old], [new]) = (templates.old, templates.new) {
        return vec![Pair { old: Some(old), new: Some(new) }];
    }
    let mut open: BTreeMap<&str, VecDeque<&Template>> = BTreeMap::new();
    templates.new.iter().for_each(|new| open.entry(&new.dest_path).or_default().push_back(new));
    let mut match_of = |old: &Template| open.get_mut(old.dest_path.as_str()).and_then(VecDeque::pop_front);
    let mut pairs: Vec<_> = templates.old.iter().map(|old| Pair { old: Some(old), new: match_of(old) }).collect();
    pairs.extend(open.into_values().flatten().map(|new| Pair { old: None, new: Some(new) }));
    pairs
}

fn parts(pair: Pair<'_, Template>, within: &mut Objects) {
    // Named after the template it is part of, as the reference has it.
    within.deep("Template", pair.nullable(|template| template.wait.as_ref()));
    within.present("ChangeScript", pair.nullable(|template| template.change_script.as_ref()), &[], |pair, within| {
        within.set("Args", pair.list(|script| &script.args));
    });
}
