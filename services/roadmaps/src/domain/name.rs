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

impl MeasureName {
    /// Returns the name of the roadmap that the measure belongs to.
    #[must_use]
    pub fn roadmap_name(&self) -> RoadmapName {
        RoadmapName::new(self.partnership.clone(), self.roadmap.clone())
    }
}
