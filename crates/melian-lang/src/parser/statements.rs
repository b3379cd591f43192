//! Statements: what happens in a period, from top to bottom.

use melian_model::{Diagnostic, Span};

use super::core::{Context, Lost, Parsed, Parser};
use super::layout::Part;
use crate::{
    ast::{Action, Block, Choose, Place, Statement, StatementKind},
    lexer::Kind,
    words,
};

impl Parser<'_> {
    /// `{ statements }`.
    pub fn block(&mut self, of: &str) -> Parsed<Block> {
        if self.sees(Kind::BraceOpen) {
            let (statements, span) = self.lines(Part::STATEMENT, Self::statement)?;
            return Ok(Block { statements, span });
        }
        // `if c x = 1`: one statement without braces.
        let begins = self.sees(Kind::Word) && !self.sees_item() && self.word() != "then";
        if !begins {
            return Err(self.unexpected(&format!("`{{` and the body of {of}")));
        }
        let first = self.at;
        let statement = self.nested(Self::statement)?;
        let span = self.since(first);
        let text = &self.text[span.range()];
        let problem = Diagnostic::error("missing-braces", format!("the body of {of} stands in braces"), span)
            .fix("put it in braces", span, format!("{{ {text} }}"));
        self.report(problem);
        Ok(Block { statements: vec![statement], span })
    }

    /// Statements or actions in braces. One that is wrong is left out; the block goes on behind it.
    fn lines<T>(
        &mut self,
        part: Part,
        mut line: impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<(Vec<T>, Span)> {
        let open = self.at;
        self.mark_here(Part::BLOCK);
        self.bump();
        let lines = self.nested(|p| {
            let mut lines = Vec::new();
            loop {
                match p.kind() {
                    Kind::BraceClose => return Ok(lines),
                    Kind::End => return Err(p.unclosed_brace(open)),
                    Kind::Semicolon => {
                        p.mark_here(Part::SEPARATOR);
                        p.bump();
                        continue;
                    }
                    Kind::Comma => {
                        p.stray_comma(part);
                        continue;
                    }
                    Kind::ParenClose | Kind::SquareClose => {
                        p.unmatched();
                        continue;
                    }
                    _ if p.sees_item_outside(open) => return Err(p.unclosed_brace(open)),
                    _ => {}
                }
                let before = p.at;
                p.mark_here(part);
                match p.within(Context::PLAIN, &mut line) {
                    Ok(line) => lines.push(line),
                    Err(Lost) => {
                        p.skip_to_statement(before);
                        if p.at == before && !p.sees(Kind::BraceClose) {
                            p.bump();
                        }
                    }
                }
            }
        })?;
        self.mark_here(Part::BLOCK);
        let close = self.at;
        self.bump();
        self.note_closed(open, close);
        Ok((lines, self.since(open)))
    }

    /// A comma between statements or actions.
    fn stray_comma(&mut self, part: Part) {
        let (what, replacement) = if part == Part::ACTION { ("actions", "") } else { ("statements", ";") };
        let problem =
            Diagnostic::error("stray-comma", format!("{what} are not separated by commas"), self.here());
        let problem = if replacement.is_empty() {
            problem.fix("delete it", self.here(), "")
        } else {
            problem.fix("write `;`", self.here(), replacement)
        };
        let Lost = self.fail(problem);
        self.bump();
    }

    /// A statement.
    fn statement(&mut self) -> Parsed<Statement> {
        let first = self.at;
        let next = self.peek(1).kind;
        let assigns = matches!(
            next,
            Kind::Assign | Kind::Tilde | Kind::SquareOpen | Kind::Dot | Kind::Equal | Kind::Foreign
        );
        let kind = match self.word() {
            "if" => self.if_statement()?,
            "for" => {
                self.bump();
                let binder = self.binder()?;
                StatementKind::For { binder, body: self.block("`for`")? }
            }
            "let" if next == Kind::Word => {
                self.mark_here(Part::SIMPLE);
                self.bump();
                StatementKind::Let(self.let_decl(Context::PLAIN)?)
            }
            "local" if next == Kind::Word => {
                self.mark_here(Part::SIMPLE);
                self.local()?
            }
            "together" => {
                self.bump();
                StatementKind::Together(self.block("`together`")?)
            }
            "end" if !assigns && !is_verb(self.word_at(1)) => {
                self.mark_here(Part::SIMPLE);
                self.bump();
                StatementKind::End
            }
            word if !assigns && !is_verb(self.word_at(1)) && self.misplaced(word) => return Err(Lost),
            _ => self.place_statement()?,
        };
        Ok(Statement { kind, span: self.since(first) })
    }

    /// Reports words that begin no statement here.
    fn misplaced(&mut self, word: &str) -> bool {
        let here = self.here();
        let problem = match word {
            _ if words::LATER.contains(&word) => self.not_yet(word, here),
            "simultaneous" | "simultaneously" | "jointly" if self.peek(1).kind == Kind::BraceOpen => {
                Diagnostic::error("unknown-keyword", format!("unknown word `{word}`"), here)
                    .label("choices at the same time stand in `together { … }`")
                    .fix("write `together`", here, "together")
            }
            "else" | "elif" | "elsif" | "elseif" => {
                Diagnostic::error("stray-else", format!("this `{word}` has no `if` before it"), here)
                    .label("`else` stands directly behind the `}` of an `if`")
            }
            "when" => Diagnostic::error("unknown-keyword", "`when` begins no statement", here)
                .label("a condition before statements is written `if`")
                .fix("write `if`", here, "if"),
            "while" | "repeat" | "loop" => {
                Diagnostic::error("unknown-keyword", format!("there is no `{word}`"), here).help(
                    "`for i in SET { … }` repeats statements over a \
                    family; play itself goes from period to period",
                )
            }
            "return" | "break" | "stop" | "exit" => {
                Diagnostic::error("unknown-keyword", format!("there is no `{word}`"), here)
                    .help("`end` stops play for good")
            }
            _ if words::ITEMS.contains(&word) && self.peek(1).kind == Kind::Word => {
                let problem = Diagnostic::error(
                    "misplaced-declaration",
                    format!("`{word}` stands outside `play`"),
                    here,
                )
                .label("a declaration among statements");
                match word {
                    "state" => problem.help(
                        "inside, `local x : DOMAIN = e` \
                    declares a variable of the period",
                    ),
                    "const" | "param" => problem.help("inside, `let x = e` gives an expression a name"),
                    _ => problem.help("move it to the outermost level of the file"),
                }
            }
            _ => return false,
        };
        self.fail(problem);
        self.bump();
        true
    }

    /// `if c { } else if d { } else { }`.
    fn if_statement(&mut self) -> Parsed<StatementKind> {
        let mut arms = Vec::new();
        self.bump();
        loop {
            let condition = self.expression()?;
            if self.sees_word("then") || self.sees(Kind::Colon) {
                let problem = Diagnostic::error(
                    "if-form",
                    format!("expected `{{`, found {}", self.found()),
                    self.here(),
                )
                .label("this `if` is a statement")
                .help("a statement is `if c { … } else { … }`; `if c then a else b` is an expression");
                return Err(self.fail(problem));
            }
            arms.push((condition, self.block("`if`")?));
            match self.word() {
                "else" if self.word_at(1) == "if" => {
                    self.bump();
                    self.bump();
                }
                "elif" | "elsif" | "elseif" if self.begins_condition() => {
                    self.misspelt("else if");
                    self.bump();
                }
                "else" => {
                    self.bump();
                    let otherwise = Some(self.block("`else`")?);
                    return Ok(StatementKind::If { arms, otherwise });
                }
                _ => return Ok(StatementKind::If { arms, otherwise: None }),
            }
        }
    }

    /// Whether `elif` is followed by something other than an assignment.
    fn begins_condition(&self) -> bool {
        !matches!(self.peek(1).kind, Kind::Assign | Kind::Tilde)
    }

    /// `local x : DOMAIN = e`.
    fn local(&mut self) -> Parsed<StatementKind> {
        self.bump();
        let name = self.new_name("the variable's name")?;
        self.domain_colon(&name.text)?;
        let domain = self.domain()?;
        if !matches!(self.kind(), Kind::Assign | Kind::Equal | Kind::Foreign) {
            let problem = Diagnostic::error(
                "local-form",
                format!("`{}` has no first value", name.text),
                self.since(self.at - 1),
            )
            .label("expected `= e` after this")
            .help("a local begins with a value: `local x : truth = false`");
            return Err(self.fail(problem));
        }
        self.equals("the domain")?;
        let value = self.expression()?;
        Ok(StatementKind::Local { name, domain, value })
    }

    /// A name that may have an index.
    pub fn place(&mut self, what: &str) -> Parsed<Place> {
        let first = self.at;
        let name = self.name(what)?;
        let mut index = None;
        if self.sees(Kind::SquareOpen) {
            let open = self.at;
            self.mark_here(Part::ATTACHED);
            self.bump();
            index = Some(Box::new(self.nested(Self::expression)?));
            self.close(open, Kind::SquareClose)?;
        }
        Ok(Place { name, index, span: self.since(first) })
    }

    /// A statement that begins with a name: an assignment, a draw, a payment, a choice.
    fn place_statement(&mut self) -> Parsed<StatementKind> {
        let first = self.at;
        let place = self.place("a statement")?;
        match (self.kind(), self.word()) {
            (Kind::Tilde, _) => {
                self.mark(first, Part::SIMPLE);
                self.mark_here(Part::column(0));
                self.bump();
                Ok(StatementKind::Draw { target: place, law: self.law()? })
            }
            (Kind::Assign | Kind::Equal | Kind::Foreign | Kind::Colon, _) => {
                self.mark(first, Part::SIMPLE);
                self.assignment(place)
            }
            (_, "gains" | "pays") => {
                self.mark(first, Part::SIMPLE);
                self.payment(place)
            }
            (_, "chooses") => self.choose(place),
            (_, word) => {
                let verbs = ["gains", "pays", "chooses"];
                let right = words::verb_alias(word).or_else(|| {
                    let near = words::nearest(word, verbs)?;
                    verbs.into_iter().find(|v| *v == near)
                });
                if let Some(right) = right.filter(|_| !self.on_new_line()) {
                    self.misspelt(right);
                    return if right == "chooses" { self.choose(place) } else { self.payment(place) };
                }
                Err(self.no_statement(&place))
            }
        }
    }

    /// What begins with a name but goes on like no statement.
    fn no_statement(&mut self, place: &Place) -> Lost {
        let name = &self.text[place.span.range()];
        let expected =
            format!("expected `=`, `~`, `gains`, `pays` or `chooses` after `{}`", words::shorten(name));
        let problem = match self.kind() {
            Kind::ParenOpen => Diagnostic::error(
                "unexpected-token",
                format!("`{name}(…)` is not a statement"),
                place.span.to(self.here()),
            )
            .help(
                "a `let` is used inside expressions; a \
                    statement assigns, draws, pays or lets someone choose",
            ),
            Kind::Dot => Diagnostic::error(
                "unexpected-token",
                format!("nothing can be set at `{name}.{}`", self.word_at(1)),
                place.span.to(self.here()),
            )
            .label("this is no variable")
            .help(
                "what was chosen at a stage is read-only; `with \
                    { P.stage = a }` commits a player in a question",
            ),
            _ if words::nearest(name, ["local", "let", "end", "for", "if"]).is_some()
                && self.sees(Kind::Word)
                && !self.on_new_line() =>
            {
                let right = words::nearest(name, ["local", "let", "end", "for", "if"]).unwrap_or("if");
                Diagnostic::error("unknown-keyword", format!("unknown word `{name}`"), place.span)
                    .label(format!("did you mean `{right}`?"))
                    .fix(format!("write `{right}`"), place.span, right)
            }
            _ => Diagnostic::error(
                "unexpected-token",
                format!("{expected}, found {}", self.found()),
                place.span,
            )
            .label("this begins no statement"),
        };
        self.fail(problem)
    }

    /// `x = e`.
    fn assignment(&mut self, target: Place) -> Parsed<StatementKind> {
        let sign = self.text_of(self.peek(0));
        if let Some(operator) = sign.strip_suffix('=').filter(|_| matches!(sign, "+=" | "-=" | "*=" | "/=")) {
            let name = &self.text[target.span.range()];
            let problem = Diagnostic::error(
                "foreign-operator",
                format!("`{sign}` is not part of the language"),
                self.here(),
            )
            .label(format!("write `{name} = {name} {operator} …`"));
            let problem = if matches!(operator, "+" | "-") {
                problem.fix(
                    format!("write `= {name} {operator}`"),
                    self.here(),
                    format!("= {name} {operator}"),
                )
            } else {
                problem
            };
            self.report(problem);
            self.bump();
        } else if self.sees(Kind::Foreign) && sign != ":=" {
            return Err(self.no_statement(&target));
        } else {
            self.equals("the variable")?;
        }
        let value = self.expression()?;
        Ok(StatementKind::Assign { target, value })
    }

    /// `P gains e as label`.
    fn payment(&mut self, player: Place) -> Parsed<StatementKind> {
        let pays = matches!(words::verb_alias(self.word()), Some("pays")) || self.sees_word("pays");
        self.bump();
        let amount = self.expression()?;
        let line =
            if self.take_word("as") { Some(self.new_name("the name of a payoff line")?) } else { None };
        Ok(StatementKind::Pay { player, pays, amount, line })
    }

    /// `P chooses NAME { … }`.
    fn choose(&mut self, player: Place) -> Parsed<StatementKind> {
        let first = self.tokens.partition_point(|t| t.span.start < player.span.start);
        let ((stage, actions), doc) = self.with_doc_since(first, |p| {
            p.bump();
            let stage = p.place("the stage's name")?;
            if p.sees_word("when") {
                let problem = Diagnostic::error("stage-form", "a stage has no `when`", p.here())
                    .label("conditions stand at its actions, or in an `if` around it")
                    .help("write `if c { P chooses … { … } }`");
                return Err(p.fail(problem));
            }
            if !p.sees(Kind::BraceOpen) {
                return Err(p.unexpected(&format!("`{{` and the actions of `{}`", stage.name.text)));
            }
            let (actions, span) = p.lines(Part::ACTION, Self::action)?;
            if actions.is_empty() && !p.has_errors() {
                p.report(
                    Diagnostic::error("no-actions", format!("`{}` has no actions", stage.name.text), span)
                        .label("expected at least one action")
                        .help("name what the player can do: `{ accept reject }`"),
                );
            }
            Ok((stage, actions))
        })?;
        Ok(StatementKind::Choose(Choose { player, stage, actions, doc }))
    }

    /// `NAME(k in SET) when cond { body }`.
    fn action(&mut self) -> Parsed<Action> {
        let first = self.at;
        let next = self.peek(1).kind;
        let statement = matches!(next, Kind::Assign | Kind::Tilde | Kind::Dot | Kind::SquareOpen)
            || (is_verb(self.word_at(1))
                && matches!(self.peek(2).kind, Kind::Word | Kind::Number | Kind::Minus))
            || self.sees_word("if");
        if statement {
            let problem = Diagnostic::error(
                "statement-among-actions",
                format!("expected an action, found a statement with {}", self.found()),
                self.here(),
            )
            .label("this stands directly among the actions of a stage")
            .help(
                "put it into the braces of an action: `accept { … \
                    }`; a condition on an action is `accept when c`",
            );
            let lost = self.fail(problem);
            if self.sees_word("if") {
                self.bump();
            }
            return Err(lost);
        }
        let ((name, arguments, when, body), doc) = self.with_doc(|p| {
            let name = p.new_name("an action")?;
            let mut arguments = Vec::new();
            if p.sees(Kind::ParenOpen) {
                let open = p.open_arguments("`(`")?;
                while !p.sees(Kind::ParenClose) {
                    arguments.push(p.binder()?);
                    if !p.take(Kind::Comma) {
                        break;
                    }
                }
                p.close(open, Kind::ParenClose)?;
            }
            let start = p.at;
            let when = if p.take_word("when") {
                p.mark(start, Part::column(0));
                Some(p.expression()?)
            } else {
                None
            };
            let brace = p.at;
            let body = if p.sees(Kind::BraceOpen) {
                p.mark(brace, Part::column(1));
                let (statements, span) = p.lines(Part::STATEMENT, Self::statement)?;
                Some(Block { statements, span })
            } else {
                None
            };
            Ok((name, arguments, when, body))
        })?;
        Ok(Action { name, arguments, when, body, doc, span: self.since(first) })
    }
}

/// Whether a word makes a statement of the name before it.
fn is_verb(word: &str) -> bool {
    matches!(word, "gains" | "pays" | "chooses")
}
