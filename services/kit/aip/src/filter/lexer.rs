//! Cuts a filter into tokens, each with its place.

use super::{Error, MAX_CHARS};

/// A token and the place of its first character, counted from 1.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) position: usize,
    pub(super) kind: TokenKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    LeftParenthesis,
    RightParenthesis,
    Operator(Operator),
    /// A run of other characters: a keyword, a path or a value.
    Word(String),
    Quoted(Quoted),
    End,
}

/// A text in quotes, with its escapes resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Quoted {
    pub(super) text: String,
    /// Whether the text ended in a `*` that is not part of it.
    pub(super) wildcard: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Has,
}

impl Operator {
    /// How callers write it.
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Has => ":",
        }
    }
}

impl TokenKind {
    /// How to name the token in an error.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::LeftParenthesis => "`(`".to_owned(),
            Self::RightParenthesis => "`)`".to_owned(),
            Self::Operator(operator) => format!("`{}`", operator.symbol()),
            Self::Word(word) => format!("`{word}`"),
            Self::Quoted(quoted) => format!("{:?}", quoted.text),
            Self::End => "the end".to_owned(),
        }
    }
}

/// Returns the tokens of `text`, the last of which is [`TokenKind::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Error> {
    let chars: Vec<char> = text.chars().take(MAX_CHARS + 1).collect();
    if chars.len() > MAX_CHARS {
        return Err(Error {
            position: MAX_CHARS + 1,
            message: format!("a filter has at most {MAX_CHARS} characters"),
        });
    }
    let mut lexer = Lexer { chars, at: 0 };
    let mut tokens = Vec::new();
    loop {
        let token = lexer.next()?;
        let is_end = token.kind == TokenKind::End;
        tokens.push(token);
        if is_end {
            return Ok(tokens);
        }
    }
}

struct Lexer {
    chars: Vec<char>,
    /// The index of the next character.
    at: usize,
}

impl Lexer {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn advance(&mut self) -> Option<char> {
        let next = self.peek();
        self.at += usize::from(next.is_some());
        next
    }

    fn next(&mut self) -> Result<Token, Error> {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        let position = self.at + 1;
        let kind = match self.peek() {
            None => TokenKind::End,
            Some('(') => self.single(TokenKind::LeftParenthesis),
            Some(')') => self.single(TokenKind::RightParenthesis),
            Some(quote @ ('"' | '\'')) => self.quoted(quote)?,
            Some('=' | '!' | '<' | '>' | ':') => self.operator()?,
            Some(_) => self.word()?,
        };
        Ok(Token { position, kind })
    }

    fn single(&mut self, kind: TokenKind) -> TokenKind {
        self.at += 1;
        kind
    }

    fn operator(&mut self) -> Result<TokenKind, Error> {
        let position = self.at + 1;
        let first = self.advance();
        let has_equals = self.peek() == Some('=') && first != Some(':') && first != Some('=');
        self.at += usize::from(has_equals);
        let operator = match (first, has_equals) {
            (Some('='), _) => Operator::Equal,
            (Some(':'), _) => Operator::Has,
            (Some('<'), false) => Operator::Less,
            (Some('<'), true) => Operator::LessOrEqual,
            (Some('>'), false) => Operator::Greater,
            (Some('>'), true) => Operator::GreaterOrEqual,
            (Some('!'), true) => Operator::NotEqual,
            _ => {
                return Err(Error {
                    position,
                    message: "`!` must be followed by `=`; to negate, write NOT".to_owned(),
                });
            }
        };
        Ok(TokenKind::Operator(operator))
    }

    fn word(&mut self) -> Result<TokenKind, Error> {
        let mut word = String::new();
        while let Some(c) = self.peek() {
            if c.is_whitespace() || "()\"'=!<>:".contains(c) {
                break;
            }
            if c.is_control() || c == ',' {
                return Err(Error {
                    position: self.at + 1,
                    message: format!("unexpected {c:?}"),
                });
            }
            word.push(c);
            self.at += 1;
        }
        Ok(TokenKind::Word(word))
    }

    fn quoted(&mut self, quote: char) -> Result<TokenKind, Error> {
        let start = self.at + 1;
        self.at += 1;
        let mut quoted = Quoted {
            text: String::new(),
            wildcard: false,
        };
        loop {
            let position = self.at + 1;
            let next = self.advance();
            let Some(c) = next else {
                return Err(Error {
                    position: start,
                    message: format!("the closing {quote} is missing"),
                });
            };
            if c == quote {
                if quoted.wildcard {
                    quoted.text.pop();
                }
                return Ok(TokenKind::Quoted(quoted));
            }
            quoted.wildcard = c == '*';
            quoted.text.push(match c {
                '\\' => self.escaped(position)?,
                '\0' => {
                    return Err(Error {
                        position,
                        message: "NUL characters are not allowed".to_owned(),
                    });
                }
                c => c,
            });
        }
    }

    fn escaped(&mut self, position: usize) -> Result<char, Error> {
        match self.advance() {
            Some(c @ ('\\' | '"' | '\'' | '*')) => Ok(c),
            _ => Err(Error {
                position,
                message: "a backslash must be followed by \\, \", ' or *".to_owned(),
            }),
        }
    }
}
