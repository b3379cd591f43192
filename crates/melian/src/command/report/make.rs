//! A report put together: solved, followed, judged.

use std::{path::Path, time::Instant};

use melian::{
    Solution, Wishes,
    front::{Piece, highlight},
    model::Model,
    report::{
        View,
        finding::{FindingPart, bounds, one_line},
        source,
        stages::STATES,
        summary::{Facts, summary},
        view::{self, Claim, Constant, Levers, Method, MethodPlayer, ModelPart},
    },
    solver::Options,
    study::Reading,
};

use super::{
    Wanted,
    scene::{self, Scene},
};
use crate::command::{
    Settings,
    equilibrium::told,
    figures::{convention, count},
    levers,
    shell::{Failure, Loaded, Shell},
    worlds::{self, Evidence},
};

/// The model's title, or its name.
pub fn title(model: &Model) -> String {
    if model.title.is_empty() { model.name.clone() } else { model.title.clone() }
}

/// Makes a report.
///
/// # Errors
/// What is wrong with the settings or the model, or why the game is too large.
pub fn view(
    shell: &Shell,
    loaded: &Loaded,
    settings: &Settings,
    wanted: &Wanted,
    folder: Option<&Path>,
) -> Result<View, Failure> {
    let options = settings.options(loaded.game.model())?;
    view_with(shell, loaded, settings, wanted, folder, options)
}

/// The same with options of the solver's.
///
/// # Errors
/// As [`view`].
pub fn view_with(
    shell: &Shell,
    loaded: &Loaded,
    settings: &Settings,
    wanted: &Wanted,
    folder: Option<&Path>,
    options: Options,
) -> Result<View, Failure> {
    let started = Instant::now();
    let model = loaded.game.model();
    let request = levers::Request::new(loaded, &wanted.levers, &wanted.map)?;
    // What the worlds say and what the model says have nothing to do with each other until they are put together.
    let (played, evidence) = std::thread::scope(|scope| {
        let told = folder.map(|path| scope.spawn(move || worlds::evidence(path, model)));
        let played = played(shell, loaded, settings, wanted, &options);
        let evidence = told.map(|told| told.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        (played, evidence)
    });
    let (solution, Scene { time, outlook, stages }) = played?;
    let world = &solution.world;
    let usual = wanted.levers.is_empty() && wanted.map.is_empty();
    let levers::Levers { local, map } = match folder {
        _ if wanted.no_levers => levers::Levers::default(),
        Some(folder) if wanted.known_levers => {
            levers::known(loaded, world, &options, folder).unwrap_or_default()
        }
        Some(folder) if usual => levers::kept(shell, loaded, world, &options, folder)?,
        _ => levers::levers(shell, loaded, world, &options, &request)?,
    };
    let (worlds, of_claims, global) = match evidence.transpose()? {
        Some(Evidence { worlds, claims, global }) => (Some(worlds), claims, global),
        None => (None, Vec::new(), None),
    };
    let claims = claims(loaded, &solution, of_claims);
    let levers = Levers { local, global, map };
    let facts = Facts {
        title: &title(model),
        time: &time,
        outlook: &outlook,
        stages: &stages,
        claims: (!wanted.no_claims).then_some(&claims[..]),
        worlds: worlds.as_ref(),
        levers: &levers,
    };
    Ok(View {
        format: view::FORMAT,
        version: view::VERSION,
        model: model_part(model),
        summary: summary(&facts),
        time,
        outlook,
        claims,
        worlds,
        stages,
        levers,
        source: source_part(loaded, &world.segments[0].path.params),
        method: method(loaded, &solution, started.elapsed().as_secs_f64()),
    })
}

/// The standard answers, and play along its distribution.
fn played(
    shell: &Shell,
    loaded: &Loaded,
    settings: &Settings,
    wanted: &Wanted,
    options: &Options,
) -> Result<(Solution, Scene), Failure> {
    let model = loaded.game.model();
    let many = |problems| loaded.failure(problems);
    let options = options.clone();
    let wishes = Wishes {
        measures: false,
        claims: !wanted.no_claims,
        horizon_check: true,
        paths: false,
        options: options.clone(),
    };
    let solution = shell
        .watch("solving", |progress| melian::solution(model, &settings.setup(), &wishes, progress))
        .map_err(many)?;
    let world = &solution.world;
    let plan = scene::plan(model, world, &options).map_err(many)?;
    let scene = shell
        .watch("following play", |progress| {
            scene::scene(&plan, model, world, &values(&solution), STATES, progress)
        })
        .map_err(many)?;
    Ok((solution, scene))
}

/// What the game is worth to each player.
pub fn values(solution: &Solution) -> Vec<(String, Reading)> {
    solution.players.iter().map(|p| (p.name.clone(), p.value.clone())).collect()
}

/// What the model is.
pub fn model_part(model: &Model) -> ModelPart {
    ModelPart {
        name: model.name.clone(),
        title: model.title.clone(),
        doc: model.doc.clone(),
        players: model.players.iter().map(|p| p.name.clone()).collect(),
        convention: convention(model.convention),
    }
}

/// The claims board.
pub fn claims(loaded: &Loaded, solution: &Solution, worlds: Vec<Option<view::ClaimWorlds>>) -> Vec<Claim> {
    let mut worlds = worlds.into_iter();
    let claims = loaded.game.model().claims.iter().zip(&solution.claims);
    claims
        .filter_map(|(claim, reply)| {
            let worlds = worlds.next().flatten();
            Some(Claim {
                id: claim.id.clone(),
                words: claim.words.clone(),
                condition: one_line(&claim.text),
                finding: FindingPart::of(reply.finding()?, Some((&loaded.game.text, claim.span))),
                bounds: bounds(&reply.bounds),
                worlds,
            })
        })
        .collect()
}

/// The text with its colours, parameters and mechanisms.
pub fn source_part(loaded: &Loaded, params: &[f64]) -> view::Source {
    let word = |piece: Piece| match piece {
        Piece::Keyword => "keyword",
        Piece::Name => "name",
        Piece::Number => "number",
        Piece::Text => "string",
        Piece::Comment => "comment",
        Piece::Doc => "doc",
        Piece::Sign => "sign",
    };
    let pieces: Vec<_> =
        highlight(&loaded.game.text).into_iter().map(|(range, p)| (range, word(p))).collect();
    source::source(loaded.game.model(), params, &loaded.game.text, &pieces)
}

/// How the report was made.
pub fn method(loaded: &Loaded, solution: &Solution, seconds: f64) -> Method {
    let model = loaded.game.model();
    let mut notes = Vec::new();
    if let Some(check) = &solution.horizon_check {
        let word = &model.period_word;
        notes.push(match &check.largest {
            Ok(moved) => {
                let (name, what) = moved.column.title(model);
                format!(
                    "With {} {word}s instead of {}, the outlook up to {word} {} moves by at most {:.4} ({name} {what} at {word} {}).",
                    check.horizon, model.horizon, check.until, moved.amount.abs(), moved.month
                )
            }
            Err(why) => format!("With {} {word}s the model cannot be solved: {why}.", check.horizon),
        });
    }
    notes.extend(loaded.game.warnings().iter().map(|w| format!("{}: {}", w.id, w.title)));
    let status = match (&solution.forever, solution.unconverged) {
        (_, true) => "not converged: every number is wrong".to_owned(),
        (Some(forever), _) => one_line(&told(model, forever)),
        (None, _) => "solved exactly by backward induction".to_owned(),
    };
    let player = |p: &melian::solution::PlayerFacts| MethodPlayer {
        name: p.name.clone(),
        discount: p.discount,
        precision: p
            .precision
            .map(|x| if x.is_finite() { serde_json::json!(x) } else { serde_json::json!("inf") }),
        range: p.payoff_range.1 - p.payoff_range.0,
        product: p.sharpness().filter(|x| x.is_finite()),
    };
    Method {
        melian: env!("CARGO_PKG_VERSION").into(),
        hash: worlds::fingerprint(loaded.game.text.as_bytes()),
        command: command(std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned())),
        date: jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string(),
        seconds,
        games: solution.effort.games,
        periods: solution.effort.periods,
        states: count(solution.size.dense_states),
        reachable: solution.size.period_start_states,
        status,
        notes,
        players: solution.players.iter().map(player).collect(),
        constants: model
            .constants
            .iter()
            .map(|(name, value)| Constant { name: name.clone(), value: value.clone() })
            .collect(),
    }
}

