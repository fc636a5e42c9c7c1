//! Lists in the orders that readers see them in, page by page (API-121 to API-128).

use std::cmp::Ordering;
use std::fmt;
use std::iter;
use std::sync::Arc;

use longshore_model::id::{Id, IdPrefix};
use longshore_model::{Evaluation, Namespace, Node};

use crate::batch::Index;
use crate::state::{AllocRef, JobRef, State};

/// What names an object in a list: pages begin at tokens.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Token<'a> {
    /// An identifier.
    Id(&'a Id),
    /// The index of creation, and the identifier.
    Created(Index, &'a Id),
    /// A namespace and a name within it.
    Named(&'a str, &'a str),
    /// The index of the last change.
    Modified(Index),
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Token::Id(id) => id.fmt(f),
            Token::Created(index, id) => write!(f, "{index}.{id}"),
            Token::Named(namespace, name) => write!(f, "{namespace}.{name}"),
            Token::Modified(index) => index.fmt(f),
        }
    }
}

impl Token<'_> {
    /// How this token stands to the text of another. Numbers are compared as numbers; a text that is no token of this
    /// sort is compared as a text, or is zero where there is nothing but a number.
    fn compare(&self, other: &str) -> Ordering {
        let text = |id: &Id, other: &str| id.text(&mut [0; 36]).cmp(other);
        match (self, other.split_once('.')) {
            (Token::Id(id), _) => text(id, other),
            (Token::Created(index, id), Some((head, rest))) => match head.parse::<Index>() {
                Ok(number) => index.cmp(&number).then_with(|| text(id, rest)),
                Err(_) => self.to_string().as_str().cmp(other),
            },
            // As the list is sorted, not as the texts are (API-128).
            (Token::Named(namespace, name), Some((head, rest))) => (*namespace, *name).cmp(&(head, rest)),
            (Token::Created(..) | Token::Named(..), None) => self.to_string().as_str().cmp(other),
            (Token::Modified(index), _) => index.cmp(&other.parse().unwrap_or(0)),
        }
    }
}

/// Which end of a list comes first.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Direction {
    /// Its own order.
    #[default]
    Forward,
    /// The other way round (API-127), every list.
    Reverse,
}

/// Which page of a list (API-121).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct PageOptions<'a> {
    /// Where the page begins: [`Page::next_token`] of the page before; `""` is the beginning.
    pub token: &'a str,
    /// How many objects at most; 0 is all. Below zero is a page of none that says where the first is.
    pub per_page: i32,
}

/// Some of a list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Page<T> {
    /// The objects.
    pub items: Vec<T>,
    /// The token of the first object of the next page; `""` if there is none.
    pub next_token: String,
}

/// A list in its order. An iterator over all of it, or [`Listing::page`] for some.
pub struct Listing<'a, T> {
    items: Box<dyn Iterator<Item = T> + 'a>,
    token: fn(&T) -> Token<'_>,
    direction: Direction,
}

impl<T> fmt::Debug for Listing<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing").field("direction", &self.direction).finish_non_exhaustive()
    }
}

impl<T> Iterator for Listing<'_, T> {
    type Item = T;
    fn next(&mut self) -> Option<T> {
        self.items.next()
    }
}

impl<'a, T: 'a> Listing<'a, T> {
    fn new(items: impl Iterator<Item = T> + 'a, direction: Direction, token: fn(&T) -> Token<'_>) -> Self {
        let items: Box<dyn Iterator<Item = T> + 'a> = match direction {
            Direction::Forward => Box::new(items),
            Direction::Reverse => Box::new(items.collect::<Vec<T>>().into_iter().rev()),
        };
        Listing { items, token, direction }
    }

    /// The page that begins at a token, of the objects that `accept` takes. Objects before the token are not shown to
    /// `accept`; an object that has gone since leaves its place to the next one (API-122 to API-124).
    ///
    /// ```
    /// use longshore_store::{Batch, Change, Direction, Kind, PageOptions, State};
    /// use longshore_model::{Node, Time};
    /// let mut state = State::new();
    /// let nodes = ["b", "a", "c"].map(|id| Change::PutNode(Node::new(id).into()));
    /// state.apply(&Batch { index: 1, time: Time(0), kind: Kind::NodeRegistration, changes: nodes.into() })?;
    ///
    /// let all = |_: &_| Ok::<bool, std::convert::Infallible>(true);
    /// let page = |token| state.list_nodes(None, Direction::Forward).page(PageOptions { token, per_page: 2 }, all);
    /// let Ok(first) = page("");
    /// assert_eq!(first.items.iter().map(|node| node.id.to_string()).collect::<Vec<_>>(), ["a", "b"]);
    /// let Ok(second) = page(&first.next_token);
    /// assert_eq!((second.items.len(), second.next_token.as_str()), (1, ""));
    /// # Ok::<(), longshore_store::ApplyError>(())
    /// ```
    ///
    /// # Errors
    /// The first one of `accept`: it fails the whole page.
    pub fn page<E>(
        self,
        options: PageOptions<'_>,
        mut accept: impl FnMut(&T) -> Result<bool, E>,
    ) -> Result<Page<T>, E> {
        let most = match options.per_page {
            0 => usize::MAX,
            count => usize::try_from(count).unwrap_or(0),
        };
        let before = match self.direction {
            Direction::Forward => Ordering::Less,
            Direction::Reverse => Ordering::Greater,
        };
        let mut items = Vec::new();
        for item in self.items {
            let too_early = !options.token.is_empty() && (self.token)(&item).compare(options.token) == before;
            if items.is_empty() && too_early || !accept(&item)? {
                continue;
            }
            if items.len() == most {
                return Ok(Page { next_token: (self.token)(&item).to_string(), items });
            }
            items.push(item);
        }
        Ok(Page { items, next_token: String::new() })
    }
}

