"""Every sentence about change sets, and about what an edit changes, in Discord and in the terminal."""

from __future__ import annotations

HEADING = {
    "phrasing": "### A phrasing for `{entry}` is proposed",
    "decoy": "### A decoy for `{entry}` is proposed",
    "entry": "### A draft is proposed: `{entry}`",
}
PUSHED = "It stands on the branch `{branch}` at the remote. Nothing is live before a person has merged it."
PUSHED_LINK = "The button below opens the merge request."
COMMITTED = "It stands on the branch `{branch}` in the bot's own clone, with no remote to push it to."
KEPT = "It is kept here. Put the file below into the knowledge folder, or apply the patch with `git apply`."
KEPT_BRANCH = "It is kept here, and will stand on the branch `{branch}` as soon as git does its part."
PATCH = "-# The patch is for `git am` where the branch was made, else for `git apply`."
MERGED = "It is merged."
WITHDRAWN = "It is withdrawn."
DRAFT_HOW = (
    "A draft is served to nobody. Complete it in the branch, have it reviewed, set `status: live`, and merge."
)
NOTE = "⚠ {note}"
ADVICE = "**`caveat check` on it**"
NO_ADVICE = "**`caveat check` on it**: no errors, no advice."

NOT_PROPOSED = "**Nothing was proposed**: {message}.\n→ {mend}."
REWORDING = "Without it, the text would be:\n> {text}"

BUTTON_EFFECTS = "What would this change?"
BUTTON_WITHDRAW = "Withdraw"
BUTTON_MERGE = "Open the merge request"
WITHDREW_ONE = "Change {ids} is withdrawn."
WITHDREW_MANY = "Changes {ids} are withdrawn: they stood on one branch."
NOTHING_TO_WITHDRAW = "Change {id} is {status} already; there is nothing to withdraw."
NO_SUCH_CHANGE = "There is no such change any more."

EFFECTS_HEADING = "### What this change set would do"
EFFECTS_NOT = "**It cannot be told what this would change**: {why}."
EFFECTS_AS_LIVE = "-# Told as if the draft `{entries}` were live already; a draft itself is served to nobody."
EFFECTS_LEFT_OUT = "-# {count} more questions of the log were left out; `caveat diff` asks them all."
ASKED = "{labelled} labelled questions and {kept} of the log were asked of both."
NOTHING_CHANGES = "Nothing changes for any question that was asked."
TIMES = " (asked {times} times)"
MORE_CHANGED = "…and {count} more of this kind"
EFFECTS_CHANGED = "- {question}{times}\n-# {before} → {after}"
