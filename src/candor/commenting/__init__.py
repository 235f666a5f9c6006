"""The business takes part, by name and openly as AI, in discussions where it is welcome.

From a channel's post to a comment, the replies to it and the dialogue it opens: channels and their
owners' permissions, posts, drafts, approval, slots, engagement. Nothing leaves here without a
recorded permission of the channel's owner, at most one comment stands under a post, and a person
approves the exact text unless the permission says otherwise (H4).

Edges come in by the services: `monitor` (posts), `permission` (grants and withdrawals), `approval`,
`scheduler`, `replies`. Knows no SQL, no Telegram library and no sales script; doesn't read other
people's threads (H7), doesn't join, view or react anywhere (L10).
"""
