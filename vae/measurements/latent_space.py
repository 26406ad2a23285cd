"""How the latent space is laid out: neighbours, scatter, principal axes, flat pictures of it."""

import torch
from jaxtyping import Float
from torch import Tensor

from vae.measurements.subject import Arrays, Codes, Scores, Subject, as_coordinates
from vae.metrics import latent, neighbours, probe
from vae.metrics.limits import WORST_OVERLAP

TRUST_NEIGHBOURS = 10


def layout(subject: Subject, codes: Codes) -> tuple[Scores, Arrays]:
    """Measure where the classes lie: neighbours and silhouettes of whitened means, scatter and a linear probe of raw ones."""
    data, sizes = subject.data, subject.sizes
    labels = data.test.labels
    reference, means = codes.train.first(sizes.reference_images).mean, codes.test.mean
    train, test = whitened(reference, means)
    votes = neighbours.knn_votes(test, train, data.train.labels[: len(train)], sizes.neighbours, subject.classes)
    few = slice(0, sizes.silhouette_images)
    scatter = latent.scatter(means, labels, subject.classes)
    shares, _ = latent.principal_axes(reference)
    silhouette = neighbours.silhouette(test[few], labels[few])
    probed = slice(0, sizes.probe_images)
    read = probe.linear_probe(reference[probed], data.train.labels[probed], means)
    scores: Scores = {
        "active_units": float(latent.active_mask(reference).sum()),
        "knn_accuracy": (votes.argmax(dim=1) == labels).float().mean().item(),
        "silhouette": silhouette.mean().item(),
        "davies_bouldin": min(latent.davies_bouldin(test, labels, subject.classes), WORST_OVERLAP),
        "fisher": latent.fisher_ratio(test, labels, subject.classes),
        "trace_within": scatter.within,
        "trace_between": scatter.between,
        "trace_total": scatter.total,
        "pca2_share": shares[:2].sum().item(),
        "probe_accuracy": (read == labels).float().mean().item(),
    }
    arrays: Arrays = {
        # A plane is drawn and explored point by point; the points of fifty dimensions are a megabyte.
        "latent_mean": as_coordinates(means if subject.spec.latent_dim == 2 else means[few]),
        "knn_votes": votes.to(torch.uint8).cpu().numpy(),
        "probe_classes": read.to(torch.uint8).cpu().numpy(),
        "silhouette": as_coordinates(silhouette),
        "pca_shares": shares.float().cpu().numpy(),
    }
    if subject.whole and subject.spec.latent_dim == 2:
        arrays["latent_logvar"] = as_coordinates(codes.test.logvar)
    if footwear := data.info.groups.get("footwear"):
        group = torch.isin(labels[few], torch.tensor(footwear, device=labels.device)).long()
        per_image = neighbours.silhouette(test[few], group)
        arrays["silhouette_footwear"] = as_coordinates(per_image)
        scores["silhouette_footwear"] = per_image.mean().item()
    return scores, arrays


def embedding(subject: Subject, codes: Codes) -> tuple[Scores, Arrays]:
    """Measure how faithful flat pictures of a latent of more than two dimensions are, and keep its t-SNE."""
    if subject.spec.latent_dim <= 2:
        return {}, {}
    from sklearn.manifold import TSNE

    sizes = subject.sizes
    high = codes.test.mean[: sizes.tsne_images]
    labels = subject.data.test.labels[: len(high)]
    _, plane = latent.principal_axes(high)
    # Of codes that are all the same there are no principal components to begin with.
    init = "pca" if bool((high != high[0]).any()) else "random"
    tsne = TSNE(perplexity=sizes.tsne_perplexity, init=init, random_state=subject.seed)
    embedded = torch.from_numpy(tsne.fit_transform(high.cpu().numpy())).to(high)
    scores: Scores = {}
    for name, low in (("pca", plane), ("tsne", embedded)):
        trust, continuity = neighbours.trustworthiness_continuity(high, low, TRUST_NEIGHBOURS)
        scores |= {f"trustworthiness_{name}": trust, f"continuity_{name}": continuity}
    silhouette = neighbours.silhouette(whitened(plane, plane)[1], labels)
    scores["silhouette_pca"] = silhouette.mean().item()
    return scores, {"tsne": as_coordinates(embedded), "silhouette_pca": as_coordinates(silhouette)}


def whitened(
    train: Float[Tensor, "reference d"], test: Float[Tensor, "n d"]
) -> tuple[Float[Tensor, "reference a"], Float[Tensor, "n a"]]:
    """Return both sets of latents whitened with the statistics of the first, so that distances compare between runs.

    A collapsed latent has no active dimension to whiten; it is measured as it is.
    """
    center, matrix = latent.whitening(train)
    if matrix.shape[1] == 0:
        return train, test
    return latent.whiten(train, center, matrix), latent.whiten(test, center, matrix)
