"""What moderators read on the page of `caveat report`."""

from __future__ import annotations

TITLE = "Caveat report"
SPAN = "{since} to {last} (UTC), made on {on}. Knowledge {version} with {entries} live entries."
COUNTED_SINCE = "Questions are counted since {since}."
NOT_COUNTED = "Nothing was counted yet: figures come once members have asked."

TILE_ASKED = "asked in the last 30 days"
TILE_COVERAGE = "answered outright"
TILE_UNANSWERED = "not answered"
TILE_RISK = "of the answers are wrong, as audited"
TILE_GAPS = "open gaps"
TILE_OVERDUE = "reviews overdue"
UNKNOWN = "not known"
BOUNDS = "between {low:.1%} and {high:.1%}; {judged} judged"
NONE_JUDGED = "none was judged"
OF_THEM_PRESSING = "of which speak of symptoms or safety: {count}"
WAITING_FOR_ENTRY = "an entry seems to answer: {count}"

TREND, WEEKS = "Trend", "Week by week"
TREND_NOTE = (
    "The band and the bars are 95 % bounds. Risk is what moderators judged wrong among answers drawn by lot, "
    "with those met with [Not my question] counted as wrong."
)
GAPS = "Gaps, by askers"
GAPS_NOTE = (
    "Open questions of one meaning. How many members asked is a lower bound: no name is kept. "
    "/review deals with them."
)
NO_GAPS = "No open gap: everything that was asked was answered or dealt with."
CONFUSIONS = "Confusions between entries, as audited"
CONFUSIONS_NOTE = "Answers that moderators judged wrong. Phrasings and decoys tell such entries apart."
NO_CONFUSIONS = "No answer was judged wrong in these weeks."
PAIRS = "Confusions between entries, as members left them"
PAIRS_NOTE = 'The two best choices of "Did you mean" where no choice was taken.'
NO_PAIRS = "No choices were left alone in these weeks."
ENTRIES = "Entries: use and feedback"
ENTRIES_NOTE = "Shown counts an entry answered, taken from choices, or picked from a list."
DISPUTED = "Called wrong: the reasons"
NO_DISPUTED = "Nobody called an answer wrong in these weeks."
REVIEWS = "Review ages"
REVIEWS_NOTE = "⚕ speaks of symptoms or safety. The caveat level itself changes only by a review."
NO_ENTRY = "no entry answers it"
NOT_SAID = "nobody said which"
NEVER = "never"
NO_LONGER = "{id} (not served any more)"
SAFETY_LIST = "safety list"

COLUMN_WEEK, COLUMN_ASKED, COLUMN_ANSWERED = "Week from", "Asked", "Answered"
COLUMN_SUGGESTED, COLUMN_UNANSWERED, COLUMN_REFERRED = "Choices offered", "Unanswered", "Safety list"
COLUMN_COVERAGE, COLUMN_JUDGED, COLUMN_RISK = "Answered outright", "Judged", "Wrong, as audited"
COLUMN_QUESTION, COLUMN_ASKERS, COLUMN_TIMES = "Question", "Askers, at least", "Times asked"
COLUMN_FIRST, COLUMN_LAST, COLUMN_SEEMS = "First asked", "Last asked", "Seems answered by"
COLUMN_SHOWN_ENTRY, COLUMN_RIGHT_ENTRY, COLUMN_TEXTS = "Shown", "Right", "Questions"
COLUMN_ONE, COLUMN_OTHER = "One", "The other"
COLUMN_ENTRY, COLUMN_GROUP, COLUMN_LEVEL = "Entry", "Group", "Level"
COLUMN_SHOWN, COLUMN_CHOSEN, COLUMN_PICKED = "Shown", "Taken from choices", "Picked from a list"
COLUMN_NOT_MINE, COLUMN_WRONG, COLUMN_LAST_SHOWN = "Not my question", "Called wrong", "Last shown"
COLUMN_WHY = "What was said, newest first"
COLUMN_REVIEWED, COLUMN_BY, COLUMN_NEXT = "Reviewed", "By", "Due again"
COLUMN_AGE, COLUMN_OVERDUE = "Age, days", "Overdue, days"

SORT = "Press a heading to sort."
FOOT = "Made by caveat report. It holds members' questions, scrubbed, so share it with moderators only."
NO_PICTURES = 'The pictures need matplotlib: pip install "caveat-bot[reports]".'
