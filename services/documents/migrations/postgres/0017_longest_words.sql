-- Only after a word of the greatest length, 48 letters, does another begin in the middle of a run of letters: how long the longest one
-- is tells lists that ask for a part of a title which words to look for.
CREATE INDEX search_words_by_length ON search_words (partnership_id, LENGTH(word));
