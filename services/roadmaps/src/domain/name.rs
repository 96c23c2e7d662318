//! The names of roadmaps, measures and what belongs to them.

use uuid::Uuid;

aip::resource_name! {
    /// Name of a partnership, which the documents service keeps.
    pub struct PartnershipName = "partnerships/{partnership}";
}

aip::resource_name! {
    /// Name of a document, which the documents service keeps.
    pub struct DocumentName = "partnerships/{partnership}/documents/{document}";
}

aip::resource_name! {
    /// Name of a trade target, which the trade service keeps.
    pub struct TargetName = "partnerships/{partnership}/targets/{target}";
}

aip::resource_name! {
    /// Name of a roadmap.
    pub struct RoadmapName = "partnerships/{partnership}/roadmaps/{roadmap}";
}

aip::resource_name! {
    /// Name of a measure.
    pub struct MeasureName = "partnerships/{partnership}/roadmaps/{roadmap}/measures/{measure}";
}

aip::resource_name! {
    /// Name of a baseline of a roadmap.
    pub struct BaselineName = "partnerships/{partnership}/roadmaps/{roadmap}/baselines/{baseline}";
}

aip::resource_name! {
    /// Name of a re-baseline of a roadmap.
    pub struct RebaselineName = "partnerships/{partnership}/roadmaps/{roadmap}/rebaselines/{rebaseline}";
}

aip::resource_name! {
    /// Name of a feed for calendar programs.
    pub struct CalendarFeedName = "partnerships/{partnership}/calendarFeeds/{calendar_feed}";
}

/// What stands before the identity of a feed in its id: ids begin with a letter.
const FEED: &str = "f-";

impl CalendarFeedName {
    /// Returns the name of the feed of this identity.
    #[must_use]
    pub fn of(partnership: &str, uid: Uuid) -> Self {
        Self::new(partnership.to_owned(), format!("{FEED}{uid}"))
    }

    /// Returns the identity; nothing when no feed has such a name.
    #[must_use]
    pub fn uid(&self) -> Option<Uuid> {
        let uid = self.calendar_feed.strip_prefix(FEED)?.parse().ok()?;
        (Self::of(&self.partnership, uid) == *self).then_some(uid)
    }
}

/// The number in an id such as `b12`; nothing for one that a number never gives.
fn number(id: &str, letter: char) -> Option<i64> {
    let digits = id.strip_prefix(letter)?;
    let number: i64 = digits.parse().ok().filter(|number| *number > 0)?;
    (number.to_string() == digits).then_some(number)
}

impl BaselineName {
    /// Returns the name of the `number`th baseline of a roadmap.
    #[must_use]
    pub fn numbered(roadmap: &RoadmapName, number: i64) -> Self {
        Self::new(
            roadmap.partnership.clone(),
            roadmap.roadmap.clone(),
            format!("b{number}"),
        )
    }

    /// Returns the number; nothing when no baseline has such a name.
    #[must_use]
    pub fn number(&self) -> Option<i64> {
        number(&self.baseline, 'b')
    }

    /// Returns the name of the roadmap.
    #[must_use]
    pub fn roadmap_name(&self) -> RoadmapName {
        RoadmapName::new(self.partnership.clone(), self.roadmap.clone())
    }
}

impl RebaselineName {
    /// Returns the name of the `number`th re-baseline of a roadmap.
    #[must_use]
    pub fn numbered(roadmap: &RoadmapName, number: i64) -> Self {
        Self::new(
            roadmap.partnership.clone(),
            roadmap.roadmap.clone(),
            format!("r{number}"),
        )
    }

    /// Returns the number; nothing when no re-baseline has such a name.
    #[must_use]
    pub fn number(&self) -> Option<i64> {
        number(&self.rebaseline, 'r')
    }

    /// Returns the name of the roadmap.
    #[must_use]
    pub fn roadmap_name(&self) -> RoadmapName {
        RoadmapName::new(self.partnership.clone(), self.roadmap.clone())
    }
}

impl MeasureName {
    /// Returns the name of the roadmap that the measure belongs to.
    #[must_use]
    pub fn roadmap_name(&self) -> RoadmapName {
        RoadmapName::new(self.partnership.clone(), self.roadmap.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_identities_give_have_identities() {
        let name = CalendarFeedName::of("p", Uuid::max());
        assert_eq!(name.uid(), Some(Uuid::max()));
        for id in [
            "f-1",
            "g-0190a5a0-0000-7000-8000-000000000001",
            "f-0190a5a0000070008000000000000001",
        ] {
            let name = CalendarFeedName::new("p".to_owned(), id.to_owned());
            assert_eq!(name.uid(), None, "{id}");
        }
    }

    #[test]
    fn only_names_that_numbers_give_have_numbers() {
        let roadmap = RoadmapName::new("p", "r");
        let name = BaselineName::numbered(&roadmap, 12);
        assert_eq!(name.number(), Some(12));
        assert_eq!(name.roadmap_name(), roadmap);
        for id in ["b0", "b01", "b-1", "x1", "b", "b99999999999999999999"] {
            assert_eq!(number(id, 'b'), None, "{id}");
        }
    }
}
