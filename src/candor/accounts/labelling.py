"""H1 for whole accounts: write the labelled profile, read it back, and say whether it holds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from pydantic import SecretStr

from candor.accounts.account import Account
from candor.accounts.errors import LabelNotVerifiedError, UserSessionsOffError
from candor.accounts.ports import BotProfiles, UserSignIn
from candor.common.llm import Language
from candor.disclosure.profile import (
    AccountProfile,
    is_name_labelled,
    labelled_profile,
    profile_problems,
    says_ai,
)
from candor.disclosure.visible_text import shorten

LANGUAGES: Final[tuple[Language, ...]] = ("ru", "en")
ABOUT_LIMIT: Final = 70
"""Telegram's limit of a user's own description (140 with Premium)."""


@dataclass(frozen=True, slots=True)
class AccountLabels:
    """Puts the label on accounts of one business. `language` is the one shown by default."""

    business: str
    language: Language
    bots: BotProfiles
    users: UserSignIn | None = None

    async def put(self, account: Account, secret: SecretStr) -> None:
        """Write what is missing and read everything back; raises LabelNotVerifiedError."""
        problems = (
            await self._put_on_bot(account, secret)
            if account.kind == "bot"
            else await self._put_on_user(account, secret)
        )
        if problems:
            raise LabelNotVerifiedError(details={"problems": list(problems)})

    async def is_there(self, account: Account, secret: SecretStr) -> bool:
        """Whether the profile that people see now is labelled; writes nothing."""
        if account.kind == "user":
            return not self._user_problems(await self._sign_in.read_profile(account.id, secret))
        for language, is_default in self._versions():
            shown = await self.bots.read_profile(secret, language=language, is_default=is_default)
            if self._bot_problems(account, shown, language):
                return False
        return True

    def profile_of(self, account: Account, language: Language) -> AccountProfile:
        return labelled_profile(
            account.personality.name or account.title,
            business=self.business,
            role=account.role,
            language=language,
        )

    async def _put_on_bot(self, account: Account, token: SecretStr) -> Sequence[str]:
        for language, is_default in self._versions():
            wanted = self.profile_of(account, language)
            shown = await self.bots.read_profile(token, language=language, is_default=is_default)
            # Telegram limits how often a name may be set, so what is right is left alone.
            if replace(shown, admin_title=wanted.admin_title) != wanted:
                await self.bots.write_profile(
                    token, wanted, language=language, is_default=is_default
                )
        problems: list[str] = []
        for language, is_default in self._versions():
            shown = await self.bots.read_profile(token, language=language, is_default=is_default)
            problems += self._bot_problems(account, shown, language)
        return problems

    def _bot_problems(
        self, account: Account, shown: AccountProfile, language: Language
    ) -> Sequence[str]:
        title = self.profile_of(account, language).admin_title
        return profile_problems(replace(shown, admin_title=title), business=self.business)

    async def _put_on_user(self, account: Account, session: SecretStr) -> Sequence[str]:
        wanted = self.profile_of(account, self.language)
        wanted = replace(wanted, description=shorten(wanted.short_description, ABOUT_LIMIT))
        if self._user_problems(await self._sign_in.read_profile(account.id, session)):
            await self._sign_in.write_profile(account.id, session, wanted)
        return self._user_problems(await self._sign_in.read_profile(account.id, session))

    def _user_problems(self, shown: AccountProfile) -> Sequence[str]:
        problems = []
        if not is_name_labelled(shown.name, business=self.business):
            problems.append("The name doesn't say AI and name the business.")
        if not says_ai(shown.description):
            problems.append("The description doesn't say AI.")
        return problems

    def _versions(self) -> Sequence[tuple[Language, bool]]:
        """The default version in the business's language, then one per language."""
        return [(self.language, True), *((language, False) for language in LANGUAGES)]

    @property
    def _sign_in(self) -> UserSignIn:
        if self.users is None:
            raise UserSessionsOffError
        return self.users
