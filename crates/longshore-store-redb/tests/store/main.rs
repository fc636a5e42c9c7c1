//! The storage under the contract, power cuts, flipped bits and kills.

mod contract;
mod disk;
mod kills;
mod power;
