"""What postal addresses look like in the countries whose people write here: streets, units, postcodes, towns."""

import re
from typing import Final

_L: Final = r"[^\W\d_]"
# A word of a street's or a town's name. The atomic parts keep every search linear.
_W: Final = rf"(?:{_L}(?:{_L}|['’.-](?={_L}))*+\.?)"
_NUMBER: Final = r"[0-9]{1,6}(?:[ ]?[/-][ ]?[0-9]{1,5})?(?:[ ]?[A-Za-z](?![\w'’]))?"

_ENGLISH_STREETS: Final = r"""
    street|st|str|avenue|ave|av|road|rd|boulevard|blvd|drive|dr|drv|lane|ln|court|ct|place|pl|terrace|ter|way|
    circle|cir|
    crescent|cres|close|parkway|pkwy|highway|hwy|square|sq|trail|trl|row|mews|gardens?|gdns|grove|rise|walk|
    alley|aly|loop|
    plaza|pike|turnpike|crossing|crossroads?|expressway|freeway|fwy|motorway|route|path|pass|point|pt|ridge|
    view|heights|
    hill|hills|hollow|harbors?|haven|heath|island|isle|junctions?|keys?|knolls?|lakes?|landing|light|lock|lodge|
    manors?|
    meadows?|mill|mills|mission|mount|mountains?|neck|orchard|oval|overpass|park|parks|parkways|passage|pine|
    pines|plains?|
    port|ports|prairie|radial|ramp|ranch|rapids?|rest|ridges|river|roads|rue|run|shoals?|shores?|skyway|
    springs?|spurs?|
    squares|station|stravenue|stream|streets|summit|throughway|trace|track|trafficway|tunnel|underpass|unions?|
    valleys?|
    viaduct|views|villages?|ville|vista|walks|walls?|ways|wells?|bypass|bayou|beach|bend|bluffs?|bottom|branch|bridge|
    brooks?|burgs?|camp|canyon|cape|causeway|centers?|centre|circles|cliffs?|club|common|corners?|course|courts|
    coves?|
    creek|crest|curve|dale|dam|divide|drives|estates?|extensions?|falls?|ferry|fields?|flats?|fords?|forest|forges?|
    forks?|fort|gateway|glens?|greens?|groves|inlet|quay|wharf|parade|esplanade|broadway|strand|vale|yard|gate|
    nagar|marg|
    chowk|bagh|colony|enclave|layout
"""
# In lower case these are streets; the others are as often something else.
SURE_ENGLISH: Final = frozenset(
    """
    street st avenue ave road rd boulevard blvd drive dr lane ln court ct terrace way circle crescent close
    parkway pkwy
    highway hwy square sq trail mews gardens grove alley plaza turnpike crossing expressway freeway place nagar
    marg loop
    """.split()  # noqa: SIM905 - a block of words reads better
)
ENGLISH: Final = re.compile(
    rf"""
    (?<![\w.,/-])(?:(?:no|number|flat|apt|apartment|unit|suite|house|plot|h\.no|
    door\sno)\.?[ ]?\#?[0-9]{{1,5}}[a-z]?,?[ ])?
    [0-9]{{1,6}}(?:[ ]?[/-][ ]?[0-9]{{1,5}})?[a-z]?,?[ ]
    (?:(?:n|s|e|w|ne|nw|se|sw|north|south|east|west|northeast|northwest|southeast|southwest|old|new|upper|lower|
    st|saint)\.?[ ])?
    ((?:(?:{_W}|[0-9]{{1,3}}(?:st|nd|rd|th))[ ]){{1,4}}?)
    ({_ENGLISH_STREETS})(?:\.(?=[ ,]))?(?![\w'’])(?:[ ](?:n|s|e|w|ne|nw|se|sw|north|south|east|west)(?!\w))?
    """,
    re.IGNORECASE | re.VERBOSE,
)
BARE_ENGLISH: Final = re.compile(
    rf"(?<![\w.,/-])[0-9]{{1,6}}[a-z]?,?[ ](?=[A-Z])((?:{_W}[ ]){{0,3}}{_W})(?=,?[ \n]{{1,2}}(?:Apt|"
    rf"Apartment|Suite|Ste|Unit|Flat|#)\.?[ ]?[0-9A-Z])"
)

