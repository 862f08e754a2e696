"""What moderators read of the queue: /review and `caveat review`."""

from __future__ import annotations

GROUP = "For moderators: the questions that nobody has answered yet"
COMMAND_QUEUE = "The questions that could not be answered, those of most members first"
COMMAND_HISTORY = "What moderators did, newest first"
OPTION_VIEW = "Which clusters to show"
OPTION_CLUSTER = "The number of a cluster"
VIEWS = {
    "queue": "Open",
    "proposed": "Seems answered by now",
    "mine": "Assigned to me",
    "snoozed": "Snoozed",
    "dismissed": "Dismissed",
}

EMPTY = {
    "queue": "**The queue is empty.** Everything that was asked was answered, or somebody saw to it.",
    "proposed": "No cluster seems to be answered by an entry that came since.",
    "mine": "Nothing is assigned to you.",
    "snoozed": "Nothing is snoozed.",
    "dismissed": "Nothing is dismissed.",
}
HEADING = "**{view}**: {place} of {total}"
HEADING_APART = "**{view}**: {total}"
TITLE = "### {number} · {title}"
TITLE_FORGOTTEN = "what was asked is not kept any more"
TITLE_DISPUTE = "### {number} · “This is wrong” about {title}"
ONE_QUESTION = "one question"
MANY_QUESTIONS = "{count} questions"
ASKED = "Asked {times} by {askers}, since {since}, last {last}. {waiting}"
DISPUTED = "Said {times} by {askers}, since {since}, last {last}."
ONCE = "once"
TIMES = "{count} times"
ONE_MEMBER = "one member or more"
MEMBERS = "at least {count} members"
NOBODY_WAITS = "Nobody asked to be told."
ONE_WAITS = "One member wants to be told."
MANY_WAIT = "{count} members want to be told."
WHERE = "Where: {places}"
IN_CHANNEL = "<#{channel}> ({count})"
IN_DIRECT = "direct messages ({count})"
ELSEWHERE = "another server ({count})"
QUESTIONS = "**{count}**"
QUESTION = "- {text}{times}"
TIMES_SHORT = " ×{count}"
AND_MORE = "-# …and {count} more"
NEAREST = "**Nearest entries**, and why each was not good enough"
NO_NEAREST = "**Nearest entries**: none comes near."
NEAR = "- {confidence:.2f} {question} (`{entry}`): {why}"
WHY_NOT = {
    "answers": "it would answer this now",
    "missed": "it was the answer, and the member said [Not my question]",
    "not-chosen": "it was offered, and the member chose none",
    "left-alone": "it was offered, and nobody pressed",
    "outdone": "another entry comes nearer",
    "unsure": "enough to offer it (from {suggest:.2f}), not enough to answer (from {answer:.2f})",
    "far": "too unsure even to offer it (from {suggest:.2f})",
    "language": "the question looks like another language",
    "unknown-words": "what the question turns on is no word of any entry",
    "decoy": "the question is a decoy of an entry, word for word",
    "referred": "the safety list goes first",
}
DISPUTE = "- {on}: {why}{about}"
DISPUTE_ABOUT = " (asked: “{text}”)"
DISPUTE_NO_WHY = "no reason given"
PROPOSED = "✓ **{question}** (`{entry}`) seems to answer it by now. Confirm, and whoever waits is told."
ASSIGNED = "Assigned to {name}."
SNOOZED = "Snoozed until {until}."
DISMISSED = "Dismissed: {why}."
RESOLVED = "Resolved."
CHANGE = "Proposed: {kind} for `{entry}` (change {id}, {status})"

DISMISSALS = {
    "off-topic": "off topic",
    "not-answerable": "not answerable",
    "unsafe": "unsafe to answer",
    "spam": "spam",
    "settled": "settled",
}
DISMISSALS_LONG = {
    "off-topic": "It is not what this bot is about.",
    "not-answerable": "No study can answer it, or it asks about one person.",
    "unsafe": "An answer could harm somebody.",
    "spam": "It is no question.",
    "settled": "The entry was corrected, or what was said against it does not hold.",
}
SNOOZES = {"1": "for a day", "7": "for a week", "28": "for four weeks"}

BUTTON_PHRASING = "Add as phrasing"
BUTTON_ENTRY = "New entry"
BUTTON_DECOY = "Decoy"
BUTTON_SPLIT = "Split"
BUTTON_MERGE = "Merge"
BUTTON_TAKE = "Assign to me"
BUTTON_GIVE_BACK = "Give back"
BUTTON_ASSIGN = "Assign…"
BUTTON_CONFIRM = "Confirm resolved"
BUTTON_HISTORY = "History"
BUTTON_BACK = "◀ Back"
BUTTON_NEXT = "Next ▶"
BUTTON_UNDO = "Undo"
BUTTON_OLDER = "Older ▶"
BUTTON_TO_QUEUE = "To the queue"
BUTTON_SHOW = "Show it"
PICK_DISMISS = "Dismiss as…"
PICK_SNOOZE = "Snooze…"

