//! PRIM, the patient rule induction method: boxes peeled out of the data a little at a time.
//!
//! Friedman and Fisher (1999), "Bump hunting in high-dimensional data"; for scenario discovery Bryant and Lempert (2010).
//! A search goes through five stages, a file each:
//!
//! 1. `peel`: from the whole table, cut off a share of alpha of the rows on the side where this helps most, and again,
//!    until few rows are left. Every box on the way is a step of the trajectory.
//! 2. `significance`: limits of a step that coincidence explains are dropped.
//! 3. `choice`: the step with the best trade-off of coverage and density, with few parameters in it.
//! 4. `paste`: the limits of that box are moved out again where this costs no density.
//! 5. The limits are written as round numbers that hold the same rows. The rows are taken away, and another box is
//!    looked for in what is left ("covering").
//!
//! Where we differ from Friedman and Fisher: their stages 1 and 4 are one, and a person does 2 and 3. What a search finds
//! is made to fit; `resample` says what is left of it on other rows.
//!
//! Columns are numbers: a category with more than two values has to be given as several columns of zeros and ones.

mod choice;
mod objective;
mod paste;
mod peel;
mod resample;
mod significance;

pub use objective::Objective;
pub use peel::Step;
pub use resample::{Resamples, resample};
pub use significance::Restriction;

use super::figures::{Count, Figures};
use super::table::between;
use super::{Region, Table, Trouble};

/// How to search.
#[derive(Clone, PartialEq, Debug)]
pub struct Settings {
    /// Share of a box's rows that one peel cuts off, between 0 and 1/2.
    pub alpha: f64,
    /// Rows that one paste adds, as a share of the box's; absent: nothing is pasted.
    pub paste: Option<f64>,
    /// Least share of all rows that a box may hold, between 0 and 1.
    pub min_mass: f64,
    /// What a peel is to make large.
    pub objective: Objective,
    /// Limits whose quasi-p-value is greater are dropped; absent: all are kept.
    pub significance: Option<f64>,
    /// A box chosen automatically has limits on at most so many parameters.
    pub max_restricted: usize,
    /// At most so many boxes.
    pub max_boxes: usize,
    /// Steps that the user chose, first box first; boxes without an entry are chosen automatically.
    pub steps: Vec<Option<usize>>,
}

impl Default for Settings {
    /// Alpha, least mass and objective as in EMA Workbench, and at most three boxes of at most four parameters. Pastes are
    /// smaller than peels: the last peel went too far by less than one of its size.
    fn default() -> Settings {
        Settings {
            alpha: 0.05,
            paste: Some(0.01),
            min_mass: 0.05,
            objective: Objective::Lenient1,
            significance: Some(0.05),
            max_restricted: 4,
            max_boxes: 3,
            steps: Vec::new(),
        }
    }
}

/// What a search found.
#[derive(Clone, PartialEq, Debug)]
pub struct Discovery {
    /// Rows of the table.
    pub rows: usize,
    /// Rows of interest.
    pub interest: usize,
    /// The boxes, in the order in which they were found.
    pub scenarios: Vec<Scenario>,
    /// What all boxes together hold.
    pub together: Figures,
    /// Why there is not another box.
    pub ended: Ended,
    /// The trajectory of the last search where it led to no box. Empty unless `ended` is [`Ended::NoBox`].
    pub left: Vec<Step>,
}

/// Why a search for more boxes ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// There are as many boxes as were asked for.
    Enough,
    /// No row of interest is left, or fewer rows than a box must have.
    NothingLeft,
    /// In what is left, no box with significant limits has a greater density than the table.
    NoBox,
}

/// A box in which the thing of interest happens often.
#[derive(Clone, PartialEq, Debug)]
pub struct Scenario {
    /// All boxes on the way, from the whole table to the smallest; limits here are those of the peels.
    pub trajectory: Vec<Step>,
    /// The step it was made of.
    pub chosen: usize,
    /// The box: what is left of that step, pasted, in round numbers.
    pub region: Region,
    /// Its limits, with their quasi-p-values among the rows that no earlier box holds.
    pub restrictions: Vec<Restriction>,
    /// Limits of the step that coincidence explains, in the order in which they were dropped.
    pub dropped: Vec<Restriction>,
    /// Rows that pasting added.
    pub pasted: usize,
    /// What it holds that no earlier box does, as shares of the whole table.
    pub figures: Figures,
    /// What it holds by itself.
    pub alone: Figures,
}