_ROAD_FIRST: Final = r"""
    rue|avenue|av|boulevard|bd|bld|chemin|ch|place|pl|impasse|all[ée]e|quai|route|rte|cours|square|passage|
    sentier|ruelle|
    faubourg|rond-point|esplanade|villa|cit[ée]|mont[ée]e|promenade|voie|
    calle|c/|avenida|avda|avd|av|plaza|pza|pl|paseo|p[ºo]|camino|carrera|cuesta|glorieta|pasaje|ronda|rambla|
    urbanizaci[óo]n|
    urb|via|v[íi]a|vial|callej[óo]n|alameda|acceso|ca[ñn]ada|pasadizo|traves[íi]a|carretera|ctra|
    jard[íi]n(?:es)?|colonia|
    via|viale|v\.le|piazza|p\.za|piazzale|corso|c\.so|largo|vicolo|strada|contrada|borgo|stretto|rotonda|
    incrocio|canale|
    lungomare|lungotevere|salita|galleria|
    rua|r|avenida|travessa|trav|pra[çc]a|alameda|largo|estrada|rodovia|viela|vila|ladeira|parque|p[áa]tio|trevo|
    setor|quadra|
    conjunto|jardim|loteamento|morro|n[úu]cleo|passarela|recanto|residencial|s[íi]tio|vale|vereda|viaduto|
    esta[çc][ãa]o|
    favela|feira|fazenda|[áa]rea|aeroporto|campo|ch[áa]cara|col[ôo]nia|condom[íi]nio|distrito|lago|lagoa|
    ul\.?|ulica|al\.?|aleja|aleje|pl\.?|plac|os\.?|osiedle|rondo|bulwar|
    am|an[ ]der|auf[ ]de[rm]|im|in[ ]der|zum|zur|unter[ ]den|hinter[ ]der|alte[r]?|neue[r]?|gro(?:ß|ss)er?|kleine[r]?
"""
_PARTS: Final = (
    r"(?:de[ ]la|de[ ]los|de[ ]las|de|du|des|del|della|delle|dei|degli|di|da|das|do|dos|d['’]|l['’]|la|le|les|"
    r"los|las|el|los|al|san|santa|saint)"
)
# Any letter but the small ones of Latin alphabets; of other alphabets either.
CAPITAL: Final = r"(?:(?![a-zß-öø-ÿāăąćčďđēęěğıķłńņňőœřśşšťūůűźżž])[^\W\d_])"
_CW: Final = rf"(?:{CAPITAL}(?:{_L}|['’.-](?={_L}))*+\.?)"
FOREIGN: Final = re.compile(
    rf"""
    (?<![\w/-])(?:{_NUMBER},?[ ](?:(?:bis|ter|quater),?[ ])?)?
    (?i:{_ROAD_FIRST})[.,]?[ ]?(?:(?i:{_PARTS})[ ]?){{0,3}}
    (?:(?:[0-9]{{1,2}}[ ](?i:de|di)[ ])?{_CW}(?:[ -](?:(?i:{_PARTS}|und|e|y|et)[ ]?){{0,2}}{_CW}){{0,5}})
    (?:,?[ ](?:(?i:n[º°o.]|nr\.?|no\.?|num\.?|n[úu]mero|snc))?[ ]?{_NUMBER}(?:[ ](?i:bis|ter))?)?
    """,
    re.VERBOSE,
)
COMPOUND: Final = re.compile(
    rf"""
    (?<![\w/-])(?:[0-9]{{1,5}}[ ])?(?:{_CW}[ -]){{0,3}}
    (?i:{_L}+?(?:stra(?:ß|ss)e|str\.?|weg|platz|allee|gasse|ring|ufer|damm|markt|steig|stieg|berg|hof|garten|
    park|chaussee|
    straat|laan|plein|gracht|kade|singel|dreef|steeg|pad|baan|dijk|hof|boulevard|plantsoen|weide|
    gatan|v[äa]gen|gr[äa]nd|torget|stigen|all[ée]n|gata|v[äa]g|backen|
    gade|vej|all[ée]|vang|str[æa]de|torv|veien|vei|plass|
    katu|tie|polku|kuja|kaari|tori|rinne)|(?:stra(?:ß|ss)e|weg|platz|allee|gasse|markt|ring))
    [ ]{_NUMBER}(?!\w)
    """,
    re.VERBOSE,
)
SURE_COMPOUND: Final = re.compile(
    r"(?i)(?:stra(?:ß|ss)e|str\.?|platz|allee|gasse|chaussee|straat|laan|plein|gracht|kade|dreef|gatan|"
    r"v[äa]gen|vej|gade|katu|utca|steeg)[ ]"
)
STREET_BEHIND: Final = re.compile(
    rf"(?<!\w)(?:{_CW}[ ]){{1,3}}(?i:u|utca|[úu]t|[úu]tja|t[ée]r|tere|k[öo]z|krt|k[öo]r[úu]t|sor|kapu|park|"
    rf"dűl[őo]|sokak|"
    r"sok|sk|caddesi|cad|cd|mah|ulice|n[áa]m[ěe]st[íi]|n[áa]m|cesta|trg|bulevar|bul|iela|g|gatve|tn|"
    r"t[äa]nav|pst|mnt|odos|"
    rf"leof[óo]ros|terrasse|alle|vei|gate)\.?[ ](?:no[.:]?[ ]?)?{_NUMBER}\.?(?!\w)"
)
# A name between two numbers, or a name and a number in front of what goes on like an address.
ENCLOSED: Final = re.compile(
    rf"(?<![\w.,/-])[0-9]{{1,6}}[ ]{_CW}(?:[ ]{_W}){{0,3}}[ ][0-9]{{1,5}}[A-Za-z]?\.?"
    r"(?=[ ]?\n|[ ]?,|[ ](?i:apt|suite|ste|unit|flat|st|str)\b|[.!?]?(?:\s|$))"
)
ENCLOSED_LOWER: Final = re.compile(
    rf"(?<![\w.,/-])[0-9]{{2,6}}[ ]{_W}(?:[ ]{_W}){{0,2}}[ ][0-9]{{1,5}}[a-z]?\.?(?=,?[ ]?\n?[ ]?(?:apt|"
    rf"apartment|suite|unit|flat|st|str)\b)",
    re.IGNORECASE,
)
NAMED: Final = re.compile(
    rf"(?<!\w){_CW}(?:[ ]{_CW}){{0,3}}[ ][0-9]{{1,4}}[A-Za-z]?(?=,?[ ]?\n?[ ]?(?:Apt|Apartment|Suite|Ste|"
    rf"Unit|Flat|Lgh|Piso|Etage)\b|[ ]?,?[ ]?\n[ ]?(?:[0-9]{{2,5}}[ -]?[0-9]{{0,3}}[ ])?{_CW})"
)
NUMBERS_BEFORE: Final = re.compile(
    r"(?:(?<![\w.,/-])[0-9]{1,6}[a-zA-Z]?,?[ ]){1,2}$|(?:the[ ])?corner[ ]of[ ](?:[0-9]{1,6}[ ])?$"
)
CORNER: Final = re.compile(
    rf"corner[ ]of[ ]((?:[0-9]{{1,6}}[ ])?{_CW}(?:[ ](?:{_CW}|[0-9]+\.?|u\.|str)){{0,5}}[ ](?:and|"
    rf"&)[ ](?:[0-9]{{1,6}}[ ])?{_CW}(?:[ ](?:{_CW}|[0-9]+\.?)){{0,5}})"
)
CORNER_LOWER: Final = re.compile(
    rf"corner[ ]of[ ](?:[0-9]{{1,6}}[ ])?{_W}(?:[ ](?:{_W}|"
    rf"[0-9]+\.?)){{0,4}}[ ]and[ ](?:[0-9]{{1,6}}[ ])?{_W}(?:[ ]{_W}){{0,2}}"
    r"(?=[.,;!?]|\n|$)",
    re.IGNORECASE,
)
FOREIGN_LOWER: Final = re.compile(
    rf"(?<![\w/-])(?:{_ROAD_FIRST})[.,]?[ ](?:{_W}[ -]){{0,4}}{_W},?[ ]{_NUMBER}(?!\w)",
    re.IGNORECASE | re.VERBOSE,
)
_SMALL: Final = (
    r"(?<![^\W_])(?:in|at|is|and|or|on|to|for|from|by|with|as|if|was|are|every|before|after|near|tomorrow|today|tonight|"
    r"please|pls|thanks)(?![^\W_])"
)
# `12 rue pasteur`, in any case, where the word for street is no English one.
FOREIGN_BEHIND: Final = re.compile(
    rf"(?<![\w.,/$€£-])[0-9]{{1,4}}(?:[ ]?(?:bis|ter|quater|[a-d]))?,?[ ](?:rue|chemin|impasse|all[ée]e|quai|ruelle|"
    rf"faubourg|rua|travessa|calle|viale|vicolo|piazza|corso|ulica|ul\.|(?:avenue|boulevard|bd|route|"
    rf"cours|place)(?=[ ]{_PARTS}))[ ]"
    rf"(?:{_PARTS}[ ]?){{0,3}}(?!{_SMALL}){_W}(?:[ -](?!{_SMALL}){_W}){{0,2}}",
    re.IGNORECASE,
)
# Streets in India that are called by their width.
FEET_ROAD: Final = re.compile(
    r"(?<![\w./-])(?:[0-9]{1,5}[a-z]?,?[ ])?[0-9]{2,3}[ -]?(?:feet|foot|ft)\.?[ ](?:ring[ ]|"
    r"main[ ])?(?:road|rd)(?![^\W_])",
    re.IGNORECASE,
)
PO_BOX: Final = re.compile(
    r"(?<!\w)(?:p\.?[ ]?o\.?[ ]?box|post(?:al)?[ ]box|postfach|apartado(?:[ ]de[ ]correos)?|"
    r"casella[ ]postale|postbus|bo[iî]te[ ]postale|caixa[ ]postal|skr\.[ ]poczt\.|"
    r"psc[ ][0-9]{1,5},?[ ]box|unit[ ][0-9]{1,5},?[ ]box)[ ]?[:#]?[ ]?[0-9]{1,6}(?!\w)",
    re.IGNORECASE,
)
ARMED_FORCES: Final = re.compile(
    r"(?:USNS|USNV|USCGC|USS|USCG)[ ](?:[A-Z]\w+)[ ,\n]{1,3}(?:FPO|APO|DPO)[ ](?:AA|AE|AP)[ ][0-9]{5}(?:-[0-9]{4})?"
)

