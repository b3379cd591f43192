//! Answers what a page asks: the solver behind the server.

use std::{
    collections::VecDeque,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use melian::{
    Query, Solution, Wishes,
    model::{Atom, Domain, Model, StageId, VarId},
    report::{
        View, page,
        stages::{Heat, stage_variable, why_alone},
        summary::{Facts, summary, sure},
        view::{Claim, Levers, Method, Outlook, Stage, StageVariable, Summary, Time},
    },
    solver::{Needs, Options, Plan, Spot, explain_all, portrait},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    setting::{Setting, about, of_failure, options, read, refusal},
    words::{Word, words},
};
use crate::command::{
    Settings,
    board::{margin, numbers},
    figures::{figure, reading as written},
    report::{self, Wanted},
    serve::{Cancel, Engine, Kind, Lane, Page, Refusal, Reply},
    shell::{Loaded, Shell},
};

/// So many states of each stage are taken apart when a slider moves; any other is asked for by itself.
const STATES: usize = 20;

/// So many answers are kept.
const KEPT: usize = 16;

/// A report that can be asked.
pub struct Live {
    /// The model as it was named, and the folder of its worlds.
    name: String,
    folder: Option<PathBuf>,
    loaded: Loaded,
    settings: Settings,
    view: View,
    words: Vec<Word>,
    /// The latest answers, by what was asked.
    kept: Mutex<VecDeque<(String, Arc<str>)>>,
}

/// What a page needs to know to ask.
#[derive(Serialize)]
struct Config<'a> {
    session: &'a str,
    parameters: Vec<Slider<'a>>,
    starts: Vec<Start<'a>>,
    words: &'a [Word],
    stages: Vec<StageVariables>,
}

#[derive(Serialize)]
struct Slider<'a> {
    name: &'a str,
    doc: &'a str,
    unit: &'a str,
    value: f64,
    low: Option<f64>,
    high: Option<f64>,
}

#[derive(Serialize)]
struct Start<'a> {
    name: &'a str,
    doc: &'a str,
    levels: Vec<String>,
    value: String,
}

#[derive(Serialize)]
struct StageVariables {
    variables: Vec<StageVariable>,
}

#[derive(Serialize)]
struct Solved {
    summary: Summary,
    time: Time,
    outlook: Outlook,
    stages: Vec<Stage>,
    method: Method,
}

#[derive(Serialize)]
struct Judged {
    claims: Vec<Claim>,
    /// What the summary says of them.
    sentence: Option<String>,
}

#[derive(Deserialize)]
struct HeatWish {
    stage: usize,
    period: usize,
    x: String,
    y: String,
}

#[derive(Deserialize)]
struct WhyWish {
    stage: usize,
    period: usize,
    at: std::collections::BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct AskWish {
    question: String,
}

/// Start values with more levels than this are typed in a command, not chosen from a list.
const MOST_LEVELS: usize = 200;

impl Live {
    /// Of a report and what it was made from.
    pub fn new(
        name: &str,
        folder: Option<PathBuf>,
        loaded: Loaded,
        settings: Settings,
        mut view: View,
    ) -> Live {
        let words = words(loaded.game.model());
        view.method.command = report::command_for(name, &settings, folder.as_deref());
        Live { name: name.to_owned(), folder, loaded, settings, view, words, kept: Mutex::default() }
    }

    fn model(&self) -> &Model {
        self.loaded.game.model()
    }

