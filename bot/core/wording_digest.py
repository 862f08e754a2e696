"""What moderators read in the weekly digest, in Discord and in `caveat digest`."""

from __future__ import annotations

HEADING = "## The week from {since} to {last}"
NOTHING_ASKED = "Nobody asked anything."
ASKED = (
    "**{asked}** ({change}): {answered} answered, {suggested} offered choices, "
    "{unanswered} unanswered{referred}."
)
QUESTIONS = "{count} questions"
ONE_QUESTION = "1 question"
CHANGE = "{change:+d} on the week before"
NO_CHANGE = "as many as the week before"
REFERRED = ", {count} sent to the safety list"
WINDOW = "**The last 30 days**"

GAPS = "**New gaps: {count}** (asked in other words too, by at least so many members)"
GAP = "- {askers} × {title}"
DISPUTED = "**Called wrong: {count}**"
DISPUTE = "- {count} × {question}{why}"
WHY = " “{why}”"
OVERDUE = "**Reviews overdue: {count}**"
OVERDUE_ONE = "- {sign}{question} (since {since})"
PRESSING = "⚕ "
PRESSING_FOOT = "-# ⚕ speaks of symptoms or safety, so it comes first."
NEVER_USED = "**Never used: {count}** of {live} live entries were shown to nobody since {since}"
NEVER = "- {question}"
MORE = "- and {count} more"
NONE = "No new gap, nothing called wrong, and no review overdue."
NONE_AND_USED = "No new gap, nothing called wrong, no review overdue, and every entry was used."
REPORT = "-# `caveat report` makes a page with all of it."

PICTURE_CAME = "What came of questions, week by week: {numbers}"
PICTURE_TRUST = "Share answered outright, and share of answers judged wrong, week by week: {numbers}"
NO_PICTURES = "-# Without pictures: {why}"
NO_LIBRARY = 'matplotlib is not installed here; `pip install "caveat-bot[reports]"` brings it.'
NO_RIGHT = "I may not attach files in this channel; give me **Attach Files** here."
DRAWING_FAILED = "drawing them failed on my side. Reference for whoever runs me: `{reference}`"

AXIS_QUESTIONS = "questions a week"
AXIS_SHARE = "%"
TITLE_CAME = "What came of questions"
TITLE_TRUST = "How much is answered, how much wrong"
ANSWERED, SUGGESTED, UNANSWERED, SENT_ON = "answered", "choices offered", "unanswered", "safety list"
COVERAGE, RISK = "answered outright", "answers that are wrong, as audited (95 % bounds)"
NOTHING_DRAWN = "nothing was asked in these weeks"
