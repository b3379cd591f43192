//! Short words for building a model by hand.

use melian_model::{
    Action, ActionBody, BinaryOp, Block, Choice, Convention, Distribution, Domain, Draw, EnumId, Enumeration,
    Expr, ExprKind, Function, LineId, Model, Outcome, Param, ParamId, PayoffLine, Player, PlayerId,
    Precision, Span, Stage, StageId, Start, Statement, StatementKind, UnaryOp, VarId, VarKind, Variable,
    Weight,
};

/// A number.
pub fn num(x: f64) -> Expr {
    Expr::number(x)
}

/// The value of a variable.
pub fn var(v: VarId) -> Expr {
    Expr::new(ExprKind::Var(v))
}

/// Whether a variable is at one of the levels.
pub fn at(v: VarId, levels: &[usize]) -> Expr {
    Expr::new(ExprKind::IsAt(v, levels.to_vec()))
}

/// A parameter.
pub fn par(p: ParamId) -> Expr {
    Expr::new(ExprKind::Param(p))
}

/// The current period.
pub fn period() -> Expr {
    Expr::new(ExprKind::Period)
}

/// Two operands.
pub fn binary(op: BinaryOp, a: Expr, b: Expr) -> Expr {
    Expr::new(ExprKind::Binary(op, Box::new(a), Box::new(b)))
}

/// `a + b`.
pub fn add(a: Expr, b: Expr) -> Expr {
    binary(BinaryOp::Add, a, b)
}

/// `a - b`.
pub fn sub(a: Expr, b: Expr) -> Expr {
    binary(BinaryOp::Subtract, a, b)
}

/// `a * b`.
pub fn mul(a: Expr, b: Expr) -> Expr {
    binary(BinaryOp::Multiply, a, b)
}

/// `a and b`.
pub fn and(a: Expr, b: Expr) -> Expr {
    binary(BinaryOp::And, a, b)
}

/// `not a`.
pub fn not(a: Expr) -> Expr {
    Expr::new(ExprKind::Unary(UnaryOp::Not, Box::new(a)))
}

/// `-a`.
pub fn minus(a: Expr) -> Expr {
    Expr::new(ExprKind::Unary(UnaryOp::Minus, Box::new(a)))
}

/// `if c then a else b`.
pub fn if_then(c: Expr, a: Expr, b: Expr) -> Expr {
    Expr::new(ExprKind::If(Box::new(c), Box::new(a), Box::new(b)))
}

/// A function of numbers.
pub fn call(f: Function, args: Vec<Expr>) -> Expr {
    Expr::new(ExprKind::Call(f, args))
}

/// A statement without a place.
pub fn statement(kind: StatementKind) -> Statement {
    Statement { kind, span: Span::NONE }
}

/// `x = e`.
pub fn assign(var: VarId, value: Expr) -> Statement {
    statement(StatementKind::Assign { var, value })
}

/// `x ~ law`.
pub fn draw(var: VarId, law: Distribution) -> Statement {
    statement(StatementKind::Draw(Draw { var, law }))
}

/// `P gains e`.
pub fn pay(line: (PlayerId, LineId), amount: Expr) -> Statement {
    statement(StatementKind::Pay { player: line.0, amount, line: line.1 })
}

/// `if c { … }`.
pub fn when(condition: Expr, then: Vec<Statement>) -> Statement {
    if_else(condition, then, Vec::new())
}

/// `if c { … } else { … }`.
pub fn if_else(condition: Expr, then: Vec<Statement>, otherwise: Vec<Statement>) -> Statement {
    statement(StatementKind::If { arms: vec![(condition, Block(then))], otherwise: Block(otherwise) })
}

/// `P chooses …`.
pub fn choose(stage: StageId, actions: Vec<ActionBody>) -> Statement {
    statement(StatementKind::Choose(Choice { stage, actions, with_next: false }))
}

/// Choices made at the same time.
pub fn together(choices: Vec<(StageId, Vec<ActionBody>)>) -> Vec<Statement> {
    let last = choices.len() - 1;
    let choice = |(k, (stage, actions))| {
        statement(StatementKind::Choose(Choice { stage, actions, with_next: k < last }))
    };
    choices.into_iter().enumerate().map(choice).collect()
}

/// An action that is always available.
pub fn action(action: usize, body: Vec<Statement>) -> ActionBody {
    ActionBody { action, guard: None, body: Block(body), span: Span::NONE }
}

/// An action with a guard.
pub fn guarded(k: usize, guard: Expr, body: Vec<Statement>) -> ActionBody {
    ActionBody { guard: Some(guard), ..action(k, body) }
}

/// `end`.
pub fn end() -> Statement {
    statement(StatementKind::End)
}