    fn config<'a>(&'a self, session: &'a str) -> Config<'a> {
        let model = self.model();
        let parameter = |(p, shown): (&'a melian::model::Param, &melian::report::view::Parameter)| Slider {
            name: &p.name,
            doc: &p.doc,
            unit: &p.unit,
            value: shown.value,
            low: shown.low,
            high: shown.high,
        };
        let world = self.settings.setup().world(model);
        let start = |(index, v): (usize, &'a melian::model::Variable)| {
            let level = world.as_ref().map_or(0, |world| world.start[index]);
            let mut levels: Vec<String> =
                (0..v.domain.size()).map(|k| model.level_name(VarId(index), k)).collect();
            let value = levels.get(level).cloned().unwrap_or_default();
            // One that does not exist at the start has no value there.
            if value.is_empty() {
                levels.insert(0, String::new());
            }
            Start { name: &v.name, doc: &v.doc, levels, value }
        };
        let chosen = |index: usize, v: &melian::model::Variable| {
            v.is_state() && model.ended != Some(VarId(index)) && (2..=MOST_LEVELS).contains(&v.domain.size())
        };
        let stages = (0..model.stages.len()).map(|stage| StageVariables {
            variables: mapped(model, StageId(stage))
                .into_iter()
                .map(|var| stage_variable(model, var))
                .collect(),
        });
        Config {
            session,
            parameters: model.params.iter().zip(&self.view.source.parameters).map(parameter).collect(),
            starts: model.vars.iter().enumerate().filter(|(index, v)| chosen(*index, v)).map(start).collect(),
            words: &self.words,
            stages: stages.collect(),
        }
    }

