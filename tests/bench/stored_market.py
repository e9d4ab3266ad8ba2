"""The same market in a PostgreSQL of its own: suppliers, needs, and the vectors of all their texts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import numpy as np
import psycopg
from pgvector.psycopg import register_vector
from sqlmodel import SQLModel

from matching.domain import CapabilityProfile, FloatArray, Passage
from matching.text import passages_of_need, passages_of_profile, text_hash
from service.db.session import Database, driver_url
from service.db.tables import Manufacturer, Need, Reference, Solution, Supplier
from service.kit.ids import new_id
from service.recommendations.profiles import need_profile
from tests.bench.market import LIMITED, facts, need, patterns, vectors
from tests.factories.databases import database_of_its_own

MakeVectors = Callable[[np.random.Generator, int], FloatArray]

BATCH = 500
WORDS = ("categories", "industries", "processes", "smart_levels")


@dataclass(frozen=True)
class _Pattern:
    """A demo supplier's texts, embedded under keys in which its ids are replaced."""

    profile: CapabilityProfile
    passages: tuple[Passage, ...]
    hashes: tuple[str, ...]

    @classmethod
    def of(cls, profile: CapabilityProfile) -> "_Pattern":
        passages = passages_of_profile(profile)
        return cls(profile, passages, tuple(text_hash(one) for one in passages))


@contextmanager
def stored_market(count: int, model: str) -> Iterator[tuple[Path, Database]]:
    """A data folder whose embedded database holds so many approved suppliers with vectors of that model."""
    with database_of_its_own() as (cluster, url):
        database = Database(url)
        fill(database, count, model)
        yield cluster.data_dir, database
        database.close()


def fill(database: Database, count: int, model: str, seed: int = 1, make: MakeVectors = vectors) -> None:
    """Write the suppliers, then their vectors, and let PostgreSQL count what it has."""
    chance = np.random.default_rng(seed)
    known = [_Pattern.of(profile) for profile in patterns()]
    with psycopg.connect(driver_url(database.url)) as connection:
        register_vector(connection)
        for start in range(0, count, BATCH):
            numbers = range(start, min(start + BATCH, count))
            made = [_rows(known[number % len(known)], number, chance) for number in numbers]
            with database.transaction() as session:
                for table in (Supplier, Solution, Reference):
                    session.add_all(row for rows, _ in made for row in rows if isinstance(row, table))
                    session.flush()
            _copy(connection, model, [key for _, keys in made for key in keys], make, chance)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")


def fill_needs(database: Database, count: int, model: str) -> list[UUID]:
    """Write so many open needs with their vectors, half of the suppliers eligible for each; their ids."""
    ids = []
    with database.transaction() as session, psycopg.connect(driver_url(database.url)) as connection:
        register_vector(connection)
        for number in range(count):
            made = need(number, LIMITED[-1])
            told = made.profile
            manufacturer = Manufacturer(
                id=new_id(),
                business_number=f"9{number:09}",
                company_name=f"수요기업 {number}",
                industry=told.industry,
                region=told.region,
            )
            session.add(manufacturer)
            session.flush()
            row = Need(
                id=new_id(),
                manufacturer_id=manufacturer.id,
                title=told.title,
                description=told.description,
                categories=list(told.categories),
                processes=list(told.processes),
                budget_won=told.budget_won,
            )
            session.add(row)
            ids.append(row.id)
            passages = passages_of_need(need_profile(row, manufacturer))
            keys = [(row.id, one.key, text_hash(one)) for one in passages]
            _copy(connection, model, keys, vectors, np.random.default_rng((3, number)))
        connection.commit()
    return ids


Keys = list[tuple[UUID, str, str]]


def _rows(pattern: _Pattern, number: int, chance: np.random.Generator) -> tuple[list[SQLModel], Keys]:
    """The rows of one supplier, and owner, key and hash of each of its passages."""
    profile, own = facts(pattern.profile, number, chance), new_id()
    ids = {one.id: new_id() for one in (*profile.solutions, *profile.references)}
    rows: list[SQLModel] = [
        Supplier(
            id=own,
            business_number=profile.business_number,
            company_name=profile.company_name,
            region=profile.region,
            summary=profile.summary,
            service_regions=list(profile.service_regions),
            status=profile.status.value,
        )
    ]
    for place, solution in enumerate(profile.solutions):
        words = {name: list(getattr(solution, name)) for name in WORDS}
        texts = {"name": solution.name, "description": solution.description}
        rows.append(Solution(id=ids[solution.id], supplier_id=own, position=place, **texts, **words))
    for place, reference in enumerate(profile.references):
        told = {name: getattr(reference, name) for name in ("title", "problem", "outcome", "industry")}
        rows.append(Reference(id=ids[reference.id], supplier_id=own, position=place, **told))
    keys = zip((_key(one.key, ids) for one in pattern.passages), pattern.hashes, strict=True)
    return rows, [(own, key, hashed) for key, hashed in keys]


def _key(key: str, ids: dict[str, UUID]) -> str:
    for old, new in ids.items():
        key = key.replace(f"/{old}", f"/{new}")
    return key


def _copy(
    connection: psycopg.Connection[object],
    model: str,
    keys: Keys,
    make: MakeVectors,
    chance: np.random.Generator,
) -> None:
    made = make(chance, len(keys))
    target = "COPY embedding (owner_id, model, passage, text_hash, vector) FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor, cursor.copy(target) as copy:
        copy.set_types(["uuid", "text", "text", "text", "vector"])
        for (owner, key, hashed), vector in zip(keys, made, strict=True):
            copy.write_row((owner, model, key, hashed, vector))
