"""What can go wrong with an account, each with its own words and its own next step."""

from candor.common.errors import CandorError, ConfigurationError, ConflictError, InvalidInputError


class TokenRefusedError(InvalidInputError):
    code = "token_refused"
    default_message = (
        "Telegram does not know this bot token. Copy it again from @BotFather (/mybots, API Token)."
    )


class TokenOfAnotherBotError(ConflictError):
    code = "token_of_another_bot"
    default_message = "This token belongs to another bot than this account. Add that bot as an account of its own."


class AccountExistsError(ConflictError):
    code = "account_exists"
    default_message = "This account has been added already."


class LabelNotVerifiedError(ConflictError):
    """`details['problems']` lists what the read-back profile lacks."""

    code = "label_not_verified"
    default_message = (
        "Telegram did not take over the name and description that say AI and name the business, "
        "so the account stays inactive. Try again in a few minutes."
    )


class NoBusinessNameError(ConfigurationError):
    code = "no_business_name"
    default_message = "Set CANDOR_BUSINESS_NAME first: every account says whose AI it is."


class UserSessionsOffError(ConfigurationError):
    code = "user_sessions_off"
    default_message = (
        "User accounts are off. Get an api_id and api_hash at my.telegram.org and set "
        "TELEGRAM_API_ID and TELEGRAM_API_HASH, then start again."
    )


class SignInError(InvalidInputError):
    """A step of a sign-in failed; the message says what to do next, nothing is half-saved."""

    code = "sign_in_failed"


class PhoneRefusedError(SignInError):
    code = "phone_refused"
    default_message = (
        "Telegram does not take this phone number. Write it with the country code: +7…"
    )


class NoSignInError(SignInError):
    """This number can't be signed in at all: the sign-in has ended, nothing of it is kept."""


class PhoneNotRegisteredError(NoSignInError):
    code = "phone_not_registered"
    default_message = (
        "There is no Telegram account with this number. Register it in the Telegram app first."
    )


class PhoneBannedError(NoSignInError):
    code = "phone_banned"
    default_message = (
        "Telegram has banned this number. Write to recover@telegram.org; Candor can't help with it."
    )


class CodeWrongError(SignInError):
    code = "code_wrong"
    default_message = "This code is wrong. Type it again as it stands in the Telegram app."


class CodeExpiredError(SignInError):
    code = "code_expired"
    default_message = "This code has expired or was used already. Ask for a new one."


class PasswordWrongError(SignInError):
    code = "password_wrong"
    default_message = "The 2-step password is wrong. It is the one set in Telegram's settings."


class WrongStepError(ConflictError):
    code = "wrong_sign_in_step"
    default_message = "This sign-in waits for another step. Load it again."


class SessionUnreadableError(CandorError):
    """A session string of a newer layer or a damaged one."""

    code = "session_unreadable"
    default_message = "The stored session can't be read by this version. Sign in again."


class SecretUnreadableError(CandorError):
    """A ciphertext that was altered or moved, or whose key is missing."""

    code = "secret_unreadable"
    default_message = (
        "A stored secret can't be decrypted: it was altered, moved from another row, or its key is "
        "missing from CANDOR_SECRET_KEYS. Restore the key or enter the secret again."
    )


class SecretAlteredError(SecretUnreadableError):
    """The key is here, but the ciphertext isn't what was stored in this place."""

    code = "secret_altered"
    default_message = (
        "A stored secret was altered or moved from another row. Restore the database from a backup or "
        "enter the secret again."
    )


class KeysError(ConfigurationError):
    code = "secret_keys"
