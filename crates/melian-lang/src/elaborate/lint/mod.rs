//! Warnings: the model can be solved, but probably does not say what its author means.

pub mod levels;
mod reach;
mod regimes;
mod unpaid;
mod unused;

use super::Elaborator;

impl Elaborator<'_> {
    /// All warnings that need the whole model.
    pub fn lint(&mut self) {
        self.check_unused();
        self.check_mechanisms();
        self.check_reach();
        self.check_players();
        for warning in regimes::check_regimes(&self.model) {
            self.report(warning);
        }
    }
}
