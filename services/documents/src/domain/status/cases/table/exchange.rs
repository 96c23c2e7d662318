//! Worked cases: exchange of instruments.

use super::{Worked, both, worked};
use crate::domain::{
    ActKind, DurationRule, EntryRule, Offset,
    status::{
        State, WarningCode,
        sample::{act, signed},
    },
};

pub(super) fn cases() -> Vec<Worked> {
    vec![
        worked("instruments exchanged")
            .clause("This Treaty is subject to ratification and shall enter into force on the day of the exchange of instruments.")
            .because("VCLT 13, 16(a) and 24(1): the exchange is the act of consent and the day that the clause names.")
            .rule(EntryRule::AfterExchange(None))
            .acts(signed("2021-12-06"))
            .acts(both(ActKind::ExchangeOfInstruments, "2022-02-10"))
            .on("2022-02-09", State::AwaitingExchange)
            .since("2021-12-06")
            .awaits("UZ", ActKind::ExchangeOfInstruments, "2021-12-06")
            .awaits("KZ", ActKind::ExchangeOfInstruments, "2021-12-06")
            .on("2022-02-10", State::InForce)
            .since("2022-02-10")
            .enters("2022-02-10"),
        worked("one month after the exchange")
            .clause("This Treaty shall enter into force one month after the exchange of the instruments of ratification.")
            .because("ETS 76, article 4(2): one month after 31 January 2023 is 28 February.")
            .rule(EntryRule::AfterExchange(Some(Offset::Months(1))))
            .acts(signed("2021-12-06"))
            .acts(both(ActKind::ExchangeOfInstruments, "2023-01-31"))
            .on("2023-02-27", State::EntryScheduled)
            .since("2023-01-31")
            .enters("2023-02-28")
            .on("2023-02-28", State::InForce)
            .since("2023-02-28")
            .enters("2023-02-28"),
        worked("thirtieth day after the exchange")
            .clause("This Treaty shall enter into force on the thirtieth day after the exchange of the instruments of ratification.")
            .because("ETS 76, article 3: the thirtieth day after 10 February 2022 is 12 March, for 18 days are left in that February.")
            .rule(EntryRule::AfterExchange(Some(Offset::Days(30))))
            .acts(signed("2021-12-06"))
            .acts(both(ActKind::ExchangeOfInstruments, "2022-02-10"))
            .on("2022-03-12", State::InForce)
            .since("2022-03-12")
            .enters("2022-03-12"),
        worked("first day of the second month after the exchange")
            .clause("This Treaty shall enter into force on the first day of the second month following the exchange of instruments.")
            .because("VCLT 24(1): the exchange falls in November, the second month that follows is January.")
            .rule(EntryRule::AfterExchange(Some(Offset::FirstDayOfMonth(2))))
            .acts(signed("2021-12-06"))
            .acts(both(ActKind::ExchangeOfInstruments, "2022-11-30"))
            .on("2023-01-01", State::InForce)
            .since("2023-01-01")
            .enters("2023-01-01"),
        worked("one party says that instruments were exchanged")
            .clause("This Treaty shall enter into force on the exchange of instruments.")
            .because("VCLT 16(a): an exchange takes two; the other party's act is awaited until it is recorded.")
            .rule(EntryRule::AfterExchange(None))
            .acts(signed("2021-12-06"))
            .acts([act("UZ", ActKind::ExchangeOfInstruments, "2022-02-10")])
            .on("2023-01-01", State::AwaitingExchange)
            .since("2021-12-06")
            .awaits("KZ", ActKind::ExchangeOfInstruments, "2021-12-06"),
        worked("the parties date the exchange differently")
            .clause("This Treaty shall enter into force on the exchange of instruments.")
            .because("VCLT 24(2): the exchange is complete when the last has taken part, by its own word.")
            .rule(EntryRule::AfterExchange(None))
            .acts(signed("2021-12-06"))
            .acts([
                act("UZ", ActKind::ExchangeOfInstruments, "2022-02-10"),
                act("KZ", ActKind::ExchangeOfInstruments, "2022-02-11"),
            ])
            .on("2022-02-11", State::InForce)
            .since("2022-02-11")
            .enters("2022-02-11")
            .warns(WarningCode::ContradictingDates),
        worked("New START, from its signature to its first ten years")
            .clause("The Treaty enters into force on the exchange of instruments of ratification and remains in force for ten years.")
            .because("Signed 8 April 2010, instruments exchanged and in force 5 February 2011: \
                      http://www.state.gov/r/pa/prs/ps/2011/02/156037.htm. Day one is 5 February 2011, so ten years end with 4 February 2021.")
            .rule(EntryRule::AfterExchange(None))
            .with(|document| document.content.parties = vec!["US".to_owned(), "RU".to_owned()])
            .lasting(DurationRule::Months(120))
            .acts(["US", "RU"].map(|party| act(party, ActKind::Signature, "2010-04-08")))
            .acts(["US", "RU"].map(|party| act(party, ActKind::ExchangeOfInstruments, "2011-02-05")))
            .on("2010-12-31", State::AwaitingExchange)
            .since("2010-04-08")
            .awaits("US", ActKind::ExchangeOfInstruments, "2010-04-08")
            .awaits("RU", ActKind::ExchangeOfInstruments, "2010-04-08")
            .on("2011-02-05", State::InForce)
            .since("2011-02-05")
            .enters("2011-02-05")
            .ends("2021-02-04"),
    ]
}