    fn known(&self, key: &str) -> Option<Arc<str>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(known, _)| known == key).map(|(_, answer)| answer.clone())
    }

    fn keep(&self, key: String, answer: &Arc<str>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, _)| *known != key);
        kept.push_back((key, answer.clone()));
        while kept.len() > KEPT {
            kept.pop_front();
        }
    }

    fn solution(&self, setting: &Setting, options: &Options, claims: bool) -> Result<Solution, Refusal> {
        let wishes =
            Wishes { measures: false, claims, horizon_check: false, paths: false, options: options.clone() };
        melian::solution(self.model(), &setting.setup(&self.settings), &wishes, &|_| {})
            .map_err(|p| refusal(&p))
    }

    fn solve(&self, setting: &Setting, options: &Options) -> Result<Arc<str>, Refusal> {
        let started = Instant::now();
        let model = self.model();
        let solution = self.solution(setting, options, false)?;
        let plan = report::plan(model, &solution.world, options).map_err(|p| refusal(&p))?;
        let values = report::values(&solution);
        let scene = report::scene(&plan, model, &solution.world, &values, STATES, &|_| {})
            .map_err(|p| refusal(&p))?;
        if setting.is_empty() {
            let (time, outlook, stages) = (scene.time, scene.outlook, scene.stages);
            let (summary, method) = (self.view.summary.clone(), self.view.method.clone());
            return text(&Solved { summary, time, outlook, stages, method });
        }
        let facts = Facts {
            title: &report::title(model),
            time: &scene.time,
            outlook: &scene.outlook,
            stages: &scene.stages,
            claims: None,
            worlds: None,
            levers: &Levers { local: None, global: None, map: None },
        };
        let summary = summary(&facts);
        let mut method = report::method(&self.loaded, &solution, started.elapsed().as_secs_f64());
        method.command = self.command(setting);
        let (time, outlook, stages) = (scene.time, scene.outlook, scene.stages);
        text(&Solved { summary, time, outlook, stages, method })
    }

    fn claims(&self, setting: &Setting, options: &Options) -> Result<Arc<str>, Refusal> {
        let solution = self.solution(setting, options, true)?;
        // Worlds are of the report's start.
        let of_worlds = setting.keeps_start();
        let worlds =
            self.view.claims.iter().map(|claim| claim.worlds.clone().filter(|_| of_worlds)).collect();
        let claims = report::claims(&self.loaded, &solution, worlds);
        // A report at its own setting has the sentence already.
        let told = self.view.worlds.as_ref().filter(|_| of_worlds);
        let sentence = if setting.is_empty() { None } else { sure(&claims, told) };
        text(&Judged { claims, sentence })
    }

    /// The command that makes the report of a setting.
    fn command(&self, setting: &Setting) -> String {
        let folder = self.folder.as_deref().filter(|_| setting.is_empty());
        report::command_for(&self.name, &setting.over(&self.settings), folder)
    }

    fn stage(&self, stage: usize) -> Result<StageId, Refusal> {
        match stage < self.model().stages.len() {
            true => Ok(StageId(stage)),
            false => Err(Refusal::wrong("bad-request", format!("there is no stage {stage}"))),
        }
    }

    fn period(&self, period: usize) -> Result<usize, Refusal> {
        match (1..=self.view.time.periods).contains(&period) {
            true => Ok(period),
            false => {
                Err(Refusal::wrong("no-such-value", format!("there is no {} {period}", self.view.time.word)))
            }
        }
    }

    fn heat(&self, setting: &Setting, body: &Value, options: &Options) -> Result<Reply, Refusal> {
        let model = self.model();
        let wish: HeatWish = read(body)?;
        let (stage, period) = (self.stage(wish.stage)?, self.period(wish.period)?);
        let variable = |name: &str| {
            let var = mapped(model, stage).into_iter().find(|v| model.var(*v).name == name);
            var.ok_or_else(|| {
                Refusal::wrong("unknown-name", format!("no map of this stage goes over `{name}`"))
            })
        };
        let mut heat =
            Heat::new(model, stage, (variable(&wish.x)?, variable(&wish.y)?)).ok_or_else(|| {
                Refusal::wrong("bad-request", "a map of so many cells cannot be drawn")
                    .help("choose variables with fewer levels")
            })?;
        let world = setting.setup(&self.settings).world(model).map_err(|p| refusal(&p))?;
        let plan = report::plan(model, &world, options).map_err(|p| refusal(&p))?;
        portrait(&plan, &world, period, &[period], &mut |visit| heat.see(&visit), &|_| {})
            .map_err(|p| refusal(&p))?;
        let mut answer = serde_json::to_value(heat.told()).unwrap_or_default();
        answer["serial"] = body["serial"].clone();
        Reply::json(&answer)
    }

    fn why(&self, setting: &Setting, body: &Value, options: &Options) -> Result<Reply, Refusal> {
        let model = self.model();
        let wish: WhyWish = read(body)?;
        let (stage, period) = (self.stage(wish.stage)?, self.period(wish.period)?);
        let mut state = Vec::new();
        for (name, level) in &wish.at {
            let var = model.vars.iter().position(|v| v.name == *name).map(VarId);
            let Some(var) = var else {
                return Err(Refusal::wrong("unknown-name", format!("there is no variable `{name}`")));
            };
            // It does not exist there.
            if level.is_empty() {
                continue;
            }
            let Some(level) = melian::level_named(model, var, level) else {
                return Err(Refusal::wrong("no-such-value", format!("`{name}` cannot be `{level}`")));
            };
            state.push((var, level));
        }
        let world = setting.setup(&self.settings).world(model).map_err(|p| refusal(&p))?;
        let atom = Atom::Policy { stage, actions: vec![0], at: period, state: state.clone() };
        let needs = Needs { starts: vec![world.start.clone()], atoms: vec![atom], ..Needs::default() };
        let plan = Plan::new(model, &needs, options).map_err(|p| refusal(&p))?;
        let spot = Spot::at(&plan, &world.start, stage, period, &state).map_err(|p| refusal(&p))?;
        let found = explain_all(&plan, &world, &[spot], &|_| {}).map_err(|p| refusal(&p))?;
        let told = found.first().map(|found| why_alone(model, stage, period, found));
        let (variables, state) = told.ok_or_else(|| Refusal::defect("a choice is not explained"))?;
        Reply::json(&serde_json::json!({ "serial": body["serial"], "variables": variables, "state": state }))
    }

    fn ask(&self, setting: &Setting, body: &Value, options: &Options) -> Result<Reply, Refusal> {
        let wish: AskWish = read(body)?;
        let question = wish.question.trim_end();
        let query = self.loaded.game.query(question).map_err(|p| about(&p, question))?;
        let setup = setting.setup(&self.settings);
        let queries: [Query; 1] = [query];
        let replies =
            melian::answer(&self.loaded.game, &setup, &queries, options, &|_| {}).map_err(|p| refusal(&p))?;
        let Some(reply) = replies.first() else { return Err(Refusal::defect("a question has no answer")) };
        let (answer, value) = match (reply.reading(), reply.finding()) {
            (Some(value), _) => (written(value, figure), value.number()),
            (None, Some(finding)) => {
                let judged = finding.judged();
                let word = melian::report::finding::word(&judged.verdict);
                let numbers = numbers(self.model(), finding).join(" ");
                (format!("{word}, margin {}: {numbers}", margin(judged)), judged.margin)
            }
            (None, None) => ("no answer".to_owned(), None),
        };
        Reply::json(&serde_json::json!({ "serial": body["serial"], "answer": answer, "value": value }))
    }

    fn report(&self, setting: &Setting, options: &Options) -> Result<Reply, Refusal> {
        let settings = setting.over(&self.settings);
        let mut view = match setting.is_empty() {
            true => self.view.clone(),
            false => {
                let wanted = Wanted { no_levers: true, ..Wanted::default() };
                report::view_with(&Shell::silent(), &self.loaded, &settings, &wanted, None, options.clone())
                    .map_err(|failure| of_failure(&failure))?
            }
        };
        view.method.command = self.command(setting);
        let title = report::title(self.model());
        let html = page(&title, &view, None::<&()>).html;
        Ok(Reply::file(&format!("{}.html", self.model().name), html))
    }
}

