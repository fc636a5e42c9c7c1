//! What structures weigh: counted from their parts, without walking through them.

/// Bytes of a map or set of the standard library, with so many entries of such a size.
///
/// A node has room for eleven; filled in ascending order it is left with six, the worst that is common. Its links and
/// the floors above add to that.
pub(super) fn tree(entries: usize, entry: usize) -> usize {
    entries * (entry * 2 + 6)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use longshore_model::{Job, Node, Spread, SpreadTarget, Task, TaskGroup};

    use crate::policy::Occasion;
    use crate::{Before, Nobody, Policy, Request, Search, Slot};

    /// As many as columns that double have room for.
    const NODES: usize = 1 << 14;

    fn search() -> Search {
        let mut search = Search::new(Policy::default());
        for at in 0..NODES {
            let node = Node::new(&format!("00000000-0000-0000-0000-{at:012}")).datacenter("dc1").cpu(14_000);
            let node = node.memory_mb(32_000).disk_mb(100_000).meta("rack", &format!("r{}", at % 50));
            search.fleet_mut().put_node(Slot(at as u32), Arc::new(node)).unwrap();
        }
        search
    }

    /// What the board of a group with a spread weighs once something was placed, a node.
    fn board(attribute: &str, targets: &[SpreadTarget]) -> usize {
        let task = Task::new("t").cpu(600).memory_mb(600);
        let mut group = TaskGroup::new("g").count(300).task(task);
        if !attribute.is_empty() {
            let spread = Spread {
                attribute: attribute.into(),
                spread_target: targets.iter().cloned().collect(),
                ..Spread::default()
            };
            group.spreads = [spread].into();
        }
        let job = Job::service("j").with_group(group);
        let mut search = search();
        let ask = search.ask(&job, &job.task_groups[0]).unwrap();
        let (alloc_name, occasion, single) = ("", Occasion::default(), false);
        let (group, occupants) = (&job.task_groups[0], &Nobody);
        let request = Request {
            ask: &ask,
            job: &job,
            group,
            alloc_name,
            occasion,
            oversubscription: false,
            occupants,
            single,
            runners_up: 0,
        };
        search.begin(&request, &Before { count: 300, ..Before::default() });
        for _ in 0..300 {
            let choice = search.best(&request).unwrap();
            search.place(&ask, &choice).unwrap();
        }
        search.boards[0].bytes() / NODES
    }

    /// A pass reads less than a line of the cache, and a profile; the other columns are read and written where something
    /// changed.
    #[test]
    fn a_node_of_the_fleet() {
        let fleet = search().fleet;
        assert_eq!((crate::fleet::HOT, fleet.column_bytes() / NODES), (48, 148));
    }

    #[test]
    fn a_node_of_a_board() {
        let target = |value: &str, percent| SpreadTarget { value: value.into(), percent };
        let some = [target("r1", 40), target("r2", 10)];
        let table: [(&str, &[SpreadTarget], usize); 5] = [
            ("", &[], 20),
            ("${meta.rack}", &[], 40),
            ("${meta.rack}", &some, 40),
            ("${node.unique.id}", &[], 400),
            ("${node.unique.id}", &some, 40),
        ];
        for (attribute, targets, most) in table {
            let bytes = board(attribute, targets);
            assert!(bytes < most, "spread over {attribute:?}, {} targets: {bytes} bytes a node", targets.len());
        }
    }
}
