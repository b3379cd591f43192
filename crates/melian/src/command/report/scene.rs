//! Play along the exact distribution: the outlook, what each side does, and why.

use melian::{
    model::{Atom, Diagnostic, Expr, ExprKind, Model, VarId},
    report::{
        outlook::{self, looks, shown_periods},
        stages::Collector,
        view::{Outlook, Stage, Time},
    },
    solver::{Needs, Options, Plan, Scenario, explain_all, portrait},
    study::Reading,
};

/// What a report shows of play.
pub struct Scene {
    /// The periods.
    pub time: Time,
    /// How state variables develop.
    pub outlook: Outlook,
    /// What each side does, and why.
    pub stages: Vec<Stage>,
}

/// A plan that keeps every state variable until periods end.
///
/// # Errors
/// The game is too large.
pub fn plan<'m>(model: &'m Model, world: &Scenario, options: &Options) -> Result<Plan<'m>, Vec<Diagnostic>> {
    let at = shown_periods(model);
    let states = (0..model.vars.len()).map(VarId).filter(|v| model.var(*v).is_state());
    let observe = |var| Atom::At { what: Expr::new(ExprKind::Var(var)), given: None, at, ahead: Vec::new() };
    let needs =
        Needs { starts: vec![world.start.clone()], atoms: states.map(observe).collect(), ..Needs::default() };
    Plan::new(model, &needs, options)
}

/// Follows play; of each stage so many states are taken apart.
///
/// # Errors
/// What goes wrong at a reachable state.
pub fn scene(
    plan: &Plan<'_>,
    model: &Model,
    world: &Scenario,
    values: &[(String, Reading)],
    states: usize,
    progress: &dyn Fn(f64),
) -> Result<Scene, Vec<Diagnostic>> {
    let looks = looks(model);
    let mut collector = Collector::new(model, &looks, states);
    let levels =
        portrait(plan, world, shown_periods(model), &looks, &mut |visit| collector.see(&visit), &|x| {
            progress(0.5 * x);
        })?;
    let spots = collector.spots();
    let explained = explain_all(plan, world, &spots, &|x| progress(0.5 + 0.5 * x))?;
    Ok(Scene {
        time: outlook::time(model, &levels),
        outlook: outlook::outlook(model, &levels, values),
        stages: collector.stages(&explained),
    })
}
