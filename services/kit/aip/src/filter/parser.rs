//! Builds a checked filter from tokens, by the grammar of AIP-160.

use std::iter::Peekable;

use crate::Schema;

use super::{
    Error, MAX_COMPARISONS, MAX_DEPTH, Node,
    lexer::{Operator, Token, TokenKind},
    literal,
};

/// Parses all of `tokens`; nothing if there is only the end.
pub(super) fn parse(tokens: Vec<Token>, schema: &Schema) -> Result<Option<Node>, Error> {
    let end = tokens.last().map_or(1, |token| token.position);
    let mut parser = Parser {
        tokens: tokens.into_iter().peekable(),
        end,
        schema,
        depth: 0,
        comparisons: 0,
    };
    if *parser.peek() == TokenKind::End {
        return Ok(None);
    }
    let node = parser.expression()?;
    match parser.next() {
        Token {
            kind: TokenKind::End,
            ..
        } => Ok(Some(node)),
        token => Err(error(
            &token,
            format!("unexpected {}", token.kind.describe()),
        )),
    }
}

fn error(token: &Token, message: impl Into<String>) -> Error {
    Error {
        position: token.position,
        message: message.into(),
    }
}

struct Parser<'a> {
    tokens: Peekable<std::vec::IntoIter<Token>>,
    /// The place after the last character.
    end: usize,
    schema: &'a Schema,
    depth: usize,
    comparisons: usize,
}

impl Parser<'_> {
    fn peek(&mut self) -> &TokenKind {
        self.tokens
            .peek()
            .map_or(&TokenKind::End, |token| &token.kind)
    }

    fn next(&mut self) -> Token {
        self.tokens.next().unwrap_or(Token {
            position: self.end,
            kind: TokenKind::End,
        })
    }

    fn peek_keyword(&mut self, keyword: &str) -> bool {
        matches!(self.peek(), TokenKind::Word(word) if word == keyword)
    }

    fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = self.peek_keyword(keyword);
        if found {
            self.next();
        }
        found
    }

    /// `expression = sequence { "AND" sequence }`; a sequence is factors side by side, which mean
    /// AND as well.
    fn expression(&mut self) -> Result<Node, Error> {
        let mut parts = vec![self.factor()?];
        while self.take_keyword("AND") || self.at_factor() {
            parts.push(self.factor()?);
        }
        Ok(joined(parts, Node::And))
    }

    /// Says whether another factor of a sequence follows.
    fn at_factor(&mut self) -> bool {
        match self.peek() {
            TokenKind::Word(word) => word != "OR",
            TokenKind::LeftParenthesis | TokenKind::Quoted(_) => true,
            TokenKind::RightParenthesis | TokenKind::Operator(_) | TokenKind::End => false,
        }
    }

    /// `factor = term { "OR" term }`
    fn factor(&mut self) -> Result<Node, Error> {
        let mut parts = vec![self.term()?];
        while self.take_keyword("OR") {
            parts.push(self.term()?);
        }
        Ok(joined(parts, Node::Or))
    }

    /// `term = [ "NOT" | "-" ] ( "(" expression ")" | comparison )`
    fn term(&mut self) -> Result<Node, Error> {
        let is_not = self.take_keyword("NOT");
        let token = self.next();
        let (is_minus, token) = without_minus(token);
        if is_not && is_minus {
            return Err(error(&token, "NOT and `-` cannot stand together"));
        }
        let node = match token.kind {
            TokenKind::LeftParenthesis => self.parenthesised(&token)?,
            _ if is_minus && self.at_parenthesis(&token) => {
                let parenthesis = self.next();
                self.parenthesised(&parenthesis)?
            }
            _ => self.comparison(&token)?,
        };
        Ok(if is_not || is_minus {
            Node::Not(Box::new(node))
        } else {
            node
        })
    }

    /// Says whether `minus` was nothing but a minus, with a parenthesis after it.
    fn at_parenthesis(&mut self, minus: &Token) -> bool {
        minus.kind == TokenKind::Word(String::new()) && *self.peek() == TokenKind::LeftParenthesis
    }

    fn parenthesised(&mut self, opening: &Token) -> Result<Node, Error> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(error(
                opening,
                format!("more than {MAX_DEPTH} parentheses within each other"),
            ));
        }
        let node = self.expression()?;
        self.depth -= 1;
        match self.next() {
            Token {
                kind: TokenKind::RightParenthesis,
                ..
            } => Ok(node),
            token => Err(error(
                &token,
                format!(
                    "expected `)` for the `(` at character {}, found {}",
                    opening.position,
                    token.kind.describe()
                ),
            )),
        }
    }

    /// `comparison = FIELD OPERATOR VALUE`
    fn comparison(&mut self, token: &Token) -> Result<Node, Error> {
        self.comparisons += 1;
        if self.comparisons > MAX_COMPARISONS {
            return Err(error(
                token,
                format!("a filter has at most {MAX_COMPARISONS} comparisons"),
            ));
        }
        let path = match &token.kind {
            TokenKind::Word(word) if !matches!(word.as_str(), "" | "AND" | "OR" | "NOT") => word,
            other => {
                let found = other.describe();
                return Err(error(
                    token,
                    format!("expected a comparison such as FIELD = VALUE, found {found}"),
                ));
            }
        };
        let (operator_position, operator) = self.operator(path)?;
        let field = self.schema.field(path).ok_or_else(|| {
            let known: Vec<&str> = self.schema.fields.iter().map(|field| field.path).collect();
            error(
                token,
                format!(
                    "there is no field `{path}`; the fields are {}",
                    known.join(", ")
                ),
            )
        })?;
        let value = self.next();
        let test = Node::Test(literal::test(field, (operator_position, operator), &value)?);
        self.refuse_time_without_quotes(&value)?;
        Ok(match operator {
            Operator::NotEqual => Node::Not(Box::new(test)),
            _ => test,
        })
    }

    /// Takes the operator and its place.
    fn operator(&mut self, path: &str) -> Result<(usize, Operator), Error> {
        let token = self.next();
        match token.kind {
            TokenKind::Operator(operator) => Ok((token.position, operator)),
            TokenKind::LeftParenthesis => Err(error(
                &token,
                format!("`{path}(`: functions are not supported"),
            )),
            ref other => Err(error(
                &token,
                format!(
                    "expected an operator (= != < <= > >= :) after `{path}`, found {}",
                    other.describe()
                ),
            )),
        }
    }

    /// A colon right after a value is a time that was not quoted.
    fn refuse_time_without_quotes(&mut self, value: &Token) -> Result<(), Error> {
        if matches!(self.peek(), TokenKind::Operator(_)) {
            let operator = self.next();
            let hint = format!(
                "unexpected {} after {}; a value with such characters must be in quotes",
                operator.kind.describe(),
                value.kind.describe()
            );
            return Err(error(&operator, hint));
        }
        Ok(())
    }
}

/// Returns the only part, or all of them joined.
fn joined(mut parts: Vec<Node>, join: fn(Vec<Node>) -> Node) -> Node {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            join(parts)
        }
    }
}

/// Cuts a minus off the front of a word.
fn without_minus(token: Token) -> (bool, Token) {
    let rest = match &token.kind {
        TokenKind::Word(word) => word.strip_prefix('-').map(ToOwned::to_owned),
        _ => None,
    };
    match rest {
        Some(rest) => (
            true,
            Token {
                position: token.position + 1,
                kind: TokenKind::Word(rest),
            },
        ),
        None => (false, token),
    }
}
