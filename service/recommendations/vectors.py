"""Vectors in the database: kept by encoder, passage and text, made again only when the text changed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol
from uuid import UUID

import numpy as np
from sqlalchemy import LargeBinary, delete, func, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from matching.domain import EmbeddedPassages, FloatArray, NeedProfile, Passage
from matching.encoder import Encoder, embed
from matching.features import EmbeddedNeed
from matching.stored_vectors import StoredVectors
from matching.text import passages_of_need, passages_of_profile, text_hash
from service.db.session import Database
from service.db.tables import Embedding, Need, Supplier
from service.recommendations.profiles import capability_profiles, needs_with_manufacturers

Vectors = Mapping[str, tuple[str, FloatArray]]
"""By passage key: the hash of the text and its vector."""


class VectorSpace(Protocol):
    """Whose vectors: an encoder, or what is known of one that is still loading."""

    @property
    def name(self) -> str:
        """The name that its vectors are kept under."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""


Encode = Callable[[Sequence[Passage]], EmbeddedPassages]
"""What makes fresh vectors: in a request one with a time limit."""
Wanted = Mapping[UUID, Sequence[Passage]]
"""By owner: the passages that are to have vectors."""


class Read(Protocol):
    """Reads what is wanted, under locks on the owners when asked."""

    def __call__(self, session: Session, *, locked: bool) -> Wanted: ...


def embed_suppliers(database: Database, encoder: Encoder, ids: Sequence[UUID]) -> int:
    """Bring the vectors of these suppliers up to date; returns how many texts had to be encoded."""

    def read(session: Session, *, locked: bool) -> Wanted:
        if (
            locked
        ):  # an index copy polls the suppliers that a transaction has written: new vectors count as that
            session.execute(
                update(Supplier).where(col(Supplier.id).in_(ids)).values(changed_in=Supplier.changed_in)
            )
        suppliers = session.exec(select(Supplier).where(col(Supplier.id).in_(ids))).all()
        profiles = capability_profiles(session, suppliers)
        return {UUID(profile.supplier_id): passages_of_profile(profile) for profile in profiles}

    return keep_vectors(database, encoder, read)


def embed_needs(database: Database, encoder: Encoder, ids: Sequence[UUID]) -> int:
    """Bring the vectors of these needs up to date; returns how many texts had to be encoded."""

    def read(session: Session, *, locked: bool) -> Wanted:
        if locked:
            session.execute(select(Need.id).where(col(Need.id).in_(ids)).with_for_update())
        needs = session.exec(select(Need).where(col(Need.id).in_(ids))).all()
        profiles = needs_with_manufacturers(session, needs)
        return {UUID(str(profile.need_id)): passages_of_need(profile) for profile in profiles}

    return keep_vectors(database, encoder, read)


def keep_vectors(database: Database, encoder: Encoder, read: Read) -> int:
    """Bring the stored vectors of some owners up to date; returns how many texts had to be encoded.

    Nothing is held while texts are encoded. They are read again, `locked`, before anything is written: who
    encoded a text that was changed meanwhile, or was overtaken by another worker, writes nothing over it.
    """
    with database.transaction() as session:
        wanted = read(session, locked=False)
        kept = stored_vectors(session, encoder.name, list(wanted))
    changed = _encode_missing(encoder, wanted, kept)
    with database.transaction() as session:
        _store(session, encoder.name, read(session, locked=True), changed)
    return len(changed)


def owners_without_vectors(database: Database, model: str) -> tuple[list[UUID], list[UUID]]:
    """Suppliers and needs that have no vector of this encoder: after a change of model, or a restore."""
    missing = (
        "SELECT id FROM {table} t WHERE NOT EXISTS "
        "(SELECT FROM embedding e WHERE e.owner_id = t.id AND e.model = :model) ORDER BY id"
    )
    with database.transaction() as session:
        suppliers = session.execute(text(missing.format(table="supplier")), {"model": model}).scalars().all()
        needs = session.execute(text(missing.format(table="need")), {"model": model}).scalars().all()
    return list(suppliers), list(needs)


def vectors_of_profiles(session: Session, model: str) -> StoredVectors:
    """The vectors of all suppliers and needs under this encoder, by text: what a file of them holds."""
    profiles = select(Supplier.id).union_all(select(Need.id))
    statement = select(Embedding.text_hash, Embedding.vector).where(
        Embedding.model == model, col(Embedding.owner_id).in_(profiles)
    )
    return StoredVectors(model, {hashed: np.asarray(vector) for hashed, vector in session.exec(statement)})


