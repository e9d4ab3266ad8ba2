"""Finding the clusters anew and keeping them: one that continues an earlier one keeps its id and name."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from matching.clusters import Cluster as FoundCluster
from matching.clusters import Clustering, KnownCluster, ServingSupplier, find_clusters, serving_suppliers
from matching.features import EmbeddedNeed
from matching.recommender import Recommender
from service.accounts.actor import Actor
from service.clusters.queries import (
    embedded_open_needs,
    latest_run,
    open_clusters,
    owners_of,
    run_sentence,
)
from service.db.session import Database
from service.db.tables import Cluster, ClusteringRun, ClusterMember, Job, JobStatus
from service.job_status.operations import RESULT_URL
from service.jobs.names import REFRESH_CLUSTERS
from service.jobs.queue import Priority, enqueue
from service.jobs.services import Services
from service.kit import clock
from service.recommendations.anonymity import bare_name

MOST_NEEDS = 2000
"""Clusters are found among this many of the newest open needs: distances between all pairs fit in memory."""

Scores = Mapping[str, Mapping[str, float]]
"""By need id: the score of each supplier."""


def start_refresh(session: Session, actor: Actor) -> Job:
    """A job that finds the clusters anew, enqueued in this transaction."""
    job = Job(kind=REFRESH_CLUSTERS, requested_by=actor.account_id)
    session.add(job)
    session.flush()
    have_clusters_refreshed(session, Priority.PERSON_WAITS)
    return job


def have_clusters_refreshed(session: Session, priority: Priority = Priority.BULK) -> None:
    """Enqueue the work; one waiting copy is enough, however many ask."""
    enqueue(session, REFRESH_CLUSTERS, once="clusters", priority=priority)


def refresh_clusters(services: Services) -> None:
    """Find the clusters of the open needs, keep them, and end every job that waits for that."""
    database = services.database
    waiting = _take_jobs(database)
    recommender = services.recommender()
    with database.transaction() as session:
        needs = embedded_open_needs(session, services.encoder(), MOST_NEEDS)
        owners = owners_of(session, [UUID(str(need.profile.need_id)) for need in needs])
        known = _known(session)
    names = {bare_name(manufacturer.company_name) for manufacturer in owners.values()}
    found = find_clusters(needs, recommender.infer(needs), known, names)
    scores = _scores(recommender, needs, found)
    with database.transaction() as session:
        _keep(session, found, {need_id: owner.id for need_id, owner in owners.items()}, scores)
        _end_jobs(session, waiting)


def mark_refreshes_failed(database: Database) -> None:
    """End the jobs that wait for clusters that cannot be found; the clusters of before stay."""
    with database.transaction() as session:
        for job in _unfinished_jobs(session):
            job.status, job.finished_at = JobStatus.FAILED.value, clock.now()


def _known(session: Session) -> list[KnownCluster]:
    members: dict[UUID, set[str]] = {}
    for cluster_id, need_id in session.exec(select(ClusterMember.cluster_id, ClusterMember.need_id)):
        members.setdefault(cluster_id, set()).add(str(need_id))
    return [
        KnownCluster(str(row.id), row.name, row.main_category, frozenset(members.get(row.id, ())))
        for row in open_clusters(session)
    ]


def _scores(recommender: Recommender, needs: Sequence[EmbeddedNeed], found: Clustering) -> Scores:
    """The scores of the suppliers, busy ones too, for every need that is in a cluster."""
    inside = {need_id for cluster in found.clusters for need_id in cluster.need_ids}
    asked = [need for need in needs if need.profile.need_id in inside]
    scores = recommender.scores(asked)
    return {str(need.profile.need_id): dict(given) for need, given in zip(asked, scores, strict=True)}


def _keep(session: Session, found: Clustering, owners: Mapping[UUID, UUID], scores: Scores) -> None:
    """Replace the open clusters by these, in one transaction."""
    before = {str(row.id): row for row in open_clusters(session, lock=True)}
    continued = {cluster.known_id for cluster in found.clusters}
    for known_id, old in before.items():
        session.execute(delete(ClusterMember).where(col(ClusterMember.cluster_id) == old.id))
        if known_id not in continued:
            old.closed_at, old.content = clock.now(), {}
    session.flush()  # a closed cluster's name is free again
    for position, cluster in enumerate(found.clusters, start=1):
        suppliers = serving_suppliers([scores[need_id] for need_id in cluster.need_ids])
        columns = _columns(cluster, position, suppliers)
        row = before.get(cluster.known_id or "")
        if row is None:
            row = Cluster(**columns)
            session.add(row)
        else:
            row.sqlmodel_update(columns | {"version": row.version + 1})
        session.flush()
        for need_id in map(UUID, cluster.need_ids):
            member = ClusterMember(cluster_id=row.id, need_id=need_id, manufacturer_id=owners[need_id])
            session.add(member)
    session.add(
        ClusteringRun(
            need_count=len(found.outside) + sum(len(cluster.need_ids) for cluster in found.clusters),
            cluster_count=len(found.clusters),
            outside_need_ids=list(found.outside),
            silhouette=found.silhouette,
            stability=found.stability,
            reason=found.reason,
        )
    )
    session.flush()


def _columns(cluster: FoundCluster, position: int, suppliers: Sequence[ServingSupplier]) -> dict[str, Any]:
    told = asdict(cluster)
    return {
        "name": cluster.name,
        "position": position,
        "main_category": cluster.main_category,
        "need_count": len(cluster.need_ids),
        "manufacturer_count": len(set(cluster.owners)),
        "content": {
            **{
                part: told[part] for part in ("categories", "industries", "processes", "words", "common_need")
            },
            "suppliers": [asdict(supplier) for supplier in suppliers],
        },
        "quality": told["quality"],
        "refreshed_at": clock.now(),
    }


def _take_jobs(database: Database) -> list[UUID]:
    """Every job that waits for clusters: one run answers them all, however many people asked meanwhile."""
    with database.transaction() as session:
        jobs = _unfinished_jobs(session)
        for job in jobs:
            job.status = JobStatus.RUNNING.value
        return [job.id for job in jobs]


def _end_jobs(session: Session, ids: Sequence[UUID]) -> None:
    told = run_sentence(latest_run(session))
    for job in session.exec(select(Job).where(col(Job.id).in_(ids))):
        job.status, job.finished_at = JobStatus.SUCCEEDED.value, clock.now()
        job.result = {"detail": told, RESULT_URL: "/v1/clusters"}


def _unfinished_jobs(session: Session) -> Sequence[Job]:
    unfinished = (JobStatus.QUEUED.value, JobStatus.RUNNING.value)
    statement = select(Job).where(Job.kind == REFRESH_CLUSTERS, col(Job.status).in_(unfinished))
    return session.exec(statement.order_by(col(Job.id)).with_for_update()).all()
