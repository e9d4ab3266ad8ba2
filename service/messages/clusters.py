"""Sentences about digital clusters."""

SENTENCES: dict[str, str] = {
    "cluster_closed": "이 클러스터는 모이는 수요가 달라져 닫혔습니다. 지금 있는 클러스터는 /v1/clusters에서 볼 수 있습니다.",
    "clusters_found": "열린 수요 {needs}건에서 클러스터 {clusters}개를 찾았습니다. {outside}건은 어느 클러스터에도 맞지 않아 넣지 않았습니다.",
    "clusters_not_made": "아직 클러스터를 만들지 않았습니다. 매일 새벽 3시에 만들며, 담당자는 POST /v1/clusters/refresh로 바로 만들 수 있습니다.",
    "clusters_nothing_stable": "열린 수요 {needs}건이 서로 달라 믿을 만한 클러스터가 나오지 않았습니다. 수요가 더 모이면 다시 찾습니다.",
    "clusters_too_few_needs": "열린 수요가 {needs}건이라 클러스터를 만들기에 적습니다. {fewest}건부터 찾습니다.",
}