/// The command that makes the report of a model at some settings, with what many worlds say if they are in `worlds`.
pub fn command_for(model: &str, settings: &Settings, worlds: Option<&Path>) -> String {
    let mut words = vec!["report".to_owned(), model.to_owned()];
    let mut add = |option: &str, value: String| words.extend([option.to_owned(), value]);
    match worlds {
        // The rest is the study's.
        Some(path) => add("--worlds", path.display().to_string()),
        None => {
            for (option, list) in [("--const", &settings.consts), ("--param", &settings.params)] {
                list.iter().for_each(|(name, value)| add(option, format!("{name}={value}")));
            }
            settings.starts.iter().for_each(|(name, value)| add("--start", format!("{name}={value}")));
            settings.start_from.iter().for_each(|file| add("--start-from", file.clone()));
            let flags = [
                ("--forever", settings.forever),
                ("--homotopy", settings.homotopy),
                ("--allow-unconverged", settings.allow_unconverged),
                ("--no-levers", true),
            ];
            words.extend(flags.into_iter().filter(|(_, set)| *set).map(|(flag, _)| flag.to_owned()));
        }
    }
    command(words.into_iter())
}

/// A command as one would type it.
fn command(arguments: impl Iterator<Item = String>) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:@%+".contains(c);
    let quoted = |text: String| match !text.is_empty() && text.chars().all(plain) {
        true => text,
        false => format!("'{}'", text.replace('\'', r"'\''")),
    };
    std::iter::once("melian".to_owned()).chain(arguments.map(quoted)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn commands_can_be_typed_again() {
        let words = ["report", "my model", "--lever", "P[x == 'a' by 2]"].map(String::from);
        assert_eq!(command(words.into_iter()), r"melian report 'my model' --lever 'P[x == '\''a'\'' by 2]'");
    }
}
