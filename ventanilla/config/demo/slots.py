"""The words that fill the dialogues' braces."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from ventanilla.config.demo.people import Person

_PRODUCTS = (
    "la chaqueta impermeable", "las zapatillas Ruta", "la cafetera Alba", "el termo de acero", "la mochila Sierra",
    "los auriculares Onda", "la lámpara de mesa Nido", "el abrigo de lana", "la tetera de hierro", "el robot aspirador",
    "la manta de algodón", "el reloj Meridiano", "las gafas de sol", "el juego de sartenes", "la bicicleta plegable",
)  # fmt: skip
_COLOURS = ("azul", "verde oliva", "negro", "crema", "granate", "gris")
_CARRIERS = ("Correos", "Mensajería Veloz", "Rápido Sur", "TransNorte")
_CITIES = (
    "Madrid",
    "Barcelona",
    "Valencia",
    "Sevilla",
    "Bilbao",
    "Málaga",
    "Palma",
    "Vigo",
    "Granada",
    "Alicante",
)
_FAR = (
    "Lisboa", "Roma", "París", "Buenos Aires", "Tokio", "Londres", "Atenas", "Cartagena", "Menorca", "Tenerife", "Oporto",
)  # fmt: skip
_DISTRICTS = (
    "Chamberí",
    "Gràcia",
    "Ruzafa",
    "Triana",
    "Indautxu",
    "Lavapiés",
    "El Born",
    "Nervión",
    "Benimaclet",
)
_STREETS = (
    "calle Mayor", "calle del Olmo", "avenida del Puerto", "calle San Vicente", "paseo del Río", "calle Lope de Vega",
)  # fmt: skip
_DAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
    "diciembre",
)  # fmt: skip
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def _code(random: Random, length: int) -> str:
    return "".join(random.choices(_LETTERS, k=length))


def words(person: Person, *, agent: str, colleague: str, at: datetime, random: Random) -> dict[str, str]:
    """One value per word, the same throughout one conversation."""
    before, after = at - timedelta(days=random.randint(2, 6)), at + timedelta(days=random.randint(1, 5))
    return {
        "nombre": person.name.split()[0],
        "agente": agent.split()[0],
        "colega": colleague,
        "correo": person.email or "el correo de siempre",
        "telefono": person.phone or "el de la ficha",
        "empresa": person.company or "Nogal y Asociados",
        "pedido": f"A-{random.randint(41000, 68999)}",
        "producto": random.choice(_PRODUCTS),
        "talla": random.choice(("S", "M", "L", "XL", "38", "40", "42", "44")),
        "color": random.choice(_COLOURS),
        "importe": f"{random.randint(12, 340)},{random.choice(('00', '50', '90', '95'))} €",
        "precio": f"{random.randint(140, 620)}.000 €",
        "transportista": random.choice(_CARRIERS),
        "seguimiento": str(random.randint(10**7, 10**8 - 1)),
        "ciudad": random.choice(_CITIES),
        "ciudad2": random.choice(_FAR),
        "barrio": random.choice(_DISTRICTS),
        "calle": f"{random.choice(_STREETS)} {random.randint(3, 180)}, {random.randint(1, 6)}.º {random.choice('ABC')}",
        "ref": f"REF-{random.randint(1010, 1990)}",
        "vuelo": f"{random.choice(('IB', 'VY', 'UX', 'LA'))} {random.randint(1000, 8999)}",
        "reserva": _code(random, 6),
        "hora": f"{random.randint(9, 19)}:{random.choice(('00', '15', '30', '45'))}",
        "dia": _DAYS[before.weekday()],
        "dia2": _DAYS[after.weekday()],
        "fecha": f"{before.day} de {_MONTHS[before.month - 1]}",
        "mes": _MONTHS[(at.month + random.randint(0, 3)) % 12],
    }
