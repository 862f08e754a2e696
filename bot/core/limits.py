"""Every length limit: Discord's own, and what follows from them for entries.

Discord's are from its API description (message, component, modal and command objects).
"""

MESSAGE_TEXT = 4000
"""All text displays of one Components V2 message together, in characters."""
MESSAGE_COMPONENTS = 40
CUSTOM_ID = 100
BUTTON_LABEL = 80
SELECT_OPTIONS = 25
OPTION_LABEL = 100
OPTION_DESCRIPTION = 100
CHOICES = 25
CHOICE_NAME = 100
CHOICE_VALUE = 100
MODAL_TITLE = 45
MODAL_INPUT = 4000
COMMAND_OPTION = 6000
FILE_DESCRIPTION = 1024

QUESTION = CHOICE_NAME
"""A curated question must fit an autocomplete choice whole."""
SLUG = 44
"""The longest custom id holds, with "cv:nm:", slug, version (8), answered id (19) and asker (20): 100."""
ANSWER = 1000
ANSWER_ADVISED = 500
DETAILS = 2500
URGENT = 250
PHRASING = 250
SAYS = 300
WHY = 350
SECTION = 80
SHOWS = 400
CHANGED = 300
REVIEWER = 60
MOST_SOURCES = 12
MOST_CLAIMS = 12
MOST_RELATED = 8
MOST_TEXTS = 500
"""Phrasings, decoys or tests of one entry."""
FEWEST_PHRASINGS_ADVISED = 20
FEWEST_DECOYS_ADVISED = 6
READING_EASE_ADVISED = 55.0
"""Flesch reading ease that a 14-year-old follows; 60 to 70 is plain English (Flesch 1948)."""
ENTRY_FILE_BYTES = 64 * 1024
SHARED_FILE_BYTES = 1024 * 1024
"""sources.yaml and the other files of the whole folder."""
