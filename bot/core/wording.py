"""Every sentence that a member or moderator reads in Discord and in `caveat ask`, in one place.

To speak another language, translate this file; names in braces stay as they are.
"""

from __future__ import annotations

from bot.core.entry import Verdict
from bot.core.outcome import Reason

VERDICTS: dict[Verdict, str] = {
    Verdict.SUPPORTED: "✓ Supported",
    Verdict.SUPPORTED_WITH_LIMITS: "✓ Supported, with limits",
    Verdict.CONTESTED: "⇄ Contested",
    Verdict.MISLEADING: "✗ Misleading",
    Verdict.UNSUPPORTED: "✗ Unsupported",
    Verdict.NOT_CHECKABLE: "? Not checkable",
    Verdict.MATERIAL_OMISSION: "! Left out",
}

PROFESSIONAL_FIRST = "⚕ **Ask a doctor or physio before you act on this.**"
URGENT = "🚨 **{line}**"
LEVEL = "{sign} **{name}**: {meaning}"
ANSWER_LEVEL = "How firm our answer is: {sign} **{name}**. {meaning}"
"""Under the question, where the bare word ("Likely") would be read as the answer to it."""
CLAIMS_HEADING = "**What the article says, in our words, and what we found**"
CLAIM = "- {says} **{verdict}.** {why}"
CLAIM_SHORT = "- {says} **{verdict}.**"
CLAIMS_MORE = "…and {count} more under [Details]."
CLAIMS_REASONS = "-# The reasons stand under [Details]."
CORRECTED = "✎ Corrected on {on}: {changed}"
REVIEWED = "Reviewed {on} by {by}"
REVIEW_NEXT = "next review {next}"
REVIEW_OVERDUE = "**review overdue since {next}**"
DISCLAIMER = "General information, no medical advice."
SOURCES_HEADING = "**Sources for:** {question}"
DETAILS_HEADING = "**Details for:** {question}"
RELATED_HEADING = "**Related to:** {question}"
NO_RELATED = "No related entries yet. `/topics` shows them all."
YEAR_UNVERIFIED = "year not checked"

NOT_ANSWERED = "**Not answered yet.** Nobody has written and checked an answer to this."
NOT_ANSWERED_SHORT = "Not answered yet."
NOTED = "Your question is noted."
"""Follows only where the question is in the log."""
DID_YOU_MEAN = "**Did you mean one of these?** I only answer where I am sure."
UNSURE_SHORT = "I am not sure which answer fits. Only you can open the choices:"
ANSWER_PRIVATE_SHORT = "I have a reviewed answer to that. Only you can open it:"
ABSTAIN: dict[Reason, str] = {
    Reason.EMPTY: "I found no question in that. Try `/ask` with a few words, or `/topics` to look around.",
    Reason.TOO_LONG: (
        "That is too long for one question. Ask it in a sentence or two, "
        "or use **Apps › Check this message** on a longer text."
    ),
    Reason.LANGUAGE: "I can only answer in English so far, and I would rather not guess.",
}
HELP_SHORT = "I have something for you alone. Only you can open it:"
POINTING = frozenset(
    "hey hi hello ok so and pls please thoughts is was are this that it these really actually even "
    "true right correct legit real accurate a the fact cap thank thanks thx ty you cheers nice great cool "
    "lol good job bot bye".split()
)
"""Words of a member that say nothing by themselves: what is meant stands in another message."""
POINT_TO_CHECK = (
    "I cannot read the other message from here. Open its menu and choose **Apps › Check this message**, "
    "or ask me in your own words."
)
HOW_TO_ASK = (
    "Ask me a question after my name, or use `/ask`. To have somebody's message checked, open its menu and "
    "choose **Apps › Check this message**. `/topics` shows what I can answer."
)
STILL_NOTED = "Thank you, noted as not answered. A moderator will see it."
WILL_TELL = (
    "You are on the list for this question. Once there is an answer, moderators can let me send you one "
    "direct message; then I forget that you asked."
)
ALREADY_NOTED = "That was noted before, or the question is not kept any more."
WILL_NOT_TELL = "All right, I have forgotten that you wanted to know."
ALREADY_WAITING = "You are on the list for this question already."
NOT_YOURS = "Only the person who asked can use this button. Ask with `/ask`."
EXPIRED = "These choices are closed: one was taken, or nobody pressed for a while. Ask again with `/ask`."
ENTRY_GONE = "This entry is not available any more. Ask again with `/ask`, or look at `/topics`."
QUESTION_GONE = "That question is not on the list any more. Ask it again with `/ask`."
OUTDATED = "This button is from an older version of me. Ask again with `/ask`, or look at `/topics`."
THANKS_WRONG = "Thank you. A moderator will look at it. Reference: this entry, version {version}."
CANNOT_REMOVE = "I could not remove it; a moderator can."
ERROR = (
    "Something went wrong on my side. Do not count on it being saved; please try again in a while. "
    "Reference for a moderator: `{reference}`"
)

