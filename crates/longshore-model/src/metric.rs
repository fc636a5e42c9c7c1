//! How a placement went.

use crate::resources::Resources;
use crate::{Duration, NodeId};
use crate::{List, Map};

record! {
    /// How a placement went: what was looked at, what was wrong with it (MODEL-45).
    ///
    /// ```
    /// use longshore_model::{AllocMetric, from_json};
    /// let metric: AllocMetric = from_json(
    ///     r#"{"NodesEvaluated": 3, "ConstraintFiltered": {"${attr.arch} = arm64": 2}}"#,
    /// )?;
    /// assert_eq!((metric.nodes_evaluated, metric.constraint_filtered.values().sum::<i64>()), (3, 2));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct AllocMetric {
        /// Nodes looked at.
        "NodesEvaluated" nodes_evaluated: i64,
        /// Nodes that a rule kept out.
        "NodesFiltered" nodes_filtered: i64,
        /// Nodes in the job's pool.
        "NodesInPool" nodes_in_pool: i64,
        /// The job's pool.
        "NodePool" node_pool: String,
        /// Nodes by datacenter.
        "NodesAvailable" nodes_available: Map<i64>,
        /// Nodes kept out, by class.
        "ClassFiltered" class_filtered: Map<i64>,
        /// Nodes kept out, by rule.
        "ConstraintFiltered" constraint_filtered: Map<i64>,
        /// Nodes with too little room.
        "NodesExhausted" nodes_exhausted: i64,
        /// Nodes with too little room, by class.
        "ClassExhausted" class_exhausted: Map<i64>,
        /// Nodes with too little room, by what was short.
        "DimensionExhausted" dimension_exhausted: Map<i64>,
        /// Quotas used up.
        "QuotaExhausted" quota_exhausted: List<String>,
        /// What tasks wanted of what was short.
        "ResourcesExhausted" resources_exhausted: Map<Resources>,
        /// Obsolete.
        "Scores" scores: Map<f64>,
        /// The best nodes, best first, at most five.
        "ScoreMetaData" score_meta_data: List<NodeScore>,
        /// How long it took, ns.
        "AllocationTime" allocation_time: Duration,
        /// Further placements that failed for the same reason.
        "CoalescedFailures" coalesced_failures: i64,
    }
}

record! {
    /// How a node scored (MODEL-45).
    ///
    /// ```
    /// use longshore_model::{NodeScore, from_json};
    /// let score: NodeScore = from_json(
    ///     r#"{"NodeID": "node-1", "Scores": {"binpack": 0.8}, "NormScore": 0.8}"#,
    /// )?;
    /// assert_eq!(score.scores.get("binpack"), Some(&score.norm_score));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct NodeScore {
        /// The node.
        "NodeID" node_id: NodeId,
        /// By scorer.
        "Scores" scores: Map<f64>,
        /// The whole.
        "NormScore" norm_score: f64,
    }
}
