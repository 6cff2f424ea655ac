"""Who the customers are: the sample knows only a number and a country, so names and addresses are invented.

The same number is always the same person. Every e-mail address is at example.org, which belongs to nobody.
"""

from dataclasses import dataclass

from ordermgmt.simulation.dice import Dice

ISO_CODES = {
    "Australia": "AU",
    "Austria": "AT",
    "Belgium": "BE",
    "Channel Islands": "JE",
    "EIRE": "IE",
    "Finland": "FI",
    "France": "FR",
    "Germany": "DE",
    "Italy": "IT",
    "Netherlands": "NL",
    "Norway": "NO",
    "Poland": "PL",
    "Portugal": "PT",
    "Spain": "ES",
    "Sweden": "SE",
    "Switzerland": "CH",
    "United Kingdom": "GB",
}
CITIES = {
    "AU": (("Hobart", "7000"), ("Perth", "6000")),
    "AT": (("Graz", "8010"), ("Wien", "1070")),
    "BE": (("Gent", "9000"), ("Namur", "5000")),
    "JE": (("St Helier", "JE2 3AB"),),
    "IE": (("Cork", "T12 X8N6"), ("Galway", "H91 E2K3")),
    "FI": (("Turku", "20100"), ("Oulu", "90100")),
    "FR": (("Nantes", "44000"), ("Lyon", "69002"), ("Rennes", "35000")),
    "DE": (("Bremen", "28195"), ("Leipzig", "04109"), ("Freiburg", "79098")),
    "IT": (("Torino", "10121"),),
    "NL": (("Utrecht", "3511 AB"), ("Groningen", "9711 LM")),
    "NO": (("Bergen", "5003"),),
    "PL": (("Gdynia", "81-372"),),
    "PT": (("Porto", "4000-123"), ("Coimbra", "3000-213")),
    "ES": (("Bilbao", "48001"), ("Valencia", "46001")),
    "SE": (("Lund", "222 22"), ("Uppsala", "753 20")),
    "CH": (("Basel", "4051"), ("Luzern", "6003")),
    "GB": (
        ("Bristol", "BS1 4QA"),
        ("Norwich", "NR2 1TF"),
        ("Durham", "DH1 3NJ"),
        ("Lewes", "BN7 2QA"),
        ("Stirling", "FK8 1EJ"),
        ("Bath", "BA1 1SU"),
    ),
}
# Where an address is not complete without one.
REGIONS = {"Hobart": "TAS", "Perth": "WA", "Torino": "TO", "Bilbao": "Bizkaia", "Valencia": "Valencia"}
FAMILY_NAMES = (
    *("Abara", "Ahmed", "Baker", "Banerjee", "Berg", "Bianchi", "Campbell", "Chen", "Costa", "Davies", "Dubois"),
    *("Evans", "Fischer", "Fraser", "Garcia", "Haddad", "Hughes", "Ivanova", "Jansen", "Kaur", "Kowalski", "Larsen"),
    *("Lindqvist", "Martin", "Mensah", "Moreau", "Murphy", "Nowak", "Okafor", "Owusu", "Patel", "Pereira", "Reid"),
    *("Rossi", "Santos", "Schmidt", "Silva", "Singh", "Tanaka", "Taylor", "Virtanen", "Walker", "Weber", "Young"),
)
GIVEN_NAMES = (
    *("Ada", "Amir", "Anna", "Beatriz", "Ben", "Chloe", "Daniel", "Elena", "Emeka", "Farah", "Freya", "George", "Hana"),
    *("Ines", "Isaac", "Jack", "Jonas", "Kofi", "Lea", "Leo", "Lucia", "Mara", "Marta", "Mei", "Miriam", "Nadia"),
    *("Noor", "Olga", "Oscar", "Paula", "Priya", "Rafael", "Rosa", "Samir", "Sofia", "Tom", "Ursula", "Vera", "Yusuf"),
)
STREETS = ("Church Lane", "Harbour Street", "High Street", "Mill Road", "Park Avenue", "Station Road", "The Green")
_dice = Dice(0)


@dataclass(frozen=True)
class Person:
    """An invented customer. `country` is an ISO 3166 code."""

    name: str
    email: str
    line1: str
    city: str
    postal_code: str
    country: str

    def address(self) -> dict[str, str]:
        """As the API wants it."""
        place = {"line1": self.line1, "city": self.city, "postal_code": self.postal_code, "country": self.country}
        return {"name": self.name, **place, "region": REGIONS.get(self.city, "")}


def person(customer: str, country: str) -> Person:
    """Who `customer` is; `country` is the sample's word for where they live."""
    given, family = _dice.choose(GIVEN_NAMES, "given", customer), _dice.choose(FAMILY_NAMES, "family", customer)
    code = ISO_CODES[country]
    city, postal_code = _dice.choose(CITIES[code], "city", customer)
    return Person(
        name=f"{given} {family}",
        email=f"{given}.{family}.{customer}@example.org".lower(),
        line1=f"{1 + int(_dice.share('house', customer) * 180)} {_dice.choose(STREETS, 'street', customer)}",
        city=city,
        postal_code=postal_code,
        country=code,
    )
