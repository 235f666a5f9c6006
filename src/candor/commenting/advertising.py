"""L16, L17: publishing to an audience in Russia. Off until a named person signs for it. Pure."""

from datetime import datetime

from candor.commenting.channel import Audience, LegalSignOff


def policy_refusal(
    audience: Audience, sign_off: LegalSignOff | None, *, is_ad: bool, now: datetime
) -> str | None:
    """Why the law stops this comment, or None. `is_ad`: it carries our link."""
    if audience != "RU":
        return None
    if sign_off is None or not sign_off.covers(now):
        return (
            "The channel is aimed at an audience in Russia. Publishing there is off until a named "
            "person records a legal sign-off."
        )
    if is_ad and not (sign_off.erid and sign_off.advertiser and sign_off.ad_operator):
        return (
            "A comment with our link is an advertisement. It needs the advertiser, the ad-data "
            "operator and an erid token in the legal sign-off."
        )
    return None


def marking(sign_off: LegalSignOff) -> str:
    """The words that an advertisement must carry; part of the text that a person approves."""
    number = f", ИНН {sign_off.advertiser_id}" if sign_off.advertiser_id else ""
    return f"Реклама. {sign_off.advertiser}{number}. erid: {sign_off.erid}"
