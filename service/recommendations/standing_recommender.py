"""A recommender for a job: the worker has no index that follows the database, it loads one as it stands."""

from uuid import UUID

from sqlmodel import Session, col, select

from matching.features import EmbeddedNeed
from matching.index import ProfileIndex
from matching.ranker import Ranker
from matching.recommender import Recommender
from matching.text import passages_of_need
from service.db.tables import Need, NeedStatus
from service.jobs.services import Services
from service.recommendations.live_index import LiveIndex
from service.recommendations.matching_engine import load_intent
from service.recommendations.profiles import needs_with_manufacturers
from service.recommendations.vectors import embedded_passages, stored_vectors


def recommender_for_worker(services: Services) -> Recommender:
    """What ranks over the present database, from stored vectors: nothing is encoded.

    Raises `EncoderMismatchError` or FileNotFoundError when no intent model belongs to the encoder.
    """
    encoder = services.encoder()
    index = ProfileIndex(encoder.name, encoder.dimensions)
    LiveIndex(services.database, index).refresh()
    return Recommender(index, load_intent(encoder.name, services.intent_dir), Ranker.expert())


def embedded_open_needs(session: Session, index: ProfileIndex, most: int) -> list[EmbeddedNeed]:
    """The newest open needs with their stored vectors, without those whose present text has none yet."""
    statement = select(Need).where(Need.status == NeedStatus.OPEN.value).order_by(col(Need.id).desc())
    profiles = needs_with_manufacturers(session, session.exec(statement.limit(most)).all())
    stored = stored_vectors(session, index.encoder_name, [UUID(str(one.need_id)) for one in profiles])
    found = []
    for profile in profiles:
        passages = passages_of_need(profile)
        vectors = stored.get(UUID(str(profile.need_id)), {})
        embedded = embedded_passages(passages, vectors, index.dimensions)
        if len(embedded.passages) == len(passages):
            found.append(EmbeddedNeed(profile, embedded))
    return found
