//! Enums with a stable number for each value, the same in the contract and in the database.

/// Declares an enum whose values are numbered; the numbers are the contract's and never change.
macro_rules! coded {
    ($(#[$about:meta])* pub enum $name:ident { $($(#[$doc:meta])* $value:ident = $code:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$doc])* $value = $code,)+
        }

        impl $name {
            /// Every value, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$value,)+];

            /// Returns the value's number.
            #[must_use]
            pub const fn code(self) -> i32 {
                self as i32
            }

            /// Returns the value with this number, or nothing if no value has it.
            #[must_use]
            pub fn from_code(code: i64) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| i64::from(value.code()) == code)
            }
        }
    };
}

pub(crate) use coded;
