"""How much of the class a linear reader finds in latent means."""

import torch
from jaxtyping import Float, Int64, Integer
from torch import Tensor

MAX_ITERATIONS = 1_000


def linear_probe(
    train_x: Float[Tensor, "n d"],
    train_labels: Integer[Tensor, " n"],
    test_x: Float[Tensor, "m d"],
) -> Int64[Tensor, " m"]:
    """Return the classes that multinomial logistic regression on standardised features predicts for test_x.

    Mean and standard deviation are those of train_x. L2 penalty with C = 1, L-BFGS from zero: no random numbers.
    Source: linear classifier probe, Alain & Bengio 2016 (arXiv 1610.01644).
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    probe = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, solver="lbfgs", max_iter=MAX_ITERATIONS))
    probe.fit(train_x.double().cpu().numpy(), train_labels.cpu().numpy())
    return torch.from_numpy(probe.predict(test_x.double().cpu().numpy())).long().to(test_x.device)