/// The rows of a search.
struct Sample<'a> {
    table: &'a Table<'a>,
    outcome: &'a [bool],
    /// Rows that are searched.
    alive: Vec<bool>,
    /// The rows to which coverage and mass relate.
    whole: Count,
}

impl Sample<'_> {
    /// The rows that are alive.
    fn count(&self) -> Count {
        Count::of((0..self.alive.len()).filter(|&row| self.alive[row]).map(|row| self.outcome[row]))
    }
}

/// Looks for boxes in which the outcome happens.
///
/// # Errors
///
/// An outcome that never or always happens or is not as long as the table, fewer rows than one peel needs (1 / alpha),
/// settings outside their ranges, a chosen step that does not exist.
pub fn search(table: &Table<'_>, outcome: &[bool], settings: &Settings) -> Result<Discovery, Trouble> {
    settings.check()?;
    table.check(outcome, settings.rows_needed())?;
    let whole = Count::of(outcome.iter().copied());
    let mut sample = Sample { table, outcome, alive: vec![true; table.rows()], whole };
    let mut scenarios: Vec<Scenario> = Vec::new();
    let mut left = Vec::new();
    let ended = loop {
        let number = scenarios.len();
        let count = sample.count();
        if number == settings.max_boxes {
            break Ended::Enough;
        }
        if count.interest == 0 || (count.rows as f64) < settings.min_mass * whole.rows as f64 {
            break Ended::NothingLeft;
        }
        let trajectory = peel::peel(&sample, settings);
        let step = settings.steps.get(number).copied().flatten();
        if let Some(step) = step.filter(|&step| step >= trajectory.len()) {
            return Err(Trouble::NoSuchStep { scenario: number, step, steps: trajectory.len() });
        }
        let Some(scenario) = settle(&sample, settings, &trajectory, step) else {
            left = trajectory;
            break Ended::NoBox;
        };
        for (alive, inside) in sample.alive.iter_mut().zip(scenario.region.rows(table)) {
            *alive &= !inside;
        }
        scenarios.push(Scenario { trajectory, ..scenario });
    };
    let together = whole.minus(sample.count()).within(whole);
    Ok(Discovery { rows: whole.rows, interest: whole.interest, scenarios, together, ended, left })
}

/// Stages 2 to 5: makes a box of a trajectory, or none if nothing in it is worth telling.
fn settle(
    sample: &Sample<'_>,
    settings: &Settings,
    trajectory: &[Step],
    step: Option<usize>,
) -> Option<Scenario> {
    let chosen = choice::choose(sample, settings, trajectory, step)?;
    let mut region = chosen.region;
    let mut pasted = 0;
    if let Some(share) = settings.paste {
        (region, pasted) = paste::paste(sample, region, share);
    }
    // A wider box may need a limit no longer. Rounding moves no row into or out of the box, but may move some that two
    // limits keep out, so that quasi-p-values are those from before.
    let (region, needless, tally) = significance::prune(sample, &region, settings.significance);
    let quasi_p = significance::restrictions(&region, &tally);
    let region = region.rounded(sample.table);
    let everywhere = vec![true; sample.alive.len()];
    let figures = tally.inside.within(sample.whole);
    let alone = region.tally(sample.table, sample.outcome, &everywhere).inside.within(sample.whole);
    let better = region.restricted() > 0 && figures.density > sample.whole.density();
    // What the user chose is shown whatever it is.
    (better || step.is_some()).then(|| Scenario {
        trajectory: Vec::new(),
        chosen: chosen.step,
        restrictions: quasi_p
            .into_iter()
            .filter_map(|limit| {
                Some(Restriction { edge: region.limits[limit.column].edge(limit.side)?, ..limit })
            })
            .collect(),
        region,
        dropped: [chosen.dropped, needless].concat(),
        pasted,
        figures,
        alone,
    })
}

impl Settings {
    fn check(&self) -> Result<(), Trouble> {
        between("alpha", self.alpha, 0.0, 0.5, "between 0 and 0.5")?;
        between("min_mass", self.min_mass, 0.0, 1.0, "between 0 and 1")?;
        for (name, value) in [("paste", self.paste), ("significance", self.significance)] {
            value.map_or(Ok(()), |value| between(name, value, 0.0, 1.0, "between 0 and 1"))?;
        }
        Ok(())
    }

    /// With fewer rows, a peel of one row would be more than alpha of them.
    fn rows_needed(&self) -> usize {
        (1.0 / self.alpha).ceil() as usize
    }
}
