//! Every mistake that a user may make is answered by the diagnostic it is named for, in readable words, and every fix
//! that is offered mends it: `models/failing/PHASE/ID.melian`, or `ID--VARIANT.melian`.

mod common;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use common::{files, repository};
use melian::{
    Setup,
    model::{Diagnostic, Fix},
    render::render,
    solver::Options,
};

/// Everything that is wrong with a model: with its text, or else with its numbers.
fn problems(text: &str) -> Vec<Diagnostic> {
    match melian::compile(text, &[]) {
        Err(problems) => problems,
        Ok(game) => match melian::verify(&game, &Setup::default(), &Options::default(), &|_| {}) {
            Ok(()) => game.warnings().to_vec(),
            Err(problems) => problems.into_iter().chain(game.warnings().to_vec()).collect(),
        },
    }
}

/// The phases, by directory.
fn phases() -> Vec<String> {
    let mut phases: Vec<String> = fs::read_dir(repository("models/failing"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.is_dir())
        .map(|p| p.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    phases.sort();
    phases
}

fn examples() -> Vec<(String, Vec<PathBuf>)> {
    phases().into_iter().map(|p| (p.clone(), files(&format!("models/failing/{p}"), "melian"))).collect()
}

/// The id that an example is named for.
fn id(path: &Path) -> String {
    let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
    stem.split("--").next().unwrap_or(&stem).to_owned()
}

/// Reads an example; some are no UTF-8 on purpose.
fn read(path: &Path) -> Result<String, Diagnostic> {
    melian::front::text_of(&fs::read(path).unwrap())
}

#[test]
fn messages() {
    for (phase, paths) in examples() {
        let mut rendered = String::new();
        for path in paths {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let (text, found) = match read(&path) {
                Ok(text) => (text.clone(), problems(&text)),
                Err(problem) => (String::new(), vec![problem]),
            };
            let ids: BTreeSet<&str> = found.iter().map(|p| p.id).collect();
            assert_eq!(ids, BTreeSet::from([id(&path).as_str()]), "{phase}/{name}");
            for problem in &found {
                rendered += &render(problem, &name, &text, false);
                rendered.push('\n');
            }
        }
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("failing_{phase}"), rendered);
        });
    }
}

#[test]
fn at_least_45_distinct_mistakes() {
    let ids: BTreeSet<String> = examples().iter().flat_map(|(_, paths)| paths).map(|p| id(p)).collect();
    assert!(ids.len() >= 45, "{} distinct mistakes: {ids:?}", ids.len());
    for id in &ids {
        assert!(melian::front::explain(id).is_some(), "`melian explain {id}` has nothing to say");
    }
}

/// Applies fixes from the end of the text to its beginning, each place once.
fn mended(text: &str, mut fixes: Vec<Fix>) -> String {
    fixes.sort_by_key(|fix| std::cmp::Reverse((fix.span.start, fix.span.end)));
    let mut mended = text.to_owned();
    let mut free = text.len();
    for fix in fixes {
        let range = fix.span.range();
        if range.end <= free {
            mended.replace_range(range.clone(), &fix.replacement);
            free = range.start;
        }
    }
    mended
}

#[test]
fn every_fix_mends() {
    let mut mended_examples = 0;
    for path in examples().into_iter().flat_map(|(_, paths)| paths) {
        let Ok(text) = read(&path) else { continue };
        let fixes: Vec<Fix> = problems(&text).into_iter().filter_map(|p| p.fix).collect();
        if fixes.is_empty() {
            continue;
        }
        let better = mended(&text, fixes);
        let left: Vec<String> = problems(&better)
            .iter()
            .filter(|p| p.is_error())
            .map(|p| render(p, "mended", &better, false))
            .collect();
        assert!(left.is_empty(), "{}, mended:\n{better}\n{}", path.display(), left.join("\n"));
        assert!(!problems(&better).iter().any(|p| p.id == id(&path)), "{} is not mended", path.display());
        mended_examples += 1;
    }
    assert!(mended_examples > 0);
}
