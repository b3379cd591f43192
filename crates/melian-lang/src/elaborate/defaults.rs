//! What must hold at the defaults of the parameters: requirements, discounts, precisions.

use melian_model::{Diagnostic, Expr, Precision, print};

use super::{Elaborator, fold};

impl Elaborator<'_> {
    /// Reports what is violated when every parameter has its default.
    pub fn check_defaults(&mut self) {
        let defaults = self.model.defaults();
        for requirement in self.model.requirements.clone() {
            if fold::value_at(&requirement, &defaults) == Some(0.0) {
                let mut problem = Diagnostic::error(
                    "require-broken",
                    "this requirement does not hold at the defaults",
                    requirement.span,
                )
                .help("change a default, or the requirement");
                let values = self.values_of(&requirement, &defaults);
                if !values.is_empty() {
                    problem = problem.help(format!("the defaults are {values}"));
                }
                self.report(problem);
            }
        }
        for player in self.model.players.clone() {
            let name = &player.name;
            if let Some(x) = fold::value_at(&player.discount, &defaults)
                && !(0.0..=1.0).contains(&x)
            {
                let words = print::number(x);
                let mut problem = Diagnostic::error(
                    "discount-range",
                    format!("the discount factor of `{name}` is {words}, outside 0 .. 1"),
                    player.discount.span,
                )
                .help("it is what a point of the next period is worth now: 1 for a patient player, less for an impatient one");
                if x > 1.5 && x <= 100.0 {
                    problem = problem.help(format!("{words} percent is {}", print::number(x / 100.0)));
                }
                self.report(problem);
            }
            if let Some(Precision::Finite(precision)) = &player.precision
                && let Some(x) = fold::value_at(precision, &defaults)
                && (x < 0.0 || x.is_nan())
            {
                let words = print::number(x);
                self.report(
                    Diagnostic::error(
                        "precision-negative",
                        format!("the precision of `{name}` is {words}"),
                        precision.span,
                    )
                    .help("it is at least 0: 0 chooses at random, `inf` is a best response"),
                );
            }
        }
    }

    /// "a = 1, b = 2" for the parameters that an expression reads.
    fn values_of(&self, expr: &Expr, defaults: &[f64]) -> String {
        let mut read: Vec<usize> = Vec::new();
        expr.visit(&mut |e| {
            if let melian_model::ExprKind::Param(id) = e.kind
                && !read.contains(&id.0)
            {
                read.push(id.0);
            }
        });
        let words: Vec<String> = read
            .into_iter()
            .map(|id| format!("{} = {}", self.model.params[id].name, print::number(defaults[id])))
            .collect();
        words.join(", ")
    }
}
