//! The names of roadmaps and measures.

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
