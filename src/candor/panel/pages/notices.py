"""Short messages after a change, named by code in the address, so that nobody can write their own."""

from candor.panel.i18n import translate as _

NOTICES = {
    "password_changed": "Your password is changed. All other sessions have ended.",
    "session_ended": "The session has ended.",
    "taken": "The dialogue is yours. The AI is silent until you give it back.",
    "given_back": "The AI goes on and tells the client so.",
    "sent": "Your message is on its way.",
    "assigned": "Assigned.",
    "correction_added": "Noted for the script: it stands in the studio as a test case to be added.",
    "paused": "Paused.",
    "closed": "The dialogue is closed. A new message of the client opens it again.",
    "saved": "Saved.",
    "group_added": "The group is in the pool.",
    "script_saved": "Saved as a new version. Dialogues use it from the next answer on.",
    "script_created": "The script is saved. Choose on the right whose new dialogues follow it.",
    "script_chosen": "Chosen. Dialogues that begin from now on follow it.",
    "script_deleted": "The script is gone from the lists; running dialogues keep their version.",
    "questionnaire_saved": "Saved as a new version. Whoever begins from now on answers it.",
    "reminder_cancelled": "The reminder is cancelled.",
    "rolled_back": "The older version is the newest now.",
    "account_added": "The account is connected and labelled.",
    "account_saved": "The account is saved.",
    "account_paused": "The account is paused.",
    "account_resumed": "The account works again.",
    "account_logged_out": "Signed out; its secrets are forgotten.",
    "account_removed": "The account is removed. What it wrote stays readable.",
    "operator_added": "The operator is added.",
    "operator_saved": "The operator is saved.",
    "token_revoked": "The token is revoked.",
    "removed": "Removed.",
    "prompt_saved": "Saved as a new version. The next answer uses it.",
    "prompt_restored": "Restored as a new version. The next answer uses it.",
    "comment_approve": "Approved. It goes out in its slot.",
    "comment_edit": "The new text waits for approval.",
    "comment_reject": "Rejected. The next drafts learn from it.",
    "comment_snooze": "It comes back in two hours.",
    "note_added": "The note is added.",
    "client_erased": "The client is erased. Only a mark stays that nobody writes to them again.",
    "merged": "The two records are one now.",
    "webhook_tested": "The test is on its way. It comes after what waits already.",
}


def notice_text(code: str) -> str:
    """The text of a known code, else nothing."""
    return _(NOTICES[code]) if code in NOTICES else ""
