"""The voice of a commenting account: accounts' `PersonalityService`, under the outline's name here.

A personality colours the words and helps to choose the account; the label, the checks and the
approval stand above it.
"""

from candor.accounts.account import Personality
from candor.accounts.personality import PersonalityService

__all__ = ["Personality", "PersonalityService"]