CHECK_HEADING = "**What I can say about this message**"
CHECK_QUOTE = "> {sentence}"
CHECK_NONE = (
    "I have no reviewed answer to anything in this message. That says nothing about whether it is right. "
    "Nothing of it was kept."
)
CHECK_MORE = "…and {count} more answered; ask with `/ask`."
CHECK_FOOT = (
    "Sentences checked: {checked}; answers found: {covered}. "
    "The rest is not judged. Nothing of the message was kept."
)
CHECK_EMPTY = "I found no sentence in that message that I could check. Nothing of it was kept."

TOPICS_HEADING = "**Topics**: pick a group, then a question."
TOPICS_GROUP = "**{title}** ({count})"
TOPICS_EMPTY = "There are no entries yet."
TOPICS_PICK_GROUP = "Choose a group"
TOPICS_ALL_GROUPS = "All groups"
TOPICS_PICK_LEVEL = "All caveat levels"
TOPICS_MORE = "…and {count} more; choose a group or a level, or ask with `/ask`."
TOPICS_PICK_ENTRY = "Choose a question"
TOPICS_NONE = "No entry of this group has that level."
CAVEATS_HEADING = "**How far can an answer be relied on?** Each one carries a level:"
CAVEATS_FOOT = (
    "The level speaks of our answer. The verdict on what the article claims is a different thing "
    "and stands with each claim. ⚕ means: ask a doctor or physio first."
)
ABOUT = (
    "**Caveat {version}**\n"
    "I answer only with entries that people wrote, checked against studies and reviewed. "
    "Nothing is generated. Where there is no entry, I say so.\n\n"
    "**Knowledge**: {entries} entries, version `{library}`, last reviewed {reviewed}{overdue}.\n\n"
    "**What I keep**: questions that I could not answer, with channel and time but without your name; "
    "{kept}; {audited}; what is said with [Not my question] and [This is wrong], likewise; {messages}. "
    "Mentions, links, addresses and long numbers are taken out of it all. "
    "Of a direct message no channel is kept. "
    "Your id is kept only if you press [Tell me when it is], until you were told. "
    "“Check this message” keeps nothing."
)
ABOUT_KEPT = "questions that I answered, without who or where, for {days} days"
ABOUT_NONE_KEPT = "no questions that I answered"
ABOUT_AUDITED = "of those that a moderator checks, the text for {days} days; how many were asked a day"
ABOUT_MESSAGES_KEPT = (
    "which of my public messages showed which answer, apart from any question or person, for {days} days, "
    "so that a correction reaches it"
)
ABOUT_NO_MESSAGES_KEPT = "nothing of which message showed which answer"
ABOUT_OVERDUE = "; reviews that are overdue: {count}"
ABOUT_NEVER = "never"

BUTTON_SOURCES = "Sources"
BUTTON_DETAILS = "Details"
BUTTON_RELATED = "Related"
BUTTON_NOT_MINE = "Not my question"
BUTTON_WRONG = "This is wrong"
BUTTON_REMOVE = "Remove"
BUTTON_NONE = "None of these"
BUTTON_TELL = "Tell me when it is"
BUTTON_UNTELL = "Never mind"
BUTTON_OPEN = "Show choices"
BUTTON_OPEN_ANSWER = "Show the answer"
BUTTON_OPEN_HELP = "Open"

WRONG_TITLE = "What is wrong here?"
WRONG_LABEL = "What is wrong, or what is missing?"
WRONG_HINT = "A source helps. No names or personal details, please."

COMMAND_ASK = "Ask a question; you get a reviewed answer or an honest “not answered yet”"
OPTION_QUESTION = "Your question, in your own words"
OPTION_PRIVATE = "Only you see the answer"
COMMAND_TOPICS = "Browse the reviewed answers by group and caveat level"
COMMAND_CAVEATS = "What the caveat levels mean"
COMMAND_ABOUT = "Version, entries, reviews and what is kept about you"
MENU_CHECK = "Check this message"

TERMINAL_NOT_LOGGED = "Nothing is noted here; asked in Discord, it would be, for the moderators to see."
TERMINAL_CHOICES = "Ask one of them in these very words to read its answer."
TERMINAL_REFER = "**This is a question for people, not for a bot** ({kind})."
TERMINAL_ABSTAIN: dict[Reason, str] = {
    Reason.EMPTY: "There is no question in that.",
    Reason.TOO_LONG: "That is too long for one question. Ask it in a sentence or two.",
    Reason.LANGUAGE: ABSTAIN[Reason.LANGUAGE],
}
