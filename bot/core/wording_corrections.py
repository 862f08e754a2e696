"""What members read of corrections, and of answers that come later; translated with wording.py."""

from __future__ import annotations

CORRECTED_SINCE = "**This answer has been corrected since I gave it here.**"
CORRECTED_EARLIER = "…and {count} earlier; `/corrections` lists them all."
CORRECTED_NOW = "It reads now:"
WITHDRAWN = "This answer has been withdrawn. Ask again with `/ask`, or look at `/topics`."

NOTICE = "✎ **Correction of {on}** · {question}\n{changed}"
NOTICE_LINKS = "I have corrected what I said about it here: {links}"
NOTICE_MORE = "…and {count} more."

TOLD = "**You asked to be told: this has an answer now.**\n> {question}"
TOLD_WITHOUT_QUESTION = "**You asked to be told: your question has an answer now.**"
TOLD_FOOT = "I have told you, so I keep your id no longer."
TOLD_MENTION = "<@{user}> What you asked me has an answer now. Only you can open it:"
STILL_OPEN = (
    "**Your question has no answer yet.**\n> {question}\n"
    "It stays on the list, and so do you: you are told once it is answered."
)
STILL_OPEN_MENTION = "<@{user}> What you asked me has no answer yet. It stays on the list, and so do you."

CLOSED = (
    "**You asked to be told: moderators have seen your question, and will not answer it here.**\n"
    "> {question}\nI have told you, so I keep your id no longer."
)
CLOSED_MENTION = "<@{user}> Moderators have seen what you asked me, and will not answer it here."
BUTTON_MENTION = "Mention me here if my DMs are closed"
BUTTON_NO_MENTION = "Do not mention me"
BUTTON_REMIND = "Tell me if it is open in 14 days"
BUTTON_NO_REMIND = "Do not remind me"
WISH_MENTION = (
    "✓ Where your direct messages are closed, I mention you in <#{channel}>, without a word of your question."
)
WISH_REMIND = "✓ If it has no answer on {on}, I tell you so, once."
NOT_WAITING = "You are not on the list for this question any more."

COMMAND_CORRECTIONS = "What was corrected in the answers, newest first"
CORRECTIONS_HEADING = "**Corrections** of answers that were live, newest first"
CORRECTIONS_ITEM = "**{on}** · {question}\n{changed}"
CORRECTIONS_WITHDRAWN = "{question} (withdrawn)"
CORRECTIONS_NONE = "No answer has been corrected so far. When one is, it stands here for everybody to see."
CORRECTIONS_PAGE = "Page {page} of {pages} · {count} in all"
BUTTON_NEWER = "Newer"
BUTTON_OLDER = "Older"