DID_DISMISS = "**{number}** is dismissed: {why}."
DID_SNOOZE = "**{number}** is out of the queue until {until}."
DID_TAKE = "**{number}** is yours."
DID_ASSIGN = "**{number}** is assigned to {name}."
DID_GIVE_BACK = "**{number}** is nobody's again."
DID_SPLIT = "What you chose is a cluster of its own now: **{number}**."
DID_MERGE = "**{number}** went into **{into}**."
DID_UNDO = "Taken back: **{number}** is as it was."
DID_CONFIRM = "**{number}** is resolved with `{entry}`; {told}."
TOLD_NOBODY = "nobody waited for it"
TOLD_ONE = "the bot tells the member who waits"
TOLD_MANY = "the bot tells the {count} members who wait"

OUTDATED = (
    "**Somebody else did something with this cluster meanwhile**, so nothing was done. "
    "Here is how it stands now."
)
GONE = "There is no such cluster."
CANNOT_SPLIT = "Choose some of the questions, not all of them and not none. Nothing was done."
CANNOT_MERGE = (
    "These two cannot be merged: both must be open, of the same kind, and not one and the same. "
    "Nothing was done."
)
CANNOT_UNDO = "That cannot be taken back any more: it was, or something else was done to the cluster since."
ONE_ONLY = "There is only one question in it, so there is nothing to split."
NO_ENTRY_CHOSEN = "You chose no entry, so nothing is proposed. Choose one, or name another."
NO_SUCH_ENTRY = "There is no live entry called “{typed}”, so nothing is proposed. Did you mean {near}?"
NOT_A_NUMBER = "“{typed}” is no number of a cluster. Nothing was done."
NO_MODERATOR = "{name} has no right to moderate here, so nothing was done."
NOT_PROPOSED_ANY_MORE = "No entry is proposed for this cluster any more. Here is how it stands now."

TRY_AGAIN = "That took too long, and nothing was done. Please press it again."
YOU_WROTE = "-# You wrote, so that nothing is lost:\n> {text}"

TITLE_PHRASING = "Add a phrasing to an entry"
TITLE_DECOY = "An entry must not answer this"
TITLE_ENTRY = "Draft a new entry"
TITLE_SPLIT = "Split the cluster"
TITLE_MERGE = "Merge the cluster into another"
TITLE_ASSIGN = "Assign the cluster"
LABEL_WHICH = "Entry"
HINT_WHICH = "The nearest are first."
LABEL_OTHER = "Or another entry"
HINT_OTHER = "Its id or its question; it goes before the menu."
LABEL_WORDS = "The words that go in"
HINT_WORDS = "Members' words, to be confirmed or reworded: git does not forget them."
LABEL_QUESTION = "The question, as a reader would ask it"
LABEL_ANSWER = "A first answer"
HINT_ANSWER = "May stay empty. The draft is completed and reviewed before anybody reads it."
LABEL_LEVEL = "How far it can be relied on, for now"
LABEL_GROUP = "Group"
LABEL_SOURCES = "Sources to start from"
HINT_SOURCES = "May stay empty. Those of the nearest entries are first."
LABEL_GOING = "Which questions become a cluster of their own"
LABEL_INTO = "Into which cluster it goes"
HINT_INTO = "The likest are first."
LABEL_NUMBER = "Or its number"
HINT_NUMBER = "It goes before the menu."
LABEL_WHO = "Moderator"

HISTORY_HEADING = "### What moderators did"
HISTORY_HEADING_OF = "### What was done with {number}"
HISTORY_LINE = "- {at} **{who}**: {what}"
HISTORY_UNDONE = " (taken back)"
HISTORY_NONE = "Nothing so far."
HISTORY_END = "-# That is the beginning."
ACTIONS = {
    "dismiss": "dismissed {cluster}: {note}",
    "snooze": "snoozed {cluster} {note}",
    "split": "split {cluster}: {note}",
    "merge": "merged {cluster} {note}",
    "assign": "assigned {cluster} {note}",
    "resolve": "confirmed {cluster} as resolved with `{entry}` ({note})",
    "undo": "took back for {cluster}: {note}",
    "propose-phrasing": "proposed a phrasing for `{entry}` from {cluster}: “{note}”",
    "propose-decoy": "proposed a decoy for `{entry}` from {cluster}: “{note}”",
    "propose-entry": "proposed the entry `{entry}` from {cluster}: “{note}”",
    "withdraw": "withdrew the change for `{entry}` from {cluster}: “{note}”",
}
ACTION_OTHER = "{action} {cluster}"
CLUSTER = "cluster {number}"
NO_CLUSTER = "no cluster"
