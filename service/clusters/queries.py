"""Reading clusters: the open ones, their members as far as the actor may know them, the latest run."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, false, tuple_
from sqlmodel import Session, col, select, true

from matching.clusters.grouping import FEWEST_NEEDS
from matching.encoder import Encoder
from matching.features import EmbeddedNeed
from matching.text import passages_of_need
from service.accounts.actor import Actor
from service.db.tables import Cluster, ClusteringRun, ClusterMember, Manufacturer, Need, NeedStatus
from service.kit.pages import cut_page, decode_uuid_cursor
from service.kit.problems import Problem
from service.messages import sentence
from service.recommendations.profiles import needs_with_manufacturers
from service.recommendations.vectors import embedded_passages, stored_vectors


@dataclass(frozen=True)
class Member:
    """A manufacturer in a cluster with those of its needs that brought it there."""

    manufacturer: Manufacturer
    needs: tuple[Need, ...]


def knowable_by(actor: Actor) -> ColumnElement[bool]:
    """Clusters are public, who is in them is not: staff know every member, a manufacturer itself."""
    if actor.is_staff:
        return true()
    if actor.manufacturer_id is not None:
        return col(ClusterMember.manufacturer_id) == actor.manufacturer_id
    return false()


def get_cluster(session: Session, cluster_id: UUID) -> Cluster:
    """That cluster. Raises `Problem` 404, or 410 when it has been closed."""
    found = session.get(Cluster, cluster_id)
    if found is None:
        raise Problem(404, "not_found")
    if found.closed_at is not None:
        raise Problem(410, "cluster_closed")
    return found


def list_clusters(session: Session, limit: int, cursor: str | None) -> tuple[Sequence[Cluster], str | None]:
    """One page of the open clusters, the best supported first."""
    statement = select(Cluster).where(col(Cluster.closed_at).is_(None))
    if cursor is not None:
        statement = statement.where(tuple_(col(Cluster.position), col(Cluster.id)) > tuple_(*_place(cursor)))
    statement = statement.order_by(col(Cluster.position), col(Cluster.id)).limit(limit + 1)
    return cut_page(session.exec(statement).all(), limit, lambda row: (str(row.position), str(row.id)))


def open_clusters(session: Session, *, lock: bool = False) -> Sequence[Cluster]:
    """All of them in their order, held against other writers with `lock`."""
    statement = select(Cluster).where(col(Cluster.closed_at).is_(None)).order_by(col(Cluster.position))
    return session.exec(statement.with_for_update() if lock else statement).all()


def members_of(session: Session, cluster_ids: Sequence[UUID], actor: Actor) -> Mapping[UUID, list[Member]]:
    """By cluster, the members that the actor may know, by company name."""
    statement = (
        select(ClusterMember.cluster_id, Manufacturer, Need)
        .join(Manufacturer, col(Manufacturer.id) == col(ClusterMember.manufacturer_id))
        .join(Need, col(Need.id) == col(ClusterMember.need_id))
        .where(col(ClusterMember.cluster_id).in_(cluster_ids), knowable_by(actor))
        .order_by(col(Manufacturer.company_name), col(Manufacturer.id), col(Need.id))
    )
    needs: dict[tuple[UUID, UUID], list[Need]] = defaultdict(list)
    manufacturers: dict[UUID, Manufacturer] = {}
    for cluster_id, manufacturer, need in session.exec(statement):
        manufacturers[manufacturer.id] = manufacturer
        needs[cluster_id, manufacturer.id].append(need)
    found: dict[UUID, list[Member]] = defaultdict(list)
    for (cluster_id, manufacturer_id), own in needs.items():
        found[cluster_id].append(Member(manufacturers[manufacturer_id], tuple(own)))
    return found


def others_in(session: Session, cluster_id: UUID, manufacturer_id: UUID) -> Sequence[Manufacturer]:
    """The other manufacturers of a cluster, to be counted; none of them may be named to this one."""
    inside = select(ClusterMember.manufacturer_id).where(ClusterMember.cluster_id == cluster_id)
    statement = select(Manufacturer).where(
        col(Manufacturer.id).in_(inside), col(Manufacturer.id) != manufacturer_id
    )
    return session.exec(statement).all()


def owners_of(session: Session, need_ids: Sequence[UUID]) -> dict[UUID, Manufacturer]:
    """The manufacturer of each need."""
    statement = (
        select(Need.id, Manufacturer)
        .join(Manufacturer, col(Manufacturer.id) == col(Need.manufacturer_id))
        .where(col(Need.id).in_(need_ids))
    )
    return dict(session.exec(statement).all())


def embedded_open_needs(session: Session, encoder: Encoder, most: int) -> list[EmbeddedNeed]:
    """The newest open needs with their stored vectors, without those whose present text has none yet."""
    statement = select(Need).where(Need.status == NeedStatus.OPEN.value).order_by(col(Need.id).desc())
    profiles = needs_with_manufacturers(session, session.exec(statement.limit(most)).all())
    stored = stored_vectors(session, encoder.name, [UUID(str(one.need_id)) for one in profiles])
    found = []
    for profile in profiles:
        passages = passages_of_need(profile)
        vectors = stored.get(UUID(str(profile.need_id)), {})
        embedded = embedded_passages(passages, vectors, encoder.dimensions)
        if len(embedded.passages) == len(passages):
            found.append(EmbeddedNeed(profile, embedded))
    return found


def latest_run(session: Session) -> ClusteringRun | None:
    """The last grouping that was made, if any."""
    order = (col(ClusteringRun.made_at).desc(), col(ClusteringRun.id).desc())
    return session.exec(select(ClusteringRun).order_by(*order).limit(1)).first()


def run_sentence(run: ClusteringRun | None) -> str:
    """What came of a run, or that there was none yet."""
    if run is None:
        return sentence("clusters_not_made")
    if run.reason is not None:
        return sentence(f"clusters_{run.reason}", needs=run.need_count, fewest=FEWEST_NEEDS)
    return sentence(
        "clusters_found",
        needs=run.need_count,
        clusters=run.cluster_count,
        outside=len(run.outside_need_ids),
    )


def _place(cursor: str) -> tuple[int, UUID]:
    position, last_id = decode_uuid_cursor(cursor)
    if not position.isdecimal() or len(position) > 9:
        raise Problem(422, "cursor_invalid")
    return int(position), last_id