/// `{ value: p, …, stay: rest }`: numbers with probabilities.
pub fn outcomes(list: Vec<(Option<Expr>, Option<Expr>)>) -> Distribution {
    let outcome = |value: Option<Expr>| value.map_or(Outcome::Stay, Outcome::Value);
    let weight = |p: Option<Expr>| p.map_or(Weight::Rest, Weight::Probability);
    Distribution::Outcomes(list.into_iter().map(|(value, p)| (outcome(value), weight(p))).collect())
}

/// A model in the making.
pub struct Build {
    /// What there is so far.
    pub model: Model,
}

impl Build {
    /// An empty model.
    pub fn new(name: &str, horizon: usize) -> Build {
        let model = Model { name: name.into(), horizon, period_word: "period".into(), ..Model::default() };
        Build { model }
    }

    /// Uses the convention that shocks are part of utility.
    pub fn emax(mut self, emax: bool) -> Build {
        self.model.convention = if emax { Convention::Emax } else { Convention::Payoff };
        self
    }

    /// A set of labels.
    pub fn labels(&mut self, name: &str, labels: &[&str]) -> Domain {
        let labels: Vec<String> = labels.iter().map(|s| s.to_string()).collect();
        let size = labels.len();
        self.model.enums.push(Enumeration { name: name.into(), labels, ordered: true, doc: String::new() });
        Domain::Enum(EnumId(self.model.enums.len() - 1), size)
    }

    /// A parameter.
    pub fn param(&mut self, name: &str, default: f64) -> ParamId {
        self.model.params.push(Param {
            name: name.into(),
            default,
            range: None,
            unit: String::new(),
            source: String::new(),
            doc: String::new(),
            span: Span::NONE,
        });
        ParamId(self.model.params.len() - 1)
    }

    /// A player with its line of payoffs.
    pub fn player(&mut self, name: &str, discount: Expr, precision: Option<Precision>) -> (PlayerId, LineId) {
        let (doc, span) = (String::new(), Span::NONE);
        self.model.players.push(Player { name: name.into(), discount, precision, doc, span });
        let player = PlayerId(self.model.players.len() - 1);
        (player, self.line(player, "payoff"))
    }

    /// A further line of payoffs.
    pub fn line(&mut self, player: PlayerId, label: &str) -> LineId {
        self.model.lines.push(PayoffLine { player, label: label.into() });
        LineId(self.model.lines.len() - 1)
    }

    /// A state variable.
    pub fn state(&mut self, name: &str, domain: Domain, start: usize) -> VarId {
        self.variable(name, domain, VarKind::State { start: Start::Level(start), when: None })
    }

    /// A conditional state variable.
    pub fn conditional(&mut self, name: &str, domain: Domain, start: Option<usize>, when: Expr) -> VarId {
        let start = start.map_or(Start::Absent, Start::Level);
        self.variable(name, domain, VarKind::State { start, when: Some(when) })
    }

    /// A local.
    pub fn local(&mut self, name: &str, domain: Domain) -> VarId {
        self.variable(name, domain, VarKind::Local)
    }

    /// A stage.
    pub fn stage(&mut self, player: PlayerId, name: &str, actions: &[&str]) -> StageId {
        let stage = StageId(self.model.stages.len());
        let domain = self.labels("", actions);
        let full = format!("{}.{name}", self.model.players[player.0].name);
        let var = self.variable(&full, domain, VarKind::Stage(stage));
        let actions = actions
            .iter()
            .map(|name| Action { name: name.to_string(), arguments: Vec::new(), doc: String::new() })
            .collect();
        let (doc, span) = (String::new(), Span::NONE);
        self.model.stages.push(Stage { player, name: name.into(), var, actions, doc, span });
        stage
    }

    /// Makes `end` possible.
    pub fn ended(&mut self) -> VarId {
        let var = self.variable("ended", Domain::Truth, VarKind::Ended);
        self.model.ended = Some(var);
        var
    }

    /// The variable of a stage.
    pub fn var_of(&self, stage: StageId) -> VarId {
        self.model.stage(stage).var
    }

    /// The finished model.
    pub fn finish(mut self, period: Vec<Statement>, finally: Vec<Statement>) -> Model {
        self.model.period = Block(period);
        self.model.finally = Block(finally);
        self.model
    }

    fn variable(&mut self, name: &str, domain: Domain, kind: VarKind) -> VarId {
        let (unit, doc, span) = (String::new(), String::new(), Span::NONE);
        self.model.vars.push(Variable { name: name.into(), domain, kind, unit, doc, span });
        VarId(self.model.vars.len() - 1)
    }
}

/// A finite precision.
pub fn precision(e: Expr) -> Option<Precision> {
    Some(Precision::Finite(e))
}
