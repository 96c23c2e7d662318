//! What items of lists begin with, and how one mark stands to those before it.

/// What an item begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// `2)`, `2.`, `2-`, `3.2.`: the numbers, and the sign behind them.
    Number(Vec<usize>, char),
    /// `б)`: the letter, in lower case.
    Letter(char),
    /// `-`, `•`: whether it is a dash.
    Bullet(bool),
}

/// What a line with a mark is to the list above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The next item.
    Next,
    /// An item of a list within the last item.
    Within,
    /// Text of the last item.
    Text,
    /// Text of the last item, or an item that is marked otherwise.
    Doubtful,
    /// An item out of turn.
    OutOfTurn,
}

/// The letters of items in their order. Uzbek in Latin letters has an order of its own, and lists that were in Cyrillic keep
/// that.
const ALPHABETS: [&str; 4] = [
    "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя",
    "abcdefghijklmnopqrstuvwxyz",
    "abdefghijklmnopqrstuvxyz",
    "abvgdejziyklmnoprstufx",
];

/// The letters that lists leave out: those of Kazakh alone, those that Uzbek lacks, and those that GOST 7.32-2017, 6.4.6 names.
const LEFT_OUT: &str = "әғқңөұүһіщёзйочъыьy";

impl Mark {
    /// Whether a list may begin with it.
    pub(super) fn is_first(&self) -> bool {
        match self {
            Self::Number(numbers, _) => numbers.last() == Some(&1),
            Self::Letter(letter) => matches!(letter, 'а' | 'a'),
            Self::Bullet(_) => true,
        }
    }

    /// Whether it is the next one of its list.
    fn follows(&self, before: &Self) -> bool {
        match (self, before) {
            (Self::Number(_, sign), Self::Number(_, before_sign)) => {
                sign == before_sign && self.counts_on(before)
            }
            (Self::Letter(letter), Self::Letter(before)) => ALPHABETS
                .iter()
                .any(|alphabet| is_next(alphabet, *before, *letter)),
            (Self::Bullet(dash), Self::Bullet(before)) => dash == before,
            _ => false,
        }
    }

    /// Whether its number is the next one, with whatever sign.
    fn counts_on(&self, before: &Self) -> bool {
        let (Self::Number(numbers, _), Self::Number(before, _)) = (self, before) else {
            return false;
        };
        let parts = numbers.split_last().zip(before.split_last());
        parts.is_some_and(|((last, path), (before, before_path))| {
            path == before_path && before.checked_add(1) == Some(*last)
        })
    }

    /// What it is after the mark of the last item, with the marks of the lists within that item, the innermost last; `is_led`
    /// says that what is above ends with a colon.
    pub(super) fn step(&self, last: &Self, within: &mut Vec<Self>, is_led: bool) -> Step {
        if self.follows(last) {
            within.clear();
            return Step::Next;
        }
        if let Some(at) = within.iter().rposition(|inner| self.follows(inner)) {
            within.truncate(at);
            within.push(self.clone());
            return Step::Within;
        }
        let step = self.other_step(last, within, is_led);
        match step {
            Step::Next => within.clear(),
            Step::Within => within.push(self.clone()),
            _ => {}
        }
        step
    }

    fn other_step(&self, last: &Self, within: &[Self], is_led: bool) -> Step {
        match (self, last) {
            (Self::Bullet(_), Self::Bullet(_)) if !is_led => Step::Doubtful,
            (Self::Bullet(_), _) => Step::Within,
            (Self::Letter(_), Self::Letter(_)) => Step::OutOfTurn,
            (Self::Number(numbers, sign), Self::Number(own, own_sign)) => {
                let is_deeper = numbers.len() > own.len();
                if sign == own_sign && !is_deeper {
                    Step::OutOfTurn
                } else if self.counts_on(last) && within.is_empty() && *sign != '-' {
                    Step::Next
                } else if self.is_first() && (sign != own_sign || numbers.starts_with(own)) {
                    Step::Within
                } else {
                    // `5-этажный` begins no item of `1) …`, and `2-этажный` may.
                    self.unless_a_word(self.counts_on(last))
                }
            }
            _ if self.is_first() => Step::Within,
            _ => self.unless_a_word(false),
        }
    }

