"""The world as a person's own app sees it, in plain calls: what a user session is answered from.

Knows nothing of MTProto: the double behind the user-session edge (`candor.telegram.user.double`) puts
these answers into TL objects; bootstrap brings the two together.
"""
