-- Words that are divided at the ends of lines were not joined for search in files of any kind: those that 0014 left out are
-- looked at anew too, and those that are known to be damaged or missing (their blobs are not whole: 1) keep the words that
-- they had, because nobody can look at them any more.

UPDATE text_versions SET extraction = 1, extraction_attempts = 0, extraction_until_us = 0, words_sha256 = ''
WHERE extraction = 2 AND withdrawn_us IS NULL AND sha256 IN (SELECT sha256 FROM blobs WHERE integrity = 1);

UPDATE text_versions SET extraction = 2
WHERE extraction = 1 AND extraction_attempts = 0 AND extracted_chars > 0 AND withdrawn_us IS NULL
    AND sha256 NOT IN (SELECT sha256 FROM blobs WHERE integrity = 1);
