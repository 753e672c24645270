"""People's names, streets and towns of thirteen places; nobody in particular."""

from dataclasses import dataclass
from typing import Final


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


@dataclass(frozen=True)
class Place:
    """What people are called somewhere, and how they write where they live.

    In `street` and `flat`, `{s}` is the street and `{n}` the number; in `line`, `{a}` is the street with its number,
    `{p}` the postal code, `{t}` the town. In `postal`, # stands for a digit and @ for a letter.
    """

    code: str
    country: str
    firsts: tuple[str, ...]
    lasts: tuple[str, ...]
    streets: tuple[str, ...]
    towns: tuple[str, ...]
    postal: tuple[str, ...]
    street: str
    flat: str
    line: str
    titles: tuple[str, ...] = ("Mr.", "Mrs.", "Ms", "Dr.", "Dr", "Professor", "Miss")
    mail_hosts: tuple[str, ...] = ("gmail.com", "outlook.com", "proton.me", "icloud.com")
    postal_is_personal: bool = False
    family_first: bool = False


PLACES: Final = (
    Place(
        "en_US",
        "the US",
        _list(
            "Darnell, Brooke, Tyrell, Kaylee, Wyatt, Shonda, Garrett, Marisol, Cody, LaToya, Hunter, Ashlyn, "
            "Dwayne, Peyton, Trevor, Denise, Amos, Lorraine, Chance, Faith"
        ),
        _list(
            "Abernathy, Kowalczyk-Reed, Whitlock, Treviño, McAllister, Vandermeer, Yazzie, O'Rourke, Haskins, "
            "Beaumont, DeLuca, Nakashima, Stubblefield, St. James, Ferris, Broussard, Quigley, Mayfield, "
            "Hatch, Winters"
        ),
        _list(
            "Cottonwood Lane, N Halsted St, Old Mill Road, Magnolia Ave, County Road 17, W 43rd Street, "
            "Sycamore Ct, Lakeview Dr, Peachtree Pkwy, Broadway, Juniper Trail, SE Hawthorne Blvd"
        ),
        _list("Duluth MN, Spokane WA, Macon GA, Tucson AZ, Toledo OH, Amarillo TX, Bangor ME, Fresno CA"),
        ("#####", "#####-####"),
        "{n} {s}",
        "{n} {s}, Apt {f}",
        "{a}, {t} {p}",
        mail_hosts=("gmail.com", "yahoo.com", "comcast.net", "alumni.uoregon.edu"),
    ),
    Place(
        "en_GB",
        "England",
        _list(
            "Imogen, Callum, Nigel, Poppy, Alasdair, Siobhan, Rhys, Gemma, Barnaby, Fiona, Hamish, Tamsin, "
            "Gareth, Priscilla, Rory, Bronwyn, Clive, Maureen, Dermot, Harriet"
        ),
        _list(
            "Featherstonehaugh, Pritchard, MacDonald, Ashworth, Smythe-Jones, Llewellyn, Blackwood, "
            "Entwistle, Ogden, Fitzgerald, Cholmondeley, Okafor-Bell, Rowbotham, Penhaligon, Sutcliffe, "
            "Trelawney, Marsh, Bird, Gough, Peacock"
        ),
        _list(
            "Bellweather Close, Station Approach, Church Lane, Mafeking Terrace, The Crescent, Gasworks Row, "
            "Priory Mews, High Street, St Aldate's, Cold Harbour Lane, Ropewalk, Queen's Gate"
        ),
        _list("Leeds, Truro, Swansea, Harrogate, Luton, Inverness, Derby, Ipswich"),
        ("LS# #@@", "SA## #@@", "N## #@@", "EH# #@@", "SW#A #@@", "B## #@@"),
        "{n} {s}",
        "Flat {f}, {n} {s}",
        "{a}, {t} {p}",
        mail_hosts=("gmail.com", "btinternet.com", "hotmail.co.uk", "sky.com"),
        postal_is_personal=True,
    ),
    Place(
        "de_DE",
        "Germany",
        _list(
            "Jürgen, Heike, Torsten, Anneliese, Björn, Mechthild, Fabian, Katrin, Uwe, Sieglinde, Lennart, "
            "Wiebke, Detlef, Franziska, Ole, Gudrun, Malte, Roswitha, Karl-Heinz, Anke"
        ),
        _list(
            "Großmann, Schäfer, von Hohenfels, Müller-Lüdenscheid, Krause, Zimmermann, Pfeiffer, Birkenstock, "
            "Jäger, Özdemir, Vogel, Baumgärtner, Hinrichs, zu Löwenstein, Wolff, Drechsler, Koch, Sommer, "
            "Ludewig, Weiß"
        ),
        _list(
            "Lindenstraße, Am Alten Markt, Schillerstr., Kirchgasse, Bismarckallee, Unter den Eichen, "
            "Mühlenweg, Goetheplatz, Hauptstrasse, Rosa-Luxemburg-Straße, Kurfürstendamm, Zum Sportplatz"
        ),
        _list("Kassel, Oldenburg, Leipzig, Tübingen, Münster, Görlitz, Ulm, Köln"),
        ("1####", "5####", "8####"),
        "{s} {n}",
        "{s} {n}, Whg. {f}",
        "{a}, {p} {t}",
        ("Herr", "Frau", "Dr.", "Prof. Dr.", "Herr Dr."),
        ("gmx.de", "web.de", "t-online.de", "posteo.de"),
    ),
    Place(
        "fr_FR",
        "France",
        _list(
            "Amélie, Thibault, Odile, Jean-Baptiste, Maëlys, Gaspard, Solène, Bertrand, Océane, Yannick, "
            "Clémence, Loïc, Ghislaine, Corentin, Aurore, Marie-Laure, Fabrice, Noémie, Guillaume, Josiane"
        ),
        _list(
            "Lefèvre, de la Tour, Dubois-Martinet, Beauchamp, Rousselot, N'Diaye, Charpentier, Le Goff, "
            "Vasseur, Delacroix, d'Aubigny, Marchand, Petitjean, Guérin, Fontaine, Boulanger, Blanc, Tessier, "
            "Courtois, Roux"
        ),
        _list(
            "rue des Lilas, avenue Jean Jaurès, place de la République, boulevard Voltaire, impasse du "
            "Moulin, quai Saint-Michel, rue du Faubourg Saint-Antoine, chemin des Vignes, allée des Tilleuls, "
            "cours Mirabeau, rue Pasteur, route de Lyon"
        ),
        _list("Nantes, Dijon, Grenoble, Saint-Étienne, Pau, Limoges, Rennes, Angers"),
        ("44###", "75###", "33###"),
        "{n} {s}",
        "{n} bis, {s}, appt {f}",
        "{a}, {p} {t}",
        ("M.", "Mme", "Monsieur", "Madame", "Dr", "Mlle"),
        ("orange.fr", "free.fr", "laposte.net", "wanadoo.fr"),
    ),
    Place(
        "es_ES",
        "Spain",
        _list(
            "Begoña, Iker, Rocío, Íñigo, Macarena, Álvaro, Nuria, Gonzalo, Inmaculada, Jorge, Ainhoa, Rubén, "
            "Dolores, Xavier, Montserrat, Joaquín, Pilar, Borja, María José, Andrés"
        ),
        _list(
            "Fernández Ortega, Iglesias, de la Fuente, Echeverría, Muñoz Peña, Castillo, Zubizarreta, Lozano, "
            "Puig, Ibáñez, Navarro Gil, Carrasco, Quiroga, Benítez, del Río, Cabrera, Rey, Montoya, Urrutia, "
            "Blanco"
        ),
        _list(
            "Calle Mayor, Avda. de la Constitución, Paseo de Gracia, Plaza del Carmen, C/ Alcalá, Ronda de "
            "Toledo, Calle de los Olivos, Travesía del Sol, Carrer de Balmes, Camino Real, Calle Cervantes, "
            "Gran Vía"
        ),
        _list("Zaragoza, Cádiz, Vigo, Albacete, Murcia, Bilbao, León, Girona"),
        ("28###", "08###", "41###"),
        "{s}, {n}",
        "{s} {n}, {f}º B",
        "{a}, {p} {t}",
        ("Sr.", "Sra.", "Don", "Doña", "Dra."),
        ("hotmail.es", "telefonica.net", "yahoo.es", "gmail.com"),
    ),
    Place(
        "it_IT",
        "Italy",
        _list(
            "Ginevra, Lorenzo, Carmela, Tommaso, Ilaria, Gennaro, Fiorella, Massimiliano, Chiara, Salvatore, "
            "Beatrice, Davide, Giuseppina, Edoardo, Letizia, Pasquale, Serena, Raffaele, Nicolò, Ornella"
        ),
        _list(
            "Esposito, Della Rovere, Marchetti, D'Angelo, Bianchi, Lo Cascio, Ferrantelli, Zanetti, "
            "Quattrocchi, De Santis, Pellegrini, Caruso, Tagliabue, Di Benedetto, Sartori, Gallo, Conti, "
            "Mazzanti, Vitale, Bellini"
        ),
        _list(
            "Via Garibaldi, Corso Vittorio Emanuele, Piazza Dante, Viale dei Mille, Vicolo Stretto, Via San "
            "Lorenzo, Via dei Fori, Largo Augusto, Strada Nuova, Lungarno Soderini, Via XX Settembre, Salita "
            "del Castello"
        ),
        _list("Bergamo, Lecce, Perugia, Trieste, Catania, Modena, Pisa, Ancona"),
        ("20###", "00###", "80###"),
        "{s} {n}",
        "{s}, {n} int. {f}",
        "{a}, {p} {t}",
        ("Sig.", "Sig.ra", "Dott.", "Dott.ssa", "Signora"),
        ("libero.it", "tiscali.it", "virgilio.it", "gmail.com"),
    ),
    Place(
        "nl_NL",
        "the Netherlands",
        _list(
            "Sanne, Joost, Marieke, Thijs, Femke, Bram, Anouk, Ruben, Liesbeth, Sjoerd, Fenna, Wouter, "
            "Hanneke, Diederik, Roos, Gijs, Willemijn, Pieter-Jan, Maartje, Koen"
        ),
        _list(
            "van der Heijden, de Vries, Hoekstra, ter Horst, van 't Hoff, Dijkstra, Bakker, op den Kamp, "
            "Kuipers, van Leeuwen, Zijlstra, den Ouden, Verhoeven, Smit, van de Ven, Wiersma, Terpstra, "
            "Mulder, Bloem, de Koning"
        ),
        _list(
            "Keizersgracht, Dorpsstraat, Laan van Meerdervoort, Wilhelminaplein, Nieuwe Kade, Zandpad, "
            "Molenweg, Oosterparkstraat, Singel, Beatrixlaan, Haarlemmerdijk, Achterom"
        ),
        _list("Zwolle, Delft, Leeuwarden, Breda, Gouda, Hengelo, Maastricht, Alkmaar"),
        ("#### @@", "####@@"),
        "{s} {n}",
        "{s} {n}-{f}",
        "{a}, {p} {t}",
        ("dhr.", "mevr.", "Meneer", "Mevrouw", "drs."),
        ("ziggo.nl", "xs4all.nl", "kpnmail.nl", "planet.nl"),
        postal_is_personal=True,
    ),
    Place(
        "pt_BR",
        "Brazil",
        _list(
            "Thaís, Rodrigo, Luciana, Caio, Jussara, Wellington, Iracema, Otávio, Bruna, Edson, Flávia, "
            "Murilo, Rosângela, Thiago, Larissa, Cícero, Vanessa, Ubiratan, Ana Clara, Diogo"
        ),
        _list(
            "Gonçalves, dos Santos, Albuquerque, da Silva Prado, Figueiredo, Nogueira, Magalhães, Barreto, de "
            "Assis, Cavalcanti, Teixeira, Moraes Leite, Pacheco, do Nascimento, Vasconcelos, Brandão, Leal, "
            "Guimarães, Sampaio, Pinheiro"
        ),
        _list(
            "Rua das Acácias, Av. Paulista, Travessa do Comércio, Rua Quinze de Novembro, Alameda Santos, Rua "
            "Barão de Mesquita, Praça da Sé, Estrada do Coco, Rua Dom Pedro II, Avenida Brasil, Rua da "
            "Aurora, Ladeira do Pelourinho"
        ),
        _list("Curitiba, Recife, Niterói, Campinas, Goiânia, Salvador, Santos, Manaus"),
        ("#####-###",),
        "{s}, {n}",
        "{s}, {n}, apto {f}",
        "{a}, {t} - {p}",
        ("Sr.", "Sra.", "Dona", "Seu", "Dr."),
        ("uol.com.br", "bol.com.br", "terra.com.br", "gmail.com"),
    ),
    Place(
        "pl_PL",
        "Poland",
        _list(
            "Małgorzata, Zbigniew, Agnieszka, Łukasz, Grażyna, Przemysław, Jadwiga, Krzysztof, Ewelina, "
            "Bartosz, Halina, Mieczysław, Bożena, Tomasz, Kinga, Wojciech, Iwona, Radosław, Zofia, Sławomir"
        ),
        _list(
            "Wiśniewska, Brzęczyszczykiewicz, Nowakowski, Kamińska-Dudek, Jabłoński, Szymańska, Wróbel, "
            "Zając, Chmielewska, Gołębiowski, Ostrowska, Kaczmarek, Majchrzak, Szczepańska, Pawlak, Krawczyk, "
            "Sikora, Mazur, Lis, Cieślak"
        ),
        _list(
            "ul. Mickiewicza, al. Jerozolimskie, ul. Długa, os. Bohaterów, pl. Wolności, ul. 3 Maja, ul. "
            "Świętojańska, ul. Piłsudskiego, ul. Kręta, ul. Żeromskiego, ul. Polna, al. Niepodległości"
        ),
        _list("Gdynia, Łódź, Rzeszów, Bydgoszcz, Kielce, Olsztyn, Toruń, Katowice"),
        ("##-###",),
        "{s} {n}",
        "{s} {n}/{f}",
        "{a}, {p} {t}",
        ("Pan", "Pani", "dr", "mgr", "prof."),
        ("wp.pl", "o2.pl", "onet.pl", "interia.pl"),
    ),
    Place(
        "ja_JP",
        "Japan",
        _list(
            "Haruto, Sakura, Kenji, Ayumi, Takeshi, Misaki, Daichi, Chiyo, Ryusuke, Naoko, Shinji, Yuki, "
            "Kazuhiro, Emiko, Sota, Hinata, Masato, Rin, Tetsuo, Fumiko"
        ),
        _list(
            "Nakamura, Kobayashi, Watanabe, Shimizu, Fujiwara, Ogawa, Matsumoto, Ishikawa, Hasegawa, Mori, "
            "Takahashi, Uchida, Yamaguchi, Sakamoto, Endo, Nishimura, Kuroda, Ueno, Hoshino, Abe"
        ),
        _list(
            "Nishi-Azabu, Minami-Aoyama, Honcho, Sakae, Kita-Senju, Higashi-Nihonbashi, Ebisu, Takadanobaba, "
            "Tsukiji, Shimo-Kitazawa, Umeda, Motomachi"
        ),
        _list("Minato-ku Tokyo, Nagoya, Sapporo, Kanazawa, Naka-ku Hiroshima, Kobe, Sendai, Nara"),
        ("1##-00##", "〒1##-00##", "5##-00##"),
        "{n}-{c}-{d} {s}",
        "{n}-{c}-{d} {s} #{f}",
        "{a}, {t} {p}",
        ("Mr.", "Ms.", "Dr.", "Professor"),
        ("docomo.ne.jp", "yahoo.co.jp", "nifty.com", "ezweb.ne.jp"),
        family_first=True,
    ),
    Place(
        "en_IN",
        "India",
        _list(
            "Priyanka, Arjun, Lakshmi, Rajesh, Ananya, Venkatesh, Meenakshi, Sunil, Kavita, Harpreet, Devika, "
            "Farhan, Ishaan, Padma, Gurpreet, Shalini, Karthik, Zoya, Om, Asha"
        ),
        _list(
            "Venkataraman, Chatterjee, Gill, Krishnamurthy, Deshpande, Iyer, Banerjee, Malhotra, Reddy, "
            "Qureshi, Mukhopadhyay, Singh Dhillon, Patil, Subramaniam, Kulkarni, Bhattacharya, Nair, "
            "Chowdhury, Thakur, Pillai"
        ),
        _list(
            "MG Road, Brigade Road, Linking Road, 2nd Cross Street, Park Street, Nehru Nagar, Anna Salai, "
            "Sector 21, Gandhi Chowk, Laxmi Marg, 100 Feet Road, Banjara Hills Road No. 12"
        ),
        _list("Pune, Kochi, Lucknow, Bengaluru, Jaipur, Mysuru, Indore, Chandigarh"),
        ("56####", "4## ###"),
        "{n}, {s}",
        "Flat {f}, H.No. {n}, {s}",
        "{a}, {t} - {p}",
        ("Shri", "Smt.", "Mr.", "Dr.", "Mrs."),
        ("rediffmail.com", "gmail.com", "yahoo.co.in", "iitk.ac.in"),
    ),
    Place(
        "en_NG",
        "Nigeria",
        _list(
            "Chukwuemeka, Adaeze, Olumide, Ngozi, Babatunde, Folake, Obinna, Yetunde, Ikenna, Aisha, "
            "Temitope, Chidinma, Musa, Blessing, Segun, Ifeoma, Uche, Halima, Tunde, Amaka"
        ),
        _list(
            "Okonkwo, Adebayo, Nwachukwu, Ogunleye, Danjuma, Eze, Oyelaran, Abubakar, Onyekachi, Balogun, "
            "Akinwande, Obi-Nwosu, Fashola, Igwe, Bello, Oluwaseun, Umeh, Adeyemi, Ibekwe, Lawal"
        ),
        _list(
            "Adeola Odeku Street, Awolowo Road, Herbert Macaulay Way, Aba Road, Allen Avenue, Ogui Road, Bode "
            "Thomas St, Zik Avenue, Ahmadu Bello Way, Oba Akran Avenue, Wuse Zone 5, Ring Road"
        ),
        _list("Ikeja, Enugu, Kaduna, Port Harcourt, Ibadan, Owerri, Abeokuta, Jos"),
        ("1#####", "4#####"),
        "{n} {s}",
        "Flat {f}, No. {n} {s}",
        "{a}, {t} {p}",
        ("Chief", "Mr.", "Alhaji", "Mrs.", "Engr.", "Pastor"),
        ("yahoo.com", "gmail.com", "ymail.com", "unilag.edu.ng"),
    ),
    Place(
        "ar",
        "Egypt",
        _list(
            "Khalid, Noura, Abdulrahman, Layla, Youssef, Mariam, Tariq, Hanan, Faisal, Rania, Mohammed, "
            "Dalal, Omar, Salma, Mustafa, Ghada, Bilal, Amal, Nabil, Huda"
        ),
        _list(
            "Al-Rashidi, bin Sultan, Haddad, El-Sayed, Al Maktoumi, Abdel Fattah, Khoury, ibn Yaqub, Mansour, "
            "El Baradei, Al-Zahrani, Hosseini, Abu Bakr, Shaheen, al-Tamimi, Farouk, Saleh, Boutros, Al "
            "Harbi, Darwish"
        ),
        _list(
            "Tahrir Street, King Fahd Road, Sheikh Zayed Road, Corniche El Nil, Hamra Street, Al Wasl Road, "
            "Talaat Harb St, Rainbow Street, Al Olaya Street, Ramses Street, Mohammed V Avenue, Salah Salem "
            "Street"
        ),
        _list("Cairo, Amman, Dubai, Jeddah, Alexandria, Beirut, Riyadh, Sharjah"),
        ("1####", "2####"),
        "{n} {s}",
        "Apartment {f}, Building {n}, {s}",
        "{a}, {t} {p}",
        ("Mr.", "Dr.", "Sheikh", "Ustadh", "Eng.", "Mrs."),
        ("hotmail.com", "gmail.com", "yahoo.com", "aucegypt.edu"),
    ),
)
# What must be gone of a family name: its own words, not the particles before them.
PARTICLES: Final = frozenset(
    "van von der den de la le del della di da do dos d'el zu ter op 't bin ibn abu al el lo st. of abdel".split()  # noqa: SIM905
)
