"""SQL, all of it: unanswered questions, offers, feedback, who waits, retention, migrations."""
