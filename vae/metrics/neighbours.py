"""Who lies near whom: nearest neighbours, silhouette, and how well an embedding keeps neighbourhoods."""

import torch
from jaxtyping import Float, Int64, Integer, Shaped, UInt8
from scipy.spatial import KDTree
from torch import Tensor
from torch.nn import functional

from vae.metrics.pairwise import float64, row_blocks

TREE_DIMENSIONS = 5  # up to which a tree finds neighbours sooner than all distances do


def knn_indices(queries: Float[Tensor, "n d"], reference: Float[Tensor, "m d"], k: int) -> Int64[Tensor, "n k"]:
    """Return the indices of the k reference points nearest to each query, nearest first (Euclidean).

    A query that is itself in the reference is its own nearest neighbour.
    """
    points, others = float64(queries), float64(reference)
    if 0 < points.shape[1] <= TREE_DIMENSIONS:
        _, nearest = KDTree(others.cpu().numpy()).query(points.cpu().numpy(), k=list(range(1, k + 1)))
        return torch.from_numpy(nearest).to(queries.device)
    indices = torch.empty(len(points), k, dtype=torch.int64, device=points.device)
    for rows in row_blocks(len(points), len(others)):
        indices[rows] = torch.cdist(points[rows], others).topk(k, largest=False).indices
    return indices.to(queries.device)


def knn_votes(
    queries: Float[Tensor, "n d"],
    reference: Float[Tensor, "m d"],
    reference_labels: Integer[Tensor, " m"],
    k: int,
    classes: int,
) -> UInt8[Tensor, "n classes"]:
    """Return how many of each query's k nearest reference points belong to each class; k is at most 255."""
    neighbour_labels = reference_labels.long()[knn_indices(queries, reference, k)]
    votes = torch.zeros(len(queries), classes, dtype=torch.uint8, device=queries.device)
    return votes.scatter_add_(1, neighbour_labels, torch.ones_like(neighbour_labels, dtype=torch.uint8))


def silhouette(x: Float[Tensor, "n d"], labels: Shaped[Tensor, " n"]) -> Float[Tensor, " n"]:
    """Return each point's silhouette (b - a) / max(a, b), in [-1, 1]; 0 for a point alone in its cluster.

    a: mean distance to the others of its cluster; b: to the nearest other cluster. labels: integers or booleans.
    Raises ValueError if there are fewer than two clusters. Source: Rousseeuw 1987.
    """
    points = float64(x)
    names, cluster = torch.unique(labels.to(points.device), return_inverse=True)
    if len(names) < 2:
        raise ValueError(f"A silhouette needs at least two clusters; all {len(points)} points are in the same.")
    member = functional.one_hot(cluster).to(points)
    counts = member.sum(dim=0)
    values = points.new_empty(len(points))
    for rows in row_blocks(len(points), len(points)):
        sums = torch.cdist(points[rows], points) @ member
        own = member[rows].bool()
        others = counts[cluster[rows]] - 1
        inner = sums[own] / others.clamp(min=1)
        outer = (sums / counts).masked_fill(own, torch.inf).amin(dim=1)
        ratio = (outer - inner) / torch.maximum(outer, inner)
        # Coinciding clusters have a = b = 0: no evidence either way, as for a point alone.
        values[rows] = ratio.nan_to_num(nan=0.0).where(others > 0, 0.0)
    return values.to(x.device, x.dtype)


def trustworthiness_continuity(high: Float[Tensor, "n d"], low: Float[Tensor, "n e"], k: int) -> tuple[float, float]:
    """Return trustworthiness and continuity of an embedding, each in [0, 1], 1 where all k-neighbourhoods are kept.

    Trustworthiness falls with neighbours in low that are far in high (intruders), continuity with neighbours in high
    that are far in low (lost ones). k must be less than n / 2.
    Source: Venna & Kaski 2001; Kaski et al. 2003.
    """
    n = len(high)
    if not 0 < k < n / 2:
        raise ValueError(f"k = {k}: neighbourhoods of {n} points need 0 < k < {n / 2:g}.")
    original, embedded = float64(high), float64(low)
    intruders = lost = 0
    for rows in row_blocks(n, n):
        distance_high, distance_low = _distances_to_others(original, rows), _distances_to_others(embedded, rows)
        intruders += _rank_excess(distance_high, distance_low, k)
        lost += _rank_excess(distance_low, distance_high, k)
    worst = n * k * (2 * n - 3 * k - 1) / 2
    return 1 - intruders / worst, 1 - lost / worst


def _distances_to_others(points: Float[Tensor, "n d"], rows: slice) -> Float[Tensor, "rows n"]:
    distance = torch.cdist(points[rows], points)
    distance.diagonal(offset=rows.start).fill_(torch.inf)
    return distance


def _rank_excess(ranking: Float[Tensor, "rows n"], choosing: Float[Tensor, "rows n"], k: int) -> int:
    """Return the sum, over the k neighbours by one distance, of how far their rank by the other exceeds k."""
    excess = 0
    # Counting who is nearer costs k passes and no sort, and the rows need not be ordered.
    for neighbour in choosing.topk(k, largest=False).indices.T:
        rank = 1 + (ranking < ranking.gather(1, neighbour[:, None])).sum(dim=1)
        excess += int((rank - k).clamp(min=0).sum())
    return excess
