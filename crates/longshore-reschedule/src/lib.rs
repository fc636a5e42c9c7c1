//! When failed and disconnected allocations are placed again (MODEL-25, REC-501 to REC-519).
//!
//! Pure functions of a policy, a history and a time: nothing here reads a clock, a store or a node. Sums of times
//! saturate; no policy and no history makes them overflow.
//!
//! | Module | Question |
//! |---|---|
//! | [`delay`](next_delay) | how long is the next attempt held back? |
//! | [`attempts`](Attempts) | how many attempts are left in the interval? |
//! | [`subject`](Subject) | is this allocation placed again, and when: now, later, never? |
//! | [`tracker`](tracker_after) | what does its replacement remember? |
//! | [`disconnect`] (of the model) | what does a node's silence mean for its allocations? |
//! | [`batches`](batches()) | which of them share an evaluation that looks again? |
//!
//! ```
//! use longshore_model::{ClientStatus, DesiredStatus, Duration, ReschedulePolicy, Time};
//! use longshore_reschedule::{FollowUp, Subject, Verdict};
//! let policy = ReschedulePolicy::service(); // 30 s, doubling, at most an hour
//! let failed = Subject {
//!     client_status: ClientStatus::Failed,
//!     ..Subject::new(Some(&policy), Time::from_secs(100))
//! };
//! let verdict = |now| failed.verdict(FollowUp::None, Time::from_secs(now));
//! assert_eq!(verdict(101), Verdict::Later(Time::from_secs(130), Duration::from_secs(30)));
//! assert_eq!(verdict(129), Verdict::Now(Duration::from_secs(30)));
//! ```

mod attempts;
mod batches;
mod delay;
mod subject;
mod tracker;

pub use attempts::Attempts;
pub use batches::batches;
pub use delay::next_delay;
pub use longshore_model::disconnect;
pub use subject::{Due, Filter, FollowUp, Subject, Verdict, fail_time, policy_of};
pub use tracker::{last_failed, tracker_after};
