//! Regional roadmaps, done when both sides confirmed.