    fn unless_a_word(&self, may_be_next: bool) -> Step {
        match self {
            Self::Number(_, '-') if !may_be_next => Step::Text,
            _ => Step::Doubtful,
        }
    }
}

/// Whether a letter comes after another, with none but those left out between them.
fn is_next(alphabet: &str, before: char, letter: char) -> bool {
    let mut after = alphabet
        .chars()
        .skip_while(|one| *one != before)
        .skip(1)
        .skip_while(|one| *one != letter && LEFT_OUT.contains(*one));
    after.next() == Some(letter)
}

/// What a line begins with if it is an item, and the rest of it.
pub(super) fn of(line: &str) -> Option<(Mark, &str)> {
    number(line)
        .or_else(|| letter(line))
        .or_else(|| bullet(line))
}

/// `1) a`, `1. a`, `3.1. a`, `1-мост`.
fn number(line: &str) -> Option<(Mark, &str)> {
    let end = line.find(|sign: char| !sign.is_ascii_digit() && sign != '.')?;
    let (digits, rest) = line.split_at_checked(end)?;
    let mark = |digits: &str, sign| {
        let numbers: Result<Vec<usize>, _> = digits.split('.').map(str::parse).collect();
        Some(Mark::Number(numbers.ok()?, sign))
    };
    if let Some(rest) = rest.strip_prefix(')') {
        // `1)2` is no item.
        let is_item = !rest.starts_with(|sign: char| sign.is_ascii_digit());
        let digits = digits.strip_suffix('.').unwrap_or(digits);
        return is_item.then(|| Some((mark(digits, ')')?, rest.trim_start())))?;
    }
    if let Some(rest) = rest.strip_prefix(['-', '–'])
        && is_word(rest)
    {
        return Some((mark(digits, '-')?, rest.trim_start()));
    }
    // `1.2` is a number, and `01.02.2022` a day.
    Some((mark(digits.strip_suffix('.')?, '.')?, rest.trim_start()))
}

/// Whether what follows `1-` is a word of its own: not `1-й`, `1-chorak`, `1-iyul`, `1-мая`.
fn is_word(text: &str) -> bool {
    let word: String = text
        .trim_start()
        .chars()
        .take_while(|sign| sign.is_alphabetic())
        .collect();
    !word.is_empty() && !crate::plan::when::is_of_a_date(&word)
}

/// `а) …`.
fn letter(line: &str) -> Option<(Mark, &str)> {
    let (letter, rest) = line.split_once(')')?;
    let mut signs = letter.chars();
    let sign = signs.next()?.to_lowercase().next()?;
    let is_letter = signs.next().is_none() && ALPHABETS.iter().any(|all| all.contains(sign));
    is_letter.then(|| (Mark::Letter(sign), rest.trim_start()))
}

/// `- …`, `• …`; `-5` is a number.
fn bullet(line: &str) -> Option<(Mark, &str)> {
    let sign = line.chars().next()?;
    let rest = line.strip_prefix(['-', '–', '—', '•', '·', '●', '▪', '‣', '*'])?;
    let rest = rest.trim_start();
    rest.starts_with(|sign: char| !sign.is_ascii_digit())
        .then_some((Mark::Bullet(matches!(sign, '-' | '–' | '—')), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_follow_one_another_in_each_alphabet() {
        let all = |text: &str| {
            let marks: Vec<Mark> = text.chars().map(Mark::Letter).collect();
            marks
                .iter()
                .zip(marks.iter().skip(1))
                .all(|(one, next)| next.follows(one))
        };
        for letters in [
            "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
            "абвгдежзиклмнопрстуфхцчшщэюя",
            "абвгдежиклмнпрстуфхцшщэюя",
            "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя",
            "abcdefghijklmnopqrstuvwxyz",
            "abvgdejziyklmnoprstufx",
            "abdefghijklmnopqrstuvxyz",
        ] {
            assert!(all(letters), "{letters}");
        }
        for letters in ["аа", "ав", "ба", "ид", "ac", "ca", "bf"] {
            assert!(!all(letters), "{letters}");
        }
    }
}
