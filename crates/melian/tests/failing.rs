//! Every mistake that a user may make is answered by the diagnostic it is named for, in readable words, and every fix
//! that is offered mends it: `models/failing/PHASE/ID.melian`, or `ID--VARIANT.melian` where an id has several examples.

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

/// The id that an example is named for: the longest known one that its name begins with.
fn id(path: &Path) -> String {
    let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
    let known = melian::front::explanations().into_iter().map(|e| e.id).filter(|id| {
        stem.strip_prefix(id).is_some_and(|variant| variant.is_empty() || variant.starts_with('-'))
    });
    known.max_by_key(|id| id.len()).map_or(stem.clone(), ToOwned::to_owned)
}

/// Reads an example; some are no UTF-8 on purpose.
fn read(path: &Path) -> Result<String, Diagnostic> {
    melian::front::text_of(&fs::read(path).unwrap())
}

#[test]
fn every_mistake_is_found_and_nothing_else() {
    let mut wrong = Vec::new();
    for path in examples().into_iter().flat_map(|(_, paths)| paths) {
        let found = read(&path).map_or_else(|problem| vec![problem], |text| problems(&text));
        let ids: BTreeSet<&str> = found.iter().map(|p| p.id).collect();
        if ids != BTreeSet::from([id(&path).as_str()]) {
            wrong.push(format!("{}: {ids:?}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
    let silent: Vec<&String> = ids.iter().filter(|id| melian::front::explain(id).is_none()).collect();
    assert!(silent.is_empty(), "`melian explain` has nothing to say about {silent:?}");
}

/// Every id that some source reports has an explanation.
#[test]
fn every_id_is_explained() {
    let mut missing = BTreeSet::new();
    for (_, source) in common::all_sources() {
        let source = common::without_tests(&source);
        for maker in ["Diagnostic::error(", "Diagnostic::warning(", "Failure::plain("] {
            for rest in source.split(maker).skip(1) {
                let quoted = rest
                    .trim_start()
                    .strip_prefix('"')
                    .and_then(|r| r.split('"').next())
                    .filter(|id| !id.is_empty());
                missing
                    .extend(quoted.filter(|id| melian::front::explain(id).is_none()).map(ToOwned::to_owned));
            }
        }
    }
    assert!(missing.is_empty(), "`melian explain` has nothing to say about {missing:?}");
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

/// The problems that a fix can mend: those of the text, or if it has none, those of its numbers.
#[test]
fn every_fix_mends() {
    let mut mended_examples = 0;
    let mut wrong = Vec::new();
    for path in examples().into_iter().flat_map(|(_, paths)| paths) {
        let Ok(text) = read(&path) else { continue };
        let fixes: Vec<Fix> = problems(&text).into_iter().filter_map(|p| p.fix).collect();
        if fixes.is_empty() {
            continue;
        }
        mended_examples += 1;
        let better = mended(&text, fixes);
        let left = match melian::compile(&better, &[]) {
            Err(problems) => problems,
            Ok(_) => problems(&better).into_iter().filter(|p| p.id == id(&path)).collect(),
        };
        let left: Vec<String> = left.iter().map(|p| render(p, "mended", &better, false)).collect();
        if !left.is_empty() {
            wrong.push(format!("{}, mended:\n{better}\n{}", path.display(), left.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(mended_examples > 10);
}
