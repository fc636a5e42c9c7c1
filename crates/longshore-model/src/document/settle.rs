//! From what a document says to what is kept.

use serde_json::Value;

use crate::{
    Action, Bytes, CniConfig, Constraint, DelayFunction, DispatchPayload, DnsConfig, Duration, GroupName, HealthCheck,
    JobId, JobStatus, JobType, Lifecycle, List, Map, Namespace, Nullable, Operand, Port, Reconcile, RestartMode,
    Secret, ServiceWeights, SpreadTarget, TaskName, TaskSchedule, Time, VersionTag, VolumeRequest, WaitConfig,
    WorkloadIdentity,
};

/// A value of a document that becomes a value of a canonical object: absent scalars become zero, lists and blocks keep
/// null, members convert in turn. What an absent member *means* was filled in before.
pub(crate) trait Settle<T> {
    fn settle(self) -> T;
}

/// Scalars, and objects that are the same in documents.
macro_rules! same {
    ($($ty:ty)*) => {$(
        impl Settle<$ty> for $ty {
            fn settle(self) -> $ty {
                self
            }
        }
    )*};
}

same! {
    bool i64 u64 u32 i8 String Duration Time Bytes Value
    JobId JobType Namespace GroupName TaskName HealthCheck DelayFunction Reconcile RestartMode Operand
    Action CniConfig Constraint DispatchPayload DnsConfig Lifecycle Port Secret SpreadTarget TaskSchedule VersionTag
    VolumeRequest ServiceWeights WaitConfig WorkloadIdentity
}

/// Absent ones are zero.
macro_rules! zero {
    ($($ty:ty)*) => {$(
        impl Settle<$ty> for Option<$ty> {
            fn settle(self) -> $ty {
                self.unwrap_or_default()
            }
        }
    )*};
}

zero! { bool i64 u64 i8 String Duration Time JobId Namespace GroupName TaskName }

/// Absent ones are `""`.
macro_rules! unset {
    ($($ty:ty)*) => {$(
        impl Settle<$ty> for Option<$ty> {
            fn settle(self) -> $ty {
                self.unwrap_or_else(<$ty>::unset)
            }
        }
    )*};
}

unset! { JobType HealthCheck DelayFunction Reconcile RestartMode }

impl Settle<Operand> for String {
    fn settle(self) -> Operand {
        Operand::from_text(&self)
    }
}

/// The engine's word on a job; a document's is not taken (MODEL-75).
impl Settle<JobStatus> for Option<String> {
    fn settle(self) -> JobStatus {
        self.and_then(|text| JobStatus::from_text(&text)).unwrap_or_default()
    }
}

impl<D: Settle<T>, T> Settle<Option<T>> for Option<D> {
    fn settle(self) -> Option<T> {
        self.map(D::settle)
    }
}

impl<D: Settle<T>, T> Settle<Box<T>> for Box<D> {
    fn settle(self) -> Box<T> {
        Box::new((*self).settle())
    }
}

impl<D: Settle<T>, T> Settle<Nullable<T>> for Option<D> {
    fn settle(self) -> Nullable<T> {
        Nullable::from(self.map(D::settle))
    }
}

impl<D: Settle<T>, T> Settle<List<T>> for List<D> {
    fn settle(self) -> List<T> {
        if self.is_null() { List::NULL } else { self.into_iter().map(D::settle).collect() }
    }
}

impl<D: Settle<T>, T> Settle<Map<T>> for Map<D> {
    fn settle(self) -> Map<T> {
        self.map_values(D::settle)
    }
}