def stored_vectors(session: Session, model: str, owners: Sequence[UUID]) -> dict[UUID, Vectors]:
    """What is stored for these owners under this encoder."""
    found: dict[UUID, dict[str, tuple[str, FloatArray]]] = defaultdict(dict)
    sent = func.vector_send(Embedding.vector, type_=LargeBinary)  # read as text it takes twenty times as long
    statement = select(Embedding.owner_id, Embedding.passage, Embedding.text_hash, sent).where(
        col(Embedding.owner_id).in_(owners), Embedding.model == model
    )
    for owner, passage, hashed, vector in session.execute(statement):
        found[owner][passage] = (hashed, np.frombuffer(vector, ">f4", offset=4).astype(np.float32))
    return dict(found)


def embedded_passages(passages: Sequence[Passage], stored: Vectors, dimensions: int) -> EmbeddedPassages:
    """The passages whose present text has a stored vector; one that is still to be embedded is left out."""
    present = [
        (passage, stored[passage.key][1])
        for passage in passages
        if passage.key in stored and stored[passage.key][0] == text_hash(passage)
    ]
    vectors = (
        np.stack([vector for _, vector in present]) if present else np.zeros((0, dimensions), np.float32)
    )
    return EmbeddedPassages(tuple(passage for passage, _ in present), vectors)


def embedded_needs(
    session: Session, space: VectorSpace, profiles: Sequence[NeedProfile], encode: Encode
) -> list[EmbeddedNeed]:
    """Stored needs with their stored vectors; those whose job has not run yet are encoded here, at once."""
    stored = stored_vectors(session, space.name, [UUID(str(profile.need_id)) for profile in profiles])
    asked = [passages_of_need(profile) for profile in profiles]
    found = [
        embedded_passages(passages, stored.get(UUID(str(profile.need_id)), {}), space.dimensions)
        for profile, passages in zip(profiles, asked, strict=True)
    ]
    late = [each for each, passages in enumerate(asked) if len(found[each].passages) < len(passages)]
    if late:
        fresh = encode([passage for each in late for passage in asked[each]]).vectors
        ends = np.cumsum([len(asked[each]) for each in late])[:-1]
        for each, vectors in zip(late, np.split(fresh, ends), strict=True):
            found[each] = EmbeddedPassages(tuple(asked[each]), vectors)
    return [EmbeddedNeed(*pair) for pair in zip(profiles, found, strict=True)]


def _encode_missing(
    encoder: Encoder, wanted: Wanted, kept: Mapping[UUID, Vectors]
) -> dict[tuple[UUID, str], tuple[str, FloatArray]]:
    """Vectors of the passages that are new or changed, of all owners in one batch."""
    missing = [
        (owner, passage)
        for owner, passages in wanted.items()
        for passage in passages
        if kept.get(owner, {}).get(passage.key, ("",))[0] != text_hash(passage)
    ]
    if not missing:
        return {}
    vectors = embed(encoder, [passage for _, passage in missing]).vectors
    return {
        (owner, passage.key): (text_hash(passage), vectors[row])
        for row, (owner, passage) in enumerate(missing)
    }


def _store(
    session: Session,
    model: str,
    wanted: Wanted,
    changed: Mapping[tuple[UUID, str], tuple[str, FloatArray]],
) -> None:
    """Keep what was encoded of texts that are still wanted, and drop the vectors of passages that are not."""
    texts = {
        (owner, passage.key): text_hash(passage) for owner, passages in wanted.items() for passage in passages
    }
    for owner, passages in wanted.items():
        gone = col(Embedding.passage).not_in([passage.key for passage in passages])
        session.execute(
            delete(Embedding).where(col(Embedding.owner_id) == owner, col(Embedding.model) == model, gone)
        )
    rows = [
        {"owner_id": owner, "model": model, "passage": key, "text_hash": hashed, "vector": vector}
        for (owner, key), (hashed, vector) in changed.items()
        if texts.get((owner, key)) == hashed
    ]
    for batch in _batches(rows, 500):
        statement = insert(Embedding).values(batch)
        fresh = {"text_hash": statement.excluded.text_hash, "vector": statement.excluded.vector}
        session.execute(
            statement.on_conflict_do_update(index_elements=["owner_id", "model", "passage"], set_=fresh)
        )


def _batches(rows: Sequence[dict[str, object]], size: int) -> Iterable[Sequence[dict[str, object]]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))
