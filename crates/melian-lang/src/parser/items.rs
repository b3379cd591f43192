//! The file: its header and its declarations.

use melian_model::{Diagnostic, Span};

use super::core::{Context, Lost, Parsed, Parser};
use super::layout::Part;
use super::sets::Between;
use crate::{
    ast::{
        Const, Entry, Expr, ExprKind, File, Item, ItemKind, Length, LetDecl, ParamDecl, Play, PlayerDecl,
        SetKind, StateDecl, TableIndex, TypeDecl, Value,
    },
    lexer::Kind,
    words,
};

impl Parser<'_> {
    /// A whole file.
    pub fn file(&mut self) -> File {
        let mut file = File { span: Span::new(0, self.text.len()), ..File::default() };
        self.header(&mut file);
        while !self.sees(Kind::End) {
            if self.sees(Kind::Semicolon) {
                self.mark_here(Part::SEPARATOR);
                self.bump();
                continue;
            }
            let before = self.at;
            self.mark_here(Part::ITEM);
            match self.with_doc(Self::item) {
                Ok(((kind, span), doc)) => file.items.push(Item { kind, doc, span }),
                Err(Lost) => {
                    self.skip_to_item(before);
                    if self.at == before {
                        self.bump();
                    }
                }
            }
        }
        file
    }

    /// `model NAME "title" { value = emax }`.
    fn header(&mut self, file: &mut File) {
        let first = self.at;
        self.mark_here(Part::ITEM);
        if !self.sees_word("model") {
            let near = self.peek(1).kind == Kind::Word
                && !words::ITEMS.contains(&self.word())
                && words::nearest(self.word(), ["model"]).is_some();
            if near {
                self.misspelt("model");
            } else {
                let at = self.here();
                let problem =
                    Diagnostic::error("model-missing", "the text does not begin with `model NAME`", at)
                        .label(format!("found {} first", self.found()))
                        .fix("give the model a name", Span { end: at.start, ..at }, "model unnamed\n\n");
                self.fail(problem);
                return;
            }
        }
        let header = self.with_doc(|p| {
            p.bump();
            let name = p.new_name("the model's name")?;
            let title = if p.sees(Kind::Text) { Some(p.quoted("the model's title")?) } else { None };
            let attributes = if p.sees(Kind::BraceOpen) { p.attributes()? } else { Vec::new() };
            Ok((name, title, attributes))
        });
        if let Ok(((name, title, attributes), doc)) = header {
            file.name = Some(name);
            file.title = title;
            file.attributes = attributes;
            file.doc = doc;
        } else {
            self.skip_to_item(first);
        }
    }

    /// A declaration.
    fn item(&mut self) -> Parsed<(ItemKind, Span)> {
        let first = self.at;
        let word = self.word();
        let kind = if words::ITEMS.contains(&word) { self.item_of(word)? } else { self.not_an_item(word)? };
        Ok((kind, self.since(first)))
    }

    /// The declaration that a word begins.
    fn item_of(&mut self, word: &str) -> Parsed<ItemKind> {
        self.bump();
        match word {
            "const" => self.constant(),
            "type" => {
                let name = self.new_name("the type's name")?;
                self.equals(&format!("`{}`", name.text))?;
                self.mark(self.at - 1, Part::column(0));
                Ok(ItemKind::Type(TypeDecl { name, labels: self.labels()? }))
            }
            "param" => self.param(),
            "require" => Ok(ItemKind::Require(self.expression()?)),
            "correlate" => self.correlate(),
            "player" => {
                let name = self.new_name("the player's name")?;
                let index = self.family_index()?;
                let braces = self.sees(Kind::BraceOpen);
                if braces {
                    self.mark_here(Part::column(0));
                }
                let attributes = if braces { self.attributes()? } else { Vec::new() };
                Ok(ItemKind::Player(PlayerDecl { name, index, attributes }))
            }
            "state" => self.state(),
            "let" => Ok(ItemKind::Let(self.let_decl(Context::CONDITION)?)),
            "play" => self.play(),
            "finally" => Ok(ItemKind::Finally(self.block("`finally`")?)),
            "measure" => Ok(ItemKind::Measure(self.let_decl(Context::CONDITION)?)),
            "mechanism" => self.mechanism(),
            "plausible" => self.plausible(),
            _ => self.claim(),
        }
    }

    /// Something else where a declaration should begin.
    fn not_an_item(&mut self, word: &str) -> Parsed<ItemKind> {
        let here = self.here();
        if word == "model" {
            let problem = Diagnostic::error("model-repeated", "a file holds one model", here)
                .label("a second `model`")
                .help("put it into a file of its own");
            return Err(self.fail(problem));
        }
        if words::LATER.contains(&word) {
            let problem = self.not_yet(word, here);
            return Err(self.fail(problem));
        }
        if self.sees(Kind::BraceClose) || self.sees(Kind::ParenClose) || self.sees(Kind::SquareClose) {
            self.unmatched();
            return Err(Lost);
        }
        if self.unknown_clause(&["unit", "source", "when"]) {
            return Err(Lost);
        }
        let verb = matches!(self.word_at(1), "gains" | "pays" | "chooses");
        let statement = verb
            || matches!(word, "if" | "for" | "local" | "end" | "together")
            || (self.sees(Kind::Word) && matches!(self.peek(1).kind, Kind::Assign | Kind::Tilde));
        if statement && !words::ITEMS.contains(&word) {
            let problem =
                Diagnostic::error("misplaced-statement", "statements stand inside `play … { }`", here)
                    .label("this is a statement, and `play` is not open here")
                    .help(
                        "declarations begin with `const`, `param`, \
                    `state`, `let`, …; a `}` too many closes `play` too early",
                    );
            return Err(self.fail(problem));
        }
        match self.misspelt_item() {
            Ok(right) => self.item_of(right),
            Err(Lost) => {
                let title = format!("expected a declaration, found {}", self.found());
                let problem = Diagnostic::error("unexpected-token", title, here).help(
                    "declarations begin with `const`, `type`, `param`, `require`, `correlate`, `player`, \
                    `state`, `let`, `play`, `finally`, `measure`, `mechanism`, `plausible` or `claim`",
                );
                Err(self.fail(problem))
            }
        }
    }

    /// `[k in SET]` or `[x at {knots}]` of a table, if it is there.
    fn table_index(&mut self) -> Parsed<Option<TableIndex>> {
        if !self.sees(Kind::SquareOpen) || self.word_at(2) != "at" {
            return Ok(self.family_index()?.map(TableIndex::Members));
        }
        let open = self.at;
        self.mark_here(Part::ATTACHED);
        self.bump();
        let first = self.at;
        let name = self.new_name("the name of the coordinate")?;
        self.bump();
        let set = self.at;
        let (knots, _) = self.braced("knots", Between::Commas, Self::sum)?;
        self.mark(set, Part::TIGHT);
        self.mark(self.at - 1, Part::TIGHT);
        let span = self.since(first);
        self.close(open, Kind::SquareClose)?;
        Ok(Some(TableIndex::Knots { name, knots, span }))
    }

    /// What stands behind `=` of a constant or parameter.
    fn table_or_value(&mut self, name: &str, index: Option<&TableIndex>, ranges: bool) -> Parsed<Value> {
        self.equals(&format!("`{name}`"))?;
        if ranges {
            self.mark(self.at - 1, Part::column(0));
        }
        if index.is_some() {
            let (entries, _) = self.braced("the table's entries", Between::Commas, |p| p.entry(ranges))?;
            return Ok(Value::Table(entries));
        }
        if self.sees(Kind::BraceOpen) {
            let problem =
                Diagnostic::error("table-form", format!("`{name}` has entries but no index"), self.here())
                    .help(format!("a table says what it is indexed by: `{name}[k in SET] = {{ … }}`"));
            return Err(self.fail(problem));
        }
        Ok(Value::Single(if ranges { self.default_value()? } else { self.expression()? }))
    }

    /// `supply: 1 in 0.5 .. 2`.
    fn entry(&mut self, ranges: bool) -> Parsed<Entry> {
        let first = self.at;
        let ((key, value, range), doc) = self.with_doc(|p| {
            let key = p.sum()?;
            p.colon("an entry's value stands after `:`")?;
            let value = if ranges { p.default_value()? } else { p.expression()? };
            let range = if ranges { p.range_decl()? } else { None };
            Ok((key, value, range))
        })?;
        Ok(Entry { key, value, range, doc, span: self.since(first) })
    }

    /// `name = e`.
    fn constant(&mut self) -> Parsed<ItemKind> {
        let name = self.new_name("the constant's name")?;
        let index = self.table_index()?;
        let value = self.table_or_value(&name.text, index.as_ref(), false)?;
        let ranged = match &value {
            Value::Single(Expr { kind: ExprKind::Among { value, set, .. }, .. }) => {
                matches!((&value.kind, &set.kind), (ExprKind::Number(_), SetKind::Range { .. }))
            }
            _ => self.sees_word("in") || self.sees(Kind::Tilde),
        };
        if ranged {
            let problem = Diagnostic::error(
                "const-range",
                format!("a constant has no range, but `{}` has one", name.text),
                name.span,
            )
            .label("declared as a constant")
            .help("what may vary is a `param`; a `const` shapes the model and may bound domains");
            return Err(self.fail(problem));
        }
        Ok(ItemKind::Const(Const { name, index, value }))
    }

    /// `name = default in lo .. hi unit "…" source "…"`.
    fn param(&mut self) -> Parsed<ItemKind> {
        let name = self.new_name("the parameter's name")?;
        let index = self.table_index()?;
        let value = self.table_or_value(&name.text, index.as_ref(), true)?;
        let mut param = ParamDecl { name, index, value, range: None, unit: None, source: None };
        loop {
            let span = self.here();
            let start = self.at;
            if self.sees_word("unit") {
                self.bump();
                let text = self.quoted("the unit, in quotes")?;
                self.once(&mut param.unit, "`unit`", span, text);
                self.mark(start, Part::column(2));
            } else if self.sees_word("source") {
                self.bump();
                let text = self.quoted("the source, in quotes")?;
                self.once(&mut param.source, "`source`", span, text);
                self.mark(start, Part::column(3));
            } else if let Some(range) = self.range_decl()? {
                self.once(&mut param.range, "the range", span, range);
                self.mark(start, Part::column(1));
            } else if !self.unknown_clause(&["unit", "source"]) {
                return Ok(ItemKind::Param(param));
            }
        }
    }

    /// `x : DOMAIN = start when cond unit "…"`.
    fn state(&mut self) -> Parsed<ItemKind> {
        let name = self.new_name("the variable's name")?;
        let index = self.family_index()?;
        self.domain_colon(&name.text)?;
        self.mark(self.at - 1, Part::column(0));
        let domain = self.domain()?;
        let mut state = StateDecl { name, index, domain, start: None, when: None, unit: None };
        loop {
            let span = self.here();
            let start = self.at;
            match self.word() {
                "when" => {
                    self.bump();
                    let context = Context { equals_ends: true, ..Context::PLAIN };
                    let condition = self.within(context, Self::expression)?;
                    self.once(&mut state.when, "`when`", span, condition);
                    self.mark(start, Part::column(2));
                }
                "unit" => {
                    self.bump();
                    let text = self.quoted("the unit, in quotes")?;
                    self.once(&mut state.unit, "`unit`", span, text);
                    self.mark(start, Part::column(3));
                }
                _ if self.sees(Kind::Assign) || self.sees(Kind::Equal) => {
                    self.equals("the domain")?;
                    let context = Context { equals_ends: true, ..Context::PLAIN };
                    let value = self.within(context, Self::expression)?;
                    self.once(&mut state.start, "the start value", span, value);
                    self.mark(start, Part::column(1));
                }
                _ if !self.unknown_clause(&["when", "unit"]) => return Ok(ItemKind::State(state)),
                _ => {}
            }
        }
    }

    /// The `:` before a domain.
    pub fn domain_colon(&mut self, name: &str) -> Parsed<()> {
        if self.sees(Kind::Assign) || self.sees_word("in") {
            let label = "the values that it can take stand after `:`";
            let problem = Diagnostic::error(
                "equals-for-colon",
                format!("expected `:` after `{name}`, found {}", self.found()),
                self.here(),
            )
            .label(label)
            .fix("write `:`", self.here(), ":");
            self.report(problem);
            self.bump();
            return Ok(());
        }
        self.mark_here(Part::SPACED);
        self.expect(Kind::Colon, &format!("`:` and the values that `{name}` can take")).map(|_| ())
    }

    /// `f(a, b) = e`.
    pub fn let_decl(&mut self, context: Context) -> Parsed<LetDecl> {
        let asks = words::QUESTIONS.contains(&self.word()) || matches!(self.word(), "P" | "E");
        if asks {
            let word = self.word();
            let problem =
                Diagnostic::error("reserved-word", format!("`{word}` cannot be a name here"), self.here())
                    .label("this word asks a question")
                    .fix(format!("write `{word}_`"), self.here(), format!("{word}_"));
            self.report(problem);
        }
        let name = self.new_name("a name")?;
        let mut arguments = Vec::new();
        if self.sees(Kind::ParenOpen) {
            let open = self.open_arguments("`(`")?;
            while !self.sees(Kind::ParenClose) {
                arguments.push(self.new_name("the name of an argument")?);
                if !self.take(Kind::Comma) {
                    break;
                }
            }
            self.close(open, Kind::ParenClose)?;
        }
        self.equals(&format!("`{}`", name.text))?;
        let value = self.within(context, Self::expression)?;
        Ok(LetDecl { name, arguments, value })
    }

    /// `WORD for N from YYYY-MM { … }`, `WORD forever from YYYY-MM { … }`.
    fn play(&mut self) -> Parsed<ItemKind> {
        if self.sees(Kind::BraceOpen) {
            let problem = Diagnostic::error("play-form", "`play` does not say how long", self.here())
                .label("expected `once`, `monthly for N` or `monthly forever`")
                .fix("play one period", Span { end: self.here().start, ..self.here() }, "once ");
            self.report(problem);
            let body = self.block("`play`")?;
            let word = crate::ast::Name { text: "once".into(), span: body.span };
            return Ok(ItemKind::Play(Play { word, length: Length::Once, from: None, body }));
        }
        let word = if self.sees_word("for") || self.sees_word("forever") {
            let problem = Diagnostic::error("play-form", "`play` does not say what a period is", self.here())
                .label(format!("expected a word for the period before {}", self.found()))
                .fix("write `rounds`", Span { end: self.here().start, ..self.here() }, "rounds ");
            self.report(problem);
            crate::ast::Name { text: "rounds".into(), span: self.here() }
        } else {
            self.new_name("`once`, `monthly`, `rounds`, …")?
        };
        let (mut length, mut from) = (None, None);
        loop {
            let span = self.here();
            match self.word() {
                "for" => {
                    self.bump();
                    let count = self.sum()?;
                    self.once(&mut length, "how long play lasts", span, Length::Periods(count));
                    // `for 12 months`
                    let more = self.sees(Kind::Word) && !self.sees_word("forever");
                    if more && self.peek(1).kind == Kind::BraceOpen {
                        let problem = Diagnostic::error(
                            "play-form",
                            format!("unexpected {} after the number of periods", self.found()),
                            self.here(),
                        )
                        .label("what a period is stands before `for`")
                        .fix("delete it", self.here(), "");
                        self.report(problem);
                        self.bump();
                    }
                }
                "forever" => {
                    self.bump();
                    self.once(&mut length, "how long play lasts", span, Length::Forever);
                }
                "from" => {
                    self.bump();
                    let date = self.date()?;
                    self.once(&mut from, "`from`", span, date);
                }
                _ => break,
            }
        }
        let problem = if word.text == "once" && length.is_some() {
            Some(
                Diagnostic::error("play-form", "`play once` lasts one period", word.span)
                    .label("`once` says already how long")
                    .fix("write `rounds`", word.span, "rounds"),
            )
        } else if word.text != "once" && length.is_none() {
            Some(
                Diagnostic::error(
                    "play-form",
                    format!("`play {}` does not say how long", word.text),
                    word.span,
                )
                .label(format!("expected `play {0} for N` or `play {0} forever`", word.text)),
            )
        } else {
            None
        };
        if let Some(problem) = problem {
            self.report(problem);
        }
        let body = self.block("`play`")?;
        let length = length.unwrap_or(Length::Once);
        Ok(ItemKind::Play(Play { word, length, from, body }))
    }
}
