"""Every sentence about the running knowledge that moderators read in Discord; see wording.py."""

from __future__ import annotations

from bot.core.outcome import Reason

NO_RIGHT = (
    "That is for moderators. An administrator of this server decides who may, "
    "under Server Settings › Integrations."
)
RIGHTS_UNKNOWN = "I could not ask Discord whether you may do that. Please try again in a moment."
ONLY_IN_SERVER = "That works in a server only, not in a direct message."
HOME_UNSET = (
    "I am in more than one server, and what is asked in all of them is looked after in one. "
    "Whoever runs me names it: set MODERATORS_CHANNEL to the id of a channel there."
)
NOT_HOME = "The moderators of another server look after my answers; that works there only."

COMMAND_KNOWLEDGE = "For moderators: the knowledge that I answer from"
COMMAND_STATUS = "Version, entries, problems, reviews that are due, coverage and risk"
COMMAND_RELOAD = "Read the knowledge folder anew, now"
COMMAND_EXPLAIN = "For moderators: why a question finds what it finds"
OPTION_EXPLAIN = "The question, as a member would ask it"
MENU_EXPLAIN = "Explain this answer"

STATUS_HEADING = "## Knowledge `{version}`"
STATUS_ENTRIES = "**{live} live entries**, {drafts} drafts, {retired} retired."
STATUS_LEVEL = "- {sign} {name}: {count}"
STATUS_PROBLEMS = "**Problems**: no errors; pieces of advice: {count}. `caveat check` shows them."
STATUS_NO_PROBLEMS = "**Problems**: none."
STATUS_OVERDUE = "**Reviews overdue**: {count}. {ids}"
STATUS_NOT_OVERDUE = "**Reviews overdue**: none."
STATUS_DRAFTS = "**Drafts**: {ids}"
STATUS_ENGINE = "**Search**: {kind}."
STATUS_WARNING = "⚠ {warning}"
STATUS_COVERAGE = (
    "**Last 30 days**: {asked} questions; answered at once {coverage:.0%}, "
    "choices offered {suggested:.0%}, not answered {unanswered:.0%}."
)
STATUS_NOTHING_ASKED = "**Last 30 days**: nothing was asked."
STATUS_RISK = "**Audited**: {judged} answers, {wrong} wrong: a risk of {risk:.1%} ({low:.1%} to {high:.1%})."
STATUS_NOT_AUDITED = "**Audited**: not audited yet."
STATUS_RELOADED = "**Last reload**: {at}: {outcome}"
STATUS_NOT_RELOADED = "**Last reload**: none since the start, {at}."
STATUS_NOT_WATCHED = "The folder is not watched (WATCH=false): `/knowledge reload` takes up an edit."
AND_MORE = "and {count} more"

RELOAD_LIVE = "Live: version `{version}` with {entries} entries, after {seconds:.1f} s."
RELOAD_SAME = "Nothing has changed: version `{version}` with {entries} entries stays live."
RELOAD_KEPT = (
    "**Not taken up**: {count} in the knowledge. Version `{version}` stays live, and members notice nothing."
)
RELOAD_TAKEN_BACK = (
    "**Taken back**: when all tests of the entries were asked, {count} showed. "
    "Version `{version}` is live again."
)
RELOAD_FAILED = (
    "**Not taken up**: reading the knowledge failed on my side. Version `{version}` stays live. "
    "Reference for whoever runs me: `{reference}`"
)
ONE_ERROR = "one error"
MANY_ERRORS = "{count} errors"
PROBLEM = "`{place}` {message} [{rule}]\n-# → {mend}"
PROBLEMS_MORE = "…and {count} more; `caveat check` shows them all."
LIVE_AGAIN = "The knowledge is in order again: version `{version}` with {entries} entries is live."
FALLBACK = "⚠ **The search is not running as it should.** {warning}"
FETCH_TROUBLE = "⚠ **Merged changes cannot be fetched.** {why}\n-# What is live stays live. I keep trying."
FETCH_AGAIN = "Merged changes are fetched again."

EXPLAIN_HEADING = "**Why this was found for:** {question}"
EXPLAIN_READ_AS = "I read it as “{text}”."
EXPLAIN_RESPELT = "“{typed}” was taken for “{read}”."
EXPLAIN_NOTHING = "No word is left of it that I could search for."
EXPLAIN_COUNTED = "**Words that counted**: {words}. (How much less alike it would be without them.)"
EXPLAIN_NO_WORD_COUNTED = "**Words that counted**: none by itself; it is the whole that is alike."
EXPLAIN_UNKNOWN = "**Left unexplained**: {words}. No entry uses these words."
EXPLAIN_ALL_KNOWN = "**Left unexplained**: nothing; the entries use all its words."
EXPLAIN_ANSWER = "**Decision**: answered. The first one is {sure:.2f} sure; it answers from {limit:.2f}."
EXPLAIN_SUGGEST = (
    "**Decision**: choices offered. The first one is {sure:.2f} sure: enough to offer (from {low:.2f}), "
    "not enough to answer (from {high:.2f})."
)
EXPLAIN_REFER = (
    "**Decision**: the safety list's reply “{kind}”. It fits best, and from {limit:.2f} up it goes first."
)
EXPLAIN_ABSTAIN = "**Decision**: not answered. {why}"
EXPLAIN_PASSED_OVER = "The safety list's “{kind}” is sure enough, but speaks only where it comes first."
EXPLAIN_WHY: dict[Reason, str] = {
    Reason.EMPTY: "There is no word in it.",
    Reason.TOO_LONG: "It is too long for one question.",
    Reason.LANGUAGE: "It looks like another language, and only English is answered.",
    Reason.UNKNOWN_WORDS: "Guard: every word that carries its meaning is one that no entry uses.",
    Reason.DECOY: "It is, word for word, a decoy: what an entry says that it does not answer.",
}
EXPLAIN_TOO_UNSURE = "The first one is {sure:.2f} sure; choices begin at {limit:.2f}."
EXPLAIN_NONE = "Nothing comes near."
EXPLAIN_CANDIDATE = "**{place}. {title}**: {sure:.2f} sure"
EXPLAIN_THIS = "← the answer above"
EXPLAIN_KIND = "safety list: {id}"
EXPLAIN_PHRASINGS = "its phrasings that come nearest:"
EXPLAIN_DECOYS = "its decoys that come nearest, which speak against it:"
EXPLAIN_NEAR = "- {alike:.2f} {text}"
EXPLAIN_NOT_AMONG = (
    "The entry of that answer is not among what is found now: it was picked by hand, "
    "or the knowledge has changed since."
)
EXPLAIN_MEND = (
    "-# 1.00 is the very same. Wrongly found? Add the question as a decoy there. "
    "Wrongly missed? Add it as a phrasing."
)
EXPLAIN_NO_ANSWER = "That message is none of my answers; choose one, or use `/explain`."
EXPLAIN_QUESTION_GONE = (
    "That answer shows **{title}**. The question is not kept any more (or never was), "
    "so I cannot say why it found this. Type it, and I will."
)
EXPLAIN_ENTRY_GONE = (
    "That answer shows an entry that is not served any more. Type the question, and I show what it finds now."
)
EXPLAIN_CHOICES_GONE = (
    "The question of that message is not kept any more. Type it, and I show what it finds now."
)
BUTTON_TYPE_QUESTION = "Type the question"
MODAL_EXPLAIN = "Which question was it?"
MODAL_EXPLAIN_LABEL = "The question, as it was asked"
