//! Players: discount and precision, families.

use melian_model::{Diagnostic, Expr, Player, PlayerId, Precision, Span};

use super::{
    Elaborator, Mode,
    env::{Binding, Env},
    symbols::{Family, Global},
};
use crate::ast::{Attribute, ItemKind, PlayerDecl};

impl<'a> Elaborator<'a> {
    /// All players, in order.
    pub fn players(&mut self) {
        let file = self.file;
        for item in &file.items {
            let ItemKind::Player(decl) = &item.kind else { continue };
            match &decl.index {
                None => {
                    let id = self.one_player(decl, decl.name.text.clone(), &item.doc, &Env::default());
                    self.settle(&decl.name, Global::Player(id));
                }
                Some(binder) => {
                    let Some(members) = self.set(&binder.set, &Env::default()) else { continue };
                    let mut ids = Vec::new();
                    for value in &members {
                        let env =
                            Env::default().with(&binder.name.text, binder.name.span, Binding::Value(*value));
                        let name = format!("{}[{}]", decl.name.text, value.words(&self.model));
                        ids.push(self.one_player(decl, name, &item.doc, &env).0);
                    }
                    self.symbols.players.push(Family { name: decl.name.text.clone(), members, ids });
                    self.settle(&decl.name, Global::Players(self.symbols.players.len() - 1));
                }
            }
        }
    }

    fn one_player(&mut self, decl: &'a PlayerDecl, name: String, doc: &str, env: &Env<'a>) -> PlayerId {
        let mut discount: Option<(Expr, Span)> = None;
        let mut precision: Option<(Precision, Span)> = None;
        for attribute in &decl.attributes {
            match attribute.name.text.as_str() {
                "discount" => {
                    if let Some((_, first)) = &discount {
                        let first = *first;
                        self.duplicate("discount", attribute.name.span, first);
                    }
                    let value = self.in_mode(Mode::Parameters, |this| this.number(&attribute.value, env));
                    discount = Some((value.unwrap_or_else(|| Expr::number(1.0)), attribute.name.span));
                }
                "precision" => {
                    if let Some((_, first)) = &precision {
                        let first = *first;
                        self.duplicate("precision", attribute.name.span, first);
                    }
                    precision = Some((self.precision(attribute, env), attribute.name.span));
                }
                _ => self.unknown_attribute(&attribute.name, "a player", &["discount", "precision"]),
            }
        }
        self.model.players.push(Player {
            name,
            discount: discount.map_or_else(|| Expr::number(1.0), |(value, _)| value),
            precision: precision.map(|(value, _)| value),
            doc: doc.to_owned(),
            span: decl.name.span,
        });
        PlayerId(self.model.players.len() - 1)
    }

    fn precision(&mut self, attribute: &'a Attribute, env: &Env<'a>) -> Precision {
        if attribute.value.as_name().is_some_and(|name| name.text == "inf") {
            return Precision::Infinite;
        }
        let value = self.in_mode(Mode::Parameters, |this| this.number(&attribute.value, env));
        match value {
            Some(value) if value.literal() == Some(f64::INFINITY) => Precision::Infinite,
            Some(value) => Precision::Finite(value),
            None => Precision::Finite(Expr::number(1.0)),
        }
    }

    /// A stage's player without a precision.
    pub fn precision_missing(&mut self, player: PlayerId, stage: &str, at: Span) {
        let known = &self.model.players[player.0];
        let (name, span) = (known.name.clone(), known.span);
        self.report(
            Diagnostic::error("precision-missing", format!("`{name}` chooses, but has no precision"), span)
                .label("declared here")
                .also(at, format!("`{stage}` is chosen here"))
                .help("write `{ precision = 2 }`: the greater, the better the choices; `inf` is a best response")
                .help("precision is per point of payoff: with payoffs of 0 to 10 a precision of 1 is sharp already"),
        );
    }
}