_UK_POSTCODE: Final = r"(?:GIR ?0AA|[A-Z]{1,2}[0-9][A-Z0-9]?[ ][0-9][ABD-HJLNP-UW-Z]{2})"
UK: Final = re.compile(rf"(?<![\w-]){_UK_POSTCODE}(?![\w-])", re.IGNORECASE)
CANADIAN: Final = re.compile(
    r"(?<![\w-])[ABCEGHJ-NPRSTVXY][0-9][ABCEGHJ-NPRSTV-Z][ -]?[0-9][ABCEGHJ-NPRSTV-Z][0-9](?![\w-])"
)
_US_STATES: Final = (
    r"A[KLRZAEPS]|C[AOT]|D[CE]|F[LM]|G[AU]|HI|I[ADLN]|K[SY]|LA|M[ADEHINOPST]|N[CDEHJMVY]|O[HKR]|P[ARW]|RI|"
    r"S[CD]|T[NX]|UT|V[AIT]|W[AIVY]"
)
_TOWN: Final = rf"{_CW}(?:[ ](?:{_CW}|(?i:{_PARTS}|am|an[ ]der|aan|den|upon|on|of|im|in)(?=[ ]))){{0,4}}"
US_LINE: Final = re.compile(
    rf"(?<!\w){_TOWN},?[ ](?:{_US_STATES})[ ,]{{1,2}}[0-9]{{5}}(?:-[0-9]{{4}})?(?![\w-])"
)
TOWN_LINE: Final = re.compile(
    rf"(?<![\w.-])(?:[A-Z]{{1,2}}-[0-9]{{4,5}}|[0-9]{{4}}[ ]?[A-Z]{{2}}|[0-9]{{2}}-[0-9]{{3}}|"
    rf"[0-9]{{4}}-[0-9]{{3}}|[0-9]{{3}}[ ][0-9]{{2}}|[0-9]{{5}}-[0-9]{{3}}|[0-9]{{5}}),?[ ]{_TOWN}"
)
POSTCODE: Final = (
    rf"(?:(?:[A-Z]{{1,2}}-)?(?:[0-9]{{5}}(?:-[0-9]{{3,4}})?|[0-9]{{4}}[ ]?[A-Z]{{2}}|[0-9]{{2}}-[0-9]{{3}}|"
    rf"[0-9]{{4}}-[0-9]{{3}}|[0-9]{{3}}[ -][0-9]{{2,4}}|[0-9]{{4,6}})"
    rf"|{_UK_POSTCODE}|[A-Z][0-9][A-Z][ -]?[0-9][A-Z][0-9])(?![\w])"
)
_UNIT: Final = (
    r"(?:(?:apt|apartment|suite|ste|unit|flat|floor|fl|room|rm|building|bldg|block|etage|stock|og|whg|"
    r"wohnung|piso|planta|puerta|esc|interno|int|scala|"
    r"appartamento|lok|m|apto|apartamento|bloco|bl|andar|lgh|studio|d[ée]p|bat|b[âa]timent|oficina|local|"
    r"dept|lot|tower|wing|bis|penthouse|basement|hus|nr|no)"
    r"[.]?[ ]?\#?[ ]?[0-9A-Z][0-9A-Z-]{0,5}|\#[ ]?[0-9A-Z-]{1,6}|[0-9]{1,2}(?:st|nd|rd|th|º|ª|°|er|e|"
    r"[èe]me)?[ ](?:floor|stock|og|etage|piso|planta|andar|piano)|[0-9]{1,3}[ºª°]?[ ]?[A-Da-d]?(?=[ ]?,)|"
    r"(?:care[ ]of|c/o)[ ][^\n,]{2,30})"
)
NEXT_UNIT: Final = re.compile(rf"[ ]?[,\n-]?[ >]{{0,3}}{_UNIT}(?![\w])", re.IGNORECASE)
# Up to six words and a postcode, perhaps over several lines; then the town, where it stands behind.
NEXT_POSTCODE: Final = re.compile(
    rf"(?:[ ]{{0,2}}(?:,[ ]?\n?|\n[ >]?,?)[ >]{{0,3}}|[ ]{{1,2}}[,-]?[ ]{{0,2}})(?:(?:{_W}|"
    rf"[0-9]{{1,2}})[ ,\n()>-]{{1,4}}){{0,6}}?{POSTCODE}",
    re.IGNORECASE,
)
_NO_TOWN: Final = (
    r"(?!(?:Thanks?|Thank|Best|Kind|Regards|Sincerely|Yours|Cheers|Please|My|I|The|We|You|He|She|It|Call|"
    r"Tel|Phone|Mobile|Cell|E-?mail|Mail|"
    r"Fax|Dear|Hello|Hi|Is|Are|What|How|Can|Could|Do|Does|And|But|So|Name|From|To|Subject|Date|Age|Born|"
    r"Password|Card|IBAN|SSN)\b)"
)
NEXT_TOWN: Final = re.compile(
    rf"(?:[ ]{{0,2}},[ >]{{0,3}}\n?[ >]{{0,2}}|[ ]{{0,2}}\n[ >]{{0,3}},?[ ]?|"
    rf"[ ]{{1,2}}[-–/]?[ ]{{0,2}}){_NO_TOWN}{_TOWN}"
    r"(?:[ ]\([A-Z]{2}\)|[ ]?[-/][ ]?[A-Z]{2}(?!\w))?(?![\w@])"
)
LOWER_TOWN: Final = re.compile(rf"[ ,]{{1,2}}{_W}(?:[ ]{_W})?(?=[ ]?(?:[.,;!?\n)]|$))")
COUNTRY_CODE: Final = re.compile(r"[ ,]{1,2}[A-Z]{2}(?![\w])")

