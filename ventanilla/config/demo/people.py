"""Who works at Alameda, and who writes to it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from random import Random

COMPANY = "Alameda"
PASSWORD = "Escaparate.2026"  # noqa: S105 - printed for everybody who starts the demo


@dataclass(frozen=True)
class Agent:
    """One of the team: `lines` are the business lines whose conversations they take."""

    name: str
    email: str
    role: str
    lines: tuple[str, ...]
    availability: str = "online"


@dataclass(frozen=True)
class Line:
    """One business line: its team, its website inbox and the file of its dialogues."""

    key: str
    team: str
    about: str
    inbox: str
    colour: str
    greeting: str
    weight: int


AGENTS = (
    Agent("Lucía Ferrer", "lucia@alameda.example", "administrator", ("pedidos", "viajes", "inmuebles")),
    Agent("Mateo Rivas", "mateo@alameda.example", "agent", ("pedidos",)),
    Agent("Carmen Ibáñez", "carmen@alameda.example", "agent", ("pedidos", "viajes")),
    Agent("Diego Salgado", "diego@alameda.example", "agent", ("viajes",)),
    Agent("Nuria Prats", "nuria@alameda.example", "agent", ("inmuebles",), "busy"),
    Agent("Tomás Echeverría", "tomas@alameda.example", "agent", ("inmuebles", "pedidos"), "offline"),
)

ANALYST = Agent("Elena Vidal", "elena@alameda.example", "analyst", ())

LINES = (
    Line("pedidos", "tienda", "Pedidos, devoluciones y garantías", "Tienda Alameda", "#0b5c66",
         "Hola, gracias por escribir a la tienda. Dinos tu número de pedido si lo tienes.", 6),
    Line("viajes", "viajes", "Vuelos, hoteles y cambios de última hora", "Viajes Alameda", "#b5532a",
         "Hola, aquí Viajes Alameda. ¿En qué te ayudamos?", 4),
    Line("inmuebles", "inmuebles", "Alquiler, venta y averías", "Inmuebles Alameda", "#4a6b2a",
         "Hola, te atiende el equipo de Inmuebles Alameda.", 3),
)  # fmt: skip

_FIRST = (
    "Adriana Aitana Alba Alejandro Alicia Álvaro Amparo Ana Andrea Andrés Ángela Antonio Beatriz Benjamín Berta Bruno"
    " Camila Carla Carlos Catalina Cecilia César Clara Claudia Cristina Daniel David Elena Elisa Emilio Enrique Esteban"
    " Eva Fabián Felipe Fernanda Francisca Gabriel Gonzalo Guillermo Héctor Hugo Ignacio Inés Irene Isabel Iván Javier"
    " Jimena Joaquín Jorge José Juan Julia Julián Laura Leonor Lorena Luis Magdalena Manuel Marcos Margarita María"
    " Mariana Marina Mario Marta Martín Mercedes Miguel Mónica Natalia Nicolás Noelia Olga Óscar Pablo Paloma Patricia"
    " Paula Pedro Pilar Rafael Raquel Renata Ricardo Roberto Rocío Rodrigo Rosa Samuel Sandra Santiago Sara Sebastián"
    " Silvia Simón Sofía Sonia Teresa Valentina Valeria Vicente Victoria Ximena"
).split()
_LAST = (
    "Aguilar Alonso Álvarez Aránguiz Arce Ávila Barrios Benítez Blanco Bravo Caballero Cabrera Calvo Campos Cano Carrasco"
    " Castillo Castro Contreras Cortés Crespo Delgado Díaz Domínguez Duarte Escobar Esteban Fernández Flores Fuentes"
    " Gallardo Gallego García Garrido Gil Gómez González Guerrero Gutiérrez Herrera Hidalgo Iglesias Jiménez Lara León"
    " López Lozano Marín Márquez Martínez Medina Méndez Molina Montero Morales Moreno Muñoz Navarro Núñez Ortega Ortiz"
    " Parra Pascual Peña Pérez Prieto Ramírez Ramos Rey Reyes Rojas Romero Rubio Ruiz Salas Salazar Sánchez Santana"
    " Santos Sanz Sepúlveda Serrano Soto Suárez Tapia Torres Valdés Vargas Vásquez Vega Velasco Vera Vidal Vergara Zamora"
).split()
_DOMAINS = ("correo.example", "buzon.example", "mail.example", "oficina.example")
_PLACES = (
    ("Madrid", "ES"), ("Barcelona", "ES"), ("Valencia", "ES"), ("Sevilla", "ES"), ("Zaragoza", "ES"), ("Bilbao", "ES"),
    ("Málaga", "ES"), ("Santiago", "CL"), ("Valparaíso", "CL"), ("Concepción", "CL"), ("Bogotá", "CO"), ("Medellín", "CO"),
    ("Ciudad de México", "MX"), ("Buenos Aires", "AR"), ("Lima", "PE"),
)  # fmt: skip
_COMPANIES = (
    "Talleres Norte", "Óptica Lumen", "Café Mirador", "Estudio Traza", "Clínica del Sur", "Imprenta Nogal", "Vivero Alto",
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """A customer as they will be stored."""

    name: str
    email: str | None
    phone: str | None
    identifier: str | None
    city: str
    country: str
    company: str
    customer_since: str
    points: int
    tier: str


def customers(count: int, random: Random) -> list[Person]:
    """So many different people."""
    names: set[str] = set()
    while len(names) < count:
        names.add(f"{random.choice(_FIRST)} {random.choice(_LAST)} {random.choice(_LAST)}")
    return [
        _person(name, number, random)
        for number, name in enumerate(sorted(names, key=lambda _: random.random()))
    ]


def _person(name: str, number: int, random: Random) -> Person:
    city, country = random.choice(_PLACES)
    prefix = {"ES": "+346", "CL": "+569", "CO": "+573", "MX": "+5215", "AR": "+54911", "PE": "+519"}[country]
    known = random.random()
    return Person(
        name=name,
        email=f"{plain(name)}{number}@{random.choice(_DOMAINS)}" if known < 0.85 else None,
        phone=f"{prefix}{random.randrange(10**7, 10**8)}" if random.random() < 0.6 or known >= 0.85 else None,
        identifier=f"ALA-{4000 + number}" if random.random() < 0.4 else None,
        city=city,
        country=country,
        company=random.choice(_COMPANIES) if random.random() < 0.15 else "",
        customer_since=f"20{random.randint(19, 25)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}",
        points=random.randrange(0, 5000, 50),
        tier=random.choices(("Bronce", "Plata", "Oro"), (6, 3, 1))[0],
    )


def plain(name: str) -> str:
    """ "Lucía Ferrer Gil" as "lucia.ferrer"."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return ".".join(folded.lower().split()[:2])
