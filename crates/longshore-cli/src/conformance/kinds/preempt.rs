//! `preempt`: a job placed on a full cluster, and whom it displaces (PLACE-27, PLACE-33, PLACE-102 to PLACE-123).

use super::{Kind, driver, select_many};

pub(super) const KIND: Kind =
    Kind::new("preempt", |input| select_many::answer(input, true)).compared(|case, got, _| driver::compare(case, got));
