//! What the tests share: a builder of models by hand, classic games, the reference solver, the random-model generator.

// Every test file uses a part of it.
#![allow(dead_code)]

pub mod build;
pub mod classics;
pub mod compare;

pub mod generate;
pub mod moves;
pub mod reference;
pub mod wide;

use melian_model::Model;
use melian_solve::{Scenario, Segment, Setting};

/// A model as it stands: its start, its defaults, no commitments, one segment.
pub fn baseline(model: &Model) -> Scenario {
    let setting = Setting { params: model.defaults(), commitments: Vec::new() };
    let segment = Segment { until: model.horizon, belief: setting.clone(), path: setting };
    Scenario { start: model.start(), segments: vec![segment] }
}
