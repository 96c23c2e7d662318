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

aip::resource_name! {
    /// Name of the text of a document in one language.
    pub struct TextName = "partnerships/{partnership}/documents/{document}/texts/{text}";
}

aip::resource_name! {
    /// Name of a version of a text.
    pub struct TextVersionName = "partnerships/{partnership}/documents/{document}/texts/{text}/versions/{version}";
}

aip::resource_name! {
    /// Name of an upload.
    pub struct UploadName = "partnerships/{partnership}/documents/{document}/uploads/{upload}";
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

impl TextName {
    /// Returns the document that the text is of.
    #[must_use]
    pub fn parent(&self) -> DocumentName {
        DocumentName::new(self.partnership.clone(), self.document.clone())
    }

    /// Returns the name of one of its versions.
    #[must_use]
    pub fn version(&self, number: i64) -> TextVersionName {
        TextVersionName::new(
            self.partnership.clone(),
            self.document.clone(),
            self.text.clone(),
            format!("v{number}"),
        )
    }
}

impl TextVersionName {
    /// Returns the text that it is a version of.
    #[must_use]
    pub fn parent(&self) -> TextName {
        TextName::new(
            self.partnership.clone(),
            self.document.clone(),
            self.text.clone(),
        )
    }

    /// Returns its number, or nothing if no version can have this name.
    #[must_use]
    pub fn number(&self) -> Option<i64> {
        let digits = self.version.strip_prefix('v')?;
        let number = digits.parse().ok()?;
        (number > 0 && format!("{number}") == digits).then_some(number)
    }
}

impl UploadName {
    /// Returns the document that the upload is for.
    #[must_use]
    pub fn parent(&self) -> DocumentName {
        DocumentName::new(self.partnership.clone(), self.document.clone())
    }
}
