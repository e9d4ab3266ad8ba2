"""Digital clusters (디지털 클러스터): made by a job from the open needs, shown by who is looking."""