SMALL_WORD: Final = re.compile(_SMALL, re.IGNORECASE)

CUE: Final = re.compile(
    r"""
    (?<![^\W_])(?:
        (?:i|we|she|he|they|you|who|and|currently|now|still)['’]?(?:m|ve|re|s|ll|d)?\s(?:been\s|currently\s|
        now\s|just\s|still\s|used\sto\s|am\s|is\s|are\s)*(?:live[sd]?|living|resid(?:e|es|ed|ing)|stay(?:ed|ing|
        s)?|mov(?:e|ed|ing)|based|located)\s(?:over\s|up\s|down\s|out\s|back\s|right\s)?(?:at|on|in|to|near|by)
        | (?:home|mailing|shipping|billing|delivery|postal|street|residential|work|office|current|new|old|my|
        his|her|their|our|the|house|business|return|email\sand)\saddress(?:es)?(?:\s(?:is|was|has\schanged\sto|
        on\sfile\sis|in\s\w+\sis)|\s?[:=-])?
        | address\s{0,2}(?:line\s?[0-9]\s?)?[:=] | address\sis | adresse\s?: | anschrift\s?: |
        direcci[óo]n\s?: | indirizzo\s?: | adres\s?: | endere[çc]o\s?: | adress\s?: | morada\s?:
        | (?:deliver(?:ed|y|ies)?|ship(?:ped|ping|s)?|sen[dt]|mail(?:ed)?|post(?:ed)?|forward(?:ed)?|
        address(?:ed)?|return(?:ed)?|courier)\s(?:(?:it|them|this|that|everything|mail|a|the|my|me|his|her|our|
        package|parcel|order|letter|stuff|things)\s){0,3}(?:to|at)(?:\s?:)?
        | (?:house|home|flat|apartment|place|office|residence|property|headquarters|shop|store|clinic|
        practice)\s(?:is\s|was\s)?(?:located\s)?at
        | (?:come|drop|stop|swing)\s(?:by|over|round|around)?\s?(?:to|at)? | pick\s(?:me|him|her|us|it|
        them)\sup\s(?:at|from)
        | visit\s(?:me|us|him|her)\s(?:at|on) | find\s(?:me|us|him|her|them)\s(?:at|on) | meet\s(?:me|
        us)\s(?:at|on) | (?:break-in|robbery|fire|party|incident|accident|crime|viewing)\sat
        | moved\s(?:from|to|into) | lives?\sat | stays?\sat | living\sat | parked\s(?:at|on) | born\sat |
        rent(?:ing|ed)?\s(?:at|on) | wohn(?:e|t|haft)\s(?:in|bei)? | j['’]habite(?:\sau)? | vivo\sen |
        abito\sin | moro\s(?:na|no|em)
    )[ ]?[ :\n-]{1,3}
    """,
    re.IGNORECASE | re.VERBOSE,
)
CUED: Final = re.compile(
    r"(?:[^\n.;!?]|\.(?![\s\"')]|$)|(?<=[ .][^\W\d_])\.|(?<=[ ][^\W\d_][^\W\d_])\.|"
    r"(?<=[ ][^\W\d_][^\W\d_][^\W\d_])\.|\n(?=[^\n]{1,40}(?:\n|$))){3,160}"
)
CUED_END: Final = re.compile(
    r"(?i)[ ,]+(?:(?:and|but|so|because|with|near|since|please|if|when|where|who|can|could|do|is|are|that|"
    r"for|until|before|after|while|by|which|every|my|i|we|you|it|the|has|have|was|if|or|at|from|phone|tel|"
    r"email)(?=[ ,]|$)|(?:[0-9]{1,2}[ ](?:years?|months?|weeks?|days?|hours?|minutes?|times)))"
)
HOUSE_NUMBER: Final = re.compile(r"(?<![\w.$€£])[0-9]{1,5}[a-zA-Z]?(?![\w.%:])")
