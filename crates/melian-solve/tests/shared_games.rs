//! Games that are answered together give, bit for bit, the answers that each gives alone, in less work.

mod common;

use common::{
    baseline,
    compare::{near, solve},
    generate::{self, Case},
    reference,
};
use melian_model::{Atom, Model, PlayerId};
use melian_solve::{
    Answer, Answers, Game, Needs, Options, Plan, Query, Route, Scenario, Segment, Solved, Trouble,
    answer_all, reads_time,
};

/// Cases for each property.
const SEEDS: u64 = 300;

/// Scenarios that agree with a case's in part: its commitments end early or begin late, its surprise comes at another
/// time or not at all, what was unnoticed is believed, another start.
fn relatives(case: &Case) -> Vec<Scenario> {
    let horizon = case.model.horizon;
    let mut all = vec![baseline(&case.model), case.scenario.clone()];
    let mut add = |change: &dyn Fn(&mut Vec<Segment>)| {
        let mut relative = case.scenario.clone();
        change(&mut relative.segments);
        all.push(relative);
    };
    let each = |segments: &mut Vec<Segment>, from: usize, until: usize| {
        for setting in segments.iter_mut().flat_map(|s| [&mut s.belief, &mut s.path]) {
            for c in &mut setting.commitments {
                (c.from, c.until) = (c.from.max(from), c.until.min(until));
            }
        }
    };
    for until in 1..horizon {
        add(&|segments| each(segments, 1, until));
        add(&|segments| each(segments, until + 1, usize::MAX));
        add(&|segments| {
            if segments.len() > 1 {
                segments[0].until = until;
            }
        });
    }
    add(&|segments| segments.iter_mut().for_each(|s| s.path = s.belief.clone()));
    add(&|segments| segments.iter_mut().for_each(|s| s.belief = s.path.clone()));
    add(&|segments| {
        segments.truncate(1);
        segments[0].until = horizon;
    });
    all.push(Scenario { start: case.model.start(), ..case.scenario.clone() });
    all
}

/// A plan for all scenarios.
fn plan<'m>(model: &'m Model, scenarios: &[Scenario], atoms: &[Atom]) -> Option<Plan<'m>> {
    let settings = scenarios.iter().flat_map(|s| &s.segments).flat_map(|s| [&s.belief, &s.path]);
    let needs = Needs {
        starts: scenarios.iter().map(|s| s.start.clone()).collect(),
        atoms: atoms.to_vec(),
        commitments: settings.flat_map(|s| s.commitments.clone()).collect(),
        everything: false,
    };
    Plan::new(model, &needs, &Options::default()).ok()
}

/// Answers all scenarios at once.
fn together(plan: &Plan, asked: &[(&Scenario, &[Atom])], route: Route) -> Result<Solved, Trouble> {
    let games: Vec<Game> = asked
        .iter()
        .map(|(s, atoms)| Game { segments: &s.segments, queries: vec![Query { start: &s.start, atoms }] })
        .collect();
    answer_all(plan, &games, route, &mut |_| {})
}

/// The bits of all numbers in an answer.
fn bits(answers: &Answers) -> Vec<Option<u64>> {
    let values = answers.values.iter().map(|answer| match answer {
        Answer::Number(x) => Some(x.to_bits()),
        Answer::Undefined(_) => None,
    });
    let bounds = answers.bounds.iter().flatten().flat_map(|b| [b.visits, b.bound]);
    let ranges = answers.payoff_range.iter().flat_map(|&(lo, hi)| [lo, hi]);
    let all = bounds.chain(ranges).map(|x| Some(x.to_bits()));
    values.chain(all).chain([Some(answers.counts.ties)]).collect()
}

#[test]
fn games_answered_together_are_as_if_alone() {
    let (mut shared, mut saved) = (0, 0);
    for seed in 0..SEEDS {
        let case = generate::case(seed);
        let relatives = relatives(&case);
        let Some(plan) = plan(&case.model, &relatives, &case.atoms) else { continue };
        for route in [Route::Auto, Route::Backward, Route::Forward] {
            let mut asked: Vec<(&Scenario, &[Atom])> = Vec::new();
            let mut alone: Vec<Answers> = Vec::new();
            let mut periods = 0;
            for scenario in &relatives {
                let one = (scenario, &case.atoms[..]);
                if let Ok(mut solved) = together(&plan, &[one], route) {
                    asked.push(one);
                    alone.push(solved.games.remove(0).remove(0));
                    periods += solved.periods;
                }
            }
            for threads in [1, 3] {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                let solved = pool.install(|| together(&plan, &asked, route)).unwrap();
                for ((answers, alone), (scenario, _)) in solved.games.iter().zip(&alone).zip(&asked) {
                    assert_eq!(bits(&answers[0]), bits(alone), "seed {seed} {route:?}: {scenario:?}");
                }
                assert!(solved.periods <= periods);
                shared += solved.periods;
                saved += periods - solved.periods;
            }
        }
    }
    assert!(saved > shared, "of {} periods, {saved} were shared", shared + saved);
}

/// Where nothing reads the time, a game and a longer one share all periods of the shorter.
#[test]
fn games_of_different_length() {
    let mut tried = 0;
    for seed in 0..SEEDS {
        let case = generate::case(seed);
        if reads_time(&case.model) {
            continue;
        }
        let model = Model { horizon: case.model.horizon + 2, ..case.model.clone() };
        let longer = baseline(&model);
        let values: Vec<Atom> = (0..model.players.len()).map(|p| Atom::Value(PlayerId(p))).collect();
        let Some(plan) = plan(&model, &[case.scenario.clone(), longer.clone()], &case.atoms) else {
            continue;
        };
        for route in [Route::Backward, Route::Forward] {
            let expected = (solve(&case, route, false), reference::answer(&model, &longer, &values));
            let (Ok(short), Ok((long, _))) = expected else { continue };
            let asked = [(&case.scenario, &case.atoms[..]), (&longer, &values[..])];
            let Ok(solved) = together(&plan, &asked, route) else { continue };
            let found = solved.games.iter().flat_map(|answers| &answers[0].values);
            for (found, expected) in found.zip(short.values.iter().chain(&long)) {
                let agree = match (found, expected) {
                    (Answer::Number(x), Answer::Number(y)) => near(*x, *y),
                    (Answer::Undefined(_), Answer::Undefined(_)) => true,
                    _ => false,
                };
                assert!(agree, "seed {seed} {route:?}: {found:?}, expected {expected:?}");
            }
            if case.scenario.segments == baseline(&case.model).segments {
                assert_eq!(solved.periods, model.horizon, "seed {seed}");
                tried += 1;
            }
        }
    }
    assert!(tried > 10, "only {tried} cases share their ends");
}
