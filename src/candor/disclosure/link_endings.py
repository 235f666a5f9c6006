"""What a bare address may end in ("school.live"): the top-level domains in common use.

Without a scheme or a path nothing else tells an address from a missing space after a full stop, so the
lists are closed. Cyrillic ones are closed in earnest: there are no others.
"""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PLAIN: Final = _words(
    "com net org ru рф su ua kz eu uk info biz io xyz cc ly gl tv gov edu mobi int aero ком орг"
)
"""No word of a sentence is written so: they count in any case and behind a number."""

_COUNTRIES: Final = _words(
    """
    ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz
    ca cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et fi fj fk fm fo
    fr ga gb gd ge gf gg gh gi gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in iq ir is it je
    jm jo jp ke kg kh ki km kn kp kr kw ky la lb lc li lk lr ls lt lu lv ma mc md me mg mh mk ml mm mn mo mp
    mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt
    pw py qa re ro rs rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st sv sx sy sz tc td tf tg th tj tk tl
    tm tn to tr tt tw tz ug us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw
    """
)
_GENERIC: Final = _words(
    """
    academy accountant accountants actor adult agency ai airforce apartments app apple archi army art asia
    associates attorney auction audio auto autos baby band bank bar bargains beauty beer best bet bid bike
    bingo bio black blog blue boats boo boston bot boutique broker build builders business buy buzz cab cafe
    cam camera camp capital car cards care career careers cars casa cash casino catering cat center ceo
    charity chat cheap church city claims cleaning click clinic clothing cloud club coach codes coffee college
    community company computer condos construction consulting contact contractors cooking cool coop country
    coupons courses credit creditcard cricket cruises dad dance data date dating day deals degree delivery
    democrat dental dentist design dev diamonds diet digital direct directory discount doctor dog domains
    download earth eco education email energy engineer engineering enterprises equipment esq estate events
    exchange expert exposed express fail faith family fan fans farm fashion film finance financial fish fishing
    fit fitness flights florist flowers foo football forex forsale forum foundation free fun fund furniture
    futbol fyi gallery game games garden gay gift gifts gives giving glass global gmbh gold golf google graphics
    gratis green gripe group guide guitars guru hair haus health healthcare help hiphop hockey holdings holiday
    homes horse hospital host hosting house how icu immo immobilien inc industries ing ink institute insure
    international investments irish jetzt jewelry jobs kaufen kids kim kitchen land lat law lawyer lease legal
    lgbt life lighting limited limo link live llc loan loans lol london love ltd luxe luxury maison makeup
    management market marketing markets mba med media meet meme memorial men menu miami moe mom money monster
    mortgage moscow motorcycles mov movie museum music name navy network new news ngo ninja now nyc observer
    off one online ooo osaka page paris partners parts party pay pet pharmacy phd photo photography photos
    physio pics pictures pink pizza place play plumbing plus poker porn post press pro productions prof
    promo properties property protection pub pw qpon quest racing realestate realty recipes red rehab reise
    reisen rent rentals repair report republican rest restaurant review reviews rich rip rocks rodeo rsvp run
    sale salon sarl save school schule science security select services sex sexy shoes shop shopping show
    singles site ski skin soccer social software solar solutions space spa sport spot srl store stream studio
    study style sucks supplies supply support surf surgery systems talk tattoo tax taxi team tech technology
    tel tennis theater tickets tienda tips tires today tokyo ton tools top tours town toys trade trading
    training travel tube university uno vacations vegas ventures vet viajes video villas vin vip vision vodka
    vote voyage watch watches webcam website wedding wiki win wine work works world wtf yachts yoga you zip zone
    """
)
_CYRILLIC: Final = _words("рус москва онлайн сайт дети бел укр мкд срб қаз бг ею мон католик")
KNOWN: Final = PLAIN | _COUNTRIES | _GENERIC | _CYRILLIC

FILES: Final = _words(
    """
    pdf doc docx xls xlsx ppt pptx odt ods txt rtf csv json xml yaml yml html htm css js jsx ts tsx mjs jpg jpeg
    png gif svg webp bmp mp3 mp4 wav ogg avi mkv webm epub fb2 rar gz tar exe apk dmg log ini cfg sql php java
    kt swift cpp vue py ipynb
    """
)
"""Endings of files and names of tools ("Node.js"): no address ends so, or hardly ever (.py)."""
ARCHIVES: Final = frozenset({"zip", "mov", "md", "sh"})
"""Endings of files that are top-level domains as well."""
