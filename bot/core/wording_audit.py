"""What moderators read while they judge answers: /audit and `caveat audit`."""

from __future__ import annotations

COMMAND_AUDIT = "Judge answers drawn by lot, one at a time, to learn how many are wrong"
OPTION_WHICH = "Which answers to judge"
WHICH_SURE = "Sure answers"
WHICH_CHOSEN = "Suggestions that a member took"

HEADING = "**Audit**: {judged} of {aim} judged in the last 30 days"
HEADING_CHOSEN = "**Audit of suggestions that were taken**: {judged} of {aim} judged in the last 30 days"
ASKED = "**A member asked** (on {on})\n> {text}"
ANSWERED = "**and was answered with** ({confidence:.0%} sure)"
CHOSE = "**and took this suggestion** ({confidence:.0%} sure)"
ENTRY = "### {question}\n{level}\n{answer}"
ENTRY_DELETED = "the entry `{entry}`, which is deleted by now"
EDITED = "-# The entry was edited since; this is how it reads now."
HOW = (
    "-# Right: the entry answers what was asked, whether or not its science is right. Nobody is named here, "
    "and nothing is sent to the member."
)
RIGHT, WRONG, UNSURE, SKIP, STOP = "Right", "Wrong", "Unsure", "Skip", "Stop"
TAKE_BACK = "Take back my last one"
TAKEN_BACK = "Taken back: judge it anew, or skip it."
NOT_YOURS = "There is nothing of yours to take back, or it is too old. Here is the next one."

WHICH_ENTRY = "**Which entry would have been right?**\n> {text}"
PICK_ENTRY = "Choose an entry, the likeliest first"
NONE_RIGHT = "No entry answers it"
NOT_KNOWN = "I do not know which"
OTHER = "Another entry…"
BACK = "Back"
OTHER_TITLE = "Which entry is right?"
OTHER_LABEL = "Its id or its question"
OTHER_HINT = "As in its file's name, such as bfr-blood-clots, or the question as /topics shows it."
NO_SUCH_ENTRY = "There is no live entry called “{typed}”, so nothing is noted yet. Did you mean {near}?"

BEFORE_YOU = "Somebody judged that one before you; theirs stands. Here is the next one."
NOT_KEPT = "That question is not kept any more, so it was not judged. Here is the next one."
NOTHING_LEFT = "**Nothing is left to judge**: every answer of the last 30 days that is kept has been judged."
NOTHING_YET = "**There is nothing to judge yet.** Answers come here once members have asked."
NONE_KEPT = (
    "There is nothing to judge: this bot keeps no answered questions. Whoever runs it can change that with "
    "ANSWERED_KEPT_DAYS (30 is the default)."
)
STOPPED = "**Thank you.** Go on at any time with `/audit`; what you judged is saved."

RISK = (
    "**Answers that are wrong: {value:.1%}** (between {low:.1%} and {high:.1%}): {wrong} of {judged} judged, "
    "and {taken_back} of {answered} met with [Not my question]; {unsure} unsure."
)
RISK_UNKNOWN = "**Answers that are wrong**: not known yet, as none was judged."
COVERAGE = "**Questions answered outright: {value:.1%}** ({answered} of {asked})."
COVERAGE_UNKNOWN = "**Questions answered outright**: nothing was asked in that time."
MORE_NEEDED = "-# {count} more, all right, would show that at most one answer in twenty is wrong."
