//! Names of the resources of this service.

aip::resource_name! {
    /// Name of a partnership.
    pub struct PartnershipName = "partnerships/{partnership}";
}

aip::resource_name! {
    /// Name of a release.
    pub struct ReleaseName = "partnerships/{partnership}/releases/{release}";
}

aip::resource_name! {
    /// Name of an import into a release.
    pub struct ImportName = "partnerships/{partnership}/releases/{release}/imports/{import}";
}

aip::resource_name! {
    /// Name of a target.
    pub struct TargetName = "partnerships/{partnership}/targets/{target}";
}

aip::resource_name! {
    /// Name of an explanation of a gap between both sides' figures.
    pub struct MirrorExplanationName = "partnerships/{partnership}/mirrorExplanations/{mirror_explanation}";
}

aip::resource_name! {
    /// Name of an edition of a classification.
    pub struct ClassificationName = "classifications/{classification}";
}

aip::resource_name! {
    /// Name of a document in the documents register.
    pub struct DocumentName = "partnerships/{partnership}/documents/{document}";
}