/// The variables over which a choice can be drawn: all but the stage's own with more than one level.
fn mapped(model: &Model, stage: StageId) -> Vec<VarId> {
    let own = model.stage(stage).var;
    let drawn = |v: &VarId| {
        let variable = model.var(*v);
        let known = variable.is_state() || model.stages.iter().any(|s| s.var == *v);
        *v != own
            && known
            && variable.domain.size() > 1
            && !matches!(variable.domain, Domain::Grid { levels, .. } if levels > MOST_LEVELS)
    };
    (0..model.vars.len()).map(VarId).filter(drawn).collect()
}

impl Engine for Live {
    fn page(&self, session: &str) -> Page {
        let made = page(&report::title(self.model()), &self.view, Some(&self.config(session)));
        Page { html: made.html, policy: made.policy }
    }

    fn lane(&self, kind: Kind, body: &Value) -> Lane {
        let known = matches!(kind, Kind::Solve | Kind::Claims)
            && read::<Setting>(body).is_ok_and(|setting| self.known(&key(kind, &setting)).is_some());
        if known { Lane::Quick } else { Lane::Slow }
    }

    fn answer(&self, kind: Kind, body: Value, cancel: &Cancel) -> Result<Reply, Refusal> {
        if cancel.is_cancelled() {
            return Err(Refusal::superseded());
        }
        let setting: Setting = read(&body)?;
        let options = options(&self.settings, self.model(), cancel.flag())?;
        let solve: fn(&Live, &Setting, &Options) -> Result<Arc<str>, Refusal> = match kind {
            Kind::Solve => Live::solve,
            Kind::Claims => Live::claims,
            Kind::Heat => return self.heat(&setting, &body, &options),
            Kind::Why => return self.why(&setting, &body, &options),
            Kind::Ask => return self.ask(&setting, &body, &options),
            Kind::Report => return self.report(&setting, &options),
        };
        let key = key(kind, &setting);
        let answer = match self.known(&key) {
            Some(answer) => answer,
            None => {
                let answer = solve(self, &setting, &options)?;
                self.keep(key, &answer);
                answer
            }
        };
        // The answer is an object with fields: the number of the request goes before them.
        let rest = answer.strip_prefix('{').unwrap_or("}");
        let body = format!("{{\"serial\":{},{rest}", body["serial"]).into_bytes();
        Ok(Reply { media: "application/json", file: None, body })
    }
}

/// An answer as JSON.
fn text(value: &impl Serialize) -> Result<Arc<str>, Refusal> {
    let text =
        serde_json::to_string(value).map_err(|e| Refusal::defect(&format!("an answer has no text: {e}")))?;
    Ok(text.into())
}

fn key(kind: Kind, setting: &Setting) -> String {
    format!("{kind:?} {}", setting.key())
}