/// Objects in creation order, those of one index in the order of their ids.
fn by_creation<T>(
    items: impl Iterator<Item = T>,
    index: fn(&T) -> Index,
    id: fn(&T) -> &Id,
) -> impl Iterator<Item = T> {
    let mut items = items.peekable();
    let mut run: Vec<T> = Vec::new();
    iter::from_fn(move || {
        if run.is_empty() {
            run.push(items.next()?);
            while let Some(item) = items.next_if(|item| index(item) == index(&run[0])) {
                run.push(item);
            }
            // Taken from the end.
            run.sort_by(|a, b| id(b).cmp(id(a)));
        }
        run.pop()
    })
}

/// Lists. Each is walked lazily; a reversed one is gathered first, a word or two an object. In a list of one namespace
/// [`Listing::page`] shows `accept` nothing of others.
impl State {
    /// Jobs of one namespace or of all, in order of namespace and id; with a prefix, those whose ids begin with it.
    pub fn list_jobs<'a>(
        &'a self,
        namespace: Option<&'a Namespace>,
        prefix: &'a str,
        direction: Direction,
    ) -> Listing<'a, JobRef<'a>> {
        let of_one = namespace.map(|namespace| self.jobs_from(namespace, prefix));
        let of_all = namespace.is_none().then(|| self.jobs().filter(move |job| job.spec().id.starts_with(prefix)));
        let jobs = of_one.into_iter().flatten().chain(of_all.into_iter().flatten());
        Listing::new(jobs, direction, |job| Token::Named(&job.spec().namespace, &job.spec().id))
    }

    /// Jobs of one namespace or of all, those first that changed last; those of one index against their order.
    pub fn list_statuses<'a>(
        &'a self,
        namespace: Option<&'a Namespace>,
        direction: Direction,
    ) -> Listing<'a, JobRef<'a>> {
        let mut jobs: Vec<JobRef<'a>> = self.list_jobs(namespace, "", Direction::Reverse).collect();
        jobs.sort_by_key(|job| std::cmp::Reverse(job.modify_index()));
        let mut list = Listing::new(jobs.into_iter(), direction, |job| Token::Modified(job.modify_index()));
        // This list runs downwards by itself.
        list.direction = if direction == Direction::Forward { Direction::Reverse } else { Direction::Forward };
        list
    }

    /// Allocations of one namespace or of all in the order of creation, those of one index by id; with a prefix, those
    /// whose ids begin with it, by id.
    pub fn list_allocs<'a>(
        &'a self,
        namespace: Option<&'a Namespace>,
        prefix: Option<&'a IdPrefix>,
        direction: Direction,
    ) -> Listing<'a, AllocRef<'a>> {
        let within = move |alloc: &AllocRef<'_>| namespace.is_none_or(|namespace| alloc.job().namespace == *namespace);
        match prefix {
            Some(prefix) => Listing::new(self.allocs_by_prefix(prefix.as_str()).filter(within), direction, |alloc| {
                Token::Id(&alloc.id().0)
            }),
            None => {
                let allocs = by_creation(self.allocs().filter(within), AllocRef::create_index, |alloc| &alloc.id().0);
                Listing::new(allocs, direction, |alloc| Token::Created(alloc.create_index(), &alloc.id().0))
            }
        }
    }

    /// Evaluations of one namespace or of all, ordered as [`State::list_allocs`].
    pub fn list_evals<'a>(
        &'a self,
        namespace: Option<&'a Namespace>,
        prefix: Option<&'a IdPrefix>,
        direction: Direction,
    ) -> Listing<'a, &'a Arc<Evaluation>> {
        let within = move |eval: &&Arc<Evaluation>| namespace.is_none_or(|namespace| eval.namespace == *namespace);
        match prefix {
            Some(prefix) => Listing::new(self.evals_by_prefix(prefix.as_str()).filter(within), direction, |eval| {
                Token::Id(&eval.id.0)
            }),
            None => {
                let evals = by_creation(self.evals().filter(within), |eval| eval.create_index, |eval| &eval.id.0);
                Listing::new(evals, direction, |eval| Token::Created(eval.create_index, &eval.id.0))
            }
        }
    }

    /// Nodes by id; with a prefix, those whose ids begin with it.
    pub fn list_nodes<'a>(&'a self, prefix: Option<&'a IdPrefix>, direction: Direction) -> Listing<'a, &'a Arc<Node>> {
        let nodes = self.nodes_by_prefix(prefix.map_or("", IdPrefix::as_str));
        Listing::new(nodes, direction, |node| Token::Id(&node.id.0))
    }
}

#[cfg(test)]
mod tests;
