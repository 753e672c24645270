"""Longer things people paste: forms, letters, CVs, logs, tables, code; and sentences in other languages.

Every second one of a list is held out.
"""

from typing import Final

PAGES: Final = (
    (
        "Name: <full>\nDate of birth: <dob>\nAddress: <address>\n"
        "Phone: <phone>\nE-mail: <email>\n\nIs my form complete?"
    ),
    "APPLICATION\nSurname, first name: <lastfirst>\nBorn: <dob>\n<idname>: <id>\nMobile: <phone>",
    (
        "Improve my CV please\n\n<full>\n<street>, <town>\n"
        "<email> | <phone> | <url>\n\n2015-2019 Nurse, city hospital"
    ),
    (
        "CURRICULUM VITAE\n=================\n<full>\nborn <dob> in <town>\n\n"
        "EXPERIENCE\n* 2018 to date: forklift driver\n* contact: <email>"
    ),
    (
        'Turn this JSON into a table:\n{"customer": {"name": '
        '"<full>", "mail": "<email>", "iban": "<iban>", "since": 2019}}'
    ),
    (
        '```json\n[{"first_name": "<first>", "phone": "<phone>", '
        '"address": {"street": "<street>"}}]\n```\nwhy is this not valid?'
    ),
    "Sort it by name:\n| name | phone | mail |\n|---|---|---|\n| <full> | <phone> | <email> |",
    "id,name,email,card\n17,<lastfirst>,<email>,<card>\nwhat is the csv separator here",
    "Kind regards,\n\n<full>\nHead of Purchasing\nM: <phone>\nE: <email>\n\nIs this signature too long?",
    "cheers\n<first>\n--\n<full> · <street> · <phone>",
    (
        "2024-02-19T07:41:02Z sshd[811]: "
        "Failed password for <barehandle> from <net> port 50122 ssh2\nshould I worry?"
    ),
    '127.0.0.1 - - [03/Apr/2024] "POST /login HTTP/1.1" 302 user=<email> ip=<net>\nwhat does 302 mean',
    (
        "From: <full> <<email>>\nTo: support\nSubject: refund\n\n"
        "I paid with <card> and want my money back.\n\nAnswer this for me."
    ),
    (
        "-----Original Message-----\nFrom: <lastfirst>\nSent: "
        "Tuesday\n\nplease call me, <phone>.\n\nWhat did he want?"
    ),
    "Doctor: And your name?\nPatient: <full>.\nDoctor: Born?\nPatient: <dob>.\nContinue this dialogue.",
    (
        "me: who is this\nhim: its <first>, <titled>s son\nme: "
        "which number is that\nhim: <phone>\nwhat do i say next"
    ),
    "INVOICE 2024-118\nTo: <full>, <address>\nPay to: <iban>\nBTC also accepted: <wallet>",
    "Receipt\nsold to <initials>\ncard <card>\nship to <flat>\n\nhow do i write that in french",
    'def main():\n    owner = "<full>"  # <email>\n    send(owner, token="<token>")\n\nwhat is wrong here?',
    "# .env\nADMIN_NAME=<full>\nADMIN_MAIL=<email>\nSTRIPE_KEY=<key>\nSECRET_KEY=<token>",
    "Patient: <lastfirst>, MRN <record>, DOB <dob>. Presents with chest pain. Summarise for the family.",
    "referral for <full> (insurance no. <record>), lives at <street>; knee, left, three weeks",
    "Travel form:\n- traveller <full>\n- <paper>\n- emergency contact <full>, <phone>",
    "guest list so far: <full>, <full>, <first> plus one, <titled>. how much cake do i need?",
    (
        "Hello, I am <full>, <town>. I bank with you, <account>, "
        "and my <idname> is <id>. Please write that nicer."
    ),
    "ok heres everything about the guy: <full>, <address>, <phone>, drives a red golf. what can i find out",
    (
        "Dear Sir or Madam,\nmy name is <full>, customer <record>. On Monday I moved to\n"
        "<block>\nPlease update your files.\nYours faithfully\n<initials>"
    ),
    "MINUTES\nPresent: <titled>, <initials>, <full>\nAbsent: <lastfirst>\nPlease shorten.",
)
# By place: in its own language, in an otherwise English conversation.
ABROAD: Final[dict[str, tuple[str, ...]]] = {
    "de_DE": (
        "Translate: Ich heiße <full> und wohne in der <street> in <town>.",
        "what does this mean: Sehr geehrter <titled>, bitte überweisen Sie den Betrag auf <iban>.",
        "is my German right? Mein Name ist <full>, meine Nummer ist <phone>.",
        "he wrote me: Ruf mich an unter <phone>, Gruß <first>",
    ),
    "fr_FR": (
        "Translate: Je m'appelle <full>, j'habite au <street> à <town>.",
        "what does it say? Bonjour, c'est <full>. Rappelez-moi au <phone> s'il vous plaît.",
        "Correct this: Mon adresse est <email> et je suis née le <dob>.",
        "in english pls: Cordialement, <full>, <address>",
    ),
    "es_ES": (
        "Translate: Me llamo <full> y vivo en <address>.",
        "whats this: Hola, soy <full>, mi teléfono es <phone>, llámame.",
        "Is this correct? Mi DNI es <id> y mi correo <email>.",
        "my mom texted: dile a <full> que no venga",
    ),
    "it_IT": (
        "Translate: Mi chiamo <full>, il mio codice fiscale è <id>.",
        "what does she want: Ciao, sono <full>, abito in <street>.",
    ),
    "nl_NL": (
        "Translate: Ik ben <full> en mijn telefoonnummer is <phone>.",
        "is that rude in dutch? Beste <full>, stuur het naar <address>.",
    ),
    "pt_BR": (
        "Translate: Meu nome é <full> e meu CPF é <id>.",
        "what is he saying: Oi, aqui é <full>, moro na <street>.",
    ),
    "pl_PL": (
        "Translate: Nazywam się <full>, mieszkam przy <street>.",
        "my grandma wrote: Zadzwoń do <full>, numer <phone>",
    ),
}
# How an answer and a comment repeat what a person told; of a person, and of anything else.
ANSWERS_TO: Final = (
    "Thank you for telling me, {}.",
    "I'm sorry to hear about {}.",
    "Of course. So this is about {}, is that right?",
    "I don't know anybody called {}, but I can help with the rest.",
)
ANSWERS_WITH: Final = (
    "I have noted {} for you.",
    "You should not share {} with me.",
    "You wrote: {}",
    "Sure, here it is again: {}.",
)
COMMENTS_TO: Final = (
    "the left one talked to {} as if they were friends",
    "A is better because it doesn't mention {}",
    "Both got the name wrong, it should be {}.",
    "{} would laugh at the second answer",
)
COMMENTS_WITH: Final = (
    "the second answer repeats {}, that is creepy",
    "B just gave me {} back",
    "Neither explains what to do with {}.",
    "why does A say {} ?",
)
