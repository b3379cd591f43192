//! Models of choices made at the same time: what is told of the branch that leads to their equilibrium.

mod common;

use common::{Values, game, text};
use melian::{
    Setup,
    solver::{Counts, Options, Route},
    study::{Asked, Study},
};

fn counts(name: &str, lam: f64) -> Counts {
    let game = game(&text(&format!("models/{name}.melian")), &Values::new());
    let setup = Setup { params: vec![("lam".into(), lam)], start: Vec::new() };
    let world = setup.world(game.model()).unwrap();
    let measure = game.model().measures.iter().find_map(|m| m.question.as_ref()).unwrap();
    let asked = [Asked::Question(measure)];
    let mut study = Study::new(game.model(), world, &asked, &Options::default(), Route::Auto).unwrap();
    study.answer(&asked, &|_| {}).unwrap();
    study.base_facts().unwrap().counts
}

/// V09: two branches leave the symmetric one at a precision of 2.744367.
#[test]
fn a_pitchfork_is_counted() {
    assert_eq!(counts("hawkdove", 2.7).crossings, 0);
    assert_eq!(counts("hawkdove", 2.8).crossings, 1);
    assert_eq!(counts("hawkdove", 10.0).crossings, 1);
}

/// V09: the fold at 1.5565 is on another branch, so that the one from blind play has none.
#[test]
fn the_stag_hunt_has_no_fold_on_the_way() {
    for lam in [0.5, 1.5, 1.6, 2.0] {
        let counts = counts("staghunt", lam);
        assert_eq!((counts.folds, counts.crossings, counts.lost), (0, 0, 0), "{lam}");
    }
}
