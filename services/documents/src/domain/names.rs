//! The names of this service's resources.

aip::resource_name! {
    /// Name of a partnership.
    pub struct PartnershipName = "partnerships/{partnership}";
}

aip::resource_name! {
    /// Name of a document.
    pub struct DocumentName = "partnerships/{partnership}/documents/{document}";
}

aip::resource_name! {
    /// Name of an act on a document.
    pub struct ActName = "partnerships/{partnership}/documents/{document}/acts/{act}";
}

impl DocumentName {
    /// Returns the partnership that the document belongs to.
    #[must_use]
    pub fn parent(&self) -> PartnershipName {
        PartnershipName::new(self.partnership.clone())
    }
}

impl ActName {
    /// Returns the document that the act is about.
    #[must_use]
    pub fn parent(&self) -> DocumentName {
        DocumentName::new(self.partnership.clone(), self.document.clone())
    }
}
